//! The dates of alerts: since when their cause holds by the facts, and when they fall due.
#![allow(clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/history.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod history;

use history::{day, facts, family, rules, settings};
use jiff::civil::date;
use proptest::prelude::*;
use samhold_duty::{Alert, Answer, Deciding, Family, Fitness, Reconcile, Rules, answer, deciding};
use samhold_model::dates::add_days;
use samhold_model::fact::{PlanConsent, Wish};
use samhold_model::{Date, Fact, FactBody, Law};

fn recorded(said: Vec<(Date, FactBody)>) -> Vec<Fact> {
    let numbered = said.into_iter().enumerate();
    numbered
        .map(|(n, (at, body))| Fact {
            id: format!("e{n}"),
            at,
            recorded_at: at,
            order: n as u64,
            source: None,
            of_municipality: false,
            body,
        })
        .collect()
}

fn starts(service: &str, kind: &str, until: Option<Date>) -> (Date, FactBody) {
    let (service, kind) = (service.into(), kind.into());
    (date(2023, 1, 1), FactBody::ServiceStarted { service, kind, level: None, municipality: None, until })
}

/// A school, a PPT and a kindergarten with a known end; the need from 10 January 2024.
fn opening() -> Vec<(Date, FactBody)> {
    let participants = vec!["skole".into(), "ppt".into(), "barnehage".into()];
    vec![
        starts("skole", "skole_kommunal", None),
        starts("ppt", "ppt_kommunal", None),
        starts("barnehage", "barnehage_kommunal", Some(date(2024, 8, 1))),
        (date(2024, 1, 10), FactBody::CooperationNeeded { participants }),
    ]
}

fn agreed(at: Date, service: &str) -> (Date, FactBody) {
    (at, FactBody::HolderAgreed { service: service.into(), parties: vec![] })
}

fn decided(at: Date, service: &str, by: &str) -> (Date, FactBody) {
    let (service, by) = (service.into(), by.into());
    (at, FactBody::HolderDecided { service, by, valid_to: None, ground: None })
}

fn dispute(at: Date) -> (Date, FactBody) {
    (at, FactBody::DisputeRaised { parties: vec!["skole".into(), "ppt".into()] })
}

fn child() -> Family {
    Family { birth_date: Some(date(2006, 9, 1)), guardians: vec!["mor".into()], ..Family::default() }
}

fn law() -> Rules {
    Rules { law: Law::bundled(), config: Reconcile::default() }
}

fn with(more: impl IntoIterator<Item = (Date, FactBody)>, on: Date) -> Answer {
    let mut said = opening();
    said.extend(more);
    said.sort_by_key(|(at, _)| *at);
    answer(&child(), &recorded(said), on, Some(Date::MAX), &law())
}

fn dates_of(found: &Answer, alert: Alert) -> (Date, Option<Date>) {
    let dates = found.alert_dates.get(&alert).unwrap_or_else(|| panic!("{alert:?} is not among {:?}", found.alerts));
    (dates.since, dates.due)
}

#[test]
fn without_a_holder_counts_from_the_need_on_and_not_from_the_day_it_became_overdue() {
    let need = date(2024, 1, 10);
    let (early, late) = (with([], date(2024, 1, 20)), with([], date(2024, 3, 1)));
    let due = Some(date(2024, 1, 24));
    assert_eq!(dates_of(&early, Alert::NoHolderDesignated), (need, due));
    assert_eq!(dates_of(&late, Alert::NoHolderOverdue), (need, due));
}

#[test]
fn a_dispute_counts_from_the_day_it_became_one_through_more_of_them() {
    let more = [agreed(date(2024, 2, 1), "skole"), dispute(date(2024, 2, 10)), dispute(date(2024, 2, 15))];
    let found = with(more, date(2024, 3, 1));
    let dates = (date(2024, 2, 10), Some(date(2024, 2, 24)));
    assert_eq!(dates_of(&found, Alert::DisputeOpen), dates);
    assert_eq!(dates_of(&found, Alert::DisputeOverdue), dates);
}

fn appointed(at: Date) -> [(Date, FactBody); 2] {
    let (person, service, by) = ("kari".into(), "ppt".into(), "koordinerende_enhet".into());
    let wish = FactBody::BkWish { by: "mor".into(), wish: Wish::Yes };
    [(at, wish), (at, FactBody::BkAppointed { person, service, by, covers: vec![] })]
}

#[test]
fn a_vacancy_counts_from_its_first_day_also_where_it_first_looked_short() {
    let away = |until| FactBody::PersonAbsent { person: "kari".into(), expected_until: Some(until) };
    let mut said = appointed(date(2024, 2, 1)).to_vec();
    said.push((date(2024, 3, 1), away(date(2024, 3, 10))));
    let short = with(said.clone(), date(2024, 3, 5));
    assert_eq!(dates_of(&short, Alert::BkAbsentShort), (date(2024, 3, 1), Some(date(2024, 3, 10))));
    said.push((date(2024, 3, 8), away(date(2024, 5, 1))));
    let vacant = with(said, date(2024, 3, 20));
    assert_eq!(dates_of(&vacant, Alert::BkVacant), (date(2024, 3, 1), None));
}

