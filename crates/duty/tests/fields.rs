//! The parts of an answer that scenario files do not name: since, suggested, koordinator, participants, steps.

use jiff::civil::date;
use samhold_duty::answer::{CoordinatorState, DutyState};
use samhold_duty::{Answer, Family, Reconcile, Rules, answer, next_change};
use samhold_model::fact::{BkEndReason, Wish};
use samhold_model::{Date, Fact, FactBody, Law};

/// Facts in the order given, each recorded on its day.
fn facts(said: Vec<(Date, FactBody)>) -> Vec<Fact> {
    let numbered = said.into_iter().enumerate();
    numbered
        .map(|(n, (at, body))| Fact { id: format!("e{n}"), at, recorded_at: at, order: n as u64, source: None, body })
        .collect()
}

fn starts(service: &str, kind: &str, until: Option<Date>) -> (Date, FactBody) {
    let body =
        FactBody::ServiceStarted { service: service.into(), kind: kind.into(), level: None, municipality: None, until };
    (date(2023, 1, 1), body)
}

fn agreed(at: Date, service: &str) -> (Date, FactBody) {
    (at, FactBody::HolderAgreed { service: service.into(), parties: vec![] })
}

fn need() -> (Date, FactBody) {
    (date(2024, 1, 10), FactBody::CooperationNeeded { participants: vec!["skole".into(), "ppt".into()] })
}

fn services() -> Vec<(Date, FactBody)> {
    vec![
        starts("skole", "skole_kommunal", None),
        starts("ppt", "ppt_kommunal", None),
        starts("helse", "kommunal_helse", Some(date(2024, 6, 1))),
        need(),
    ]
}

fn appointed() -> Vec<(Date, FactBody)> {
    let by = "koordinerende_enhet".to_owned();
    let appointment = FactBody::BkAppointed { person: "kari".into(), service: "ppt".into(), by, covers: vec![] };
    vec![(date(2024, 3, 1), FactBody::BkWish { by: "mor".into(), wish: Wish::Yes }), (date(2024, 3, 1), appointment)]
}

fn ask(facts: &[Fact], as_of: Date) -> Answer {
    let family = Family { birth_date: Some(date(2015, 5, 5)), guardians: vec!["mor".into()], ..Family::default() };
    answer(&family, facts, as_of, None, &Rules { law: Law::bundled(), config: Reconcile::default() })
}

#[test]
fn since_is_the_day_the_present_holder_began() {
    let mut said = services();
    said.extend([
        agreed(date(2024, 2, 1), "skole"),
        agreed(date(2024, 3, 1), "skole"),
        agreed(date(2024, 4, 1), "ppt"),
    ]);
    let facts = facts(said);
    assert_eq!(ask(&facts, date(2024, 1, 9)).samordning.since, None);
    assert_eq!(ask(&facts, date(2024, 1, 31)).samordning.since, Some(date(2024, 1, 10)));
    assert_eq!(ask(&facts, date(2024, 3, 31)).samordning.since, Some(date(2024, 2, 1)), "agreed again, same holder");
    assert_eq!(ask(&facts, date(2024, 4, 1)).samordning.since, Some(date(2024, 4, 1)));
}

#[test]
fn the_former_service_is_suggested_while_nobody_is_named() {
    let mut said = services();
    said.push(agreed(date(2024, 2, 1), "skole"));
    said.extend(appointed());
    let ended = FactBody::BkEnded { person: "kari".into(), reason: BkEndReason::Other };
    said.push((date(2024, 5, 1), ended));
    let facts = facts(said);
    assert_eq!(ask(&facts, date(2024, 2, 1)).samordning.suggested, None);
    let after = ask(&facts, date(2024, 5, 1));
    assert_eq!(after.samordning.state, DutyState::HeldByDefault);
    assert_eq!(after.samordning.suggested.as_deref(), Some("skole"));
}

#[test]
fn a_service_that_has_ended_is_not_suggested() {
    let mut said = services();
    said.push(agreed(date(2024, 2, 1), "helse"));
    let after = ask(&facts(said), date(2024, 6, 1));
    assert_eq!(after.samordning.state, DutyState::HeldByDefault);
    assert_eq!(after.samordning.suggested, None);
}

