//! What was said once and no longer counts is told of, with the fact that made it so.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use samhold_duty::answer::DutyState;
use samhold_duty::{Answer, Family, Reconcile, Rules, answer};
use samhold_model::{Date, Fact, FactBody, Law};
use serde_json::{Value, json};

/// A school and a health service that must cooperate, and what is said after that.
fn told(said: &[(&str, &str, Value)]) -> Vec<Fact> {
    let started = |service: &str, kind: &str| json!({"service": service, "kind": kind});
    let mut all = vec![
        ("skole", "2024-01-01", "service_started", started("skole", "skole_kommunal")),
        ("helse", "2024-01-01", "service_started", started("helse", "kommunal_helse")),
        ("behov", "2024-01-10", "cooperation_needed", json!({"participants": ["skole", "helse"]})),
    ];
    let named = ["a", "b", "c", "d", "e"].into_iter().zip(said);
    all.extend(named.map(|(id, (at, kind, fields))| (id, *at, *kind, fields.clone())));
    let fact = |(order, (id, at, kind, fields)): (usize, (&str, &str, &str, Value))| {
        let at: Date = at.parse().unwrap();
        let body = FactBody::read(kind, fields.as_object().unwrap(), "", &Law::bundled()).unwrap();
        Fact { id: id.into(), at, recorded_at: at, order: order as u64, source: None, of_municipality: false, body }
    };
    all.into_iter().enumerate().map(fact).collect()
}

fn on(day: &str, said: &[(&str, &str, Value)]) -> Answer {
    let family = Family {
        birth_date: Some(jiff::civil::date(2015, 5, 5)),
        guardians: vec!["mor".into(), "far".into()],
        ..Family::default()
    };
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    answer(&family, &told(said), day.parse().unwrap(), None, &rules)
}

/// The text and facts of the first step of a rule with this in its text.
fn step<'a>(answer: &'a Answer, rule: &str, has: &str) -> (&'a str, Vec<&'a str>, bool) {
    let found = answer.steps.iter().find(|s| s.rule == rule && s.text.contains(has));
    let found = found.unwrap_or_else(|| panic!("no {rule} with {has:?} in {:#?}", answer.steps));
    (&found.text, found.facts.iter().map(String::as_str).collect(), found.applied)
}

fn decided(at: &'static str, valid_to: Option<&str>) -> (&'static str, &'static str, Value) {
    let mut fields = json!({"service": "skole", "by": "kommunedirektor"});
    if let Some(to) = valid_to {
        fields["valid_to"] = json!(to);
    }
    (at, "holder_decided", fields)
}

fn agreed(at: &'static str, service: &str) -> (&'static str, &'static str, Value) {
    (at, "holder_agreed", json!({"service": service}))
}

fn disputed(at: &'static str) -> (&'static str, &'static str, Value) {
    (at, "dispute_raised", json!({"parties": ["skole", "helse"]}))
}

#[test]
fn a_decision_that_is_withdrawn_is_named_with_its_withdrawal_and_is_what_ended_the_holding() {
    let withdrawn = ("2024-03-01", "decision_withdrawn", json!({"by": "kommunedirektor"}));
    let found = on("2024-03-01", &[decided("2024-02-01", None), withdrawn]);
    assert_eq!(
        step(&found, "R-04", "trukket"),
        (
            "Kommunen besluttet 1. februar 2024 at skole samordner, men beslutningen ble trukket 1. mars 2024. Det som er \
             eldre enn den, kommer ikke tilbake.",
            vec!["a", "b"],
            false
        )
    );
    assert_eq!(
        step(&found, "R-02", ""),
        (
            "Ingen er utpekt. Kommunen har plikten selv siden 1. mars 2024. Beslutningen som gjaldt, ble trukket da.",
            vec!["behov", "a", "b"],
            true
        )
    );
}

#[test]
fn of_a_decision_that_ran_out_it_is_told_that_it_settled_what_was_older_for_good() {
    let found = on(
        "2024-06-01",
        &[agreed("2024-02-01", "helse"), disputed("2024-02-10"), decided("2024-03-01", Some("2024-06-01"))],
    );
    assert_eq!(found.samordning.state, DutyState::HeldByDefault);
    let (text, facts, _) = step(&found, "R-04", "gjaldt til 1. juni 2024");
    assert!(text.ends_with("Det som er eldre enn den, kommer ikke tilbake."), "{text}");
    assert_eq!(facts, ["c"]);
    let settled = "Kommunens beslutning 1. mars 2024 har avgjort det for godt.";
    assert_eq!(step(&found, "R-05", settled).1, ["a", "c"]);
    assert_eq!(step(&found, "R-09", settled).1, ["b", "c"]);
    assert!(step(&found, "R-02", "").0.ends_with("Beslutningen som gjaldt, gikk ut da."));
}

#[test]
fn a_sole_claimant_who_says_no_is_told_of() {
    let disclaimed = ("2024-03-01", "holder_disclaimed", json!({"service": "skole"}));
    let found = on("2024-03-02", &[("2024-02-01", "holder_claimed", json!({"service": "skole"})), disclaimed]);
    let (text, facts, applied) = step(&found, "R-07", "skole meldte 1. februar 2024");
    assert_eq!(
        (text, applied),
        (
            "skole meldte 1. februar 2024 at den samordner, men tjenesten meldte 1. mars 2024 at den ikke samordner.",
            false
        )
    );
    assert_eq!(facts, ["a", "b"]);
    assert!(step(&found, "R-02", "meldte da at den ikke gjør det").1.contains(&"b"));
}