#[test]
fn what_is_coming_says_the_day_it_comes() {
    let found = with(appointed(date(2024, 2, 1)), date(2024, 6, 1));
    assert_eq!(dates_of(&found, Alert::BkAgeLimitSoon), (date(2024, 3, 5), Some(date(2024, 9, 1))));
    let found = with([agreed(date(2024, 2, 1), "barnehage")], date(2024, 6, 1));
    assert_eq!(dates_of(&found, Alert::TransitionUpcoming), (date(2024, 5, 3), Some(date(2024, 8, 1))));
    let substitute = FactBody::SubstituteAppointed {
        for_person: "kari".into(),
        person: "per".into(),
        by: "koordinerende_enhet".into(),
        until: Some(date(2024, 4, 1)),
    };
    let mut said = appointed(date(2024, 2, 1)).to_vec();
    said.push((date(2024, 3, 1), FactBody::PersonAbsent { person: "kari".into(), expected_until: None }));
    said.push((date(2024, 3, 1), substitute));
    let found = with(said, date(2024, 3, 25));
    assert_eq!(dates_of(&found, Alert::SubstituteExpiresSoon), (date(2024, 3, 18), Some(date(2024, 4, 1))));
}

#[test]
fn a_missing_wish_and_a_missing_consent_count_from_the_fact_that_asks_for_them() {
    let conditions = FactBody::BkConditionsAssessed { met: true, by: "koordinerende_enhet".into() };
    let plan = |at| (at, FactBody::IpStarted { plan: "ip-1".into(), by: "ppt".into() });
    let found = with([(date(2024, 2, 2), conditions), plan(date(2024, 2, 3))], date(2024, 6, 1));
    assert_eq!(dates_of(&found, Alert::BkAwaitingWish), (date(2024, 2, 2), None));
    assert_eq!(dates_of(&found, Alert::IpWithoutConsent), (date(2024, 2, 3), None));
    // A guardian's consent no longer counts from the sixteenth birthday on.
    let young = Family { birth_date: Some(date(2008, 5, 5)), ..child() };
    let given = FactBody::IpConsent { by: "mor".into(), value: PlanConsent::Given };
    let mut said = opening();
    said.extend([(date(2024, 2, 1), given), plan(date(2024, 2, 3))]);
    let found = answer(&young, &recorded(said), date(2024, 6, 1), None, &law());
    assert_eq!(dates_of(&found, Alert::IpWithoutConsent), (date(2024, 5, 5), None));
}

fn decides(said: &[(Date, FactBody)], on: Date, by: &str, service: &str) -> Deciding {
    let mut all = opening();
    all.extend(said.iter().cloned());
    deciding(&child(), &recorded(all), (on, Date::MAX), &law(), (by, Some(service)))
}

#[test]
fn who_decides_meets_what_the_rules_would_make_of_it() {
    let on = date(2024, 3, 1);
    let by = "kommunedirektor";
    let met = decides(&[], on, by, "skole");
    assert!(met.authorised && !met.disputed && !met.decided && !met.over && met.service == Fitness::Fit, "{met:?}");
    assert!(!decides(&[], on, "rektor", "skole").authorised);
    assert!(decides(&[dispute(date(2024, 2, 1))], on, by, "skole").disputed);
    let settled = [dispute(date(2024, 2, 1)), decided(date(2024, 2, 2), "skole", by)];
    let met = decides(&settled, on, by, "skole");
    assert!(met.decided && !met.disputed, "{met:?}");
    let against = [decided(date(2024, 2, 2), "skole", by), dispute(date(2024, 2, 3))];
    assert!(decides(&against, on, by, "skole").disputed, "the services disagree with the decision");
    assert_eq!(decides(&[], on, by, "ukjent").service, Fitness::Unfit);
    assert_eq!(decides(&[], date(2024, 8, 1), by, "barnehage").service, Fitness::Unfit, "the place has ended");
    let hospital = [starts("bup", "spesialisthelse", None)];
    assert_eq!(decides(&hospital, on, by, "bup").service, Fitness::Unfit, "not a municipal service");
    let (service, kind) = ("ungdomsskole".into(), "skole_kommunal".into());
    let later = FactBody::ServiceStarted { service, kind, level: None, municipality: None, until: None };
    let start = date(2024, 8, 15);
    assert_eq!(decides(&[(start, later)], on, by, "ungdomsskole").service, Fitness::From(start));
    assert!(decides(&[(date(2024, 2, 1), FactBody::Died {})], on, by, "skole").over);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_alert_has_dates_that_stay_while_it_stands_and_nothing_changes(
        given in facts(25), family in family(), settings in settings(), on in day(),
    ) {
        let rules = rules(settings);
        let ask = |on: Date| answer(&family, &given, on, Some(Date::MAX), &rules);
        let (today, tomorrow) = (ask(on), ask(add_days(on, 1)));
        let codes: Vec<_> = today.alert_dates.keys().copied().collect();
        prop_assert_eq!(codes, today.alerts.iter().copied().collect::<Vec<_>>());
        for (alert, dates) in &today.alert_dates {
            prop_assert!(dates.since <= on, "{:?} begins ahead: {:?} on {}", alert, dates, on);
            let later = tomorrow.alert_dates.get(alert);
            let quiet = !given.iter().any(|fact| fact.at > on && fact.at <= add_days(on, 1));
            let same = (&today.samordning, &today.barnekoordinator) == (&tomorrow.samordning, &tomorrow.barnekoordinator);
            if quiet && same && today.alerts == tomorrow.alerts {
                prop_assert_eq!(later, Some(dates), "{:?} on {}", alert, on);
            }
        }
    }
}
