//! `POST /in/{system}`: a document in the system's own format; `GET /in/{system}/{id}` tells what became of it.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use samhold_model::{RecordId, SystemName};
use samhold_store::{NewRecord, RecordState};
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::{Problem, body_problem};
use crate::config::Permission;
use crate::telemetry::Counter;

/// Takes a document; 202 once it is durable.
pub async fn post(
    State(engine): State<Shared>,
    Path(system): Path<String>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, axum::Json<Value>), Problem> {
    own(&client, &system)?;
    client.must(Permission::Push, "push documents")?;
    if client.0.source.as_ref().is_none_or(|s| s.push.is_none()) {
        let detail = "this system's file has no `[source] push = {}`";
        return Err(Problem::new(StatusCode::CONFLICT, "not_a_push_source", detail));
    }
    let body = body.map_err(|e| body_problem(&e))?;
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let content_type = text(header::CONTENT_TYPE.as_str()).unwrap_or_else(|| "application/json".into());
    let record = NewRecord {
        system: SystemName::new(system.clone()),
        // Documents say themselves which unit they are about; the mapping reads it.
        key: text("idempotency-key").unwrap_or_else(|| hash(&body)),
        content_type,
        delivery_id: text("idempotency-key"),
        body: body.to_vec(),
        gone: false,
    };
    let accepted = engine.store.accept(vec![record], None, engine.clock.now()).await?;
    let taken = accepted.first();
    if let Some(first) = taken.filter(|a| a.duplicate)
        && engine.store.record(first.id).await?.is_some_and(|known| known.body != body)
    {
        let detail = "the `Idempotency-Key` stands for another document; nothing was taken, use a new key";
        return Err(Problem::new(StatusCode::CONFLICT, "same_id_other_content", detail));
    }
    Counter::RecordsAccepted.add(1);
    engine.signals.inbox.notify_one();
    let id = taken.map(|a| a.id.to_string()).unwrap_or_default();
    Ok((StatusCode::ACCEPTED, axum::Json(json!({"id": id, "status": "RECEIVED"}))))
}

/// What became of a document.
pub async fn get(
    State(engine): State<Shared>,
    Path((system, id)): Path<(String, String)>,
    client: Client,
) -> Result<axum::Json<Value>, Problem> {
    own(&client, &system)?;
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "not_found", "no such document from this system");
    let id: RecordId = id.parse().map_err(|_| unknown())?;
    let record = engine.store.record(id).await?.filter(|r| r.system.as_str() == system).ok_or_else(unknown)?;
    let mut answer = json!({"id": id, "status": status(record.state)});
    if record.state == RecordState::Dead
        && let Some((code, detail)) = reason(&engine, id).await?
        && let Some(map) = answer.as_object_mut()
    {
        map.insert("code".into(), json!(code));
        map.insert("detail".into(), json!(detail));
    }
    Ok(axum::Json(answer))
}

fn status(state: RecordState) -> &'static str {
    match state {
        RecordState::Received => "RECEIVED",
        RecordState::Mapped => "DONE",
        RecordState::Dead => "DEAD_LETTER",
    }
}

async fn reason(engine: &Shared, id: RecordId) -> Result<Option<(String, String)>, Problem> {
    let letters = engine.store.dead_letters("waiting", 10_000).await?;
    Ok(letters.into_iter().find(|d| d.record == Some(id)).map(|d| (d.code, d.detail)))
}

/// A system sends only as itself; another's address is unknown to it.
fn own(client: &Client, system: &str) -> Result<(), Problem> {
    if client.0.name == system {
        Ok(())
    } else {
        Err(Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here; see /openapi.json"))
    }
}

fn hash(body: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body))
}
