//! `POST /api/v1/receipts`: delivered is not read, and read is not accepted.

use axum::extract::State;
use axum::http::StatusCode;
use samhold_model::SystemName;
use samhold_store::Receipt;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Shared;
use super::auth::Client;
use super::problem::Problem;

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
    body: Result<axum::Json<Vec<Given>>, axum::extract::rejection::JsonRejection>,
) -> Result<axum::Json<Value>, Problem> {
    if client.0.recipient.is_none() {
        return Err(Problem::forbidden("give receipts"));
    }
    let axum::Json(given) =
        body.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "invalid_receipts", e.body_text()))?;
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
