//! Two answers compared: what differs and which fact made it differ.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

#[path = "support/history.rs"]
#[allow(dead_code, reason = "each test file draws its own part")]
mod history;

use std::collections::BTreeMap;

use history::{day, facts, family, rules, settings};
use jiff::civil::date;
use proptest::prelude::*;
use samhold_duty::compare::{CauseKind, Change, Comparison, Difference, Point, Track, compare};
use samhold_duty::{Answer, Family, Reconcile, Rules, answer};
use samhold_model::{Date, Fact, FactBody};
use serde_json::{Value, json};

fn compared(family: &Family, facts: &[Fact], rules: &Rules, from: Point, to: Point) -> Comparison {
    compare(&|_, _| family.clone(), facts, rules, from, to)
}

fn point() -> impl Strategy<Value = Point> {
    (day(), prop::option::of(day())).prop_map(|(as_of, known_at)| Point { as_of, known_at })
}

/// The value of a field of an answer, as the comparison names it.
fn value(answer: &Answer, track: Track, field: &str) -> Value {
    let whole = serde_json::to_value(answer).unwrap();
    match track {
        Track::Samordning => whole["samordning"][field].clone(),
        Track::Barnekoordinator => whole["barnekoordinator"][field].clone(),
        Track::Koordinator => whole["koordinator"][field].clone(),
        Track::Ip => whole["ip"][field].clone(),
        Track::Participants => whole["participants"].clone(),
        Track::Alerts if whole["alerts"].as_array().unwrap().contains(&json!(field)) => json!(true),
        Track::Alerts => Value::Null,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_point_compared_with_itself_shows_nothing(
        given in facts(30), family in family(), settings in settings(), point in point(),
    ) {
        prop_assert!(compared(&family, &given, &rules(settings), point, point).differences.is_empty());
    }

    #[test]
    fn everything_that_differs_is_told_once_with_a_cause(
        given in facts(20), family in family(), settings in settings(), from in point(), to in point(),
    ) {
        let rules = rules(settings);
        let found = compared(&family, &given, &rules, from, to);
        let at = |point: Point| answer(&family, &given, point.as_of, point.known_at, &rules);
        let (before, after) = (at(from), at(to));
        for d in &found.differences {
            prop_assert!(!d.causes.is_empty() && d.causes.iter().all(|c| !c.text.is_empty()), "{d:?}");
            prop_assert_eq!(&d.before, &value(&before, d.track, &d.field));
            prop_assert_eq!(&d.after, &value(&after, d.track, &d.field));
            prop_assert_ne!(&d.before, &d.after);
        }
        // Neither the reasoning nor the dates of an alert that stands at both points are compared.
        let bare = |a: &Answer| {
            Answer { steps: vec![], facts: vec![], alert_dates: BTreeMap::default(), ..a.clone() }
        };
        prop_assert_eq!(found.differences.is_empty(), bare(&before) == bare(&after));
    }

    #[test]
    fn without_the_facts_of_a_cause_the_difference_is_gone(
        given in facts(20), family in family(), settings in settings(), from in point(), to in point(),
    ) {
        let rules = rules(settings);
        for d in compared(&family, &given, &rules, from, to).differences {
            for cause in d.causes.iter().filter(|c| c.kind != CauseKind::Time) {
                let without = |f: &&Fact| cause.facts.iter().all(|c| c.fact.id != f.id);
                let rest: Vec<Fact> = given.iter().filter(without).cloned().collect();
                prop_assert!(rest.len() < given.len());
                let at = |point: Point| answer(&family, &rest, point.as_of, point.known_at, &rules);
                let (before, after) = (at(from), at(to));
                prop_assert_eq!(value(&before, d.track, &d.field), value(&after, d.track, &d.field), "{:?}", d);
            }
        }
    }

    #[test]
    fn the_order_in_which_facts_are_handed_over_changes_no_comparison(
        (given, shuffled) in facts(15).prop_flat_map(|f| (Just(f.clone()), Just(f).prop_shuffle())),
        family in family(), settings in settings(), from in point(), to in point(),
    ) {
        let rules = rules(settings);
        let (one, other) =
            (compared(&family, &given, &rules, from, to), compared(&family, &shuffled, &rules, from, to));
        prop_assert_eq!(one, other);
    }
}

/// A school and PPT that must cooperate since January, and what is said later.
fn told(later: Vec<(Date, Date, FactBody)>) -> Vec<Fact> {
    let starts = |service: &str, kind: &str, until| FactBody::ServiceStarted {
        service: service.into(),
        kind: kind.into(),
        level: None,
        municipality: None,
        until,
    };
    let begin = date(2024, 1, 10);
    let need = FactBody::CooperationNeeded { participants: vec!["skole".into(), "ppt".into()] };
    let mut all = vec![
        (begin, begin, starts("skole", "skole_kommunal", Some(date(2024, 6, 20)))),
        (begin, begin, starts("ppt", "ppt_kommunal", None)),
        (begin, begin, need),
    ];
    all.extend(later);
    let numbered = all.into_iter().enumerate();
    numbered
        .map(|(n, (at, recorded_at, body))| Fact {
            id: format!("e{n}"),
            at,
            recorded_at,
            order: n as u64,
            source: Some("oppvekst".into()),
            body,
        })
        .collect()
}

fn agreed(service: &str) -> FactBody {
    FactBody::HolderAgreed { service: service.into(), parties: vec![] }
}

fn at(as_of: Date) -> Point {
    Point { as_of, known_at: None }
}

fn asked(facts: &[Fact], from: Point, to: Point) -> Comparison {
    compared(&Family::default(), facts, &rules(Reconcile::default()), from, to)
}

fn difference(found: &Comparison, track: Track, field: &str) -> Difference {
    let all = &found.differences;
    all.iter().find(|d| d.track == track && d.field == field).unwrap_or_else(|| panic!("{field}: {found:#?}")).clone()
}

#[test]
fn the_agreement_is_why_the_school_coordinates() {
    let (told_on, on) = (date(2024, 2, 2), date(2024, 2, 1));
    let found = asked(&told(vec![(on, told_on, agreed("skole"))]), at(date(2024, 1, 15)), at(date(2024, 2, 15)));
    let holder = difference(&found, Track::Samordning, "holder");
    assert_eq!(holder.text, "Samordner: fra «kommunen selv» til «skole, kommunal tjeneste»");
    assert_eq!(
        holder.causes.iter().map(|c| c.text.as_str()).collect::<Vec<_>>(),
        ["Avtale om samordner (holder_agreed), gjelder fra 1. februar 2024, registrert 2. februar 2024, fra oppvekst \
          – begynte å gjelde"]
    );
    let closed = difference(&found, Track::Alerts, "NO_HOLDER_DESIGNATED");
    assert!(closed.text.starts_with("Varselet er borte: Ingen er navngitt som samordner."), "{}", closed.text);
}

#[test]
fn what_became_known_late_is_told_apart_from_what_happened_later() {
    let facts = told(vec![(date(2024, 2, 1), date(2024, 4, 1), agreed("skole"))]);
    let on = date(2024, 3, 1);
    let found = asked(&facts, at(on), Point { as_of: on, known_at: Some(date(2024, 4, 1)) });
    let holder = difference(&found, Track::Samordning, "holder");
    assert_eq!(holder.causes[0].facts[0].change, Change::BecameKnown);
    assert_eq!(difference(&found, Track::Alerts, "LATE_EVENT").causes[0].facts[0].fact.id, "e3");
}

#[test]
fn a_correction_is_the_cause_and_not_what_it_corrects() {
    let replace = json!({"service": "ppt"}).as_object().unwrap().clone();
    let correction = FactBody::Correction { of: "e3".into(), replace, void: false };
    let facts = told(vec![
        (date(2024, 2, 1), date(2024, 2, 1), agreed("skole")),
        (date(2024, 3, 1), date(2024, 3, 1), correction),
    ]);
    let found = asked(&facts, at(date(2024, 2, 10)), at(date(2024, 3, 2)));
    let holder = difference(&found, Track::Samordning, "holder");
    let causes: Vec<_> = holder.causes.iter().map(|c| (c.facts[0].fact.id.as_str(), c.facts[0].change)).collect();
    assert_eq!(causes, [("e4", Change::Corrects)]);
}

#[test]
fn time_alone_is_named_with_the_day_and_what_falls_on_it() {
    let facts = told(vec![(date(2024, 2, 1), date(2024, 2, 1), agreed("skole"))]);
    let found = asked(&facts, at(date(2024, 6, 1)), at(date(2024, 7, 20)));
    let holder = difference(&found, Track::Samordning, "holder");
    let cause = &holder.causes[0];
    assert_eq!((cause.kind, cause.date), (CauseKind::Time, Some(date(2024, 6, 20))));
    assert_eq!(cause.text, "tiden: 20. juni 2024, skole slutter å gi barnet tilbud");
    assert_eq!((cause.facts[0].fact.id.as_str(), cause.facts[0].change), ("e0", Change::StatesTheDate));
    let overdue = difference(&found, Track::Alerts, "NO_HOLDER_OVERDUE");
    assert_eq!(overdue.causes[0].text, "tiden: 5. juli 2024, fristen på 14 dager uten navngitt samordner");
}

#[test]
fn facts_that_only_together_make_a_difference_are_named_together() {
    let on = date(2024, 2, 1);
    let facts = told(vec![(on, on, agreed("skole")), (date(2024, 2, 2), date(2024, 2, 2), agreed("skole"))]);
    let found = asked(&facts, at(date(2024, 1, 15)), at(date(2024, 2, 15)));
    let holder = difference(&found, Track::Samordning, "holder");
    assert_eq!(holder.causes.len(), 1);
    assert_eq!(holder.causes[0].kind, CauseKind::FactsTogether);
    assert_eq!(holder.causes[0].facts.iter().map(|c| c.fact.id.as_str()).collect::<Vec<_>>(), ["e3", "e4"]);
}

#[test]
fn the_eighteenth_birthday_is_named() {
    let born = Family { birth_date: Some(date(2006, 7, 1)), guardians: vec!["mor".into()], ..Family::default() };
    let on = date(2024, 2, 1);
    let wish = FactBody::BkWish { by: "mor".into(), wish: samhold_model::fact::Wish::Yes };
    let (person, service) = ("kari".into(), "ppt".into());
    let by = "koordinerende_enhet".into();
    let appointed = FactBody::BkAppointed { person, service, by, covers: vec![] };
    let facts = told(vec![(on, on, wish), (on, on, appointed)]);
    let found = compared(&born, &facts, &rules(Reconcile::default()), at(date(2024, 6, 30)), at(date(2024, 7, 1)));
    let state = difference(&found, Track::Barnekoordinator, "state");
    assert_eq!(state.text, "Tilstand: fra «oppnevnt» til «avsluttet»");
    assert_eq!(state.causes[0].text, "tiden: 1. juli 2024, barnet fyller 18 år");
}
