//! `POST /api/v1/decisions`: name a holder, settle a dispute, withdraw a decision.
//!
//! Authority is checked on the date against roles and delegations; what is decided becomes a fact like any other and reaches
//! everyone concerned through disclosure.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use samhold_model::{Date, FactId, MunicipalityNo};
use samhold_store::AuditEntry;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read;
use crate::config::Permission;
use crate::sync::{Dossier, FactInput, WHOLE_MUNICIPALITY, take_facts};

/// A decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    #[serde(default)]
    id: FactId,
    child: Value,
    municipality: String,
    action: Action,
    /// The role or unit that decides.
    by: String,
    #[serde(default)]
    service: Option<String>,
    #[serde(default)]
    at: Option<Date>,
    #[serde(default)]
    valid_to: Option<Date>,
    /// Why, in words; kept in the fact, which is encrypted at rest.
    #[serde(default)]
    ground: Option<String>,
}

/// What is decided.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Action {
    /// Name the service that coordinates.
    NameHolder,
    /// The same, in a dispute.
    SettleDispute,
    /// Withdraw the standing decision.
    Withdraw,
}

/// Records a decision.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, axum::Json<Value>), Problem> {
    client.must(Permission::Decide, "decide")?;
    let decision: Decision = read::json(&headers, body, "invalid_decision")?;
    let at = decision.at.unwrap_or_else(|| engine.clock.today());
    if !has_authority(&engine, &decision, at).await? {
        let detail = format!(
            "`{}` has no authority to decide on {at}: neither a decision authority of the municipality nor a \
            holder of a delegation on that date",
            decision.by
        );
        return Err(Problem::new(StatusCode::FORBIDDEN, "decision_without_authority", detail));
    }
    let json = fact(&decision, at)?;
    let taken = take_facts(&engine, &client.0, vec![FactInput { index: 0, json }], None).await?;
    if let Some(rejection) = taken.rejected.into_iter().next() {
        let status = StatusCode::from_u16(rejection.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        return Err(Problem::new(status, rejection.code, "the decision was not recorded").with(rejection.errors));
    }
    let entry = AuditEntry {
        at: engine.clock.now(),
        kind: "decision".into(),
        child: engine.store.fact(decision.id).await?.map(|fact| fact.child),
        actor: format!("{}/{}", client.0.name, decision.by),
        detail: json!({"fact": decision.id}),
    };
    engine.store.audit(vec![entry]).await?;
    Ok((StatusCode::CREATED, axum::Json(json!({"fact_id": decision.id, "status": "RECORDED"}))))
}

fn fact(decision: &Decision, at: Date) -> Result<Value, Problem> {
    let common = json!({"id": decision.id, "at": at, "child": decision.child, "municipality": decision.municipality,
        "by": decision.by});
    let mut fact = common;
    let Some(map) = fact.as_object_mut() else { return Ok(fact) };
    if let Some(ground) = &decision.ground {
        map.insert("ground".into(), json!(ground));
    }
    if decision.action == Action::Withdraw {
        map.insert("type".into(), json!("decision_withdrawn"));
        return Ok(fact);
    }
    let Some(service) = &decision.service else {
        let detail = "`service` is missing: the municipal service that shall coordinate";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_decision", detail));
    };
    map.insert("type".into(), json!("holder_decided"));
    map.insert("service".into(), json!(service));
    if let Some(to) = decision.valid_to {
        map.insert("valid_to".into(), json!(to));
    }
    Ok(fact)
}

/// A decision authority of the municipality, or someone who holds a delegation on that date.
async fn has_authority(engine: &Shared, decision: &Decision, at: Date) -> Result<bool, Problem> {
    let live = engine.live();
    let Some(municipality) = live.municipality(&decision.municipality) else { return Ok(false) };
    if municipality.reconcile.decision_authorities.contains(&decision.by) {
        return Ok(true);
    }
    let number = MunicipalityNo::new(decision.municipality.clone());
    let rows = engine.store.facts_of(WHOLE_MUNICIPALITY, &number).await?;
    Ok(Dossier::on(WHOLE_MUNICIPALITY, &rows, at, engine.clock.today()).is_delegated_to(&decision.by))
}
