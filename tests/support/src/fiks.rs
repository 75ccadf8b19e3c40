//! KS Fiks: population register (oppvekst, hendelser), digisos and samtykke behind Maskinporten and the integration's headers.
//!
//! Must never answer without a token, `IntegrasjonId` and `IntegrasjonPassord`.

mod consents;
mod digisos;
mod register;

use std::io;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::faults::{Faults, halved};
use crate::locked;
use crate::maskinporten::Maskinporten;
use crate::server::Server;
use crate::town::Town;

pub use consents::Consents;

/// Header `IntegrasjonId`.
pub const INTEGRATION_ID: &str = "5b0b1c3e-0000-4000-8000-000000009901";
/// Header `IntegrasjonPassord`: worth nothing outside a stand-in.
pub const INTEGRATION_PASSWORD: &str = "fjellvik-stand-in-only";
/// The municipality's Fiks organisation.
pub const ORG_ID: &str = "11415cd1-0000-4000-8000-000000009901";
/// Its role at the population register.
pub const ROLE_ID: &str = "dfcaeab6-0000-4000-8000-000000009901";
/// Path of the Maskinporten token endpoint on the same server.
pub const TOKEN_PATH: &str = "/token";

#[derive(Clone)]
struct App {
    town: Arc<Town>,
    day: Arc<Mutex<u8>>,
    maskinporten: Maskinporten,
    consents: Consents,
    faults: Faults,
    base: String,
}

/// A running Fiks platform.
pub struct Fiks {
    server: Server,
    day: Arc<Mutex<u8>>,
    maskinporten: Maskinporten,
    consents: Consents,
}

impl Fiks {
    /// Starts it on day 1. With `public_key` the signature of each grant is checked.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start(town: &Town, public_key: Option<Vec<u8>>) -> io::Result<Self> {
        let (day, maskinporten) = (Arc::new(Mutex::new(1)), Maskinporten::new(public_key));
        let (town, shown, grants) = (Arc::new(town.clone()), day.clone(), maskinporten.clone());
        let consents = Consents::default();
        let asked = consents.clone();
        let server = Server::start(|base, faults| {
            let base = base.to_owned();
            router(App { town, day: shown, maskinporten: grants, consents: asked, faults: faults.clone(), base })
        })
        .await?;
        Ok(Self { server, day, maskinporten, consents })
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

    /// The portal in which parties answer.
    #[must_use]
    pub fn consents(&self) -> &Consents {
        &self.consents
    }

    /// The audience that a grant must name.
    #[must_use]
    pub fn audience(&self) -> String {
        format!("{}/", self.server.base_url())
    }

    /// From now on it shows day `n`.
    pub fn set_day(&self, n: u8) {
        *locked(&self.day) = n;
    }
}

fn router(app: App) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .route("/folkeregister/api/v1/oppvekst/{org}/{role}", post(upbringing))
        .route("/folkeregister/api/v1/hendelser/liste", post(events))
        .route("/digisos/api/v1/soknader/soknader", get(applications))
        .route("/digisos/api/v1/soknader/{id}", get(application))
        .route("/digisos/api/v1/soknader/{id}/dokumenter/{document}", get(document))
        .nest("/samtykke/api/v1/ekstern/{org}", consent_routes())
        .with_state(app)
}

fn consent_routes() -> Router<App> {
    Router::new()
        .route("/opprettsamtykke", post(consent_created))
        .route("/hentSamtykke/{id}", get(consent))
        .route("/samtykkeHistorikk/{id}", get(consent_history))
        .route("/oppdaterStatusForPart/{id}", put(consent_updated))
        .route("/endreSamtykke/{id}", put(consent_edited))
        .route("/invaliderSamtykke/{id}", put(consent_invalidated))
}

async fn token(State(app): State<App>, body: String) -> Response {
    app.maskinporten.grant(&format!("{}/", app.base), &body)
}

/// Answers a call with a live token and the right integration headers; refuses the others in Fiks' own words.
fn admitted(app: &App, headers: &HeaderMap, answer: impl FnOnce(u8) -> Response) -> Response {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|v| v.as_bytes() == value.as_bytes());
    if !app.maskinporten.tokens().admits(headers) {
        return failure(StatusCode::UNAUTHORIZED, "Klarte ikke å validere access_token");
    }
    if !is("IntegrasjonId", INTEGRATION_ID) || !is("IntegrasjonPassord", INTEGRATION_PASSWORD) {
        return failure(StatusCode::UNAUTHORIZED, "Autentisering feilet for integrasjon");
    }
    let day = *locked(&app.day);
    answer(day)
}

