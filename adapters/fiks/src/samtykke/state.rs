//! How a consent stands as a whole, which Fiks does not tell: from what each party has answered, and from the history.
//!
//! Must never let a consent count that one of the parties has not given in time, nor date an end later than it can have been.
//! Pure: what depends on the day (a deadline or an end that passes) is not decided here.

use samhold_model::dates::date_of;
use samhold_model::{Date, Instant};
use serde_json::{Map, Value, json};

/// Every party has consented, and nobody has taken it back.
const GIVEN: &str = "SAMTYKKET";
const WITHDRAWN: &str = "TRUKKET";
const REFUSED: &str = "IKKE_SAMTYKKET";
const WAITS: &str = "VENTER_PAA_SVAR";
/// Somebody answered after the deadline.
const LATE: &str = "SVARFRIST_PASSERT";
/// The caseworker has made it invalid.
const INVALID: &str = "SATT_UTGAATT";
/// The history does not explain how it stands: a person must look.
const UNCLEAR: &str = "UKLAR";
/// A party has a status nobody here knows.
const UNKNOWN: &str = "UKJENT";

/// One of those who are asked.
pub(super) struct Party<'a> {
    number: Option<&'a str>,
    status: Option<&'a str>,
    /// `false`: cannot answer electronically.
    access: Option<bool>,
}

impl<'a> Party<'a> {
    pub(super) fn of(person: &'a Map<String, Value>) -> Self {
        let access = person.get("harTilgangTilInnbyggertjenester").and_then(Value::as_bool);
        Self { number: text(person, "fnr"), status: text(person, "samtykkeStatus"), access }
    }
}

/// One line of the history.
pub(super) struct Event<'a> {
    kind: Option<&'a str>,
    party: Option<&'a str>,
    at: Option<&'a str>,
}

impl<'a> Event<'a> {
    pub(super) fn of(event: &'a Map<String, Value>) -> Self {
        Self { kind: text(event, "hendelseType"), party: text(event, "partFnr"), at: text(event, "tidspunkt") }
    }

    /// Said yes, or had the caseworker say something for them, which may have been yes.
    fn may_be_yes(&self) -> bool {
        matches!(self.kind, Some("AKSEPTERT_AV_PART" | "OPPDATERT_PAA_VEGNE_AV_PART"))
    }

    fn moment(&self) -> Option<Instant> {
        self.at?.parse().ok()
    }
}

fn text<'a>(from: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    from.get(name).and_then(Value::as_str)
}

/// How one party stands.
#[derive(Default)]
struct Stand<'a> {
    /// The answer by which the party consented, when the history tells it.
    yes: Option<&'a Event<'a>>,
    /// When it was taken back. Told by status alone, it counts from the answer itself: it never held.
    back: Option<&'a Event<'a>>,
    late: bool,
}

/// The whole.
pub(super) struct State {
    status: &'static str,
    everyone: bool,
    parties: Vec<Value>,
    ended: Option<String>,
}

impl State {
    /// Whether reading once more cannot help.
    pub(super) fn is_clear(&self) -> bool {
        self.status != UNCLEAR
    }

    /// As members of the record.
    pub(super) fn members(self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("status".to_owned(), json!(self.status));
        members.insert("alleHarSamtykket".to_owned(), json!(self.everyone));
        members.extend(self.ended.map(|at| ("avsluttet".to_owned(), json!(at))));
        members.insert("parter".to_owned(), json!(self.parties));
        members
    }
}

/// How the consent stands. `events` in their order; `deadline` is the last day on which an answer counts.
pub(super) fn overall(parties: &[Party<'_>], events: &[Event<'_>], deadline: Option<&str>) -> State {
    let deadline: Option<Date> = deadline.and_then(|text| text.parse().ok());
    let stands: Vec<Stand<'_>> = parties.iter().map(|party| stand(party, events, deadline)).collect();
    let everyone = !parties.is_empty() && deadline.is_some() && stands.iter().all(|s| s.yes.is_some() && !s.late);
    let invalid = events.iter().find(|e| e.kind == Some("SATT_UTGAATT_AV_BEHANDLER"));
    let ends = stands.iter().filter_map(|s| s.back).chain(invalid);
    // What cannot be read as a moment comes first, so that it is met and refused.
    let ended =
        everyone.then(|| ends.min_by_key(|e| e.moment())).flatten().map(|e| e.at.unwrap_or_default().to_owned());
    let told = parties.iter().zip(&stands).filter_map(|(party, stand)| answer(party, stand.yes?));
    State {
        status: status(parties, &stands, invalid.is_some(), everyone),
        everyone,
        parties: if everyone { told.collect() } else { Vec::new() },
        ended,
    }
}

/// In the order in which one word decides over another.
fn status(parties: &[Party<'_>], stands: &[Stand<'_>], invalid: bool, everyone: bool) -> &'static str {
    let any = |word: &str| parties.iter().any(|p| p.status == Some(word));
    let known = |p: &Party<'_>| matches!(p.status, Some(GIVEN | WITHDRAWN | REFUSED | WAITS));
    if !parties.iter().all(known) {
        UNKNOWN
    } else if invalid {
        INVALID
    } else if any(WITHDRAWN) {
        WITHDRAWN
    } else if any(REFUSED) {
        REFUSED
    } else if any(WAITS) {
        WAITS
    } else if stands.iter().any(|s| s.late) {
        LATE
    } else if everyone {
        GIVEN
    } else {
        UNCLEAR
    }
}

fn stand<'a>(party: &Party<'_>, events: &'a [Event<'a>], deadline: Option<Date>) -> Stand<'a> {
    let own = |e: &&Event<'_>| {
        let answers = e.may_be_yes() || e.kind == Some("AVSLAATT_AV_PART");
        answers && e.party.is_some() && e.party == party.number
    };
    let answers: Vec<&Event<'_>> = events.iter().filter(own).collect();
    let (yes, back) = match (party.status, answers.as_slice()) {
        (Some(GIVEN), [.., last]) => (Some(*last), None),
        // Of the words that lead to TRUKKET only SAMTYKKET does: what came before was the consent.
        (Some(WITHDRAWN), [.., before, last]) if last.kind == Some("OPPDATERT_PAA_VEGNE_AV_PART") => {
            (Some(*before), Some(*last))
        }
        // Taken back without a line in the history: nobody knows when, so it counts from the day it was given.
        (Some(WITHDRAWN), [.., last]) if last.kind == Some("AKSEPTERT_AV_PART") => (Some(*last), Some(*last)),
        _ => (None, None),
    };
    let Some(yes) = yes.filter(|e| e.may_be_yes()) else { return Stand::default() };
    let late = yes.moment().zip(deadline).is_some_and(|(at, until)| date_of(at) > until);
    Stand { yes: Some(yes), back, late }
}

fn answer(party: &Party<'_>, yes: &Event<'_>) -> Option<Value> {
    let own = yes.kind == Some("AKSEPTERT_AV_PART") && party.access != Some(false);
    Some(json!({"fnr": party.number?, "svart": yes.at.unwrap_or_default(), "elektronisk": own}))
}

#[cfg(test)]
mod tests;
