//! `GET /api/v1/changes?cursor=…&limit=…`: the pull feed of those who cannot receive.
//!
//! Cursors are opaque and per recipient; the same page may be read again. What an entry says is decided when it is read: an
//! entry whose content may no longer be known is given as a retraction.

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use samhold_model::{Instant, SystemName};
use samhold_store::{AuditEntry, Delivery, EventKind, FeedEntry};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read::Strict;
use crate::config::SystemSettings;
use crate::sync::message::{NotSendable, message};

/// The query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    #[serde(default)]
    cursor: Option<String>,
    #[serde(default)]
    limit: Option<i64>,
}

/// A page of changes.
pub async fn get(
    State(engine): State<Shared>,
    client: Client,
    Strict(page): Strict<Page>,
) -> Result<axum::Json<Value>, Problem> {
    if client.0.recipient.as_ref().is_none_or(|r| r.pull.is_none()) {
        return Err(Problem::forbidden("read the feed"));
    }
    let recipient = SystemName::new(client.0.name.clone());
    let after = position(&recipient, page.cursor.as_deref())?;
    if after > 0 {
        // Coming back with a cursor is the receipt for everything before it.
        engine.store.fetched(&recipient, after, engine.clock.now()).await?;
    }
    let limit = page.limit.unwrap_or(100).clamp(1, 1000);
    let mut entries = engine.store.feed(&recipient, after, limit + 1).await?;
    let more = entries.len() > usize::try_from(limit).unwrap_or(usize::MAX);
    if more {
        entries.pop();
    }
    let last = entries.last().map_or(after, |e| e.position);
    let (mut events, mut audit) = (Vec::new(), Vec::new());
    for entry in &entries {
        if let Some((event, release)) = event(&engine, &client.0, entry).await? {
            events.push(event);
            audit.push(release);
        }
    }
    // What left is written down before it leaves.
    engine.store.audit(audit).await?;
    Ok(axum::Json(json!({"events": events, "cursor": cursor(&recipient, last), "more": more})))
}

/// Bound to the recipient, so that another's cursor is refused rather than read wrongly.
fn cursor(recipient: &SystemName, position: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{recipient}\n{position}"))
}

fn position(recipient: &SystemName, cursor: Option<&str>) -> Result<i64, Problem> {
    let Some(text) = cursor.filter(|c| !c.is_empty()) else { return Ok(0) };
    let wrong = || Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", "use the cursor of the last page unchanged");
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let (owner, position) = text.split_once('\n').ok_or_else(wrong)?;
    if owner == recipient.as_str() { position.parse().map_err(|_| wrong()) } else { Err(wrong()) }
}

async fn event(
    engine: &Shared,
    system: &SystemSettings,
    entry: &FeedEntry,
) -> Result<Option<(Value, AuditEntry)>, Problem> {
    let recipient = SystemName::new(system.name.clone());
    let held = engine.store.held(&recipient, entry.child, &entry.municipality).await?;
    let row = Delivery {
        id: 0,
        recipient,
        child: entry.child,
        municipality: entry.municipality.clone(),
        event_id: entry.event_id,
        kind: entry.kind,
        version: entry.version,
        content_hash: held.and_then(|h| h.acknowledged).filter(|_| entry.kind != EventKind::Retracted),
        attempts: 0,
        not_before: Instant::UNIX_EPOCH,
        queued_at: entry.made_at,
    };
    match message(engine, &engine.live(), system, &row).await? {
        Ok(message) => {
            let audit =
                crate::sync::release_entry(system, &row, message.kind, message.decisions.clone(), engine.clock.now());
            let event = json!({
                "specversion": "1.0", "id": entry.event_id, "source": "/samhold", "type": message.kind.event_type(),
                "subject": entry.child, "time": entry.made_at, "datacontenttype": "application/json",
                "data": message.data.get(),
            });
            Ok(Some((event, audit)))
        }
        // A newer entry is on its way; this one may no longer be told as it was.
        Err(NotSendable::Changed(_)) => Ok(None),
        Err(NotSendable::Broken { code, detail }) => {
            tracing::error!(system = %system.name, code, detail, "an entry of the feed could not be made");
            Ok(None)
        }
    }
}
