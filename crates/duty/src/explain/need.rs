//! Whether there is a duty, and what has ended it.

use samhold_model::fact::BkEndReason;
use samhold_model::{Date, FactBody};

use super::{Steps, list, on};
use crate::answer::EndReason;
use crate::bk::appointment::End;
use crate::case::Case;
use crate::known::Mark;
use crate::replay::Picture;
use crate::terminal::Terminal;

pub(super) fn explain(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    if let Some(terminal) = case.terminal {
        ended_for_good(picture, &terminal, steps);
        if !terminal.is_silent() {
            before_law(picture, steps);
        }
        return;
    }
    before_law(picture, steps);
    returned(case, steps);
    placement(case, steps);
    match (case.need.exists(), case.need.ended) {
        (true, _) => standing(picture, steps),
        (false, Some(day)) => {
            ceased(day, steps);
            if !case.need.participants.is_empty() {
                not_met(picture, steps);
            }
        }
        (false, None) => not_met(picture, steps),
    }
}

/// an explicit end of need.
fn ceased(day: Date, steps: &mut Steps<'_, '_>) {
    let facts = steps.marks(day, |at, body| {
        let ends = matches!(
            body,
            FactBody::CooperationNotNeeded { .. } | FactBody::BkEnded { reason: BkEndReason::NeedCeased, .. }
        );
        ends && at <= day
    });
    let last = facts.last().copied();
    steps.applied("R-22", format!("Behovet for samarbeid opphørte {}. Plikten er avsluttet.", on(day)), last);
}

fn ended_for_good(picture: &Picture<'_>, terminal: &Terminal, steps: &mut Steps<'_, '_>) {
    let day = on(terminal.mark.at);
    let (rule, text) = match terminal.reason {
        EndReason::MovedOut => {
            ("R-18", format!("Barnet flyttet fra kommunen {day}. Den nye kommunen begynner på nytt."))
        }
        EndReason::PregnancyEnded => ("R-22", format!("Svangerskapet ble avsluttet {day}. Ingen skal kontaktes.")),
        _ => ("R-22", format!("Barnet døde {day}. Ingen skal kontaktes.")),
    };
    steps.applied(rule, text, [terminal.mark]);
    if let Some(since) = picture.since.filter(|since| *since < terminal.mark.at) {
        let ends = |at: Date, body: &FactBody| {
            at == since && matches!(body, FactBody::CooperationNotNeeded { .. } | FactBody::Moved { .. })
        };
        steps.applied("R-22", format!("Plikten hadde tatt slutt alt {}.", on(since)), steps.marks(since, ends));
    }
}

fn before_law(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let in_force = picture.case.world.rules.law.in_force;
    if picture.day < in_force || picture.since == Some(in_force) {
        steps.applied("R-24", format!("Samordningsplikten gjelder først fra {}.", on(in_force)), []);
    }
    if !picture.case.before_law.is_empty() {
        let text = format!("Det som er datert før {}, har ingen virkning for plikten.", on(in_force));
        steps.passed_over("R-24", text, picture.case.before_law.clone());
    }
}

/// coming back starts clean.
fn returned(case: &Case<'_>, steps: &mut Steps<'_, '_>) {
    if let Some(mark) = case.returned {
        let text = format!(
            "Barnet flyttet tilbake {}. Bare tjenester, foreldreansvar, omsorgsovertakelse og fødsel følger med fra før.",
            on(mark.at)
        );
        steps.applied("R-18", text, [mark]);
    }
}

fn placement(case: &Case<'_>, steps: &mut Steps<'_, '_>) {
    if let Some((mark, stay, care)) = case.placed.filter(|(_, stay, care)| stay != care) {
        let text =
            format!("Barnet bor i {stay}, mens {care} er omsorgskommune. Kommunene må avklare hvem som samordner.");
        steps.passed_over("R-18", text, [mark]);
    }
}

fn standing(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    if case.need.registered {
        let providers: Vec<&str> = case.providers(picture.day).collect();
        let text = format!("Samarbeid er registrert som nødvendig. Med nå: {}.", list(&providers));
        steps.applied("R-01", text, case.need.registrations.iter().copied().chain(met(case, steps)));
    } else {
        let text = "Barnekoordinator eller kommunal koordinator innebærer at plikten finnes.";
        steps.applied("R-01", text, coordinators(case));
        if !case.need.participants.is_empty() {
            not_met(picture, steps);
        }
    }
    if let Some(mark) = case.need.ceased {
        let text = "Behovet er meldt opphørt, men plikten står så lenge koordinatoren har oppgaven.";
        steps.passed_over("R-22", text, [mark]);
    }
    if case.need.is_left_over() {
        let text = "Koordinatoren som begrunnet plikten, er borte. Behovet må vurderes på nytt.";
        steps.applied("R-22", text, case.bk.ended.iter().filter_map(End::fact));
    }
    if case.need.registered && case.providers(picture.day).count() < 2 {
        let text = "Færre enn to av tjenestene gir barnet tilbud nå. Det avslutter ikke plikten; behovet bør vurderes.";
        steps.passed_over("R-22", text, []);
    }
    if let Some(assessed) = case.conditions_lapsed() {
        let text = "Vilkårene for barnekoordinator er senere vurdert som ikke oppfylt. Rollen står til den avsluttes; \
            behovet bør vurderes.";
        steps.passed_over("R-22", text, [assessed]);
    }
    let clauses = case.duty_basis(picture.day);
    let law = &case.world.rules.law;
    let cited: Vec<&str> = clauses.iter().filter_map(|key| law.clause.get(key)).map(|c| c.cite.as_str()).collect();
    if !cited.is_empty() {
        steps.applied("R-24", format!("Plikten følger av {}.", list(&cited)), []);
    }
}

/// The services whose start made the registered cooperation one of at least two, where it was not from the beginning.
fn met(case: &Case<'_>, steps: &Steps<'_, '_>) -> Vec<Mark> {
    let registered = |day: &Date| case.need.registrations.iter().any(|mark| mark.at == *day);
    let Some(day) = case.need.met.filter(|day| !registered(day)) else { return Vec::new() };
    let began = |service: &str| case.need.participants.contains_key(service);
    steps.marks(day, |at, body| matches!(body, FactBody::ServiceStarted { service, .. } if at == day && began(service)))
}

fn coordinators(case: &Case<'_>) -> Vec<Mark> {
    let bk = case.bk.valid().map(|a| a.mark);
    bk.into_iter().chain(case.koordinators.standing.iter().map(|k| k.mark)).collect()
}

fn not_met(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    let day = picture.day;
    if case.need.participants.is_empty() {
        return steps.passed_over("R-01", "Ingen har registrert at samarbeid er nødvendig for dette barnet.", []);
    }
    let registrations = case.need.registrations.clone();
    if case.providers(day).count() < 2 {
        let text = "Samarbeid er registrert, men færre enn to tjenesteytere deltar.";
        steps.passed_over("R-01", text, registrations.clone());
    }
    if case.clauses(day).next().is_none() {
        let text = "Samarbeid er registrert, men ingen av deltakernes lover gir kommunen samordningsplikt.";
        steps.passed_over("R-01", text, registrations);
    }
}
