//! A school system on this machine that speaks OneRoster REST, pages as told, and fails as told; and an inbox.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use samhold_adapter_api::{Inbox, InboxError, Record, SourceContext};
use samhold_adapter_oneroster::{OneRosterSource, SourceSettings};
use samhold_model::{NationalId, SystemName};
use serde_json::{Value, json};

/// How the server pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paging {
    #[default]
    LinkAndTotal,
    TotalOnly,
    Nothing,
    /// `offset` and `limit` are ignored: everything at once.
    None,
}

/// What is wrong with one collection, from the given offset on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    Status(u16, Vec<(&'static str, String)>),
    /// The page is cut in the middle of its JSON.
    Truncated,
    /// `rel="next"` leads to the first page again.
    Loop,
    /// `rel="next"` leads to another origin.
    Elsewhere(String),
    /// Only this many are given, though the total says all.
    Half(usize),
    /// As `Half`, and the total says half too.
    SilentHalf(usize),
    /// The total is one less on later pages.
    Shrinks,
    Redirect(String),
}

#[derive(Default)]
pub struct Shelf {
    pub lists: BTreeMap<&'static str, Vec<Value>>,
    pub faults: BTreeMap<&'static str, (usize, Fault)>,
    pub paging: Paging,
    pub largest_page: usize,
    pub asked: Vec<String>,
}

#[derive(Clone, Default)]
pub struct School {
    pub base: String,
    pub shelf: Arc<Mutex<Shelf>>,
}

impl School {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1p2", listener.local_addr().unwrap());
        let school = Self { base, ..Self::default() };
        school.shelf.lock().unwrap().largest_page = 100;
        let app = Router::new().fallback(answer).with_state(school.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        school
    }

    pub fn fill(&self, pupils: usize) {
        let mut shelf = self.shelf.lock().unwrap();
        shelf.lists.insert(
            "orgs",
            vec![json!({"sourcedId": "o1", "name": "Lia skole", "type": "school", "identifier": "310778001"})],
        );
        shelf.lists.insert("users", (0..pupils).map(pupil).collect());
        shelf.lists.insert("enrollments", (0..pupils).map(enrollment).collect());
    }

    pub fn set(&self, name: &'static str, list: Vec<Value>) {
        self.shelf.lock().unwrap().lists.insert(name, list);
    }

    pub fn fault(&self, name: &'static str, from: usize, fault: Fault) {
        self.shelf.lock().unwrap().faults.insert(name, (from, fault));
    }

    pub fn well(&self) {
        self.shelf.lock().unwrap().faults.clear();
    }

    pub fn source(&self, page_size: u32) -> OneRosterSource {
        OneRosterSource::new("skole", &self.settings(page_size)).unwrap()
    }

    pub fn settings(&self, page_size: u32) -> SourceSettings {
        serde_json::from_value(json!({"base_url": self.base, "page_size": page_size, "http": {"timeout_seconds": 5}}))
            .unwrap()
    }
}

pub fn pupil(n: usize) -> Value {
    json!({
        "sourcedId": format!("u{n:03}"), "status": "active", "dateLastModified": "2026-09-15T06:00:00.000Z",
        "enabledUser": "true", "givenName": "Even", "identifier": "14821970351",
        "roles": [{"role": "student", "org": {"sourcedId": "o1"}}], "email": "even@example.no",
    })
}

pub fn enrollment(n: usize) -> Value {
    json!({"sourcedId": format!("e{n:03}"), "status": "active", "role": "student",
           "user": {"sourcedId": format!("u{n:03}")}, "school": {"sourcedId": "o1"}})
}

async fn answer(State(school): State<School>, request: Request) -> Response {
    let mut shelf = school.shelf.lock().unwrap();
    let uri = request.uri().clone();
    shelf.asked.push(uri.to_string());
    let name = uri.path().rsplit('/').next().unwrap_or_default().to_owned();
    let query: BTreeMap<&str, &str> =
        uri.query().unwrap_or_default().split('&').filter_map(|p| p.split_once('=')).collect();
    let number = |k: &str| query.get(k).and_then(|v| v.parse::<usize>().ok());
    let (limit, offset) = (number("limit").unwrap_or(100).min(shelf.largest_page), number("offset").unwrap_or(0));
    let fault = shelf.faults.get(name.as_str()).filter(|(from, _)| offset >= *from).map(|(_, f)| f.clone());
    let Some(list) = shelf.lists.get(name.as_str()) else { return StatusCode::NOT_FOUND.into_response() };
    page(&school.base, &name, list, (limit, offset), shelf.paging, fault.as_ref())
}