#[test]
fn what_settled_a_dispute_is_told() {
    let by_decision = on("2024-03-01", &[disputed("2024-02-01"), decided("2024-03-01", None)]);
    assert_eq!(step(&by_decision, "R-09", "Kommunens beslutning 1. mars 2024 har avgjort det for godt.").1, ["a", "b"]);
    let by_agreement = on("2024-03-01", &[disputed("2024-02-01"), agreed("2024-03-01", "helse")]);
    assert_eq!(
        step(&by_agreement, "R-09", "").0,
        "Tjenestene var uenige 1. februar 2024. Avtalen 1. mars 2024 har avgjort det."
    );
    let claim = |at, service: &str| (at, "holder_claimed", json!({"service": service}));
    let of_claims =
        on("2024-03-01", &[claim("2024-02-01", "skole"), claim("2024-02-05", "helse"), decided("2024-03-01", None)]);
    assert_eq!(step(&of_claims, "R-09", "Tjenestene var uenige 5. februar 2024").1, ["b", "c"]);
}

#[test]
fn an_agreement_that_was_replaced_or_whose_service_stopped_is_told_of() {
    let replaced = on("2024-03-01", &[agreed("2024-02-01", "helse"), agreed("2024-03-01", "skole")]);
    assert_eq!(step(&replaced, "R-05", "Avtalen 1. mars 2024 har kommet i stedet.").1, ["a", "b"]);
    let stopped = on(
        "2024-03-01",
        &[agreed("2024-02-01", "helse"), ("2024-03-01", "service_ended", json!({"service": "helse"}))],
    );
    let (text, facts, _) = step(&stopped, "R-17", "Tjenestene ble");
    assert_eq!(
        text,
        "Tjenestene ble 1. februar 2024 enige om at helse samordner. Fra 1. mars 2024 gir tjenesten ikke barnet tilbud."
    );
    assert_eq!(facts, ["a", "b"]);
}

#[test]
fn where_nothing_is_registered_each_rule_says_so_in_the_order_of_evaluation() {
    let found = on("2024-02-01", &[]);
    let empty: Vec<(&str, &str)> =
        found.steps.iter().filter(|s| !s.applied).map(|s| (s.rule.as_str(), s.text.as_str())).collect();
    assert_eq!(
        empty,
        [
            ("R-03", "Ingen barnekoordinator er gyldig oppnevnt."),
            ("R-04", "Ingen beslutning fra kommunen gjelder."),
            ("R-09", "Ingen uenighet står åpen."),
            ("R-05", "Ingen avtale mellom tjenestene gjelder."),
            ("R-06", "Ingen koordinator i en kommunal tjeneste er oppnevnt."),
            ("R-07", "Ingen melding fra en tjeneste om at den samordner, gjelder."),
        ]
    );
    let decided = on("2024-02-01", &[decided("2024-02-01", None)]);
    let empty = decided.steps.iter().filter(|s| !s.applied).count();
    assert_eq!(empty, 1, "what was not come to is not told of: {:#?}", decided.steps);
}

#[test]
fn a_guardian_who_withdraws_while_the_role_stands_is_told_of_without_a_name() {
    let wish = |at, by: &str, wish: &str| (at, "bk_wish", json!({"by": by, "wish": wish}));
    let by = "koordinerende_enhet";
    let appointed = ("2024-02-03", "bk_appointed", json!({"person": "kari", "service": "helse", "by": by}));
    let found = on(
        "2024-03-01",
        &[
            wish("2024-02-01", "mor", "yes"),
            wish("2024-02-02", "far", "yes"),
            appointed,
            wish("2024-03-01", "far", "withdrawn"),
            agreed("2024-02-10", "skole"),
        ],
    );
    let (text, facts, applied) = step(&found, "R-11", "ønsker ulikt");
    assert!(text.contains("avslutter ikke en oppnevning") && !applied, "{text}");
    assert_eq!(facts, ["a", "d"]);
    assert!(step(&found, "R-11", "gyldig oppnevnt").0.ends_with("etter ønske fra begge med foreldreansvar."));
    let waits = on(
        "2024-02-02",
        &[wish("2024-02-01", "mor", "yes"), ("2024-02-02", "bk_conditions_assessed", json!({"met": true, "by": by}))],
    );
    assert_eq!(step(&waits, "R-11", "").0, "Barnekoordinator venter på ønske fra en med foreldreansvar.");
}

#[test]
fn what_a_barnekoordinators_end_left_dead_is_named() {
    let by = "koordinerende_enhet";
    let found = on(
        "2024-04-01",
        &[
            agreed("2024-01-20", "skole"),
            ("2024-02-01", "bk_wish", json!({"by": "mor", "wish": "yes"})),
            ("2024-02-01", "bk_wish", json!({"by": "far", "wish": "yes"})),
            ("2024-02-03", "bk_appointed", json!({"person": "kari", "service": "helse", "by": by})),
            ("2024-04-01", "bk_ended", json!({"person": "kari", "reason": "other"})),
        ],
    );
    assert_eq!(step(&found, "R-16", "gjelder ikke lenger").1, ["a"]);
    assert!(step(&found, "R-02", "Rollen som barnekoordinator tok slutt da.").1.contains(&"e"));
}
