//! What an answer of the server means for an event on its way.
//!
//! Must never pass on an answer's text without starring numbers in it.

use std::time::Duration;

use reqwest::header::{ETAG, HeaderValue};
use samhold_adapter_api::{AdapterError, DeliveryOutcome};
use samhold_adapter_http::{Answer, Verdict, classify, scrub};
use serde_json::Value;

use crate::merge::MergeError;
use crate::server::Server;

/// How much of a refusal is kept for people, in characters.
const KEPT: usize = 2048;

/// Why a round did not end in a delivery.
pub(crate) enum Halt {
    /// Somebody else wrote in between.
    Again,
    /// The outcome is decided.
    Done(DeliveryOutcome),
}

impl From<AdapterError> for Halt {
    fn from(error: AdapterError) -> Self {
        Self::Done(DeliveryOutcome::Later { after: error.retry_after(), reason: scrub(&error.to_string()) })
    }
}

impl From<MergeError> for Halt {
    fn from(error: MergeError) -> Self {
        Self::Done(refused("fhir_content", error.to_string()))
    }
}

/// The answer when it is 2xx, else what it means for the event.
pub(crate) fn accepted(server: &Server, answer: Answer) -> Result<Answer, Halt> {
    let code = answer.status.as_u16();
    match classify(answer.status, &answer.headers, server.client().unit()) {
        Verdict::Ok => Ok(answer),
        Verdict::Retry { after } => {
            Err(Halt::Done(DeliveryOutcome::Later { after, reason: format!("HTTP {code} from the FHIR server") }))
        }
        Verdict::Refuse => Err(Halt::Done(refused(&format!("http_{code}"), told(&answer)))),
    }
}

/// Version as `If-Match` wants it (RFC 9110): the ETag, else made of `meta.versionId`.
pub(crate) fn version(answer: &Answer, resource: &Value) -> Option<String> {
    let etag = answer.headers.get(ETAG).and_then(|e| e.to_str().ok()).filter(|e| !e.is_empty()).map(str::to_owned);
    let made = resource.pointer("/meta/versionId").and_then(Value::as_str).map(|v| format!("W/\"{v}\""));
    etag.or(made)
}

fn told(answer: &Answer) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    scrub(&text).chars().take(KEPT / 4).collect()
}

/// A header value made of what the server said.
pub(crate) fn header(text: &str) -> Result<HeaderValue, Halt> {
    HeaderValue::from_str(text).map_err(|_| later("the server's version cannot stand in a header".into()))
}

/// To be tried again.
pub(crate) fn later(reason: String) -> Halt {
    Halt::Done(DeliveryOutcome::Later { after: Some(Duration::from_secs(60)), reason: scrub(&reason) })
}

/// Never to be tried again.
pub(crate) fn refused(code: &str, detail: String) -> DeliveryOutcome {
    DeliveryOutcome::Refused { code: code.to_owned(), detail }
}
