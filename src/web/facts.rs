//! `POST /api/v1/facts`: one fact, an array, or NDJSON.
//!
//! What is accepted is durable when the answer goes out.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Shared;
use super::auth::Client;
use super::problem::{Problem, body_problem};
use crate::config::Permission;
use crate::sync::{FactInput, TakenFacts, take_facts};

/// Takes facts.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    client.must(Permission::Facts, "send facts")?;
    let body = body.map_err(|e| body_problem(&e))?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("application/json");
    let single = !kind.contains("ndjson") && first_is(&body, b'{');
    let inputs = read_facts(&body, kind).map_err(|e| Problem::new(e.status, e.code, e.to_string()))?;
    let taken = take_facts(&engine, &client.0, inputs, None).await?;
    Ok(answer(taken, single))
}

fn first_is(body: &[u8], wanted: u8) -> bool {
    body.iter().find(|b| !b.is_ascii_whitespace()) == Some(&wanted)
}

/// A single fact that conflicts is a conflict; of several, each has its own status.
fn answer(taken: TakenFacts, single: bool) -> Response {
    match taken.rejected.first() {
        Some(rejection) if single && rejection.status == 409 => {
            let detail = "the id stands for other content; send a correction instead";
            Problem::new(StatusCode::CONFLICT, rejection.code, detail)
                .with(rejection.errors.clone())
                .also(json!(taken))
                .into_response()
        }
        _ => axum::Json(taken).into_response(),
    }
}

/// Why a body holds no facts. Never content of it.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct NotFacts {
    /// Code with a page in the documentation.
    pub code: &'static str,
    status: StatusCode,
    detail: String,
}

/// Facts in one request: each refused one is answered with its findings, so that many would be more than memory holds.
const MOST: usize = 10_000;

/// Reads the body of a facts request into single facts.
///
/// # Errors
/// What is not JSON, with line and column, without content.
pub fn read_facts(body: &[u8], content_type: &str) -> Result<Vec<FactInput>, NotFacts> {
    let inputs = inputs(body, content_type).map_err(|detail| NotFacts {
        code: "not_json",
        status: StatusCode::BAD_REQUEST,
        detail,
    })?;
    if inputs.len() > MOST {
        let detail = format!("{} facts at once; at most {MOST} are taken, send them in parts", inputs.len());
        return Err(NotFacts { code: "too_many_facts", status: StatusCode::PAYLOAD_TOO_LARGE, detail });
    }
    Ok(inputs)
}

fn inputs(body: &[u8], content_type: &str) -> Result<Vec<FactInput>, String> {
    let body = body.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(body);
    if content_type.contains("ndjson") {
        return lines(body);
    }
    let value: Value = serde_json::from_slice(body).map_err(|e| place(&e))?;
    let values = match value {
        Value::Array(items) => items,
        single => vec![single],
    };
    Ok(values.into_iter().enumerate().map(|(index, json)| FactInput { index, json }).collect())
}

/// A line that is not JSON is one bad fact, not a bad request: the others are taken.
fn lines(body: &[u8]) -> Result<Vec<FactInput>, String> {
    let text = std::str::from_utf8(body).map_err(|e| format!("the body is not UTF-8 at byte {}", e.valid_up_to()))?;
    let lines = text.lines().filter(|l| !l.trim().is_empty());
    Ok(lines
        .enumerate()
        .map(|(index, line)| FactInput { index, json: serde_json::from_str(line).unwrap_or(Value::Null) })
        .collect())
}

fn place(e: &serde_json::Error) -> String {
    format!("the body is not JSON: {:?} error at line {}, column {}", e.classify(), e.line(), e.column())
}
