//! What became of each field: sent, or held back by which letter of the redaction and why.
//!
//! Names only. Must never say that a field goes which the decision does not release.

use serde::Serialize;

use crate::decision::{Decision, Reason};
use crate::redaction::Left;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldTrace {
    /// Its name.
    pub field: String,
    /// It goes.
    pub goes: bool,
    /// The letter of the redaction that held it back, a to e; `None` when it goes, or when a step held back the whole item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_by: Option<char>,
    /// Why it does not go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// Fields after redaction, each with the letter that took it.
pub(super) fn redacted(decision: &Decision, left: &Left<'_>) -> Vec<FieldTrace> {
    traced(decision, |name| left.held.iter().find(|held| held.field == name).map(|held| (held.step, held.reason)))
}

/// Fields of a decision that needed no redaction.
pub(super) fn unredacted(decision: &Decision) -> Vec<FieldTrace> {
    traced(decision, |_| None)
}

fn traced(decision: &Decision, held: impl Fn(&str) -> Option<(char, Reason)>) -> Vec<FieldTrace> {
    let goes = decision.released.iter().map(|name| trace(name, true, None, None));
    let stays = decision.withheld.iter().map(|name| match held(name) {
        Some((letter, reason)) => trace(name, false, Some(letter), Some(reason)),
        None => trace(name, false, None, Some(decision.reason)),
    });
    goes.chain(stays).collect()
}

fn trace(name: &str, goes: bool, held_by: Option<char>, reason: Option<Reason>) -> FieldTrace {
    FieldTrace { field: name.to_owned(), goes, held_by, reason }
}
