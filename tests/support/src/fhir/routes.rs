//! The interactions of FHIR R4 (4.0.1, http.html) that a client of this project needs.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::search::Search;
use super::store::{Page, Store};
use super::{App, BASE_PATH, TOKEN_PATH};
use crate::faults::halved;
use crate::locked;
use crate::tokens::pairs;

/// The resource types this record has.
const KINDS: [&str; 7] = ["CareTeam", "CarePlan", "EpisodeOfCare", "Consent", "Patient", "RelatedPerson", "Task"];

pub(super) fn router(app: App) -> Router {
    Router::new()
        .route(TOKEN_PATH, post(token))
        .route(&format!("{BASE_PATH}/_page/{{token}}"), get(next_page))
        .route(&format!("{BASE_PATH}/metadata"), get(metadata))
        .route(&format!("{BASE_PATH}/{{kind}}/_search"), post(search_by_post))
        .route(&format!("{BASE_PATH}/{{kind}}"), get(search_by_get).post(create))
        .route(&format!("{BASE_PATH}/{{kind}}/{{id}}"), get(read).put(update))
        .route(&format!("{BASE_PATH}/{{kind}}/{{id}}/_history/{{version}}"), get(read_version))
        .with_state(app)
}

async fn token(State(app): State<App>, headers: HeaderMap, body: String) -> Response {
    app.desk.grant(&headers, &body)
}

async fn metadata() -> Response {
    let kinds: Vec<Value> = KINDS.iter().map(|k| json!({"type": k, "versioning": "versioned-update"})).collect();
    fhir(
        StatusCode::OK,
        &json!({"resourceType": "CapabilityStatement", "status": "active", "kind": "instance",
        "fhirVersion": "4.0.1", "format": ["json"], "rest": [{"mode": "server", "resource": kinds}]}),
    )
}

async fn search_by_post(
    State(app): State<App>,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    search(&app, &kind, &headers, pairs(&body))
}

async fn search_by_get(
    State(app): State<App>,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    search(&app, &kind, &headers, pairs(&query.unwrap_or_default()))
}

fn search(app: &App, kind: &str, headers: &HeaderMap, params: Vec<(String, String)>) -> Response {
    if let Some(refused) = refusal(app, kind, headers) {
        return refused;
    }
    let mut store = locked(&app.store);
    match Search::read(params, store.refuse_last_updated) {
        Err(name) => {
            outcome(StatusCode::BAD_REQUEST, "not-supported", &format!("Search parameter {name} is not understood"))
        }
        Ok(search) => {
            let (rest, total) = halved(search.run(store.all(kind)), app.faults.half_list());
            let page = Page { rest, total, size: search.size() };
            fhir(StatusCode::OK, &bundle(&mut store, &app.base, page))
        }
    }
}

async fn next_page(State(app): State<App>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    if !app.desk.admits(&headers) {
        return outcome(StatusCode::UNAUTHORIZED, "login", "Token missing or no longer valid");
    }
    let mut store = locked(&app.store);
    match store.page(&token) {
        Some(page) => fhir(StatusCode::OK, &bundle(&mut store, &app.base, page)),
        None => outcome(StatusCode::GONE, "not-found", "This page is no longer kept"),
    }
}

/// A searchset of the page's first part; the rest is kept behind a `next` link.
fn bundle(store: &mut Store, base: &str, mut page: Page) -> Value {
    let rest = page.rest.split_off(page.size.min(page.rest.len()));
    let entry: Vec<Value> = page.rest.into_iter().map(|r| entry(base, r)).collect();
    let mut link = vec![json!({"relation": "self", "url": base})];
    if !rest.is_empty() {
        let token = store.keep_page(Page { rest, total: page.total, size: page.size });
        link.push(json!({"relation": "next", "url": format!("{base}/_page/{token}")}));
    }
    json!({"resourceType": "Bundle", "type": "searchset", "meta": {"lastUpdated": store.now()}, "total": page.total,
        "link": link, "entry": entry})
}

fn entry(base: &str, resource: Value) -> Value {
    let text = |name: &str| resource.get(name).and_then(Value::as_str).unwrap_or_default();
    let url = format!("{base}/{}/{}", text("resourceType"), text("id"));
    json!({"fullUrl": url, "resource": resource, "search": {"mode": "match"}})
}

