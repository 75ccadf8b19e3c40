//! A difference as a sentence in bokmål.

use samhold_model::Law;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::fields::{Key, Track};
use crate::answer::{Alert, Holder};
use crate::words;

/// The sentence for a field that differs.
pub(super) fn difference(key: &Key, (before, after): (&Value, &Value), law: &Law) -> String {
    if key.track == Track::Alerts {
        let alert: Alert = read(&key.field.clone().into()).unwrap_or_default();
        let what = if after.is_null() { "Varselet er borte" } else { "Nytt varsel" };
        return format!("{what}: {}", words::alert(alert));
    }
    let (label, before, after) = (label(key), value(key, before, law), value(key, after, law));
    format!("{label}: fra «{before}» til «{after}»")
}

fn label(key: &Key) -> &str {
    match (key.track, key.field.as_str()) {
        (_, "state") => "Tilstand",
        (_, "end_reason") => "Hvorfor avsluttet",
        (_, "holder") => "Samordner",
        (_, "basis") => "Grunnlag",
        (_, "duty_basis") => "Hjemmel",
        (_, "acting") => "Utføres imens av",
        (_, "since") => "Siden",
        (_, "suggested") => "Forslag",
        (_, "person") => "Person",
        (_, "service") => "Ansatt i",
        (_, "substitute") => "Stedfortreder",
        (_, "absent_from") => "Borte fra",
        (_, "absent_until") => "Tilbake",
        (_, "main") => "Hovedansvar",
        (_, "plan") => "Plan",
        (_, "participants") => "Deltar",
        _ => &key.field,
    }
}

fn value(key: &Key, value: &Value, law: &Law) -> String {
    let known = match (key.track, key.field.as_str()) {
        (Track::Samordning, "state") => read(value).map(words::samordning).map(str::to_owned),
        (Track::Barnekoordinator, "state") => read(value).map(words::barnekoordinator).map(str::to_owned),
        (Track::Koordinator, "state") => read(value).map(words::koordinator).map(str::to_owned),
        (Track::Ip, "state") => read(value).map(words::plan).map(str::to_owned),
        (_, "holder") => read::<Holder>(value).map(|holder| words::holder(&holder)),
        (_, "basis") => read(value).map(words::ground).map(str::to_owned),
        (_, "end_reason") => read(value).map(words::end_reason).map(str::to_owned),
        (_, "duty_basis") => read::<Vec<String>>(value).map(|keys| clauses(&keys, law)),
        (_, "since" | "absent_from" | "absent_until") => read(value).map(words::date),
        (_, "participants") => read::<Vec<String>>(value).map(|all| words::list(&all)),
        _ => value.as_str().map(str::to_owned),
    };
    known.unwrap_or_else(|| "ingen".into())
}

fn clauses(keys: &[String], law: &Law) -> String {
    let cites: Vec<&str> = keys.iter().map(|key| words::clause(key, law)).collect();
    words::list(&cites)
}

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}
