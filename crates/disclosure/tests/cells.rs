//! Each cell of the table category by recipient, and each column of age, has a scenario of its own.
//!
//! Says only that there is one: `scenarios.rs` says that the answer is right. Must never be satisfied by a case in which
//! something else decides, so the cells of the first table want a question without any consent.
#![allow(clippy::expect_used, reason = "a test may fail loudly")]

#[path = "common/files.rs"]
mod files;

use samhold_disclosure::Request;
use samhold_model::Law;
use samhold_model::dates::{LeapBirthday, age_on};

/// Recipients as the table groups them.
const COLUMNS: &[(&str, &[&str])] = &[
    ("barnekoordinator", &["barnekoordinator"]),
    ("koordinerende enhet", &["koordinerende_enhet"]),
    ("municipal health", &["helsestasjon", "kommunal_helse"]),
    ("hospital", &["spesialisthelse"]),
    ("school, SFO, PPT", &["skole_kommunal", "sfo_kommunal", "ppt_kommunal"]),
    ("municipal kindergarten", &["barnehage_kommunal"]),
    ("private kindergarten or school", &["barnehage_privat", "skole_privat"]),
    ("barnevern", &["barnevern"]),
    ("NAV, municipal part", &["nav_kommunal"]),
    ("NAV, state part", &["nav_statlig"]),
    ("krisesenter", &["krisesenter"]),
    ("voluntary organisation", &["ngo"]),
];

/// Ages [from, to) at which somebody else decides.
const AGES: &[(i16, i16)] = &[(0, 12), (12, 15), (15, 16), (16, 18), (18, i16::MAX)];

/// Categories as the table for guardians and the child groups them.
const TOLD_AT_HOME: &[&[&str]] = &[
    &["coordination_exists", "holder_service", "coordinator_contact", "plan_exists"],
    &["plan_goals", "plan_full"],
    &["health_condition", "health_service_use"],
    &["education_support"],
    &["barnevern_case_exists", "barnevern_content"],
    &["family_counselling_contact"],
    &["crisis_shelter_contact"],
];

/// Every question of the scenario files.
fn questions() -> Vec<Request> {
    // A file may leave out what a request must say, to show that it is then denied.
    files::scenarios().into_iter().filter_map(|(_, scenario)| files::question(scenario).ok()).map(|(q, _)| q).collect()
}

fn age(question: &Request) -> Option<i16> {
    let born = question.subject.birth_date.or(question.subject.due_date)?;
    Some(age_on(born, question.date, LeapBirthday::Mar1))
}

fn between(question: &Request, (from, to): (i16, i16)) -> bool {
    age(question).is_some_and(|age| (from..to).contains(&age))
}

#[test]
fn there_are_questions_to_look_through() {
    assert!(questions().len() > 700, "{}", questions().len());
}

#[test]
fn each_category_is_asked_about_for_each_recipient_without_a_consent() {
    let (all, law) = (questions(), Law::bundled());
    let mut open = Vec::new();
    for category in law.category.keys() {
        for (column, kinds) in COLUMNS {
            let there = all.iter().any(|q| {
                q.item.category == *category && kinds.contains(&q.recipient.kind.as_str()) && q.consents.is_empty()
            });
            if !there {
                open.push(format!("{category} to {column}"));
            }
        }
    }
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn under_each_law_consents_are_weighed_at_each_age() {
    let (all, law) = (questions(), Law::bundled());
    let mut open = Vec::new();
    for regime in ["hpl", "hol", "oppll", "bhl", "bvl", "fvkl", "sotjl", "kril"] {
        // Persons are asked about by the table of their own.
        let to_a_body = |q: &Request| law.recipient_kind.get(&q.recipient.kind).is_some_and(|row| !row.person);
        let under =
            |q: &&Request| law.category.get(&q.item.category).is_some_and(|row| row.regime == regime) && to_a_body(q);
        for ages in AGES {
            if !all.iter().filter(under).any(|q| !q.consents.is_empty() && between(q, *ages)) {
                open.push(format!("{regime} at {ages:?}"));
            }
        }
    }
    assert!(open.is_empty(), "{open:#?}");
}

#[test]
fn guardians_and_the_child_are_asked_about_at_each_age() {
    let all = questions();
    let mut open = Vec::new();
    let columns = AGES.iter().take(4).map(|ages| ("guardian", *ages)).chain([("child", (0, 15)), ("child", (15, 18))]);
    for (who, ages) in columns {
        for categories in TOLD_AT_HOME {
            let asked = |q: &Request| q.recipient.kind == who && categories.contains(&q.item.category.as_str());
            if !all.iter().any(|q| asked(q) && between(q, ages)) {
                open.push(format!("{who} at {ages:?}: {categories:?}"));
            }
        }
    }
    assert!(open.is_empty(), "{open:#?}");
}
