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
fn the_stretches_tell_each_state_and_holder_until_now_and_the_present_one_began_since() {
    let mut said = [services(), vec![agreed(date(2024, 2, 1), "skole"), agreed(date(2024, 5, 1), "ppt")]].concat();
    said.push((date(2024, 6, 1), FactBody::ServiceEnded { service: "ppt".into() }));
    let told = |day: Date| {
        let duty = ask(&facts(said.clone()), day).samordning;
        let living = duty.stretches.iter().filter(|s| s.state != DutyState::NoneNeeded);
        let told: Vec<_> = living.map(|s| (s.from, s.state, s.holder.reference.clone())).collect();
        assert_eq!(told.last().map(|(from, state, _)| (Some(*from), *state)), Some((duty.since, duty.state)));
        told
    };
    let held = |day, service: &str| (day, DutyState::Held, Some(service.to_owned()));
    let by_default = |day| (day, DutyState::HeldByDefault, None);
    let before = vec![by_default(date(2024, 1, 10)), held(date(2024, 2, 1), "skole"), held(date(2024, 5, 1), "ppt")];
    assert_eq!(told(date(2024, 5, 20)), before, "what comes later is not told");
    assert_eq!(told(date(2024, 7, 1)), [before, vec![by_default(date(2024, 6, 1))]].concat());
    let kept = serde_json::to_value(ask(&facts(said.clone()), date(2024, 7, 1))).unwrap_or_default();
    assert!(kept.pointer("/samordning/stretches").is_none(), "they are no part of the answer that is kept or shown");
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
    assert_eq!(step("R-11", true).facts, ["e5", "e6"], "the wish, and the appointment that came after it");
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

#[test]
fn the_substitute_and_the_absence_are_told_beside_the_principal() {
    let mut said = services();
    said.extend(appointed());
    said.push((
        date(2024, 4, 1),
        FactBody::PersonAbsent { person: "kari".into(), expected_until: Some(date(2024, 6, 1)) },
    ));
    let by = "koordinerende_enhet".to_owned();
    let stands_in = FactBody::SubstituteAppointed { for_person: "kari".into(), person: "ola".into(), by, until: None };
    said.push((date(2024, 4, 2), stands_in));
    let facts = facts(said);
    let away = ask(&facts, date(2024, 4, 1)).barnekoordinator;
    assert_eq!((away.substitute, away.absent_from), (None, Some(date(2024, 4, 1))));
    let during = ask(&facts, date(2024, 4, 2)).barnekoordinator;
    assert_eq!((during.person.as_deref(), during.substitute.as_deref()), (Some("kari"), Some("ola")));
    assert_eq!(during.absent_until, Some(date(2024, 6, 1)));
    assert_eq!(ask(&facts, date(2024, 6, 1)).barnekoordinator.substitute, None);
}

#[test]
fn a_move_ends_the_koordinator_where_there_was_one() {
    let moved = (date(2024, 5, 1), FactBody::Moved { to: "9902".into() });
    let without = [services(), vec![moved.clone()]].concat();
    assert_eq!(ask(&facts(without), date(2024, 5, 1)).koordinator.state, CoordinatorState::None);
    let post = FactBody::KoordinatorAppointed { person: "ida".into(), service: "helse".into() };
    let with = [services(), vec![(date(2024, 2, 1), post), moved]].concat();
    assert_eq!(ask(&facts(with), date(2024, 5, 1)).koordinator.state, CoordinatorState::Ended);
}

#[test]
fn a_holder_that_takes_part_is_a_participant_once() {
    let said = [services(), vec![agreed(date(2024, 2, 1), "skole")]].concat();
    assert_eq!(ask(&facts(said), date(2024, 2, 1)).participants, ["ppt", "skole"]);
}

#[test]
fn a_duty_left_over_names_the_fact_that_ended_the_role() {
    let mut said = vec![starts("ppt", "ppt_kommunal", None)];
    said.extend(appointed());
    said.push((date(2024, 5, 1), FactBody::BkEnded { person: "kari".into(), reason: BkEndReason::Other }));
    let found = ask(&facts(said), date(2024, 5, 1));
    let step = found.steps.iter().find(|s| s.rule == "R-22").unwrap();
    assert_eq!(step.facts, ["e3"]);
}

#[test]
fn a_second_move_while_away_ends_nothing_anew() {
    let moves = [(date(2024, 5, 1), "9902"), (date(2024, 7, 1), "9903")];
    let moves = moves.map(|(at, to)| (at, FactBody::Moved { to: to.into() })).to_vec();
    let found = ask(&facts([services(), moves].concat()), date(2024, 7, 1));
    let step = found.steps.iter().find(|s| s.rule == "R-18").unwrap();
    assert_eq!(step.facts, ["e4"], "the move out of this municipality, not one between two others");
    assert_eq!(found.samordning.since, Some(date(2024, 5, 1)));
}

/// The next change of the child's own case after a day, by all that is known.
fn next(said: Vec<(Date, FactBody)>, after: Date, config: Reconcile) -> Option<Date> {
    let family = Family { birth_date: Some(date(2006, 9, 10)), guardians: vec!["mor".into()], ..Family::default() };
    next_change(&family, &facts(said), after, None, &Rules { law: Law::bundled(), config })
}

#[test]
fn the_next_change_is_the_warning_ahead_of_the_birthday_and_then_the_birthday() {
    let said = [vec![starts("ppt", "ppt_kommunal", None)], appointed()].concat();
    let config = Reconcile { age_limit_warning_days: 30, ..Reconcile::default() };
    assert_eq!(next(said.clone(), date(2024, 8, 1), config.clone()), Some(date(2024, 8, 11)));
    assert_eq!(next(said, date(2024, 8, 11), config), Some(date(2024, 9, 10)));
}

#[test]
fn the_next_change_is_the_end_of_an_absence_and_the_edge_of_a_suspension() {
    let mut said = vec![starts("ppt", "ppt_kommunal", None)];
    said.extend(appointed());
    said.push((
        date(2024, 3, 2),
        FactBody::PersonAbsent { person: "kari".into(), expected_until: Some(date(2024, 3, 8)) },
    ));
    assert_eq!(next(said, date(2024, 3, 2), Reconcile::default()), Some(date(2024, 3, 8)));
    let (from, to) = (date(2024, 4, 2), Some(date(2024, 4, 22)));
    let suspended = vec![samhold_duty::config::Suspension { from, to }];
    let config = Reconcile { statutory_suspension: suspended, no_holder_grace_days: 400, ..Reconcile::default() };
    let plan = vec![(date(2024, 3, 1), FactBody::IpNeed { by: "helse".into() })];
    assert_eq!(next(plan.clone(), date(2024, 3, 1), config.clone()), Some(from));
    assert_eq!(next(plan, from, config), to);
}

#[test]
fn the_first_day_of_the_law_is_a_change_for_a_koordinator_from_before_it() {
    let starts = (date(2022, 1, 1), starts("ppt", "ppt_kommunal", None).1);
    let post = FactBody::KoordinatorAppointed { person: "ida".into(), service: "ppt".into() };
    let said = vec![starts, (date(2022, 2, 1), post)];
    assert_eq!(next(said, date(2022, 2, 1), Reconcile::default()), Some(date(2022, 8, 1)));
}
