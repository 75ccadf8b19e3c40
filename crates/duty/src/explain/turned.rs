//! What made someone else act in the role on the day since when it has been so: an absence, a return, a departure, a
//! substitute, another appointment that ended.
//!
//! Must never say why anybody is away.

use samhold_model::{Date, FactBody};

use super::{Steps, list, on};
use crate::bk::appointment::Appointment;
use crate::known::Mark;
use crate::replay::Picture;

pub(super) fn explain(picture: &Picture<'_>, valid: &Appointment<'_>, steps: &mut Steps<'_, '_>) {
    let start = valid.start.as_ref().map(|start| start.mark.at);
    let turned = picture.since.filter(|since| start.is_some_and(|start| start < *since));
    let Some(since) = turned.filter(|since| !steps.tell_of_day(*since)) else { return };
    let substitutes = picture.case.bk.substitutes.iter().filter(|s| s.for_person == valid.person);
    let people: Vec<&str> = std::iter::once(valid.person).chain(substitutes.map(|s| s.person)).collect();
    let ours = |at: Date, body: &FactBody| {
        told(body, at, since).is_some_and(|(who, _)| people.contains(&who) || ends_role(body))
    };
    let marks = steps.marks(picture.day, ours);
    let words = |mark: &Mark| told(steps.body(*mark)?, mark.at, since).map(|(who, what)| format!("{who} {what}"));
    let mut said: Vec<String> = marks.iter().filter_map(words).collect();
    said.dedup();
    if !said.is_empty() {
        let said: Vec<&str> = said.iter().map(String::as_str).collect();
        steps.applied("R-14", format!("Slik har det vært siden {}: {}.", on(since), list(&said)), marks);
    }
}

/// Another appointment than the one that counts now may have ended.
fn ends_role(body: &FactBody) -> bool {
    matches!(body, FactBody::BkEnded { .. })
}

/// What a fact says of the day asked about, and of whom.
fn told(body: &FactBody, at: Date, since: Date) -> Option<(&str, &'static str)> {
    let happened = happened(body).filter(|_| at == since);
    happened.or_else(|| ran_out(body, since))
}

/// What a fact says that happened on its day, and to whom.
fn happened(body: &FactBody) -> Option<(&str, &'static str)> {
    match body {
        FactBody::PersonAbsent { person, .. } => Some((person, "ble meldt borte")),
        FactBody::PersonReturned { person } => Some((person, "kom tilbake")),
        FactBody::PersonLeft { person } => Some((person, "sluttet")),
        FactBody::SubstituteAppointed { person, .. } => Some((person, "ble utpekt som stedfortreder")),
        FactBody::BkEnded { person, .. } => Some((person, "ble løst fra oppgaven")),
        _ => None,
    }
}

/// A time a fact stated that ran out on `day`.
fn ran_out(body: &FactBody, day: Date) -> Option<(&str, &'static str)> {
    match body {
        FactBody::PersonAbsent { person, expected_until: Some(until) } if *until == day => {
            Some((person, "skulle være tilbake da"))
        }
        FactBody::SubstituteAppointed { person, until: Some(until), .. } if *until == day => {
            Some((person, "var stedfortreder til da"))
        }
        _ => None,
    }
}
