//! What ends by itself, on which day, and when people are told: the day before, the day of, the day after.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

#[allow(dead_code, reason = "each test file uses its own part")]
mod common;

use std::collections::BTreeSet;

use common::{consent, rules as any_rules};
use proptest::prelude::*;
use samhold_disclosure::{
    Cause, Consent, Flags, Grant, Guardian, Item, Opened, Reason, Recipient, Request, Rules, Share, Standing, Subject,
    Timeline, decide, endings, grants, opened, renewals, standing_of, who_must_consent,
};
use samhold_model::dates::add_days;
use samhold_model::{Date, Law};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn rules() -> Rules {
    Rules { law: Law::bundled(), config: Share::default() }
}

fn born(date: &str) -> Subject {
    let parent = |id: &str| Guardian { id: id.into(), responsibility: true, contact_ban: false };
    Subject { birth_date: Some(day(date)), guardians: vec![parent("mor"), parent("far")], ..Subject::default() }
}

fn given(by: &str, category: &str, on: &str, to: Option<&str>) -> Consent {
    Consent {
        by: by.into(),
        categories: vec![category.into()],
        recipients: vec!["barnehage_privat".into()],
        purposes: vec!["coordination".into()],
        given: day(on),
        valid_to: to.map(day),
        ..Consent::default()
    }
}

fn of_both(category: &str) -> Vec<Consent> {
    ["mor", "far"].map(|by| given(by, category, "2026-01-10", Some("2030-01-01"))).into()
}

fn grant(category: &str) -> Grant {
    Grant {
        category: category.into(),
        recipient: "barnehage_privat".into(),
        purpose: "coordination".into(),
        about: None,
    }
}

fn alone(subject: Subject) -> Timeline {
    Timeline::new([(day("2026-01-01"), subject)])
}

/// Open the day before, closed the same day and the day after; warned 90 days before and not the day before that.
fn ends_on(timeline: &Timeline, category: &str, consents: &[Consent], on: &str, cause: Cause) {
    let (rules, on) = (rules(), day(on));
    let open = |on| opened(timeline.on(on).unwrap(), consents, &grant(category), on, &rules);
    assert_eq!(
        [open(add_days(on, -1)), open(on), open(add_days(on, 1))],
        [Opened::All, Opened::Nothing, Opened::Nothing]
    );
    let all = endings(timeline, consents, &rules);
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0].on, all[0].cause), (on, cause));
    let told = |on| renewals(timeline, consents, on, &rules).len();
    assert_eq!([-91, -90, -1, 0, 89, 90].map(|days| told(add_days(on, days))), [0, 1, 1, 1, 1, 0]);
}

#[test]
fn the_guardians_consent_to_health_data_and_coordination_ends_on_the_sixteenth_birthday() {
    for category in ["health_condition", "coordinator_contact", "plan_goals", "family_counselling_contact"] {
        ends_on(&alone(born("2011-03-20")), category, &of_both(category), "2027-03-20", Cause::Age);
    }
}

#[test]
fn the_guardians_consent_to_school_data_ends_on_the_fifteenth_birthday() {
    ends_on(&alone(born("2012-03-20")), "education_support", &of_both("education_support"), "2027-03-20", Cause::Age);
}

#[test]
fn from_fifteen_child_welfare_data_needs_the_child_too() {
    ends_on(&alone(born("2012-03-20")), "barnevern_content", &of_both("barnevern_content"), "2027-03-20", Cause::Age);
}

#[test]
fn the_guardians_consent_to_social_service_data_ends_on_the_eighteenth_birthday() {
    let category = "social_service_relation";
    ends_on(&alone(born("2009-03-20")), category, &of_both(category), "2027-03-20", Cause::Age);
}

#[test]
fn a_consent_ends_on_its_own_last_day() {
    let mut consents = of_both("plan_goals");
    consents[1].valid_to = Some(day("2027-06-01"));
    ends_on(&alone(born("2018-03-20")), "plan_goals", &consents, "2027-06-01", Cause::Period);
}

#[test]
fn a_care_order_that_is_known_beforehand_is_told_beforehand() {
    let mut after = born("2018-03-20");
    after.care_order_by = Some("barnevern".into());
    let timeline = Timeline::new([(day("2026-01-01"), born("2018-03-20")), (day("2026-09-01"), after)]);
    ends_on(&timeline, "plan_goals", &of_both("plan_goals"), "2026-09-01", Cause::Change);
}

#[test]
fn one_who_gets_foreldreansvar_must_consent_from_that_day() {
    let mut after = born("2018-03-20");
    after.guardians[1].id = "verge".into();
    let timeline = Timeline::new([(day("2026-01-01"), born("2018-03-20")), (day("2026-09-01"), after)]);
    ends_on(&timeline, "plan_goals", &of_both("plan_goals"), "2026-09-01", Cause::Change);
}

#[test]
fn nothing_ends_where_the_youth_has_consented_in_time_and_a_late_consent_takes_the_task_away() {
    let (timeline, mut consents) = (alone(born("2011-03-20")), of_both("plan_goals"));
    consents.push(given("child", "plan_goals", "2027-03-20", None));
    let told = |consents: &[Consent], on: &str| renewals(&timeline, consents, day(on), &rules()).len();
    assert_eq!(told(&consents, "2027-03-19"), 0, "the youth's own consent begins that very day");
    consents[2].given = day("2027-04-01");
    assert_eq!(told(&consents, "2027-03-31"), 1);
    assert_eq!(told(&consents, "2027-04-01"), 0);
}

#[test]
fn a_consent_that_was_taken_back_is_not_asked_for_again() {
    let mut consents = of_both("plan_goals");
    consents[0].withdrawn = Some(day("2026-12-01"));
    assert!(endings(&alone(born("2011-03-20")), &consents, &rules()).is_empty());
}

