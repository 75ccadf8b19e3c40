//! The words that the steps look for. One that is gone from the catalogue is denied as unknown, and a rule that protects
//! somebody is never reached: a person must be told. Must hold every such word; a test reads the steps.

use samhold_model::Law;
use samhold_model::law::LawProblem;

const CATEGORIES: [&str; 18] = [
    "address",
    "barnevern_case_exists",
    "coordination_exists",
    "coordinator_contact",
    "crisis_shelter_contact",
    "education_support",
    "employee_absence",
    "family_counselling_contact",
    "health_condition",
    "health_service_use",
    "holder_service",
    "other_person_health",
    "placement",
    "plan_exists",
    "plan_full",
    "plan_goals",
    "social_service_relation",
    "team_roster",
];
const RECIPIENT_KINDS: [&str; 14] = [
    "barnehage_privat",
    "barnekoordinator",
    "barnevern",
    "child",
    "familievern",
    "foster_home",
    "guardian",
    "it_operations",
    "koordinerende_enhet",
    "krisesenter",
    "ngo",
    "parent_without_responsibility",
    "skole_kommunal",
    "skole_privat",
];
/// Holders whose name tells of a relation that statute hides.
const SERVICE_KINDS: [&str; 3] = ["barnevern", "familievern", "krisesenter"];
const PURPOSES: [&str; 4] = ["barnevern_task", "coordination", "health_care", "transition"];
const FIELD_TAGS: [&str; 5] =
    ["child_confidential", "other_person_health", "reveals_barnevern", "reveals_familievern", "reveals_krisesenter"];

/// The words that disclosure needs and the catalogue does not have.
#[must_use]
pub fn missing_words(law: &Law) -> Vec<LawProblem> {
    let has = |words: &[String], word: &str| words.iter().any(|known| known == word);
    let mut found = missing("category", &CATEGORIES, |word| law.category.contains_key(word));
    found.extend(missing("recipient_kind", &RECIPIENT_KINDS, |word| law.recipient_kind.contains_key(word)));
    found.extend(missing("service_kind", &SERVICE_KINDS, |word| law.service_kind.contains_key(word)));
    found.extend(missing("purposes", &PURPOSES, |word| has(&law.purposes, word)));
    found.extend(missing("field_tags", &FIELD_TAGS, |word| has(&law.field_tags, word)));
    found
}

fn missing(table: &str, needed: &[&str], known: impl Fn(&str) -> bool) -> Vec<LawProblem> {
    let gone = needed.iter().filter(|word| !known(word));
    gone.map(|word| {
        let message = format!("`{word}` is gone from `{table}`, but the rules of disclosure look for it");
        LawProblem::new(
            &[table],
            message,
            "put it back; what must not be told any more is a setting, not a missing word",
        )
    })
    .collect()
}

#[cfg(test)]
#[path = "needs_tests.rs"]
mod tests;
