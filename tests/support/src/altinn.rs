//! Altinn 3 access management: consent requests one by one, and the feed of what happened to them, behind Maskinporten.
//!
//! Source: Altinn's published controller and contracts (`ConsentController`, `ConsentRequestDetailsDto`, `ConsentStatusChangeDto`).
//! Must never answer without a token, nor tell in the feed what has just happened or that a consent has expired.

mod feed;
mod requests;

use std::io;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::locked;
use crate::maskinporten::Maskinporten;
use crate::server::Server;

use requests::Register;
pub use requests::{RESOURCE, Request};

/// The scope that reading consents takes.
pub const SCOPE: &str = "altinn:consentrequests.read";
/// Path of the Maskinporten token endpoint on the same server.
pub const TOKEN_PATH: &str = "/token";

const ROOT: &str = "/accessmanagement/api/v1/enterprise/consentrequests";

#[derive(Clone)]
struct App {
    register: Arc<Mutex<Register>>,
    maskinporten: Maskinporten,
    base: String,
}

/// A running Altinn, with a clock of its own that only the test moves.
pub struct Altinn {
    server: Server,
    register: Arc<Mutex<Register>>,
    maskinporten: Maskinporten,
}

impl Altinn {
    /// Starts it at `now`. With `public_key` the signature of each grant is checked.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(now: Timestamp, public_key: Option<Vec<u8>>) -> io::Result<Self> {
        let register = Arc::new(Mutex::new(Register::new(now)));
        let maskinporten = Maskinporten::new(public_key).for_scope(SCOPE);
        let (shown, grants) = (register.clone(), maskinporten.clone());
        let server =
            Server::start(|base, _| router(App { register: shown, maskinporten: grants, base: base.to_owned() }));
        Ok(Self { server: server.await?, register, maskinporten })
    }

    /// Address, faults and everything that was asked.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The token endpoint's state.
    #[must_use]
    pub fn maskinporten(&self) -> &Maskinporten {
        &self.maskinporten
    }

    /// The clock is put forward.
    pub fn pass(&self, time: SignedDuration) {
        locked(&self.register).now += time;
    }

    /// What has happened so far is old enough to be told.
    pub fn pass_five_minutes(&self) {
        self.pass(SignedDuration::from_secs(301));
    }

    /// Somebody asks somebody for a consent. Gives the request's id.
    pub fn ask(&self, request: &Request) -> String {
        locked(&self.register).ask(request)
    }

    /// Something happens to a request now: `accepted`, `rejected`, `revoked`, `deleted` or `used`.
    pub fn happens(&self, id: &str, kind: &str) {
        locked(&self.register).happens(id, kind);
    }

    /// The request is not there any more (404), and its events are told all the same.
    pub fn lose(&self, id: &str) {
        locked(&self.register).lost.insert(id.to_owned());
    }

    /// The request is there again.
    pub fn find(&self, id: &str) {
        locked(&self.register).lost.remove(id);
    }

    /// Asked about one request it answers with another; `None` heals it.
    pub fn mix_up(&self, id: &str, other: Option<&str>) {
        let mut register = locked(&self.register);
        register.mixed.remove(id);
        register.mixed.extend(other.map(|other| (id.to_owned(), other.to_owned())));
    }

    /// Changes a request as it stands, past all rules.
    pub fn edit(&self, id: &str, change: impl FnOnce(&mut Value)) {
        if let Some(found) = locked(&self.register).requests.get_mut(id) {
            change(found);
        }
    }

    /// How many events a page holds.
    pub fn set_page_size(&self, size: usize) {
        locked(&self.register).page_size = size.max(1);
    }

    /// Where `links.next` leads from now on, instead of to the next page.
    pub fn lead_to(&self, next: Option<&str>) {
        locked(&self.register).leads_to = next.map(str::to_owned);
    }

    /// How often one request was read.
    #[must_use]
    pub fn reads_of(&self, id: &str) -> usize {
        let path = format!("{ROOT}/{id}");
        self.server.captured().all().iter().filter(|r| r.uri.path() == path).count()
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .route(&format!("{ROOT}/events"), get(events))
        .route(&format!("{ROOT}/{{id}}"), get(request))
        .with_state(app)
}

async fn token(State(app): State<App>, body: String) -> Response {
    app.maskinporten.grant(&format!("{}/", app.base), &body)
}

async fn events(State(app): State<App>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    if !app.maskinporten.tokens().admits(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let asked = crate::tokens::pairs(&query.unwrap_or_default());
    let page = feed::page(&locked(&app.register), &format!("{}{ROOT}/events", app.base), &asked);
    page.map_or_else(|wrong| problem(StatusCode::BAD_REQUEST, wrong), |page| marked(&page))
}

async fn request(State(app): State<App>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    if !app.maskinporten.tokens().admits(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let found = locked(&app.register).details(&id);
    found.map_or_else(|| problem(StatusCode::NOT_FOUND, "Consent not found"), |found| marked(&found))
}

/// JSON with a byte order mark before it.
fn marked(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], format!("\u{feff}{body}")).into_response()
}

fn problem(status: StatusCode, detail: &str) -> Response {
    let body =
        json!({"type": "about:blank", "title": status.canonical_reason(), "status": status.as_u16(), "detail": detail});
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

#[cfg(test)]
mod tests;
