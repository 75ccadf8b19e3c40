//! `GET /api/v1/worklist`: what people must look at, most urgent first.
//!
//! Opaque child ids only: a person with a role opens the child in their own system. Each reading is audited as one, without
//! content.

use axum::extract::State;
use axum::http::StatusCode;
use samhold_store::AuditEntry;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read::Strict;
use crate::config::{Permission, SystemSettings};
use crate::sync::worklist::{Eyes, Filter, NotYours, lines, open_tasks, page, seen_by};

/// Lines of a page unless the query says otherwise, and at most.
const PAGE: (usize, usize) = (100, 1000);

/// The query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    municipality: Option<String>,
    #[serde(default)]
    service: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    urgency: Option<u8>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    offset: Option<usize>,
}

impl Asked {
    fn municipalities(&self, system: &SystemSettings) -> Vec<String> {
        let asked = |number: &&String| self.municipality.as_ref().is_none_or(|only| only == *number);
        system.municipalities.iter().filter(asked).cloned().collect()
    }
}

/// A page of the work list.
pub async fn get(
    State(engine): State<Shared>,
    client: Client,
    Strict(asked): Strict<Asked>,
) -> Result<axum::Json<Value>, Problem> {
    client.must(Permission::Worklist, "read the work list")?;
    let live = engine.live();
    let numbers = asked.municipalities(&client.0);
    let eyes = Eyes { engine: &engine, live: &live, system: &client.0, service: asked.service.as_deref() };
    eyes.may_ask(&numbers).map_err(not_yours)?;
    audit(&engine, &client.0).await?;
    let filter = Filter { municipalities: Some(numbers.clone()), code: asked.code.clone(), urgency: asked.urgency };
    let all = lines(engine.store.as_ref(), &live.loaded, engine.clock.today(), &filter).await?;
    let seen = seen_by(eyes, all).await?;
    let items = page(&seen, asked.offset.unwrap_or(0), asked.limit.unwrap_or(PAGE.0).min(PAGE.1));
    // A task names children, or a source, whoever they concern: only for those who lead.
    let led: Vec<String> = numbers.into_iter().filter(|number| eyes.leads(number)).collect();
    let tasks = match led.is_empty() || asked.service.is_some() || asked.urgency.is_some() {
        true => Vec::new(),
        false => open_tasks(engine.store.as_ref(), &live.loaded, Some(&led), asked.code.as_deref()).await?,
    };
    Ok(axum::Json(json!({"items": items, "total": seen.len(), "tasks": tasks})))
}

fn not_yours(NotYours: NotYours) -> Problem {
    let detail = "`service` names a service that is not this client's; ask by one in `services` of its system file. \
        Only the koordinerende enhet and the municipality may ask by others";
    Problem::new(StatusCode::FORBIDDEN, "not_your_service", detail)
}

/// The reading is written down before it is answered: who, and that it was the list.
async fn audit(engine: &Shared, system: &SystemSettings) -> Result<(), Problem> {
    let entry = AuditEntry {
        at: engine.clock.now(),
        kind: "read".into(),
        child: None,
        actor: system.name.clone(),
        detail: json!({"road": "worklist"}),
    };
    Ok(engine.store.audit(vec![entry]).await?)
}
