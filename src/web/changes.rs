//! `GET /api/v1/changes?cursor=…&limit=…`: the pull feed of those who cannot receive.
//!
//! Cursors are opaque and per recipient; the same page may be read again, with the last entry of each child. What an entry says
//! is decided when it is read: an entry whose content may no longer be known is given as a retraction, if the recipient ever saw it. Must never let a page, a
//! cursor or `more` tell of entries that are not shown.

use std::collections::HashSet;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use samhold_model::{Instant, SystemName};
use samhold_store::{AuditEntry, Delivery, EventKind, FeedEntry, StoreError};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read::Strict;
use crate::config::SystemSettings;
use crate::sync::message::{NotSendable, message};
use crate::sync::{Engine, Said};

/// How long a page waits for consent registers, all its entries together.
const REGISTER_PATIENCE: Duration = Duration::from_secs(5);

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
    let after = position(&engine, &recipient, page.cursor.as_deref()).await?;
    if after > 0 {
        // Coming back with a cursor is the receipt for everything before it.
        engine.store.fetched(&recipient, after, engine.clock.now()).await?;
    }
    let limit = usize::try_from(page.limit.unwrap_or(100).clamp(1, 1000)).unwrap_or(1);
    let mut shown = readable(&engine, &client.0, after, limit.saturating_add(1)).await?;
    let more = shown.len() > limit;
    shown.truncate(limit);
    // What leaves is written down before it does, once: the same page may be read again.
    engine.store.left(shown.iter().map(|s| (s.id, s.release.clone())).collect()).await?;
    let shown = standing(&engine, &recipient, shown).await?;
    let cursor = shown.last().map(|s| s.id.to_string()).or(page.cursor).unwrap_or_default();
    let events: Vec<Value> = shown.into_iter().map(|s| s.event).collect();
    Ok(axum::Json(json!({"events": events, "cursor": cursor, "more": more})))
}

/// An entry as it would be shown now.
struct Shown {
    id: Uuid,
    event: Value,
    release: AuditEntry,
}

/// What an entry is, when it is read.
enum Read {
    Shown(Box<Shown>),
    /// Nothing that may be told.
    Nothing,
    /// Something sensitive in it rests on a consent that its register has not confirmed.
    Waits,
}

/// The first `most` entries after a position that can be shown; those that cannot leave no gap.
///
/// One that waits is put last, so that no cursor passes it and nothing else waits with it. One that was shown before keeps its
/// place, since a cursor may stand on it, and the page ends before it.
async fn readable(
    engine: &Engine,
    system: &SystemSettings,
    mut after: i64,
    most: usize,
) -> Result<Vec<Shown>, StoreError> {
    let recipient = SystemName::new(system.name.clone());
    let size = i64::try_from(most).unwrap_or(i64::MAX);
    let until = tokio::time::Instant::now() + REGISTER_PATIENCE;
    let (mut shown, mut put_last) = (Vec::new(), HashSet::new());
    'pages: while shown.len() < most {
        let entries = engine.store.feed(&recipient, after, size).await?;
        let Some(last) = entries.last() else { break };
        after = last.position;
        for entry in entries.iter().filter(|entry| !put_last.contains(&entry.event_id)).collect::<Vec<_>>() {
            let patience = until.saturating_duration_since(tokio::time::Instant::now());
            match event(engine, system, entry, patience).await? {
                Read::Shown(one) => shown.push(*one),
                Read::Nothing => {}
                Read::Waits if engine.store.feed_last(&recipient, entry.event_id).await? => {
                    put_last.insert(entry.event_id);
                }
                Read::Waits => break 'pages,
            }
        }
    }
    shown.truncate(most);
    Ok(shown)
}

/// Those that were not taken out of the feed meanwhile. What is written down as given stays.
async fn standing(engine: &Engine, recipient: &SystemName, shown: Vec<Shown>) -> Result<Vec<Shown>, StoreError> {
    let mut standing = Vec::with_capacity(shown.len());
    for one in shown {
        if engine.store.feed_position(recipient, one.id).await?.is_some() {
            standing.push(one);
        }
    }
    Ok(standing)
}

/// A cursor is the id of the last event shown: it tells nothing that the event did not, and is no entry of anybody else's feed.
async fn position(engine: &Engine, recipient: &SystemName, cursor: Option<&str>) -> Result<i64, Problem> {
    let Some(text) = cursor.filter(|c| !c.is_empty()) else { return Ok(0) };
    let wrong = || Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", "use the cursor of the last page unchanged");
    let event = text.parse().map_err(|_| wrong())?;
    engine.store.feed_position(recipient, event).await?.ok_or_else(wrong)
}

async fn event(
    engine: &Engine,
    system: &SystemSettings,
    entry: &FeedEntry,
    patience: Duration,
) -> Result<Read, StoreError> {
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
    match message(engine, &engine.live(), system, &row, patience).await? {
        Ok(message) => {
            let said = Said { kind: message.kind, decisions: message.decisions, confirmed: &message.confirmed };
            let release = crate::sync::release_entry(system, &row, &said, engine.clock.now());
            let event = json!({
                "specversion": "1.0", "id": entry.event_id, "source": "/samhold", "type": message.kind.event_type(),
                "subject": entry.child, "time": entry.made_at, "datacontenttype": "application/json",
                "data": message.data.get(),
            });
            Ok(Read::Shown(Box::new(Shown { id: entry.event_id, event, release })))
        }
        // A newer entry is on its way; this one may no longer be told as it was.
        Err(NotSendable::Changed(_)) => Ok(Read::Nothing),
        Err(NotSendable::Later { .. }) => Ok(Read::Waits),
        Err(NotSendable::Broken { code, detail }) => {
            tracing::error!(system = %system.name, code, detail, "an entry of the feed could not be made");
            Ok(Read::Nothing)
        }
    }
}