fn failure(status: StatusCode, message: &str) -> Response {
    let body = json!({"timestamp": 0, "status": status.as_u16(), "error": status.canonical_reason(),
        "errorId": "00000000-0000-4000-8000-000000000000", "path": "", "message": message, "errorCode": null});
    (status, Json(body)).into_response()
}

async fn upbringing(
    State(app): State<App>,
    Path(role): Path<(String, String)>,
    headers: HeaderMap,
    body: Json<Value>,
) -> Response {
    admitted(&app, &headers, |day| {
        if (role.0.as_str(), role.1.as_str()) != (ORG_ID, ROLE_ID) {
            return failure(StatusCode::FORBIDDEN, "Rollen har ikke tilgang");
        }
        let asked = body.0.get("foedselsnumre").and_then(Value::as_array).cloned().unwrap_or_default();
        let numbers: Vec<&str> = asked.iter().filter_map(Value::as_str).collect();
        Json(halved(register::persons(&app.town, &numbers, day), app.faults.half_list()).0).into_response()
    })
}

async fn events(State(app): State<App>, headers: HeaderMap, body: Json<Value>) -> Response {
    admitted(&app, &headers, |day| {
        if body.0.get("rolleId").and_then(Value::as_str) != Some(ROLE_ID) {
            return failure(StatusCode::FORBIDDEN, "Rollen har ikke tilgang");
        }
        register::events(&app.town, &body.0, day).map_or_else(
            || failure(StatusCode::BAD_REQUEST, "Ugyldig hendelsestype, dato eller kommune"),
            |numbers| Json(json!({"fnr": numbers})).into_response(),
        )
    })
}

async fn applications(State(app): State<App>, headers: HeaderMap) -> Response {
    admitted(&app, &headers, |day| {
        Json(halved(digisos::cases(&app.town, day), app.faults.half_list()).0).into_response()
    })
}

async fn application(State(app): State<App>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    admitted(&app, &headers, |day| {
        let found = digisos::cases(&app.town, day).into_iter().find(|c| c.get("fiksDigisosId") == Some(&json!(id)));
        found_or(found, "Ukjent digisosId")
    })
}

async fn document(State(app): State<App>, Path(path): Path<(String, String)>, headers: HeaderMap) -> Response {
    admitted(&app, &headers, |day| found_or(digisos::document(&app.town, &path.0, &path.1, day), "Ukjent dokument"))
}

/// Answers about consents of our own organisation.
fn of_ours(app: &App, headers: &HeaderMap, org: &str, answer: impl FnOnce(&Consents) -> Response) -> Response {
    admitted(app, headers, |_| match org {
        ORG_ID => answer(&app.consents),
        _ => failure(StatusCode::FORBIDDEN, "Integrasjonen har ikke tilgang til fiksOrg"),
    })
}

fn changed_or(changed: Option<Value>) -> Response {
    changed.map_or_else(|| failure(StatusCode::BAD_REQUEST, "Ugyldig samtykke"), |value| Json(value).into_response())
}

async fn consent_created(State(app): State<App>, Path(org): Path<String>, h: HeaderMap, b: Json<Value>) -> Response {
    of_ours(&app, &h, &org, |consents| changed_or(consents.create(&b.0)))
}

async fn consent(State(app): State<App>, Path((org, id)): Path<(String, String)>, h: HeaderMap) -> Response {
    of_ours(&app, &h, &org, |consents| found_or(consents.read(&id), "Fant ikke samtykke"))
}

async fn consent_history(State(app): State<App>, Path((org, id)): Path<(String, String)>, h: HeaderMap) -> Response {
    of_ours(&app, &h, &org, |consents| found_or(consents.history(&id), "Fant ikke samtykke"))
}

type OfConsent = Path<(String, String)>;

async fn consent_updated(State(app): State<App>, Path((org, id)): OfConsent, h: HeaderMap, b: Json<Value>) -> Response {
    of_ours(&app, &h, &org, |consents| changed_or(consents.update(&id, &b.0)))
}

async fn consent_edited(State(app): State<App>, Path((org, id)): OfConsent, h: HeaderMap, b: Json<Value>) -> Response {
    of_ours(&app, &h, &org, |consents| changed_or(consents.edit(&id, &b.0)))
}

async fn consent_invalidated(
    State(app): State<App>,
    Path((org, id)): OfConsent,
    h: HeaderMap,
    b: Json<Value>,
) -> Response {
    of_ours(&app, &h, &org, |consents| changed_or(consents.invalidate(&id, &b.0)))
}

fn found_or(found: Option<Value>, missing: &str) -> Response {
    found.map_or_else(|| failure(StatusCode::NOT_FOUND, missing), |value| Json(value).into_response())
}

#[cfg(test)]
mod tests;