#[test]
fn the_koordinator_is_a_track_of_its_own() {
    let mut said = services();
    let post = FactBody::KoordinatorAppointed { person: "ida".into(), service: "helse".into() };
    said.push((date(2024, 2, 1), post));
    said.extend(appointed());
    said.push((date(2024, 4, 1), FactBody::KoordinatorEnded { person: "ida".into() }));
    let facts = facts(said);
    assert_eq!(ask(&facts, date(2024, 1, 31)).koordinator.state, CoordinatorState::None);
    let during = ask(&facts, date(2024, 3, 1));
    assert_eq!(during.koordinator.state, CoordinatorState::Appointed);
    assert_eq!(during.koordinator.person.as_deref(), Some("ida"));
    assert_eq!(during.samordning.holder.reference.as_deref(), Some("kari"));
    assert_eq!(ask(&facts, date(2024, 4, 1)).koordinator.state, CoordinatorState::Ended);
}

#[test]
fn participants_are_those_registered_who_still_serve_and_whoever_holds() {
    let mut said = services();
    said.push(agreed(date(2024, 2, 1), "helse"));
    said.push((date(2024, 3, 1), FactBody::ServiceEnded { service: "ppt".into() }));
    let facts = facts(said);
    assert_eq!(ask(&facts, date(2024, 1, 9)).participants, Vec::<String>::new());
    assert_eq!(ask(&facts, date(2024, 1, 10)).participants, ["ppt", "skole"]);
    assert_eq!(ask(&facts, date(2024, 2, 1)).participants, ["helse", "ppt", "skole"]);
    assert_eq!(ask(&facts, date(2024, 3, 1)).participants, ["helse", "skole"]);
}

#[test]
fn the_steps_tell_what_held_and_what_was_passed_over() {
    let mut said = services();
    let decision =
        FactBody::HolderDecided { service: "skole".into(), by: "kommunedirektor".into(), valid_to: None, ground: None };
    said.push((date(2024, 2, 1), decision));
    said.extend(appointed());
    let found = ask(&facts(said), date(2024, 3, 1));
    let step = |rule: &str, applied: bool| {
        let mut all = found.steps.iter().filter(|s| s.rule == rule && s.applied == applied);
        all.next().unwrap_or_else(|| panic!("no step {rule} in {:#?}", found.steps)).clone()
    };
    assert_eq!(step("R-11", true).facts, ["e6"], "appointed after the wish: valid from the appointment");
    assert_eq!(step("R-04", false).facts, ["e4"]);
    assert!(step("R-04", false).text.contains("barnekoordinatoren går foran"), "{}", step("R-04", false).text);
    assert!(step("R-24", true).text.contains("helse- og omsorgstjenesteloven § 3-4"));
}

#[test]
fn the_next_change_is_the_day_the_missing_holder_is_overdue() {
    let (rules, facts) = (Rules { law: Law::bundled(), config: Reconcile::default() }, facts(services()));
    let family = Family::default();
    assert_eq!(next_change(&family, &facts, date(2024, 1, 10), None, &rules), Some(date(2024, 1, 25)));
    // Nothing then until the school's clause changes.
    assert_eq!(next_change(&family, &facts, date(2024, 1, 25), None, &rules), Some(date(2024, 8, 1)));
    assert_eq!(next_change(&family, &facts, date(2024, 8, 1), None, &rules), None);
}

#[test]
fn a_late_fact_is_pointed_out_until_its_days_have_passed() {
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    let mut facts = facts(services());
    facts[3].recorded_at = date(2024, 1, 14);
    let family = Family::default();
    assert_eq!(next_change(&family, &facts, date(2024, 1, 14), None, &rules), Some(date(2024, 1, 22)));
}

#[test]
fn a_fact_dated_ahead_is_the_next_change() {
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    let mut said = services();
    said.push(agreed(date(2024, 1, 20), "skole"));
    let mut facts = facts(said);
    facts[4].recorded_at = date(2024, 1, 11);
    assert_eq!(next_change(&Family::default(), &facts, date(2024, 1, 11), None, &rules), Some(date(2024, 1, 20)));
}
