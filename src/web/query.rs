//! `POST /api/v1/coordination/query`: who coordinates for this child, as this client may see it.
//!
//! A client that is not configured to receive has no view of its own kind either; unknown and not allowed answer alike. Must
//! never wait for another system: how long it took would tell that there was something to ask about.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use samhold_disclosure::cleared::{Envelope, EnvelopeKind};
use samhold_model::{ChildId, Date, MunicipalityNo, NationalId};
use samhold_store::{AuditEntry, Identifier, Resolved, Secret, StoreError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::grid::Grid;
use super::problem::Problem;
use super::read;
use crate::config::{Permission, SystemSettings};
use crate::sync::confirm::{self, Answerable};
use crate::sync::message::{Now, child_identifier, now, shaped};
use crate::sync::{Live, sight_of};

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

/// Answers a question. Who may know nothing and who asks about nobody wait for the same work and the same moment.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<axum::Json<Value>, Problem> {
    client.must(Permission::Query, "ask who coordinates")?;
    let question: Question = read::json(&headers, body, "invalid_question")?;
    let grid = Grid::begin();
    let child = child_of(&engine, &question.child).await?;
    let seen = view(&engine, &client.0, child, &question).await?;
    if seen.is_none() {
        grid.next_step().await;
    }
    Ok(axum::Json(json!({"coordination": seen})))
}

/// Which child is meant, if it is known. Nobody is looked for in the same places as a known child, so that the work does not
/// tell them apart.
pub(super) async fn child_of(engine: &Shared, reference: &Value) -> Result<Option<ChildId>, Problem> {
    let named = match reference.get("child_id").and_then(Value::as_str) {
        Some(id) => id.parse().ok(),
        None => child_named(engine, reference).await?,
    };
    // Whoever knows the child by what it was called before it was joined to another gets the same answer.
    let survivor = engine.store.survivor_of(named.unwrap_or_else(ChildId::new)).await?;
    Ok(named.map(|_| survivor))
}

async fn child_named(engine: &Shared, reference: &Value) -> Result<Option<ChildId>, Problem> {
    let identifier = identifier(engine, reference).await?.unwrap_or_else(nobodys);
    match engine.store.resolve_child(&[identifier], false, engine.clock.today()).await? {
        Resolved::Child { child, .. } => Ok(Some(child)),
        _ => Ok(None),
    }
}

/// An identifier that nobody has.
fn nobodys() -> Identifier {
    Identifier { scheme: "nobody".into(), value: Secret(uuid::Uuid::new_v4().to_string()) }
}

async fn identifier(engine: &Shared, reference: &Value) -> Result<Option<Identifier>, Problem> {
    let realm = engine.live().realm();
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let number = NationalId::parse(&text(reference, "national_id"), realm)
        .or_else(|_| NationalId::parse_duf(&text(reference, "duf")));
    if let Ok(number) = number {
        return Ok(Some(crate::sync::identifier_of(&number)));
    }
    if let Some(local) = reference.get("local") {
        let scheme = format!("local:{}", text(local, "system"));
        return Ok(Some(Identifier { scheme, value: Secret(text(local, "id")) }));
    }
    let Some(unborn) = reference.get("unborn") else { return Ok(None) };
    let mother = NationalId::parse(&text(unborn, "mother"), realm).ok();
    let due = text(unborn, "due_date").parse::<Date>().ok();
    let (Some(mother), Some(due)) = (mother, due) else { return Ok(None) };
    let ordinal = unborn.get("ordinal").and_then(Value::as_i64).unwrap_or(1);
    let person = engine.store.find_person(&crate::sync::identifier_of(&mother)).await?;
    Ok(person.map(|mother| crate::sync::unborn(mother, due, ordinal)))
}

