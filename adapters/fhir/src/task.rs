//! Our Task at the peer. Pure.
//!
//! Must never take back an answer the peer has begun to give.

use serde_json::{Map, Value};

use crate::bundle::text;
use crate::merge::{Marks, MergeError, contain, identify};

/// Status values before the owner has said anything (R4, value set task-status).
const UNANSWERED: [&str; 3] = ["draft", "requested", "ready"];
/// Status values after which nothing more happens.
const FINAL: [&str; 5] = ["completed", "cancelled", "failed", "rejected", "entered-in-error"];
/// Members that stay the peer's.
const THEIRS: [&str; 4] = ["id", "meta", "identifier", "contained"];

/// Our members replace those of the same name. The status stays while the owner is the same and has answered.
pub(crate) fn update(
    theirs: &Value,
    ours: &Value,
    child: &str,
    marks: &Marks<'_>,
) -> Result<Map<String, Value>, MergeError> {
    checked(ours)?;
    let mut merged = theirs.as_object().cloned().unwrap_or_default();
    let former: Vec<Value> = theirs.get("owner").cloned().into_iter().collect();
    let answered = theirs.get("owner") == ours.get("owner") && !is_one_of(theirs, &UNANSWERED);
    for (name, value) in ours.as_object().into_iter().flatten() {
        let stays = THEIRS.contains(&name.as_str()) || (name == "status" && answered && is_one_of(ours, &UNANSWERED));
        if !stays {
            merged.insert(name.clone(), value.clone());
        }
    }
    identify(&mut merged, marks, child);
    contain(&mut merged, ours, &former)?;
    Ok(merged)
}

/// Whether the mapping made a Task.
pub(crate) fn checked(ours: &Value) -> Result<(), MergeError> {
    let whole =
        text(ours, "resourceType") == Some("Task") && text(ours, "status").is_some() && text(ours, "intent").is_some();
    if whole { Ok(()) } else { Err(MergeError::Content { expected: "Task", missing: "status and intent" }) }
}

/// What our mappings tell in a Task.
const TOLD: [&str; 2] = ["input", "description"];

/// Cancels it, unless it has ended already, and takes away what we told in it.
pub(crate) fn retract(theirs: &Value) -> Map<String, Value> {
    let mut merged = theirs.as_object().cloned().unwrap_or_default();
    if !is_one_of(theirs, &FINAL) {
        merged.insert("status".into(), "cancelled".into());
    }
    TOLD.into_iter().for_each(|told| drop(merged.remove(told)));
    merged
}

fn is_one_of(task: &Value, statuses: &[&str]) -> bool {
    text(task, "status").is_some_and(|s| statuses.contains(&s))
}