#[test]
fn an_order_of_secrecy_asks_nobody_to_renew_what_would_not_help() {
    let mut after = born("2018-03-20");
    after.secrecy_order = vec!["plan_goals".into()];
    let timeline = Timeline::new([(day("2026-01-01"), born("2018-03-20")), (day("2026-09-01"), after)]);
    let due = renewals(&timeline, &of_both("plan_goals"), day("2026-09-02"), &rules());
    assert!(due.is_empty(), "{due:?}");
}

#[test]
fn a_guardians_consent_of_the_day_before_the_sixteenth_birthday_counts_for_that_day_alone() {
    let subject = born("2011-03-20");
    let consent = given("mor", "plan_goals", "2027-03-19", None);
    let stands = |on| standing_of(&consent, "plan_goals", &subject, day(on), &rules());
    assert_eq!(stands("2027-03-18"), Standing::NotYet);
    assert_eq!(stands("2027-03-19"), Standing::Live);
    assert_eq!(stands("2027-03-20"), Standing::WrongPerson);
    assert_eq!(who_must_consent(&subject, "plan_goals", day("2027-03-19"), &rules()), [["mor", "far"]]);
    assert_eq!(who_must_consent(&subject, "plan_goals", day("2027-03-20"), &rules()), [["child"]]);
}

#[test]
fn fields_of_one_person_are_united_and_of_two_intersected() {
    let fields = |by: &str, names: &[&str]| {
        let fields = Some(names.iter().map(|n| (*n).to_owned()).collect());
        Consent { fields, ..given(by, "plan_goals", "2026-01-10", None) }
    };
    let mut consents = vec![fields("mor", &["a"]), fields("mor", &["b"]), fields("far", &["b", "c"])];
    let open =
        |consents: &[Consent]| opened(&born("2018-03-20"), consents, &grant("plan_goals"), day("2026-02-01"), &rules());
    assert_eq!(open(&consents), Opened::Only(BTreeSet::from(["b".to_owned()])));
    consents.pop();
    assert_eq!(open(&consents), Opened::Nothing);
}

fn some_consents() -> impl Strategy<Value = Vec<Consent>> {
    let categories =
        ["plan_goals", "health_condition", "education_support", "barnevern_content", "social_service_relation"];
    let one = prop::sample::select(categories.to_vec())
        .prop_flat_map(|category| consent(category.into(), "barnehage_privat".into(), "coordination".into()));
    prop::collection::vec(one, 0..5)
}

fn timeline() -> impl Strategy<Value = Timeline> {
    let change = (0i64..500, prop::bool::ANY, 0usize..3);
    (0i64..7000, prop::collection::vec(change, 0..3)).prop_map(|(age, changes)| {
        let first = day("2025-06-01");
        let base = Subject { birth_date: Some(add_days(first, -age)), ..born("2020-01-01") };
        let changed = changes.into_iter().map(|(after, care, guardians)| {
            let mut subject = base.clone();
            subject.care_order_by = care.then(|| "barnevern".to_owned());
            subject.guardians.truncate(guardians);
            (add_days(first, after), subject)
        });
        Timeline::new([(first, base.clone())].into_iter().chain(changed.collect::<Vec<_>>()))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Day by day for two years: something closes on the days that are told, and on no other.
    #[test]
    fn what_is_open_shrinks_on_the_days_that_are_told_and_on_no_other(
        timeline in timeline(), consents in some_consents(), rules in any_rules(),
    ) {
        let standing: Vec<Consent> = consents.iter().filter(|c| c.withdrawn.is_none()).cloned().collect();
        let (first, told) = (day("2025-06-01"), endings(&timeline, &consents, &rules));
        for grant in grants(&standing) {
            let open = |on: Date| opened(timeline.on(on).unwrap(), &standing, &grant, on, &rules);
            let mut before = open(first);
            for on in (1..800).map(|n| add_days(first, n)) {
                let now = open(on);
                let ends = told.iter().any(|ending| ending.on == on && ending.grant == grant);
                prop_assert_eq!(!now.covers(&before), ends, "{:?} on {}", grant, on);
                before = now;
            }
        }
    }

    /// The register opens what the decision releases by consent, and nothing else.
    #[test]
    fn the_register_opens_what_the_decision_releases_by_consent(
        timeline in timeline(), consents in some_consents(), rules in any_rules(), after in 0i64..600,
    ) {
        let on = add_days(day("2025-06-01"), after);
        let subject = timeline.on(on).unwrap();
        for grant in grants(&consents) {
            // To a private body that takes no part, in another purpose than health care, consent is the only ground.
            let others = ["address", "employee_absence", "crisis_shelter_contact"].contains(&grant.category.as_str());
            if grant.recipient != "barnehage_privat" || grant.purpose != "coordination" || others {
                continue;
            }
            let asked = Request {
                date: on,
                purpose: grant.purpose.clone(),
                subject: subject.clone(),
                item: Item { category: grant.category.clone(), fields: vec!["m_x".into()], about_person: grant.about.clone(),
                    from: "koordinerende_enhet".into(), ..Item::default() },
                recipient: Recipient { kind: grant.recipient.clone(), ..Recipient::default() },
                flags: Flags::default(),
                consents: consents.iter().map(|c| Consent { fields: None, ..c.clone() }).collect(),
            };
            let decided = decide(&asked, &rules).basis == Some(Reason::ConsentValid);
            let whole = opened(subject, &asked.consents, &grant, on, &rules) == Opened::All;
            // d. of the redaction withholds every field of a holder whose kind nobody knows.
            if !["holder_service", "coordinator_contact"].contains(&grant.category.as_str()) {
                prop_assert_eq!(decided, whole, "{:?}", grant);
            }
        }
    }
}
