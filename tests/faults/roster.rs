//! A school system with enough pupils that half of them missing is no accident: OneRoster 1.2 on one page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use samhold_model::dates::add_days;
use samhold_standins::Server;
use samhold_standins::numbers::organisation_number;
use samhold_standins::school::{ROSTER_PATH, TOKEN_PATH};
use serde_json::{Value, json};

use crate::common::{children, today};

/// A running school system.
pub struct Roster {
    pub server: Server,
    shown: Arc<AtomicUsize>,
}

impl Roster {
    /// Starts it with so many pupils.
    pub async fn start(pupils: usize) -> Self {
        let shown = Arc::new(AtomicUsize::new(pupils));
        let state = Arc::clone(&shown);
        let build = |_: &str, _: &_| {
            let token = json!({"access_token": "a-token", "token_type": "Bearer", "expires_in": 3600});
            Router::new()
                .route(TOKEN_PATH, post(move || async { axum::Json(token) }))
                .route(&format!("{ROSTER_PATH}/{{list}}"), get(list))
                .with_state(state)
        };
        Self { server: Server::start(build).await.unwrap(), shown }
    }

    /// From now on only the first so many are listed, and the total agrees: the system has lost the rest.
    pub fn show(&self, pupils: usize) {
        self.shown.store(pupils, Ordering::SeqCst);
    }

    /// How often the list of users was asked for.
    pub fn reads(&self) -> usize {
        let all = self.server.captured().all();
        all.iter().filter(|r| r.uri.path().ends_with("/users")).count()
    }
}

async fn list(State(shown): State<Arc<AtomicUsize>>, Path(list): Path<String>) -> Response {
    let pupils = shown.load(Ordering::SeqCst);
    let records: Vec<Value> = match list.as_str() {
        "orgs" => vec![json!({"sourcedId": "skole", "status": "active", "name": "Stor skole", "type": "school",
            "identifier": organisation_number(31_995_000)})],
        "users" => (0..pupils).map(pupil).collect(),
        "enrollments" => (0..pupils).map(enrollment).collect(),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let mut headers = HeaderMap::new();
    headers.insert("X-Total-Count", HeaderValue::from(records.len()));
    (headers, axum::Json(json!({list: records}))).into_response()
}

fn pupil(n: usize) -> Value {
    let role = json!({"roleType": "primary", "role": "student", "org": {"sourcedId": "skole"}, "beginDate": begin()});
    json!({"sourcedId": format!("elev-{n}"), "status": "active", "enabledUser": "true", "roles": [role],
        "userMasterIdentifier": children(n + 1)[n].number, "givenName": "Elev", "familyName": "Testfamilie"})
}

fn enrollment(n: usize) -> Value {
    json!({"sourcedId": format!("plass-{n}"), "status": "active", "user": {"sourcedId": format!("elev-{n}")},
        "school": {"sourcedId": "skole"}, "role": "student", "beginDate": begin()})
}

fn begin() -> String {
    add_days(today(), -90).to_string()
}
