//! The HTTP API, as other systems rely on it.
//!
//! No identity number in any URL, header, log or metric. "Unknown child" and "not allowed" answer alike.

mod auth;
mod changes;
mod consents;
mod decisions;
mod describe;
mod facts;
mod grid;
mod health;
mod problem;
mod push_in;
mod query;
mod read;
mod receipts;
mod server;
mod tasks;
mod worklist;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::sync::Engine;

pub use describe::{asyncapi, openapi, schemas};
pub use facts::read_facts;
pub use problem::Problem;
pub use server::{Bound, ListenError, bind, serve};

/// What every handler works with.
pub type Shared = Arc<Engine>;

/// All routes, with the limits of the settings.
pub fn router(engine: Shared) -> Router {
    let web = engine.live().loaded.settings.web.clone();
    let timeout = Duration::from_secs(web.request_timeout_seconds);
    Router::new()
        .route("/api/v1/facts", post(facts::post))
        .route("/api/v1/coordination/query", post(query::post))
        .route("/api/v1/consents/query", post(consents::post))
        .route("/api/v1/changes", get(changes::get))
        .route("/api/v1/receipts", post(receipts::post))
        .route("/api/v1/worklist", get(worklist::get))
        .route("/api/v1/decisions", post(decisions::post))
        .route("/api/v1/tasks/{id}", post(tasks::post))
        .route("/in/{system}", post(push_in::post))
        .route("/in/{system}/{id}", get(push_in::get))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(describe::get_openapi))
        .route("/asyncapi.json", get(describe::get_asyncapi))
        .route("/schemas/{name}", get(describe::get_schema))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::wrong_method)
        .layer(DefaultBodyLimit::max(web.max_body_bytes))
        .layer(TimeoutLayer::with_status_code(axum::http::StatusCode::REQUEST_TIMEOUT, timeout))
        .layer(CatchPanicLayer::new())
        .layer(axum::middleware::map_response(problem::every_error_is_one))
        .with_state(engine)
}
