//! `GET /api/v1/worklist`: what people must look at, most urgent first.
//!
//! Opaque child ids only: a person with a role opens the child in their own system.

use axum::extract::State;
use samhold_store::Task;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read::Strict;
use crate::config::{Permission, SystemSettings};
use crate::sync::worklist::{Filter, work_list};

/// The query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[serde(default)]
    municipality: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    limit: Option<usize>,
    #[serde(default)]
    offset: Option<usize>,
}

/// A page of the work list.
pub async fn get(
    State(engine): State<Shared>,
    client: Client,
    Strict(asked): Strict<Asked>,
) -> Result<axum::Json<Value>, Problem> {
    client.must(Permission::Worklist, "read the work list")?;
    let municipalities = match asked.municipality {
        Some(number) => client.0.municipalities.iter().filter(|m| **m == number).cloned().collect(),
        None => client.0.municipalities.clone(),
    };
    let items = work_list(
        engine.store.as_ref(),
        engine.clock.today(),
        &Filter { municipalities: Some(municipalities), code: asked.code },
    )
    .await?;
    let total = items.len();
    let page: Vec<_> =
        items.into_iter().skip(asked.offset.unwrap_or(0)).take(asked.limit.unwrap_or(100).min(1000)).collect();
    let tasks = tasks(&engine, &client.0).await?;
    Ok(axum::Json(json!({"items": page, "total": total, "tasks": tasks})))
}

/// Open tasks about children of the client's municipalities; those about a source, when it serves one of them.
async fn tasks(engine: &Shared, system: &SystemSettings) -> Result<Vec<Task>, Problem> {
    let live = engine.live();
    let mut own = Vec::new();
    for task in engine.store.open_tasks().await? {
        let mut concerned = false;
        for child in &task.children {
            let numbers = engine.store.municipalities_of(*child).await?;
            // A child of whom only an identifier is known has no municipality yet; somebody must see the task.
            concerned |= numbers.is_empty() || numbers.iter().any(|n| system.serves(n.as_str()));
        }
        let source = task.detail.split_once(": ").and_then(|(name, _)| live.system(name));
        let shared = |of: &SystemSettings| of.municipalities.iter().any(|n| system.serves(n));
        if concerned || (task.children.is_empty() && source.is_none_or(shared)) {
            own.push(task);
        }
    }
    Ok(own)
}
