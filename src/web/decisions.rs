//! `POST /api/v1/decisions`: name a holder, settle a dispute, withdraw a decision.
//!
//! Reads the request and words the answer; what a decision is and when it counts stands in `sync/decision.rs`.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read;
use crate::config::Permission;
use crate::sync::decision::{Decision, Refusal, decide};

/// Records a decision.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(StatusCode, axum::Json<Value>), Problem> {
    client.must(Permission::Decide, "decide")?;
    let decision: Decision = read::json(&headers, body, "invalid_decision")?;
    let made = decide(&engine, &client.0, &decision).await?.map_err(problem)?;
    let mut answer = json!({"fact_id": made.fact, "status": "RECORDED"});
    if let (Some(map), Some(day)) = (answer.as_object_mut(), made.takes_effect) {
        map.insert("takes_effect".into(), json!(day));
    }
    Ok((StatusCode::CREATED, axum::Json(answer)))
}

fn problem(refusal: Refusal) -> Problem {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    Problem::new(status, refusal.code, refusal.detail).with(refusal.errors)
}
