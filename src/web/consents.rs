//! `POST /api/v1/consents/query`: the register of consents of a child.
//!
//! For the koordinerende enhet and the municipality alone, of their own children: a child of others and one that nobody knows
//! answer alike. Each reading is audited before it is answered.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use samhold_model::{ChildId, MunicipalityNo};
use samhold_store::AuditEntry;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::grid::Grid;
use super::problem::Problem;
use super::query::child_of;
use super::read;
use crate::config::{Permission, SystemSettings};
use crate::sync::register::Register;
use crate::sync::worklist::Eyes;
use crate::sync::{Dossier, Live};

/// Whose register.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    child: Value,
}

/// Shows the register, municipality by municipality.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<axum::Json<Value>, Problem> {
    client.must(Permission::Consents, "read the register of consents")?;
    let question: Question = read::json(&headers, body, "invalid_question")?;
    let grid = Grid::begin();
    let child = child_of(&engine, &question.child).await?;
    let live = engine.live();
    let registers = registers(&engine, &live, &client.0, child).await?;
    audit(&engine, &client.0, child, registers.len()).await?;
    if registers.is_empty() {
        grid.next_step().await;
    }
    Ok(axum::Json(json!({"registers": registers})))
}

/// One for each municipality that the client leads and that knows the child. Of nobody, the same is looked for.
async fn registers(
    engine: &Shared,
    live: &Live,
    system: &SystemSettings,
    child: Option<ChildId>,
) -> Result<Vec<Value>, Problem> {
    let eyes = Eyes { engine, live, system, service: None };
    let about = child.unwrap_or_else(|| ChildId(uuid::Uuid::new_v4()));
    let mut all = Vec::new();
    for number in system.municipalities.iter().filter(|number| eyes.leads(number)) {
        let (store, whose) = (engine.store.as_ref(), (about, &MunicipalityNo::new(number.clone())));
        let dossier = Dossier::of_store(store, &live.loaded, whose, engine.clock.today()).await?;
        if dossier.is_empty() {
            continue;
        }
        let rules = live.share_rules(number).rules;
        let register =
            Register { dossier: &dossier, rules: &rules, loaded: &live.loaded, reader: Some(system.name.as_str()) };
        all.push(json!({"child": about, "municipality": number, "consents": register.lines(),
            "must_consent": register.must_consent()}));
    }
    Ok(all)
}

async fn audit(engine: &Shared, system: &SystemSettings, child: Option<ChildId>, shown: usize) -> Result<(), Problem> {
    let entry = AuditEntry {
        at: engine.clock.now(),
        kind: "read".into(),
        child,
        actor: system.name.clone(),
        detail: json!({"road": "consents", "shown": shown}),
    };
    Ok(engine.store.audit(vec![entry]).await?)
}
