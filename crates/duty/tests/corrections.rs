//! Corrections replace, never erase, and never fail.

use jiff::civil::date;
use samhold_duty::answer::{Alert, DutyState};
use samhold_duty::{Answer, Family, Reconcile, Rules, answer};
use samhold_model::{Fact, FactBody, Law};
use serde_json::{Map, Value, json};

fn fact(id: &str, day: i8, body: FactBody) -> Fact {
    let at = date(2024, 3, day);
    Fact {
        id: id.into(),
        at,
        recorded_at: at,
        order: day.unsigned_abs().into(),
        source: None,
        of_municipality: false,
        body,
    }
}

fn correction(id: &str, day: i8, of: &str, replace: Value, void: bool) -> Fact {
    let replace: Map<String, Value> = replace.as_object().cloned().unwrap_or_default();
    fact(id, day, FactBody::Correction { of: of.into(), replace, void })
}

/// The school agreed on as holder on 2 March.
fn history() -> Vec<Fact> {
    let starts = |service: &str, kind: &str| FactBody::ServiceStarted {
        service: service.into(),
        kind: kind.into(),
        level: None,
        municipality: None,
        until: None,
    };
    vec![
        fact("skole", 1, starts("skole", "skole_kommunal")),
        fact("ppt", 1, starts("ppt", "ppt_kommunal")),
        fact("behov", 1, FactBody::CooperationNeeded { participants: vec!["skole".into(), "ppt".into()] }),
        fact("avtale", 2, FactBody::HolderAgreed { service: "skole".into(), parties: vec![] }),
    ]
}

fn ask(corrections: Vec<Fact>) -> Answer {
    let facts: Vec<Fact> = history().into_iter().chain(corrections).collect();
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    answer(&Family::default(), &facts, date(2024, 3, 30), None, &rules)
}

fn holder(corrections: Vec<Fact>) -> Option<String> {
    ask(corrections).samordning.holder.reference
}

#[test]
fn a_replaced_field_is_what_the_fact_says() {
    assert_eq!(holder(vec![]).as_deref(), Some("skole"));
    assert_eq!(holder(vec![correction("k", 9, "avtale", json!({"service": "ppt"}), false)]).as_deref(), Some("ppt"));
}

#[test]
fn the_correction_recorded_last_counts() {
    let first = correction("k1", 9, "avtale", json!({"service": "ppt"}), false);
    let last = correction("k2", 10, "avtale", json!({"service": "skole"}), false);
    assert_eq!(holder(vec![first.clone(), last.clone()]).as_deref(), Some("skole"));
    assert_eq!(holder(vec![last, first]).as_deref(), Some("skole"));
}

#[test]
fn a_fact_delivered_again_counts_once_as_it_was_recorded_first() {
    let again = fact("avtale", 2, FactBody::HolderAgreed { service: "ppt".into(), parties: vec![] });
    let again = Fact { recorded_at: date(2024, 3, 5), ..again };
    assert_eq!(holder(vec![again]).as_deref(), Some("skole"));
}

#[test]
fn a_correction_of_a_correction_changes_what_it_says() {
    let first = correction("k1", 9, "avtale", json!({}), true);
    let second = correction("k2", 10, "k1", json!({"void": false, "replace": {"service": "ppt"}}), false);
    assert_eq!(ask(vec![first.clone()]).samordning.state, DutyState::HeldByDefault);
    assert_eq!(holder(vec![first, second]).as_deref(), Some("ppt"));
}

#[test]
fn corrections_that_correct_each_other_in_a_ring_count_for_nothing() {
    let ring = vec![correction("k1", 9, "k2", json!({}), true), correction("k2", 9, "k1", json!({}), true)];
    assert_eq!(holder(ring).as_deref(), Some("skole"));
    assert_eq!(holder(vec![correction("k", 9, "k", json!({}), true)]).as_deref(), Some("skole"));
}

#[test]
fn a_replacement_that_gives_no_readable_fact_leaves_it_as_it_was() {
    for replace in [json!({"service": 7}), json!({"at": "snart"}), json!({"type": "holder_agred"})] {
        assert_eq!(holder(vec![correction("k", 9, "avtale", replace, false)]).as_deref(), Some("skole"));
    }
}

#[test]
fn neither_id_nor_recorded_date_can_be_corrected() {
    let replace = json!({"id": "annen", "recorded_at": "2030-01-01"});
    assert_eq!(holder(vec![correction("k", 9, "avtale", replace, false)]).as_deref(), Some("skole"));
}

#[test]
fn a_chain_of_ten_thousand_corrections_is_followed_to_its_end() {
    let target = |n: usize| if n == 0 { "avtale".to_owned() } else { format!("k{}", n - 1) };
    let void = |n: usize| correction(&format!("k{n}"), 9, &target(n), json!({}), true);
    // The last voids the one before it, and so on: an odd number of voids voids the agreement.
    assert_eq!(ask((0..10_001).map(void).collect()).samordning.state, DutyState::HeldByDefault);
    assert_eq!(holder((0..10_000).map(void).collect()).as_deref(), Some("skole"));
}

/// Whether the alert stands, asked about 30 March as known on a day of March.
fn is_late(corrections: &[Fact], known_at: i8) -> bool {
    let facts: Vec<Fact> = history().into_iter().chain(corrections.to_vec()).collect();
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    let asked = answer(&Family::default(), &facts, date(2024, 3, 30), Some(date(2024, 3, known_at)), &rules);
    asked.alerts.contains(&Alert::LateEvent)
}

#[test]
fn a_correction_of_a_correction_that_moves_a_date_is_late_from_its_own_day() {
    let moves = correction("k1", 5, "avtale", json!({"at": "2024-03-04"}), false);
    let voids = correction("k2", 16, "k1", json!({}), true);
    let again = correction("k2", 16, "k1", json!({"replace": {"at": "2024-03-03"}}), false);
    let other = correction("k2", 16, "k1", json!({"replace": {"at": "2024-03-04", "service": "ppt"}}), false);
    for (second, late) in [(&voids, true), (&again, true), (&other, false)] {
        let both = [moves.clone(), second.clone()];
        let days: Vec<i8> = (13..=25).filter(|day| is_late(&both, *day)).collect();
        let expected: Vec<i8> = if late { (16..=23).collect() } else { vec![] };
        assert_eq!(days, expected, "{second:?}");
    }
}

#[test]
fn a_chain_that_says_dates_is_weighed_without_following_each_of_its_thousands() {
    let target = |n: usize| if n == 0 { "avtale".to_owned() } else { format!("k{}", n - 1) };
    let says = |n: usize| correction(&format!("k{n}"), 16, &target(n), json!({"at": "2024-03-05"}), false);
    assert!(is_late(&(0..10_000).map(says).collect::<Vec<_>>(), 20));
    let ring =
        [correction("k1", 9, "k2", json!({"at": "2024-03-05"}), false), correction("k2", 9, "k1", json!({}), true)];
    assert!(!is_late(&ring, 10));
}
