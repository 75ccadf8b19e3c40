//! An answer as fields that can be compared: those of each track, and the alerts.
//!
//! The reasoning is left out: it may word itself otherwise while the answer is the same. So are the dates of alerts: what
//! is told is that one was raised or closed, and its dates stand with the alert itself.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::Answer;

/// Where a difference lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// The duty.
    Samordning,
    /// The barnekoordinator.
    Barnekoordinator,
    /// The ordinary koordinator.
    Koordinator,
    /// The individuell plan.
    Ip,
    /// Who takes part.
    Participants,
    /// What a person should look at.
    Alerts,
}

/// A field of a track, in the order of the answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub track: Track,
    pub nr: usize,
    pub field: String,
}

/// Every field that has a value.
pub(super) type Fields = BTreeMap<Key, Value>;

/// The fields of an answer.
pub(super) fn fields(answer: &Answer) -> Fields {
    let tracks = [
        (Track::Samordning, serde_json::to_value(&answer.samordning)),
        (Track::Barnekoordinator, serde_json::to_value(&answer.barnekoordinator)),
        (Track::Koordinator, serde_json::to_value(&answer.koordinator)),
        (Track::Ip, serde_json::to_value(&answer.ip)),
    ];
    let mut fields = Fields::new();
    for (track, value) in tracks {
        let own = value.ok().and_then(|v| v.as_object().cloned()).into_iter().flatten();
        // By name, so that a field absent at one point keeps its place.
        fields.extend(own.map(|(field, value)| (Key { track, nr: place(&field), field }, value)));
    }
    let participants = Key { track: Track::Participants, nr: 0, field: "participants".into() };
    fields.insert(participants, answer.participants.clone().into());
    fields.extend(answer.alerts.iter().filter_map(|alert| {
        let code = serde_json::to_value(alert).ok()?.as_str()?.to_owned();
        Some((Key { track: Track::Alerts, nr: *alert as usize, field: code }, Value::Bool(true)))
    }));
    fields
}

/// The order in which people ask.
const ORDER: &[&str] = &["state", "end_reason", "holder", "basis", "acting", "person", "service", "main"];

fn place(field: &str) -> usize {
    ORDER.iter().position(|known| *known == field).unwrap_or(ORDER.len())
}

/// The fields that differ.
pub(super) fn changed(before: &Fields, after: &Fields) -> Vec<Key> {
    let mut keys: Vec<Key> = before.keys().chain(after.keys()).cloned().collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| before.get(key) != after.get(key));
    keys
}