/// What the client may see, in the form of its own outbound mapping. Of nobody, the same is worked out about no facts.
async fn view(
    engine: &Shared,
    system: &SystemSettings,
    child: Option<ChildId>,
    question: &Question,
) -> Result<Option<Value>, Problem> {
    let live = engine.live();
    let mut withheld = json!({"decisions": []});
    for number in &system.municipalities {
        let about = child.unwrap_or_else(|| ChildId(uuid::Uuid::new_v4()));
        let (state, found) = match look(engine, &live, system, (about, number), question).await {
            // An error that only a known child can give would tell that the child is known.
            Err(e @ (StoreError::Decrypt(_) | StoreError::Corrupt { .. })) => {
                tracing::error!(error = %e, "a child cannot be read; a question was answered as of nobody");
                continue;
            }
            looked => looked?,
        };
        let said = said(&found);
        let Some(cleared) = found.seen.cleared.filter(|_| live.outbound.contains_key(&system.name)) else {
            withheld = if state.dossier.facts.is_empty() { withheld } else { said };
            continue;
        };
        let since = found.seen.since.unwrap_or(state.dossier.today);
        let envelope = envelope(engine, system, about, number, since).await?;
        let data = shaped(live.outbound.get(&system.name), cleared, &envelope)
            .map_err(|_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "not_composable", "a person must look"))?;
        audit(engine, system, "release", child, said).await?;
        return Ok(data.get().get("coordination").cloned());
    }
    audit(engine, system, "withheld", child, withheld).await?;
    Ok(None)
}

/// What may be seen is decided by today's facts and today's answer; only the duty is asked about another day.
async fn look(
    engine: &Shared,
    live: &Live,
    system: &SystemSettings,
    (child, number): (ChildId, &str),
    question: &Question,
) -> Result<(Now, Answerable), StoreError> {
    let today = engine.clock.today();
    let municipality = MunicipalityNo::new(number.to_owned());
    let Now { dossier, answer: of_today } = now(engine, live, child, &municipality).await?;
    let as_of = question.as_of.unwrap_or(today);
    let known_at = question.known_at.unwrap_or(today);
    let rules = live.duty_rules(number);
    let answer = samhold_duty::answer(&dossier.family(), &dossier.facts, as_of, Some(known_at), &rules);
    let seen = sight_of(live, number, system, &dossier, (&of_today, &answer));
    let found = confirm::without_waiting(engine, live, (number, system), (&dossier, &of_today, &answer), seen).await?;
    Ok((Now { dossier, answer }, found))
}

/// What the audit is told of an answer: decisions, and which consents were confirmed or not. Never values.
fn said(found: &Answerable) -> Value {
    let mut said = json!({"decisions": crate::sync::decisions_json(&found.seen)});
    confirm::tell(&mut said, &found.confirmed);
    if let Some(said) = said.as_object_mut().filter(|_| !found.unconfirmed.is_empty()) {
        said.insert("unconfirmed".to_owned(), json!(found.unconfirmed));
    }
    said
}

async fn envelope(
    engine: &Shared,
    system: &SystemSettings,
    child: ChildId,
    municipality: &str,
    since: Date,
) -> Result<Envelope, Problem> {
    let (name, value) = child_identifier(engine, system, child).await?;
    Envelope::new()
        .with(EnvelopeKind::ChildIdentifier, name, value)
        .and_then(|e| e.with(EnvelopeKind::Municipality, "municipality", municipality))
        .and_then(|e| e.with(EnvelopeKind::Version, "version", 0u64))
        .and_then(|e| e.with(EnvelopeKind::ValidFrom, "valid_from", since.to_string()))
        .map_err(|e| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "not_composable", e.to_string()))
}

/// A question that was answered is a release like any other; one that was not is kept too.
async fn audit(
    engine: &Shared,
    system: &SystemSettings,
    kind: &str,
    child: Option<ChildId>,
    said: Value,
) -> Result<(), Problem> {
    let mut detail = json!({"road": "query", "recipient_kind": system.kind});
    if let (Some(detail), Value::Object(said)) = (detail.as_object_mut(), said) {
        detail.extend(said);
    }
    let entry = AuditEntry { at: engine.clock.now(), kind: kind.into(), child, actor: system.name.clone(), detail };
    Ok(engine.store.audit(vec![entry]).await?)
}
