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
    fn without_the_facts_of_a_cause_the_difference_is_gone_or_another(
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
                let now = (value(&before, d.track, &d.field), value(&after, d.track, &d.field));
                prop_assert_ne!(now, (d.before.clone(), d.after.clone()), "{} {}", d.field, cause.text);
            }
        }
    }

    /// Every fact that alone makes a difference what it is, is named.
    #[test]
    fn no_fact_that_made_a_difference_is_left_out(
        given in facts(15), family in family(), settings in settings(), from in day(), to in day(),
    ) {
        let rules = rules(settings);
        let (from, to) = (at(from), at(to));
        for d in compared(&family, &given, &rules, from, to).differences {
            let named: Vec<&str> = d.causes.iter().flat_map(|c| &c.facts).map(|f| f.fact.id.as_str()).collect();
            for fact in given.iter().filter(|f| from.as_of < f.at && f.at <= to.as_of && f.recorded_at <= to.as_of) {
                let rest: Vec<Fact> = given.iter().filter(|f| f.id != fact.id).cloned().collect();
                let after = answer(&family, &rest, to.as_of, to.known_at, &rules);
                let other = value(&after, d.track, &d.field) != d.after;
                prop_assert!(!other || named.contains(&fact.id.as_str()), "{} {}: {}", d.field, fact.id, d.text);
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
            of_municipality: false,
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

fn causes(of: &Difference) -> Vec<(&str, &str)> {
    of.causes.iter().map(|c| (c.facts[0].fact.id.as_str(), c.facts[0].fact.kind.as_str())).collect()
}

#[test]
fn the_need_and_the_agreement_together_are_why_the_school_coordinates_and_the_agreement_is_why_since_then() {
    let found = asked(
        &told(vec![(date(2024, 2, 1), date(2024, 2, 1), agreed("skole"))]),
        at(date(2023, 12, 1)),
        at(date(2024, 3, 1)),
    );
    let holder = difference(&found, Track::Samordning, "holder");
    // A service nobody has heard of counts as one that takes part, so the second start made no difference to it.
    let named = [("e0", "service_started"), ("e2", "cooperation_needed"), ("e3", "holder_agreed")];
    assert_eq!(causes(&holder), named);
    assert!(causes(&difference(&found, Track::Samordning, "basis")).contains(&("e3", "holder_agreed")));
    assert!(causes(&difference(&found, Track::Samordning, "since")).contains(&("e3", "holder_agreed")));
}

#[test]
fn both_claims_are_why_the_services_disagree() {
    let claims = |service: &str| FactBody::HolderClaimed { service: service.into() };
    let (one, other) = (date(2024, 2, 1), date(2024, 2, 5));
    let facts = told(vec![(one, one, claims("skole")), (other, other, claims("ppt"))]);
    let found = asked(&facts, at(date(2024, 1, 15)), at(date(2024, 3, 1)));
    let state = difference(&found, Track::Samordning, "state");
    assert_eq!(causes(&state), [("e3", "holder_claimed"), ("e4", "holder_claimed")]);
}

#[test]
fn the_absence_and_the_substitute_are_why_the_substitute_coordinates() {
    let born = Family { birth_date: Some(date(2016, 7, 1)), guardians: vec!["mor".into()], ..Family::default() };
    let wish = FactBody::BkWish { by: "mor".into(), wish: samhold_model::fact::Wish::Yes };
    let by = || "koordinerende_enhet".to_owned();
    let appointed = FactBody::BkAppointed { person: "siri".into(), service: "ppt".into(), by: by(), covers: vec![] };
    let absent = FactBody::PersonAbsent { person: "siri".into(), expected_until: Some(date(2024, 9, 1)) };
    let substitute =
        FactBody::SubstituteAppointed { for_person: "siri".into(), person: "ole".into(), by: by(), until: None };
    let on = date(2024, 2, 1);
    let facts = told(vec![
        (on, on, wish),
        (on, on, appointed),
        (date(2024, 3, 1), date(2024, 3, 1), absent),
        (date(2024, 3, 3), date(2024, 3, 3), substitute),
    ]);
    let found = compared(&born, &facts, &rules(Reconcile::default()), at(date(2024, 2, 20)), at(date(2024, 3, 20)));
    let holder = difference(&found, Track::Samordning, "holder");
    assert_eq!(causes(&holder), [("e5", "person_absent"), ("e6", "substitute_appointed")]);
    assert_eq!(causes(&difference(&found, Track::Samordning, "since")), causes(&holder));
}

#[test]
fn a_correction_of_the_law_is_named_with_what_made_it() {
    let mut rules = rules(Reconcile::default());
    let changed = "kind = \"skole_kommunal\"\nfrom = \"2024-03-01\"\ncan_hold = false\nwhy = \"lov om endring\"";
    rules.law.service_kind_change.push(toml::from_str(changed).unwrap());
    let on = date(2024, 2, 1);
    let facts = told(vec![(on, on, agreed("skole"))]);
    let found = compared(&Family::default(), &facts, &rules, at(date(2024, 2, 20)), at(date(2024, 3, 20)));
    let holder = difference(&found, Track::Samordning, "holder");
    assert_eq!(holder.causes[0].text, "tiden: 1. mars 2024, kommunal skole endres: lov om endring");
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
