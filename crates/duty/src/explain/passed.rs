//! The rules that the order of evaluation passed over: what had been said under them and no longer counts, and that there
//! was nothing.
//!
//! Must never tell of a rule as passed over that the evaluation did not come to.

use super::{Steps, on};
use crate::answer::{Basis, DutyState};
use crate::holder::past::{Fate, Past, Said};
use crate::known::Mark;
use crate::replay::Picture;

/// The rules in the order of evaluation, and what is said when one had nothing to go on.
const ORDER: [(&str, &str); 6] = [
    ("R-03", "Ingen barnekoordinator er gyldig oppnevnt."),
    ("R-04", "Ingen beslutning fra kommunen gjelder."),
    ("R-09", "Ingen uenighet står åpen."),
    ("R-05", "Ingen avtale mellom tjenestene gjelder."),
    ("R-06", "Ingen koordinator i en kommunal tjeneste er oppnevnt."),
    ("R-07", "Ingen melding fra en tjeneste om at den samordner, gjelder."),
];

/// How many rules were passed over before one gave the answer; none when there is no duty.
fn passed(picture: &Picture<'_>) -> usize {
    let outcome = &picture.outcome;
    match (outcome.state, outcome.basis) {
        (DutyState::HeldByDefault, _) => ORDER.len(),
        (DutyState::Disputed, _) => 2,
        (DutyState::Held, Some(Basis::Decision)) => 1,
        (DutyState::Held, Some(Basis::Agreement)) => 3,
        (DutyState::Held, Some(Basis::Hol72)) => 4,
        (DutyState::Held, Some(Basis::ClearCase)) => 5,
        _ => 0,
    }
}

/// Says that a rule had nothing to go on, where it was come to and nothing else has been said of it.
pub(super) fn empty(picture: &Picture<'_>, rule: &str, steps: &mut Steps<'_, '_>) {
    let found = ORDER.iter().take(passed(picture)).find(|(own, _)| *own == rule);
    if let Some((_, nothing)) = found.filter(|_| !steps.tell_of(rule)) {
        steps.passed_over(rule, *nothing, []);
    }
}

/// What was said of one kind and no longer counts. Under a barnekoordinator none of it is asked for.
pub(super) fn past(picture: &Picture<'_>, said: Said, steps: &mut Steps<'_, '_>) {
    if passed(picture) == 0 {
        return;
    }
    for past in picture.case.named.past.iter().filter(|p| p.said == said && p.fate != Fate::Forgotten) {
        let ended = last_said(past, picture, steps);
        steps.passed_over(rule(past, picture), text(past, picture), [Some(past.mark), ended].into_iter().flatten());
    }
}

/// The fact that made it so: what was said against it, or the last of a service that has ended.
fn last_said(past: &Past<'_>, picture: &Picture<'_>, steps: &Steps<'_, '_>) -> Option<Mark> {
    let gone = past.service.filter(|_| past.fate == Fate::CannotHold);
    past.fate.fact().or_else(|| super::holder::ended(picture, gone?, steps))
}

fn serves(past: &Past<'_>, picture: &Picture<'_>) -> bool {
    past.service.is_some_and(|service| picture.case.world.services.serving(service, past.day))
}

fn rule(past: &Past<'_>, picture: &Picture<'_>) -> &'static str {
    match (past.fate, past.said) {
        (Fate::CannotHold, _) if serves(past, picture) => "R-08",
        (Fate::CannotHold, _) => "R-17",
        (_, Said::Decision) => "R-04",
        (_, Said::Agreement) => "R-05",
        (_, Said::Claim) => "R-07",
        (_, Said::Dispute) => "R-09",
    }
}

