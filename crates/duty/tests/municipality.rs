//! What the municipality says of its own people stands for every child, also for one who was away.

use jiff::civil::date;
use samhold_duty::answer::{Basis, DutyState};
use samhold_duty::{Answer, Family, Reconcile, Rules, answer};
use samhold_model::fact::Wish;
use samhold_model::{Date, Fact, FactBody, Law};

fn fact(nr: usize, at: Date, of_municipality: bool, body: FactBody) -> Fact {
    Fact { id: format!("e{nr}"), at, recorded_at: at, order: nr as u64, source: None, of_municipality, body }
}

/// School and PPT serve a child who was away in April; `said` comes besides, in the order of its dates.
fn asked(said: Vec<(Date, bool, FactBody)>) -> Answer {
    let starts = |service: &str, kind: &str| FactBody::ServiceStarted {
        service: service.into(),
        kind: kind.into(),
        level: None,
        municipality: None,
        until: None,
    };
    let begin = date(2024, 1, 1);
    let mut all = vec![
        (begin, false, starts("skole", "skole_kommunal")),
        (begin, false, starts("ppt", "ppt_kommunal")),
        (date(2024, 4, 1), false, FactBody::Moved { to: "9902".into() }),
        (date(2024, 4, 30), false, FactBody::Moved { to: "9901".into() }),
        (date(2024, 5, 1), false, FactBody::CooperationNeeded { participants: vec!["skole".into(), "ppt".into()] }),
    ];
    all.extend(said);
    let facts: Vec<Fact> = all.into_iter().enumerate().map(|(nr, (at, of, body))| fact(nr, at, of, body)).collect();
    let family = Family { birth_date: Some(date(2015, 6, 1)), guardians: vec!["mor".into()], ..Family::default() };
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    answer(&family, &facts, date(2024, 6, 1), None, &rules)
}

fn decided_by_a_delegate(for_all_children: bool, more: Option<(Date, FactBody)>) -> Option<Basis> {
    let granted = FactBody::DelegationGranted { to: "oppvekstsjef".into() };
    let decided =
        FactBody::HolderDecided { service: "skole".into(), by: "oppvekstsjef".into(), ground: None, valid_to: None };
    let mut said = vec![(date(2024, 2, 1), for_all_children, granted)];
    said.extend(more.map(|(at, body)| (at, for_all_children, body)));
    said.push((date(2024, 5, 20), false, decided));
    asked(said).samordning.basis
}

#[test]
fn a_delegation_given_for_all_children_counts_for_one_who_moved_back() {
    assert_eq!(decided_by_a_delegate(true, None), Some(Basis::Decision));
    assert_eq!(decided_by_a_delegate(false, None), Some(Basis::Default), "one that stands with the child does not");
    let withdrawn = || FactBody::DelegationWithdrawn { to: "oppvekstsjef".into() };
    assert_eq!(decided_by_a_delegate(true, Some((date(2024, 4, 10), withdrawn()))), Some(Basis::Default));
    assert_eq!(decided_by_a_delegate(true, Some((date(2024, 5, 25), withdrawn()))), Some(Basis::Decision));
}

#[test]
fn an_absence_that_is_known_for_all_children_is_known_for_one_who_moved_back() {
    let by = || "koordinerende_enhet".to_owned();
    let with_absence = |for_all_children: bool| {
        asked(vec![
            (
                date(2024, 3, 1),
                for_all_children,
                FactBody::PersonAbsent { person: "kari".into(), expected_until: None },
            ),
            (date(2024, 5, 2), false, FactBody::BkWish { by: "mor".into(), wish: Wish::Yes }),
            (
                date(2024, 5, 2),
                false,
                FactBody::BkAppointed { person: "kari".into(), service: "ppt".into(), by: by(), covers: vec![] },
            ),
        ])
    };
    assert_eq!(with_absence(true).samordning.state, DutyState::Vacant);
    assert_eq!(with_absence(false).samordning.state, DutyState::Held);
}
