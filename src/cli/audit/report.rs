//! `samhold audit report --child`: who got what about a child, when, on which ground, and what was held back from whom.
//!
//! In bokmål, for the family. What the family may not read is left out wholly; `--internal` has it, and the log says so.

use std::collections::BTreeSet;
use std::process::ExitCode;

use samhold_model::ChildId;
use samhold_model::dates::date_of;
use samhold_store::{AuditEntry, ChainedEntry, Store};
use serde_json::{Value, json};

use super::veil::{Veil, kind_of};
use super::words;
use crate::cli::support::{say, tell_log};
use crate::config::Loaded;

/// Always there, so that it tells nothing.
const FOOT: &str = "Oversikten viser det Samhold har delt. Noe kan være utelatt fordi loven ikke lar det vises til alle i \
    familien; spør kommunen.";

/// Prints the report, after the log was told.
pub(super) async fn report(
    store: &dyn Store,
    loaded: &Loaded,
    (child, internal): (ChildId, bool),
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    tell_log(store, Some(child), json!({"command": "audit report", "internal": internal})).await?;
    let veil = if internal { Veil::none() } else { Veil::family(store, loaded, child).await? };
    let entries = all(store, child).await?;
    let teller = Teller { loaded, veil: &veil, confirmed: confirmed(&entries) };
    let lines: Vec<_> = entries.iter().filter_map(|e| Some((e, teller.told(&e.entry)?))).collect();
    for (entry, text) in &lines {
        let ChainedEntry { entry, .. } = entry;
        if as_json {
            say!("{}", json!({"at": entry.at, "kind": entry.kind, "actor": entry.actor, "text": text}));
        } else {
            say!("{}  {text}", date_of(entry.at));
        }
    }
    if !as_json {
        if lines.is_empty() {
            say!("Det er ingen deling å vise.");
        }
        say!("\n{FOOT}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn all(store: &dyn Store, child: ChildId) -> anyhow::Result<Vec<ChainedEntry>> {
    let mut all: Vec<ChainedEntry> = Vec::new();
    loop {
        let after = all.last().map_or(0, |last| last.seq);
        let page = store.audit_entries(Some(child), after, 1000).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// Events of which the receiver has said that it got them.
fn confirmed(entries: &[ChainedEntry]) -> BTreeSet<&str> {
    let sure = entries.iter().filter(|e| matches!(e.entry.kind.as_str(), "release" | "retraction"));
    sure.map(|e| text_of(&e.entry.detail, "event_id")).filter(|id| !id.is_empty()).collect()
}

/// Words for entries, as one reader may have them.
struct Teller<'a> {
    loaded: &'a Loaded,
    veil: &'a Veil,
    confirmed: BTreeSet<&'a str>,
}

impl Teller<'_> {
    /// An entry in words; `None` when it is not for this reader, or says nothing of the child's data.
    fn told(&self, entry: &AuditEntry) -> Option<String> {
        if !self.veil.tells(self.loaded, entry) {
            return None;
        }
        let who = self.who(entry);
        let detail = &entry.detail;
        Some(match entry.kind.as_str() {
            "release" => format!("{who} fikk vite: {}", self.released(detail)?),
            "retraction" => format!("{who} fikk beskjed om at tidligere opplysninger ikke lenger gjelder"),
            "tried" if self.confirmed.contains(text_of(detail, "event_id")) => return None,
            "tried" => self.tried(&who, detail)?,
            "withheld" if detail.get("road").is_some() => {
                format!("{who} spurte, og fikk ikke vite: {}", self.held_back(detail)?)
            }
            "withheld" => format!("{who} fikk ikke vite: {}", self.held_back(detail)?),
            "handover_accepted" => "ny kommune har tatt imot overleveringen".to_owned(),
            "handover_rejected" => "ny kommune har avvist overleveringen".to_owned(),
            "task" if text_of(detail, "answer") == "same_child" => {
                "det ble avgjort at to registreringer gjelder samme barn".to_owned()
            }
            "read" if self.loaded.systems.contains_key(&entry.actor) => format!("{who} så på opplysningene"),
            "read" => "en medarbeider i kommunen så på opplysningene".to_owned(),
            _ => return None,
        })
    }

    /// What was sent without an answer may be with the receiver.
    fn tried(&self, who: &str, detail: &Value) -> Option<String> {
        let told = text_of(detail, "type");
        if told.contains("retracted") || told.contains("superseded") || text_of(detail, "kind") == "retracted" {
            return Some(format!("{who} kan ha mottatt beskjed om at tidligere opplysninger ikke lenger gjelder"));
        }
        if detail.get("decisions").is_none() {
            return Some(format!("{who} kan ha mottatt en melding om samordningen; sendingen ble avbrutt"));
        }
        Some(format!("{who} kan ha mottatt, uten å ha bekreftet det: {}", self.released(detail)?))
    }

    fn who(&self, entry: &AuditEntry) -> String {
        let kind = kind_of(self.loaded, entry).unwrap_or_default();
        let listed = self.loaded.law.service_kind_on(&kind, date_of(entry.at)).map(|row| row.name.to_owned());
        let name = listed.unwrap_or_else(|| self.recipient(&kind).to_owned());
        let services = self.loaded.systems.get(&entry.actor).map(|s| s.services.as_slice()).unwrap_or_default();
        match services {
            [only] if self.veil.names() => match self.loaded.services.get(only) {
                Some(service) => format!("{name} ({})", service.name),
                None => name,
            },
            _ => name,
        }
    }

    /// Who it is that is no service. That there is a foster home tells of child welfare, and a parent may be one to hide from.
    fn recipient(&self, kind: &str) -> &'static str {
        let hidden = match kind {
            "foster_home" => self.veil.family,
            "guardian" | "parent_without_responsibility" => !self.veil.names(),
            _ => false,
        };
        match words::recipient(kind) {
            Some(_) if hidden => words::SOMEBODY,
            Some(name) => name,
            None => "en tjeneste",
        }
    }

    fn released(&self, detail: &Value) -> Option<String> {
        let told = |d: &Value| {
            let ground = first_of(d, ["basis", "reason"]);
            Some((self.told_of(d)?, self.word(words::ground(ground), ground)?))
        };
        let left = |d: &&Value| text_of(d, "decision") != "deny" && fields(d, "released").is_none_or(|f| !f.is_empty());
        by_ground(decisions(detail).filter(left).filter_map(told))
    }

    fn held_back(&self, detail: &Value) -> Option<String> {
        let held = |d: &&Value| fields(d, "withheld").is_some_and(|fields| !fields.is_empty());
        // What was held back wholly, and then what only in part.
        let (wholly, partly): (Vec<&Value>, Vec<&Value>) =
            decisions(detail).filter(held).partition(|d| text_of(d, "decision") == "deny");
        let told = |d: &Value| {
            let reason = text_of(d, "reason");
            Some((self.category(d)?, self.word(words::reason(reason), reason)?))
        };
        let wholly = by_ground(wholly.into_iter().filter_map(told));
        let partly = by_ground(partly.into_iter().filter_map(told)).map(|list| format!("deler av det: {list}"));
        let parts: Vec<String> = wholly.into_iter().chain(partly).collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// What left of a category.
    fn told_of(&self, decision: &Value) -> Option<String> {
        let key = text_of(decision, "category");
        let released = fields(decision, "released").unwrap_or_default();
        let whole = fields(decision, "withheld").is_none_or(|fields| fields.is_empty());
        self.word(words::told(key, &released, whole), key).filter(|_| self.veil.shows(key))
    }

    fn category(&self, decision: &Value) -> Option<String> {
        let key = text_of(decision, "category");
        self.word(words::category(key), key).filter(|_| self.veil.shows(key))
    }

    /// The word for a key; without one the family is told nothing, and the municipality's people the key.
    fn word(&self, word: Option<&str>, key: &str) -> Option<String> {
        word.map(str::to_owned).or_else(|| (!self.veil.family).then(|| key.to_owned()))
    }
}

fn decisions(detail: &Value) -> impl Iterator<Item = &Value> {
    detail.get("decisions").and_then(Value::as_array).into_iter().flatten()
}

/// Names of fields; `None` where an entry has none of that kind.
fn fields<'a>(decision: &'a Value, which: &str) -> Option<Vec<&'a str>> {
    let listed = decision.get(which)?.as_array()?;
    Some(listed.iter().filter_map(Value::as_str).collect())
}

/// Things told, each ground once behind all that rest on it.
fn by_ground(parts: impl Iterator<Item = (String, String)>) -> Option<String> {
    let mut grounds: Vec<(String, Vec<String>)> = Vec::new();
    for (told, ground) in parts {
        match grounds.iter_mut().find(|(there, _)| *there == ground) {
            Some((_, all)) if all.contains(&told) => {}
            Some((_, all)) => all.push(told),
            None => grounds.push((ground, vec![told])),
        }
    }
    let listed: Vec<String> = grounds.iter().map(|(ground, all)| format!("{} ({ground})", listed(all))).collect();
    (!listed.is_empty()).then(|| listed.join("; "))
}

fn listed(all: &[String]) -> String {
    match all.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} og {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn first_of<'a>(value: &'a Value, keys: [&str; 2]) -> &'a str {
    keys.map(|key| text_of(value, key)).into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}
