//! Errors as `application/problem+json` (RFC 9457) with a code that has a page in the documentation.
//!
//! Must never repeat what was sent beyond what the findings name, and never a person's number.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use samhold_model::schema::Finding;
use serde_json::{Map, Value, json};

/// A refused request.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    errors: Vec<Finding>,
    more: Map<String, Value>,
}

impl Problem {
    /// With a status, a code and a sentence.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let detail = samhold_model::national_id::redact(&detail.into());
        Self { status, code, detail, errors: Vec::new(), more: Map::new() }
    }

    /// With findings.
    #[must_use]
    pub fn with(mut self, errors: Vec<Finding>) -> Self {
        self.errors = errors;
        self
    }

    /// With members of its own besides.
    #[must_use]
    pub fn also(mut self, more: Value) -> Self {
        if let Value::Object(more) = more {
            self.more.extend(more);
        }
        self
    }

    /// No or wrong credentials.
    #[must_use]
    pub fn unauthenticated() -> Self {
        let detail = "give the bearer token or client certificate of a configured system";
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// Known, but may not call this.
    #[must_use]
    pub fn forbidden(what: &str) -> Self {
        let detail = format!("this client may not {what}; the municipality sets `may` in its system file");
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// The store is away; try again.
    #[must_use]
    pub fn store(error: &samhold_store::StoreError) -> Self {
        tracing::error!(error = %error, "a request failed in the store");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", "nothing was taken; send it again later")
    }
}

impl From<samhold_store::StoreError> for Problem {
    fn from(error: samhold_store::StoreError) -> Self {
        Self::store(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "type": format!("/docs/errors#{}", self.code),
            "title": self.status.canonical_reason().unwrap_or("Error"),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
            "errors": self.errors,
        });
        if let Some(map) = body.as_object_mut() {
            map.extend(self.more);
        }
        let mut response = (self.status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

/// The last word on every answer: an error made below the handlers (a panic, a timeout, an address that is no text) becomes
/// a problem too, and nothing is kept by anyone on the way.
pub async fn every_error_is_one(mut response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let status = response.status();
    if (status.is_client_error() || status.is_server_error()) && !kind.contains("json") {
        let allow = response.headers().get(header::ALLOW).cloned();
        response = of_status(status).into_response();
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::REQUEST_TIMEOUT => {
            let detail =
                "the request took too long; what it said may have been taken, and sending it again is harmless";
            Problem::new(status, "request_timeout", detail)
        }
        s if s.is_server_error() => {
            tracing::error!(status = s.as_u16(), "a request broke the program; report this");
            Problem::new(s, "internal", "the program broke over this request; it is logged")
        }
        _ => Problem::new(status, "bad_request", "the request could not be read; see /openapi.json"),
    }
}

/// An unknown address.
pub async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here; see /openapi.json")
}

/// A known address, called otherwise.
pub async fn wrong_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", "this address is called otherwise; see /openapi.json")
}

/// A body that could not be read: too large, or cut off.
#[must_use]
pub fn body_problem(rejection: &axum::extract::rejection::BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let detail = "the body is larger than this program takes; send it in parts";
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
        }
        status => Problem::new(status, "body_unreadable", "the body could not be read to its end"),
    }
}
