//! What is new to the audit about withholdings of one child: a first one, one for another reason, and one that ended.
//!
//! Compares with what the audit says already, so that working a child out again adds nothing. Answers to questions have
//! entries of their own and are not compared with.

use std::collections::BTreeMap;

use samhold_store::{AuditEntry, ChainedEntry, Marked, StoreError};
use serde_json::{Value, json};

use super::engine::Engine;

/// Something is held back from a recipient.
pub(super) const HELD_BACK: &str = "withheld";
/// Nothing is held back from a recipient any more, or nothing is left to tell of.
const ENDED: &str = "withheld_ended";

/// The entries that say something else than the last of each recipient.
pub(super) async fn news(
    engine: &Engine,
    marked: &Marked,
    mut entries: Vec<AuditEntry>,
) -> Result<Vec<AuditEntry>, StoreError> {
    let number = marked.municipality.as_str();
    let mut past = engine.store.audit_of_kind(marked.child, HELD_BACK).await?;
    if past.is_empty() {
        return Ok(entries);
    }
    past.extend(engine.store.audit_of_kind(marked.child, ENDED).await?);
    let last = last_of_each(past, number);
    let ended: Vec<AuditEntry> = last
        .values()
        .filter(|old| old.kind == HELD_BACK && !entries.iter().any(|new| new.actor == old.actor))
        .map(|old| ended_entry(engine, old, number))
        .collect();
    entries.retain(|new| last.get(&new.actor).is_none_or(|old| old.kind == ENDED || held(old) != held(new)));
    entries.extend(ended);
    Ok(entries)
}

fn ended_entry(engine: &Engine, old: &AuditEntry, number: &str) -> AuditEntry {
    let detail = json!({"municipality": number, "decisions": []});
    AuditEntry { at: engine.clock.now(), kind: ENDED.to_owned(), detail, ..old.clone() }
}

/// The last entry of each recipient about one municipality's case. Entries of before the municipality stood in them count
/// for every one.
fn last_of_each(mut past: Vec<ChainedEntry>, number: &str) -> BTreeMap<String, AuditEntry> {
    past.sort_by_key(|entry| entry.seq);
    let of_case = |detail: &Value| detail.get("municipality").is_none_or(|m| m == number);
    let standing = past.into_iter().map(|chained| chained.entry);
    standing
        .filter(|e| e.detail.get("road").is_none() && of_case(&e.detail))
        .map(|entry| (entry.actor.clone(), entry))
        .collect()
}

/// What is held back, and why: other decisions may change without it.
fn held(entry: &AuditEntry) -> Vec<&Value> {
    let decisions = entry.detail.get("decisions").and_then(Value::as_array).into_iter().flatten();
    let held = |d: &&Value| d.get("withheld").and_then(Value::as_array).is_some_and(|fields| !fields.is_empty());
    decisions.filter(held).collect()
}
