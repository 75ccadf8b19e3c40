//! `POST /api/v1/coordination/query`: who coordinates for this child, as this client may see it.
//!
//! A client that is not configured to receive has no view of its own kind either; unknown and not allowed answer alike.

use axum::extract::State;
use axum::http::StatusCode;
use samhold_disclosure::cleared::{Envelope, EnvelopeKind};
use samhold_model::{ChildId, Date, MunicipalityNo, NationalId};
use samhold_store::{AuditEntry, Identifier, Resolved, Secret};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use crate::config::{Permission, SystemSettings};
use crate::sync::message::{Now, child_identifier, shaped};
use crate::sync::{Dossier, rows_of, sight};

/// The question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    child: Value,
    #[serde(default)]
    as_of: Option<Date>,
    #[serde(default)]
    known_at: Option<Date>,
}

/// Answers a question.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    body: Result<axum::Json<Question>, axum::extract::rejection::JsonRejection>,
) -> Result<axum::Json<Value>, Problem> {
    client.must(Permission::Query, "ask who coordinates")?;
    let axum::Json(question) =
        body.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "invalid_question", e.body_text()))?;
    let mut answer = json!({"coordination": null});
    if let Some(child) = child_of(&engine, &question.child).await?
        && let Some(seen) = view(&engine, &client.0, child, &question).await?
        && let Some(map) = answer.as_object_mut()
    {
        map.insert("coordination".into(), seen);
    }
    Ok(axum::Json(answer))
}

async fn child_of(engine: &Shared, reference: &Value) -> Result<Option<ChildId>, Problem> {
    let realm = engine.live().realm();
    let text = |key: &str| reference.get(key).and_then(Value::as_str);
    if let Some(id) = text("child_id") {
        return Ok(id.parse().ok());
    }
    let number = text("national_id")
        .and_then(|t| NationalId::parse(t, realm).ok())
        .or_else(|| text("duf").and_then(|t| NationalId::parse_duf(t).ok()));
    let identifier = match (number, reference.get("local")) {
        (Some(number), _) => crate::sync::identifier_of(&number),
        (None, Some(local)) => {
            let part = |key: &str| local.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            Identifier { scheme: format!("local:{}", part("system")), value: Secret(part("id")) }
        }
        (None, None) => return Ok(None),
    };
    match engine.store.resolve_child(&[identifier], false, engine.clock.today()).await? {
        Resolved::Child { child, .. } => Ok(Some(child)),
        _ => Ok(None),
    }
}

/// What the client may see, in the form of its own outbound mapping.
async fn view(
    engine: &Shared,
    system: &SystemSettings,
    child: ChildId,
    question: &Question,
) -> Result<Option<Value>, Problem> {
    let live = engine.live();
    let today = engine.clock.today();
    let as_of = question.as_of.unwrap_or(today);
    let known_at = question.known_at.unwrap_or(today);
    for number in &system.municipalities {
        let municipality = MunicipalityNo::new(number.clone());
        let rows = rows_of(engine.store.as_ref(), child, &municipality).await?;
        if rows.is_empty() {
            continue;
        }
        // What may be seen is decided by today's facts; only the duty is asked about another day.
        let dossier = Dossier::new(child, &rows, today);
        let rules = live.duty_rules(number);
        let answer = samhold_duty::answer(&dossier.family(), &dossier.facts, as_of, Some(known_at), &rules);
        let seen = sight(&live, number, system, &dossier, &answer);
        let decisions = crate::sync::decisions_json(&seen);
        let Some(cleared) = seen.cleared else { continue };
        let state = Now { dossier, answer };
        let envelope = envelope(engine, system, child, number, &state).await?;
        let data = shaped(&live, system, cleared, &envelope)
            .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "not_composable", "a person must look"))?;
        audit(engine, system, child, decisions).await?;
        return Ok(data.get().get("coordination").cloned());
    }
    Ok(None)
}

async fn envelope(
    engine: &Shared,
    system: &SystemSettings,
    child: ChildId,
    municipality: &str,
    state: &Now,
) -> Result<Envelope, Problem> {
    let (name, value) = child_identifier(engine, system, child).await?;
    let since = state.answer.samordning.since.unwrap_or(state.dossier.today);
    Envelope::new()
        .with(EnvelopeKind::ChildIdentifier, name, value)
        .and_then(|e| e.with(EnvelopeKind::Municipality, "municipality", municipality))
        .and_then(|e| e.with(EnvelopeKind::Version, "version", 0u64))
        .and_then(|e| e.with(EnvelopeKind::ValidFrom, "valid_from", since.to_string()))
        .map_err(|e| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "not_composable", e.to_string()))
}

/// A question that was answered is a release like any other.
async fn audit(engine: &Shared, system: &SystemSettings, child: ChildId, decisions: Value) -> Result<(), Problem> {
    let entry = AuditEntry {
        at: engine.clock.now(),
        kind: "release".into(),
        child: Some(child),
        actor: system.name.clone(),
        detail: json!({"road": "query", "recipient_kind": system.kind, "decisions": decisions}),
    };
    Ok(engine.store.audit(vec![entry]).await?)
}
