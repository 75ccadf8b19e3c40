//! `/livez`, `/readyz`, `/metrics`. Metrics carry no label of a person or a small group.

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::Shared;

/// The process runs.
pub async fn live() -> &'static str {
    "ok\n"
}

/// The store answers, mappings are loaded, and we are not on our way out. Systems that are away do not make us unready:
/// taking the daemon out of service would not bring them back.
pub async fn ready(State(engine): State<Shared>) -> (StatusCode, axum::Json<Value>) {
    let store = engine.store.ping().await;
    let stopping = engine.stop.is_cancelled();
    let live = engine.live();
    let systems = engine.store.contacts().await.unwrap_or_default();
    let away: Vec<&str> =
        systems.iter().filter(|s| s.last_error_at > s.last_contact).map(|s| s.system.as_str()).collect();
    let ready = store.is_ok() && !stopping;
    let body = json!({
        "ready": ready,
        "store": if store.is_ok() { "ok" } else { "away" },
        "mappings": live.inbound.len() + live.outbound.len(),
        "policies": live.loaded.policies.all_told().count(),
        "systems_away": away,
        "stopping": stopping,
    });
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, axum::Json(body))
}

/// Prometheus text.
pub async fn metrics(State(engine): State<Shared>) -> String {
    if let Ok(backlog) = engine.store.backlog().await {
        let gauge = |name: &'static str, n: i64| metrics::gauge!(name).set(n as f64);
        gauge("samhold_inbox_waiting", backlog.inbox.iter().map(|(_, n)| n).sum());
        gauge("samhold_outbox_queued", backlog.recipients.iter().map(|(_, n, ..)| n).sum());
        gauge("samhold_children_marked", backlog.marked);
        gauge("samhold_dead_letters_waiting", backlog.dead);
    }
    crate::telemetry::metrics().render()
}
