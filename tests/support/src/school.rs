//! The school system: OneRoster 1.2 REST with client credentials and paging.
//!
//! Shows pupils, teachers, guardians, schools and enrollments as of the day that is set. As in real ones there is no
//! address protection anywhere in it.

mod pages;
mod retouch;
mod roster;

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use crate::faults::Faults;
use crate::locked;
use crate::server::Server;
use crate::tokens::TokenDesk;
use crate::town::Town;
use retouch::Retouch;

pub use retouch::Withdrawal;

/// Path of the rostering service.
pub const ROSTER_PATH: &str = "/ims/oneroster/rostering/v1p2";
/// Path of the token endpoint.
pub const TOKEN_PATH: &str = "/connect/token";
/// The scope a client asks for.
pub const SCOPE: &str = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly";

#[derive(Clone)]
struct App {
    town: Arc<Town>,
    view: Arc<Mutex<View>>,
    desk: TokenDesk,
    faults: Faults,
    base: String,
}

struct View {
    day: u8,
    max_page: usize,
    retouch: Retouch,
}

/// A running school system.
pub struct School {
    server: Server,
    view: Arc<Mutex<View>>,
    desk: TokenDesk,
}

impl School {
    /// Starts it on day 1, with at most five records a page, so that a small town has several pages.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(town: &Town) -> io::Result<Self> {
        let view = Arc::new(Mutex::new(View { day: 1, max_page: 5, retouch: Retouch::default() }));
        let desk = TokenDesk::default();
        let (town, shown, tokens) = (Arc::new(town.clone()), view.clone(), desk.clone());
        let server = Server::start(|base, faults| {
            let app = App { town, view: shown, desk: tokens, faults: faults.clone(), base: base.to_owned() };
            Router::new()
                .route(TOKEN_PATH, post(token))
                .route(&format!("{ROSTER_PATH}/{{collection}}"), get(list))
                .route(&format!("{ROSTER_PATH}/{{collection}}/{{id}}"), get(one))
                .with_state(app)
        })
        .await?;
        Ok(Self { server, view, desk })
    }

    /// Address, faults and everything that was asked.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The tokens it issued.
    #[must_use]
    pub fn tokens(&self) -> &TokenDesk {
        &self.desk
    }

    /// From now on it shows day `n`.
    pub fn set_day(&self, n: u8) {
        locked(&self.view).day = n;
    }

    /// The child with this key leaves the system, in one of the two ways real ones do it.
    pub fn withdraw(&self, key: &str, how: Withdrawal) {
        locked(&self.view).retouch.withdraw(key, how);
    }

    /// Every record claims to have changed at `stamp` though nothing did, as after a restart of a caching provider.
    pub fn restamp(&self, stamp: &str) {
        locked(&self.view).retouch.stamp = Some(stamp.to_owned());
    }

    /// The most records it gives at a time, whatever is asked for.
    pub fn set_max_page(&self, records: usize) {
        locked(&self.view).max_page = records.max(1);
    }
}

async fn token(State(app): State<App>, headers: HeaderMap, body: String) -> Response {
    app.desk.grant(&headers, &body)
}

async fn list(
    State(app): State<App>,
    Path(collection): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if !app.desk.admits(&headers) {
        return failure(StatusCode::UNAUTHORIZED, "unauthorisedrequest", "Token missing or no longer valid");
    }
    let (shown, max_page) = app.shown(&collection);
    let Some(records) = shown else {
        return failure(StatusCode::NOT_FOUND, "unknownobject", "No such collection");
    };
    match pages::Wanted::read(&query.unwrap_or_default(), max_page) {
        Ok(wanted) => {
            let path = format!("{}{ROSTER_PATH}/{collection}", app.base);
            wanted.page(records, &path, roster::key_of(&collection), app.faults.half_list())
        }
        Err(what) => failure(StatusCode::BAD_REQUEST, "invalid_filter_field", &what),
    }
}

async fn one(State(app): State<App>, Path((collection, id)): Path<(String, String)>, headers: HeaderMap) -> Response {
    if !app.desk.admits(&headers) {
        return failure(StatusCode::UNAUTHORIZED, "unauthorisedrequest", "Token missing or no longer valid");
    }
    let records = app.shown(&collection).0.unwrap_or_default();
    match records.into_iter().find(|r| r.get("sourcedId").and_then(|v| v.as_str()) == Some(&id)) {
        Some(record) => axum::Json(json!({roster::key_of(&collection).trim_end_matches('s'): record})).into_response(),
        None => failure(StatusCode::NOT_FOUND, "unknownobject", "No such record"),
    }
}

impl App {
    /// The records of a collection as they stand now, if there is such a one, and the largest page.
    fn shown(&self, collection: &str) -> (Option<Vec<serde_json::Value>>, usize) {
        let view = locked(&self.view);
        let records = roster::collection(&self.town, &self.base, collection, view.day);
        (records.map(|all| view.retouch.apply(&self.town, all)), view.max_page)
    }
}

/// An error as OneRoster words it.
fn failure(status: StatusCode, minor: &str, text: &str) -> Response {
    let body = json!({"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": text,
        "imsx_CodeMinor": {"imsx_codeMinorField": [{"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": minor}]}});
    (status, axum::Json(body)).into_response()
}

#[cfg(test)]
mod tests;
