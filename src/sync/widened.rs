//! Dated corrections of the law that let more be told: the audit is told of each the first time the daemon runs with it.
//!
//! Must never hold anything back or let anything out; `samhold check` lists the same rows.

use samhold_store::{AuditEntry, StoreError};
use serde_json::{Value, json};

use super::dossier::WHOLE_MUNICIPALITY;
use super::engine::Engine;

/// A correction that lets more be told is in force in this installation, or will be.
const WIDENED: &str = "law_widened";

/// Tells the audit and the log of those it has not been told of. Doing it again tells nothing.
pub async fn tell_widenings(engine: &Engine) {
    match news(engine).await {
        Ok(new) => {
            for row in new {
                tracing::warn!(row = %row, "law-widened: {row}");
            }
        }
        Err(e) => {
            tracing::error!(error = %e, "the audit could not be told of corrections of the law; tried again at the next start")
        }
    }
}

async fn news(engine: &Engine) -> Result<Vec<String>, StoreError> {
    let rows = engine.live().loaded.law.dated_widenings();
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let told = engine.store.audit_of_kind(WHOLE_MUNICIPALITY, WIDENED).await?;
    let known =
        |row: &String| told.iter().any(|e| e.entry.detail.get("row").and_then(Value::as_str) == Some(row.as_str()));
    let new: Vec<String> = rows.iter().map(ToString::to_string).filter(|row| !known(row)).collect();
    let entry = |row: &String| AuditEntry {
        at: engine.clock.now(),
        kind: WIDENED.to_owned(),
        // Of no child: it stands beside the other facts about the municipality itself.
        child: Some(WHOLE_MUNICIPALITY),
        actor: "operator".to_owned(),
        detail: json!({"row": row}),
    };
    engine.store.audit(new.iter().map(entry).collect()).await?;
    Ok(new)
}