fn text(past: &Past<'_>, picture: &Picture<'_>) -> String {
    let service = past.service.unwrap_or_default();
    let (date, day) = (on(past.mark.at), on(past.day));
    let what = match past.said {
        Said::Decision => format!("Kommunen besluttet {date} at {service} samordner"),
        Said::Agreement => format!("Tjenestene ble {date} enige om at {service} samordner"),
        Said::Claim => format!("{service} meldte {date} at den samordner"),
        Said::Dispute => format!("Tjenestene var uenige {date}"),
    };
    let became = match past.fate {
        Fate::Decided(by) if past.said == Said::Decision => format!(", men besluttet på nytt {}.", on(by.at)),
        Fate::Decided(by) => format!(". Kommunens beslutning {} har avgjort det for godt.", on(by.at)),
        Fate::Agreed(by) if past.said == Said::Dispute => format!(". Avtalen {} har avgjort det.", on(by.at)),
        Fate::Agreed(by) => format!(". Avtalen {} har kommet i stedet.", on(by.at)),
        Fate::Withdrawn(by) if !past.had_effect => {
            format!(", men beslutningen ble trukket {} og fikk aldri virkning.", on(by.at))
        }
        Fate::Lapsed if !past.had_effect => format!(". Beslutningen gikk ut {day} og fikk aldri virkning."),
        Fate::Withdrawn(by) => {
            format!(", men beslutningen ble trukket {}. Det som er eldre enn den, kommer ikke tilbake.", on(by.at))
        }
        Fate::Disclaimed(by) => format!(", men tjenesten meldte {} at den ikke samordner.", on(by.at)),
        Fate::Lapsed => {
            format!(". Beslutningen gjaldt til {day}. Det som er eldre enn den, kommer ikke tilbake.")
        }
        Fate::CannotHold if serves(past, picture) => format!(". Fra {day} kan tjenesten ikke samordne for kommunen."),
        Fate::CannotHold => format!(". Fra {day} gir tjenesten ikke barnet tilbud."),
        Fate::Forgotten => String::new(),
    };
    // What names a service that starts later, or leaves out one that still serves, has its effect later than its date.
    let later = past.fate.fact().is_some_and(|by| by.at < past.day);
    let effect = if later { format!(" Det fikk virkning {day}.") } else { String::new() };
    format!("{what}{became}{effect}")
}

/// What ended the last holding on `day`: in words, and the facts that say so.
pub(super) fn end_of_last(
    picture: &Picture<'_>,
    day: samhold_model::Date,
    steps: &Steps<'_, '_>,
) -> Option<(&'static str, Vec<Mark>)> {
    let case = &picture.case;
    if let Some(end) = case.bk.ended.as_ref().filter(|end| end.mark.at == day) {
        return Some(("Rollen som barnekoordinator tok slutt da.", end.fact().into_iter().collect()));
    }
    // Who held last comes first; then what goes before what in the order of evaluation.
    let held = case.last_holder.map(|holder| holder.reference);
    let rank = |past: &&Past<'_>| (past.service != held, past.said as u8);
    let of_day = case.named.past.iter().filter(|p| p.day == day && p.said != Said::Dispute && p.had_effect);
    let gone = of_day.filter(|p| words(p.fate).is_some()).min_by_key(rank);
    if let Some((past, why)) = gone.and_then(|past| Some((past, words(past.fate)?))) {
        return Some((why, last_said(past, picture, steps).into_iter().chain([past.mark]).collect()));
    }
    let (koordinator, mark) = case.koordinators.ended.filter(|(_, mark)| mark.at == day)?;
    Some(("Koordinatoren ved tjenesten sluttet da.", vec![koordinator.mark, mark]))
}

fn words(fate: Fate) -> Option<&'static str> {
    match fate {
        Fate::Withdrawn(_) => Some("Beslutningen som gjaldt, ble trukket da."),
        Fate::Lapsed => Some("Beslutningen som gjaldt, gikk ut da."),
        Fate::Disclaimed(_) => Some("Tjenesten som samordnet, meldte da at den ikke gjør det."),
        Fate::CannotHold => Some("Tjenesten som samordnet, kan ikke gjøre det fra da."),
        Fate::Decided(_) | Fate::Agreed(_) | Fate::Forgotten => None,
    }
}
