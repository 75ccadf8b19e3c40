//! `GET /api/v1/worklist`: what people must look at, most urgent first.
//!
//! Opaque child ids only: a person with a role opens the child in their own system.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use crate::config::Permission;
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
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<axum::Json<Value>, Problem> {
    client.must(Permission::Worklist, "read the work list")?;
    let Query(asked) = asked.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "invalid_query", e.body_text()))?;
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
    let tasks = engine.store.open_tasks().await?;
    Ok(axum::Json(json!({"items": page, "total": total, "tasks": tasks})))
}
