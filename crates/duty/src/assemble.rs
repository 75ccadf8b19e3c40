//! Puts the answer together from a picture.

use std::collections::BTreeSet;

use samhold_model::Date;

use crate::answer::{
    Answer, BkAnswer, BkState, CoordinatorAnswer, CoordinatorState, DutyAnswer, DutyState, Holder, PlanAnswer,
    PlanState, Step, Stretch, UsedFact,
};
use crate::bk::substitute::Acting;
use crate::outcome::Outcome;
use crate::people::Presence;
use crate::replay::Picture;
use crate::{alerts, explain};

/// The whole answer. `reference` is the state of knowledge asked for.
pub(crate) fn answer(picture: &Picture<'_>, reference: Date) -> Answer {
    let steps = explain::steps(picture);
    let alerts = alerts::alerts(picture, reference);
    Answer {
        samordning: samordning(picture),
        barnekoordinator: barnekoordinator(picture),
        koordinator: koordinator(picture),
        ip: plan(picture),
        alert_dates: alerts::dates::dates(picture, &alerts, reference),
        alerts,
        facts: used(picture, &steps),
        steps,
        participants: participants(picture),
    }
}

/// The facts that the steps name.
fn used(picture: &Picture<'_>, steps: &[Step]) -> Vec<UsedFact> {
    let ids: BTreeSet<&str> = steps.iter().flat_map(|step| step.facts.iter().map(String::as_str)).collect();
    picture.case.world.history.named(&ids).map(UsedFact::from).collect()
}

fn stands(picture: &Picture<'_>) -> bool {
    !matches!(picture.outcome.state, DutyState::NoneNeeded | DutyState::Ended)
}

fn samordning(picture: &Picture<'_>) -> DutyAnswer {
    let outcome = &picture.outcome;
    let stretches = picture.stretches.iter().map(|(from, outcome)| stretch(*from, outcome)).collect();
    let duty_basis = if stands(picture) { picture.case.duty_basis(picture.day) } else { Vec::new() };
    DutyAnswer {
        state: outcome.state,
        holder: holder(outcome),
        basis: outcome.basis,
        duty_basis,
        acting: outcome.acting.map(str::to_owned),
        end_reason: outcome.end_reason,
        since: picture.since,
        suggested: suggested(picture),
        stretches,
    }
}

fn holder(outcome: &Outcome<'_>) -> Holder {
    Holder { kind: outcome.kind, reference: outcome.reference.map(str::to_owned) }
}

fn stretch(from: Date, outcome: &Outcome<'_>) -> Stretch {
    Stretch { from, state: outcome.state, holder: holder(outcome), service: outcome.service.map(str::to_owned) }
}

/// the former service is shown as a suggestion, if it can still hold; else the former coordinator's own.
pub(crate) fn suggested(picture: &Picture<'_>) -> Option<String> {
    let case = &picture.case;
    let candidates = [case.last_service, case.last_holder.and_then(|n| n.service)];
    let can_hold = |s: &&str| case.world.services.can_hold(s, picture.day);
    let found = candidates.into_iter().flatten().find(can_hold);
    found.filter(|_| picture.outcome.state == DutyState::HeldByDefault).map(str::to_owned)
}

fn barnekoordinator(picture: &Picture<'_>) -> BkAnswer {
    let (case, day) = (&picture.case, picture.day);
    if let Some(terminal) = case.terminal {
        let state = if terminal.bk == BkState::None { BkState::None } else { BkState::Ended };
        return BkAnswer { state, ..BkAnswer::default() };
    }
    let state = case.bk_state(day);
    let Some(valid) = case.bk.valid() else { return BkAnswer { state, ..BkAnswer::default() } };
    let substitute = match case.acting_for(valid.person, day) {
        Some(Acting::Substitute(substitute)) => Some(substitute.person.to_owned()),
        _ => None,
    };
    let (absent_from, absent_until) = match case.presence(valid.person, day) {
        Presence::Present => (None, None),
        Presence::Absent { from, until, .. } => (Some(from), until),
        Presence::Gone { from } => (Some(from), None),
    };
    let (person, service) = (Some(valid.person.to_owned()), Some(valid.service.to_owned()));
    BkAnswer { state, person, service, substitute, absent_from, absent_until }
}

fn koordinator(picture: &Picture<'_>) -> CoordinatorAnswer {
    let case = &picture.case;
    if let Some(terminal) = case.terminal {
        let none = terminal.koordinator == CoordinatorState::None;
        let state = if none { CoordinatorState::None } else { CoordinatorState::Ended };
        return CoordinatorAnswer { state, ..CoordinatorAnswer::default() };
    }
    let shown = case.municipal_koordinator(picture.day).or(case.koordinators.standing.last().copied());
    CoordinatorAnswer {
        state: case.koordinators.state(),
        person: shown.map(|k| k.person.to_owned()),
        service: shown.map(|k| k.service.to_owned()),
    }
}

fn plan(picture: &Picture<'_>) -> PlanAnswer {
    let (case, day) = (&picture.case, picture.day);
    if let Some(terminal) = case.terminal {
        let state = if terminal.plan == PlanState::None { PlanState::None } else { PlanState::Ended };
        return PlanAnswer { state, ..PlanAnswer::default() };
    }
    let plan = case.plan.started.first().map(|(_, plan)| (*plan).to_owned());
    PlanAnswer { state: case.plan_state(day), main: case.plan_main(day).map(str::to_owned), plan }
}

/// Registered participants that take part now, and whoever holds or acts.
fn participants(picture: &Picture<'_>) -> Vec<String> {
    if !stands(picture) {
        return Vec::new();
    }
    let registered = picture.case.providers(picture.day);
    let mut all: Vec<String> = registered.chain(picture.outcome.services()).map(str::to_owned).collect();
    all.sort();
    all.dedup();
    all
}
