//! `POST /api/v1/receipts`: delivered is not read, and read is not accepted.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use samhold_model::SystemName;
use samhold_store::Receipt;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Shared;
use super::auth::Client;
use super::problem::Problem;
use super::read;

/// Receipts in one request; each is written down by itself.
const MOST: usize = 1000;

/// One receipt.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    event_id: Uuid,
    status: Status,
    #[serde(default)]
    reason: Option<String>,
}

/// How far it came with the receiver.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Read,
    Accepted,
    Rejected,
}

/// Takes receipts.
pub async fn post(
    State(engine): State<Shared>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<axum::Json<Value>, Problem> {
    if client.0.recipient.is_none() {
        return Err(Problem::forbidden("give receipts"));
    }
    let given: Vec<Given> = read::json(&headers, body, "invalid_receipts")?;
    if given.len() > MOST {
        let detail = format!("more than {MOST} receipts at once; send them in parts");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail));
    }
    let recipient = SystemName::new(client.0.name.clone());
    let mut accepted = 0;
    let mut rejected = Vec::new();
    for (index, one) in given.into_iter().enumerate() {
        let status = match one.status {
            Status::Read => "read",
            Status::Accepted => "accepted",
            Status::Rejected => "rejected",
        };
        let reason = one.reason.map(|r| samhold_model::national_id::redact(&r).chars().take(2048).collect());
        let receipt = Receipt { event_id: one.event_id, status: status.into(), reason };
        if engine.store.receipt(&recipient, &receipt, engine.clock.now()).await? {
            accepted += 1;
        } else {
            rejected.push(json!({"index": index, "code": "unknown_event"}));
        }
    }
    Ok(axum::Json(json!({"accepted": accepted, "rejected": rejected})))
}
