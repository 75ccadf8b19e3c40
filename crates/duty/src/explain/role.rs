//! A barnekoordinator who is validly appointed: from when, until when, and who acts meanwhile.

use samhold_model::{Date, FactBody};

use super::{Steps, authority, on, turned, wishes};
use crate::answer::DutyState;
use crate::bk::appointment::{Appointment, Start};
use crate::bk::substitute::Acting;
use crate::known::Mark;
use crate::people::Presence;
use crate::replay::Picture;

pub(super) fn explain<'w>(picture: &Picture<'w>, valid: &Appointment<'w>, steps: &mut Steps<'_, 'w>) {
    let Some(start) = &valid.start else { return };
    authority::appointed(steps, valid.mark);
    started(valid, start, steps);
    lasts(picture, steps);
    let others = picture.case.bk.appointments.iter().filter(|a| a.start.is_some() && a.person != valid.person);
    let others: Vec<_> = others.map(|a| a.mark).collect();
    if !others.is_empty() {
        steps.passed_over("R-03", "Flere oppnevninger står; den siste gjelder.", others);
    }
    presence(picture, valid, steps);
    turned::explain(picture, valid, steps);
    if picture.outcome.state == DutyState::Held {
        steps.applied("R-03", "Barnekoordinatoren går foran beslutninger, avtaler og meldinger.", [valid.mark]);
    }
}

/// appointment and wishes both exist.
fn started<'w>(valid: &Appointment<'w>, start: &Start<'w>, steps: &mut Steps<'_, 'w>) {
    let wished = |who: &&'w str| Some((*who, wishes::yes_before(steps, who, start.mark)?));
    let (who, said): (Vec<&str>, Vec<Mark>) = start.asked.iter().filter_map(wished).unzip();
    let who = wishes::people(steps.case, &who, &start.asked);
    let (person, from) = (valid.person, on(start.mark.at));
    let text = format!("{person} er gyldig oppnevnt barnekoordinator fra {from}, etter ønske fra {who}.");
    steps.applied("R-11", text, said.into_iter().chain([valid.mark, start.mark]));
}

/// until the day before the 18th birthday.
fn lasts(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    if let Some(turns) = picture.case.life.turns(18) {
        steps.applied("R-13", format!("Rollen varer til barnet fyller 18 år, {}.", on(turns)), []);
    }
}

fn presence(picture: &Picture<'_>, valid: &Appointment<'_>, steps: &mut Steps<'_, '_>) {
    let (case, day) = (&picture.case, picture.day);
    let presence = case.presence(valid.person, day);
    let Some(away) = away(valid.person, presence) else { return };
    let said = absences(steps, valid.person, presence, day);
    match case.acting_for(valid.person, day) {
        Some(Acting::Principal) => steps.passed_over("R-14", format!("{away}. Fraværet er kort; rollen står."), said),
        Some(Acting::Substitute(s)) => {
            let until = s.until.map(|until| format!(" til {}", on(until))).unwrap_or_default();
            let text = format!("{away}. {} er stedfortreder{until}.", s.person);
            steps.applied("R-15", text, said.into_iter().chain([s.mark]));
        }
        None => vacant(picture, valid.person, (&away, said), steps),
    }
}

fn away(person: &str, presence: Presence) -> Option<String> {
    match presence {
        Presence::Present => None,
        Presence::Absent { from, until: Some(until), .. } => {
            Some(format!("{person} er borte fra {} til {}", on(from), on(until)))
        }
        Presence::Absent { from, until: None, .. } => {
            Some(format!("{person} er borte fra {}, ukjent hvor lenge", on(from)))
        }
        Presence::Gone { from } => Some(format!("{person} har sluttet fra {}", on(from))),
    }
}

/// The facts that tell of an absence or departure.
fn absences(steps: &Steps<'_, '_>, who: &str, presence: Presence, day: Date) -> Vec<Mark> {
    steps.marks(day, |at, body| match (presence, body) {
        (Presence::Absent { from, .. }, FactBody::PersonAbsent { person, .. }) => person == who && from <= at,
        (Presence::Gone { from }, FactBody::PersonLeft { person }) => person == who && from == at,
        _ => false,
    })
}

fn vacant(picture: &Picture<'_>, person: &str, (away, said): (&str, Vec<Mark>), steps: &mut Steps<'_, '_>) {
    for gone in picture.case.bk.substitutes.iter().filter(|s| s.for_person == person) {
        let text = match gone.until.filter(|until| *until <= picture.day) {
            Some(until) => format!("Tiden til {} som stedfortreder tok slutt {}.", gone.person, on(until)),
            None => format!("{} er stedfortreder, men er selv borte.", gone.person),
        };
        steps.passed_over("R-15", text, [gone.mark]);
    }
    let text = format!("{away}, og ingen stedfortreder er på plass. Kommunen har plikten selv.");
    steps.applied("R-14", text, said);
    if let Some(acting) = picture.outcome.acting {
        let named = [picture.case.standing_decision(), picture.case.standing_agreement()];
        let marks = named.into_iter().flatten().filter(|n| n.service == acting).map(|n| n.mark);
        steps.applied("R-14", format!("{acting} tar oppgaven så lenge rollen er ledig."), marks);
    }
}
