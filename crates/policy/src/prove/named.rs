//! Categories, purposes and sources of the law's tables in bokmål, for whoever reads an invented example.
//!
//! Must never say less than the code it stands beside: what has no words here is shown by its code alone.

use samhold_model::Law;

/// What the data is.
fn category(code: &str) -> Option<&'static str> {
    Some(match code {
        "coordination_exists" => "at noen samordner tjenestene",
        "holder_service" => "hvilken tjeneste som samordner",
        "coordinator_contact" => "hvordan koordinator kan nås",
        "team_roster" => "hvem som er med i teamet",
        "plan_exists" => "at det finnes en individuell plan",
        "plan_goals" => "mål i den individuelle planen",
        "plan_full" => "hele den individuelle planen",
        "health_condition" => "helsetilstanden",
        "health_service_use" => "hvilke helsetjenester som brukes",
        "barnevern_case_exists" => "at det finnes en barnevernssak",
        "barnevern_content" => "innholdet i en barnevernssak",
        "social_service_relation" => "forholdet til NAV",
        "education_support" => "tilrettelegging i opplæringen",
        "kindergarten_transition" => "overgangen fra barnehage til skole",
        "placement" => "skole- eller barnehageplassen",
        "crisis_shelter_contact" => "kontakt med krisesenter",
        "family_counselling_contact" => "kontakt med familievernet",
        "address" => "adressen",
        "employee_absence" => "at en ansatt er borte",
        "other_person_health" => "en annen persons helse",
        _ => return None,
    })
}

/// What it is for.
fn purpose(code: &str) -> Option<&'static str> {
    Some(match code {
        "coordination" => "samordning av tjenestene",
        "health_care" => "helsehjelp",
        "barnevern_task" => "en oppgave etter barnevernsloven",
        "guardian_info" => "informasjon til foresatte",
        "child_info" => "informasjon til barnet selv",
        "transition" => "overgang til en ny tjeneste eller kommune",
        "operations" => "drift av systemene",
        _ => return None,
    })
}

/// A category's code with its words.
pub(super) fn said_category(code: &str) -> String {
    beside(&format!("«{code}»"), category(code))
}

/// A purpose's code with its words.
pub(super) fn said_purpose(code: &str) -> String {
    beside(code, purpose(code))
}

/// A kind of service's code with the name that the law's table gives it.
pub(super) fn said_service(code: &str, law: &Law) -> String {
    beside(&format!("«{code}»"), law.service_kind.get(code).map(|row| row.name.as_str()))
}

fn beside(code: &str, words: Option<&str>) -> String {
    words.map_or_else(|| code.to_owned(), |words| format!("{code} ({words})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_and_purpose_of_the_law_has_its_words() {
        let law = Law::bundled();
        let without = law.category.keys().filter(|code| category(code).is_none());
        let purposes = law.purposes.iter().filter(|code| purpose(code).is_none());
        let without: Vec<&String> = without.chain(purposes).collect();
        assert!(without.is_empty(), "no words for {without:?}");
    }

    #[test]
    fn a_code_keeps_standing_beside_its_words_and_alone_where_there_are_none() {
        assert_eq!(said_category("health_condition"), "«health_condition» (helsetilstanden)");
        assert_eq!(said_purpose("health_care"), "health_care (helsehjelp)");
        assert_eq!(said_service("nav_kommunal", &Law::bundled()), "«nav_kommunal» (NAV, kommunal del)");
        assert_eq!(said_category("a new one"), "«a new one»");
    }
}