fn page(
    base: &str,
    name: &str,
    list: &[Value],
    (limit, offset): (usize, usize),
    paging: Paging,
    fault: Option<&Fault>,
) -> Response {
    let given = match fault {
        Some(Fault::Half(n) | Fault::SilentHalf(n)) => &list[..(*n).min(list.len())],
        _ => list,
    };
    let (from, to) = if paging == Paging::None { (0, given.len()) } else { (offset, offset + limit) };
    let items = &given[from.min(given.len())..to.min(given.len())];
    let mut total = if matches!(fault, Some(Fault::SilentHalf(_))) { given.len() } else { list.len() };
    if matches!(fault, Some(Fault::Shrinks)) {
        total -= 1;
    }
    let mut response = Response::builder().status(200);
    if matches!(paging, Paging::LinkAndTotal | Paging::TotalOnly) {
        response = response.header("x-total-count", total);
    }
    let next = match fault {
        Some(Fault::Status(status, headers)) => {
            let told = headers.iter().fold(Response::builder().status(*status), |r, (k, v)| r.header(*k, v));
            return told.body("14821970351".into()).unwrap();
        }
        Some(Fault::Redirect(to)) => {
            return Response::builder().status(302).header("location", to).body("".into()).unwrap();
        }
        Some(Fault::Loop) => Some(format!("{base}/{name}?limit={limit}&offset=0")),
        Some(Fault::Elsewhere(origin)) => Some(format!("{origin}/{name}?limit={limit}&offset={limit}")),
        _ => (to < given.len()).then(|| format!("{base}/{name}?limit={limit}&offset={to}")),
    };
    if paging == Paging::LinkAndTotal {
        let first = format!("<{base}/{name}?limit={limit}&offset=0>; rel=\"first\"");
        let next = next.map(|n| format!(", <{n}>; rel=\"next\"")).unwrap_or_default();
        response = response.header("link", first + &next);
    }
    let mut body = json!({name: items}).to_string();
    if matches!(fault, Some(Fault::Truncated)) {
        body.truncate(body.len() / 2);
    }
    response.body(body.into()).unwrap()
}

/// An inbox in memory that knows which units are gone.
#[derive(Default)]
pub struct FakeInbox {
    pub records: Mutex<Vec<Record>>,
    pub cursors: Mutex<BTreeMap<String, String>>,
    pub asked: Mutex<Vec<(String, String)>>,
}

impl FakeInbox {
    pub fn body(&self, key: &str) -> Value {
        let records = self.records.lock().unwrap();
        let record = records.iter().rev().find(|r| r.key == key).unwrap();
        serde_json::from_slice(&record.body).unwrap()
    }

    pub fn gone(&self) -> Vec<String> {
        self.records.lock().unwrap().iter().filter(|r| r.gone).map(|r| r.key.clone()).collect()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(kind, _)| kind.clone()).collect()
    }

    pub fn forget(&self) -> Vec<Record> {
        std::mem::take(&mut *self.records.lock().unwrap())
    }
}

#[async_trait]
impl Inbox for FakeInbox {
    async fn accept(&self, records: Vec<Record>, cursor: Option<(&str, &str)>) -> Result<(), InboxError> {
        self.records.lock().unwrap().extend(records);
        if let Some((name, value)) = cursor {
            self.cursors.lock().unwrap().insert(name.into(), value.into());
        }
        Ok(())
    }
    async fn cursor(&self, name: &str) -> Result<Option<String>, InboxError> {
        Ok(self.cursors.lock().unwrap().get(name).cloned())
    }
    async fn live_keys(&self) -> Result<Vec<String>, InboxError> {
        let records = self.records.lock().unwrap();
        let latest: BTreeMap<&str, bool> = records.iter().map(|r| (r.key.as_str(), r.gone)).collect();
        Ok(latest.into_iter().filter(|(_, gone)| !gone).map(|(key, _)| key.to_owned()).collect())
    }
    async fn followed(&self) -> Result<Vec<NationalId>, InboxError> {
        Ok(Vec::new())
    }
    async fn requested(&self) -> Result<Vec<samhold_adapter_api::Requested>, InboxError> {
        Ok(Vec::new())
    }
    async fn ask_person(&self, kind: &str, detail: &str) -> Result<(), InboxError> {
        self.asked.lock().unwrap().push((kind.into(), detail.into()));
        Ok(())
    }
}

pub fn context() -> (Arc<FakeInbox>, SourceContext) {
    let inbox = Arc::new(FakeInbox::default());
    let context = SourceContext {
        system: SystemName::new("skole"),
        inbox: inbox.clone(),
        now: Arc::new(|| "2026-11-22T08:00:00Z".parse().unwrap()),
        stop: tokio_util::sync::CancellationToken::new(),
    };
    (inbox, context)
}