async fn read(State(app): State<App>, Path((kind, id)): Path<(String, String)>, headers: HeaderMap) -> Response {
    if let Some(refused) = refusal(&app, &kind, &headers) {
        return refused;
    }
    let store = locked(&app.store);
    let Some(found) = store.read(&kind, &id) else {
        let known = store.versions(&kind, &id) > 0;
        let (status, code) = if known { (StatusCode::GONE, "deleted") } else { (StatusCode::NOT_FOUND, "not-found") };
        return outcome(status, code, "No such resource");
    };
    if headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()) == Some(&etag(found)) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag(found))]).into_response();
    }
    fhir(StatusCode::OK, found)
}

async fn read_version(
    State(app): State<App>,
    Path((kind, id, version)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    if let Some(refused) = refusal(&app, &kind, &headers) {
        return refused;
    }
    let store = locked(&app.store);
    store.version(&kind, &id, &version).map_or_else(
        || outcome(StatusCode::NOT_FOUND, "not-found", "No such version"),
        |found| fhir(StatusCode::OK, found),
    )
}

async fn create(State(app): State<App>, Path(kind): Path<String>, headers: HeaderMap, body: String) -> Response {
    let resource = match admitted_body(&app, &kind, &headers, &body) {
        Ok(resource) => resource,
        Err(refused) => return *refused,
    };
    let mut store = locked(&app.store);
    if let Some(condition) = headers.get("If-None-Exist").and_then(|v| v.to_str().ok()) {
        let found = Search::read(pairs(condition), true).map(|s| s.run(store.all(&kind))).unwrap_or_default();
        match found.as_slice() {
            [] => {}
            [one] => return fhir(StatusCode::OK, one),
            _ => return outcome(StatusCode::PRECONDITION_FAILED, "multiple-matches", "More than one resource matches"),
        }
    }
    created(&app.base, &kind, &store.create(resource))
}

async fn update(
    State(app): State<App>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let resource = match admitted_body(&app, &kind, &headers, &body) {
        Ok(resource) => resource,
        Err(refused) => return *refused,
    };
    if resource.get("id").and_then(Value::as_str) != Some(&id) {
        return outcome(StatusCode::BAD_REQUEST, "invalid", "The id in the resource and in the address differ");
    }
    let mut store = locked(&app.store);
    store.meet_other_writer(&kind, &id);
    let present = store.read(&kind, &id).map(etag);
    if let Some(wanted) = headers.get(header::IF_MATCH).and_then(|v| v.to_str().ok())
        && present.as_deref() != Some(wanted)
    {
        return outcome(StatusCode::PRECONDITION_FAILED, "conflict", "The resource has another version");
    }
    let written = store.write(resource);
    if present.is_some() { fhir(StatusCode::OK, &written) } else { created(&app.base, &kind, &written) }
}

fn created(base: &str, kind: &str, resource: &Value) -> Response {
    let id = resource.get("id").and_then(Value::as_str).unwrap_or_default();
    let location = format!("{base}/{kind}/{id}/_history/1");
    ([(header::LOCATION, location)], fhir(StatusCode::CREATED, resource)).into_response()
}

fn refusal(app: &App, kind: &str, headers: &HeaderMap) -> Option<Response> {
    if !app.desk.admits(headers) {
        return Some(outcome(StatusCode::UNAUTHORIZED, "login", "Token missing or no longer valid"));
    }
    (!KINDS.contains(&kind)).then(|| outcome(StatusCode::NOT_FOUND, "not-supported", "Unknown resource type"))
}

fn admitted_body(app: &App, kind: &str, headers: &HeaderMap, body: &str) -> Result<Value, Box<Response>> {
    if let Some(refused) = refusal(app, kind, headers) {
        return Err(Box::new(refused));
    }
    let resource: Option<Value> = serde_json::from_str(body).ok();
    resource
        .filter(|r| r.get("resourceType").and_then(Value::as_str) == Some(kind))
        .ok_or_else(|| Box::new(outcome(StatusCode::BAD_REQUEST, "structure", "Not a resource of this type")))
}

/// Weak entity tag of a resource's version.
fn etag(resource: &Value) -> String {
    format!("W/\"{}\"", resource.pointer("/meta/versionId").and_then(Value::as_str).unwrap_or("0"))
}

fn fhir(status: StatusCode, resource: &Value) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "application/fhir+json; charset=utf-8")], resource.to_string())
        .into_response();
    if resource.pointer("/meta/versionId").is_some()
        && let Ok(tag) = etag(resource).parse()
    {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn outcome(status: StatusCode, code: &str, text: &str) -> Response {
    fhir(
        status,
        &json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, "diagnostics": text}]}),
    )
}
