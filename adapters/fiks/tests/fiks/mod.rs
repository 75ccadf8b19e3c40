//! Fiks and Maskinporten on this machine, with faults in a queue; and an inbox.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use base64::Engine;
use samhold_adapter_api::{Inbox, InboxError, Record, Requested, SourceContext};
use samhold_model::{NationalId, Realm, SystemName};
use serde_json::{Value, json};

pub const EVEN: &str = "14821970351";
pub const SKJUL: &str = "09912081211";
pub const DNR: &str = "70831760174";
pub const NY: &str = "05922165523";
pub const LIV: &str = "21862270468";

#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// An answer instead of the right one, to the next call whose path holds `path`.
#[derive(Clone, Debug)]
pub struct Fault {
    pub path: &'static str,
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

#[derive(Default)]
pub struct Register {
    pub persons: BTreeMap<String, Value>,
    /// Numbers that make the whole batch a 400.
    pub refused: BTreeSet<String>,
    /// Type, municipality, number, date.
    pub events: Vec<(&'static str, &'static str, String, &'static str)>,
    pub cases: Vec<Value>,
    pub documents: BTreeMap<String, Value>,
    /// Consents by their id, each the whole answer of `hentSamtykke` and of `samtykkeHistorikk`.
    pub consents: BTreeMap<String, (Value, Value)>,
    pub faults: VecDeque<Fault>,
    pub asked: Vec<Asked>,
    pub tokens: u32,
}

#[derive(Clone, Default)]
pub struct Fiks {
    pub base: String,
    pub register: Arc<Mutex<Register>>,
}

impl Fiks {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let fiks = Self { base, ..Self::default() };
        let app = Router::new().fallback(answer).with_state(fiks.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        fiks
    }

    pub fn set<T>(&self, change: impl FnOnce(&mut Register) -> T) -> T {
        change(&mut self.register.lock().unwrap())
    }

    pub fn person(&self, number: &str) {
        self.set(|r| r.persons.insert(number.to_owned(), person(number)));
    }

    pub fn fault(&self, path: &'static str, status: u16, times: usize) {
        let fault = Fault { path, status, headers: vec![], body: format!("feil for {EVEN}") };
        self.set(|r| r.faults.extend(std::iter::repeat_n(fault, times)));
    }

    pub fn asked(&self, path: &str) -> Vec<Asked> {
        self.set(|r| r.asked.iter().filter(|a| a.path.contains(path)).cloned().collect())
    }

    pub fn connection(&self) -> Value {
        json!({
            "base_url": self.base, "integrasjon_id": "11415cd1-e26d-499a-8421-751457dfcbd5",
            "integrasjon_passord": {"file": file("passord")}, "http": {"timeout_seconds": 5},
            "maskinporten": {"token_url": format!("{}/token", self.base), "client_id": "klient", "kid": "1",
                             "key": {"file": file(key())}},
        })
    }
}

pub fn person(number: &str) -> Value {
    json!({"identifikasjonsnummer": {"foedselsEllerDNummer": number, "identifikatortype": "foedselsnummer"},
           "foedselsdato": "2019-02-14", "adressebeskyttelse": "ugradert"})
}

fn file(text: &str) -> std::path::PathBuf {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file.keep().unwrap().1
}

fn key() -> &'static str {
    static KEY: OnceLock<String> = OnceLock::new();
    KEY.get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let body = base64::engine::general_purpose::STANDARD.encode(der.as_ref());
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    })
}

async fn answer(State(fiks): State<Fiks>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = String::from_utf8(axum::body::to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
    let path = parts.uri.to_string();
    let mut register = fiks.register.lock().unwrap();
    register.asked.push(Asked { method: parts.method, path: path.clone(), headers: parts.headers, body: body.clone() });
    if let Some(n) = register.faults.iter().position(|f| path.contains(f.path)) {
        let fault = register.faults.remove(n).unwrap();
        let told = fault.headers.iter().fold(Response::builder().status(fault.status), |r, (k, v)| r.header(*k, v));
        return told.body(fault.body.into()).unwrap();
    }
    let (status, told) = right_answer(&mut register, &path, &body);
    Response::builder().status(status).body(told.to_string().into()).unwrap()
}

fn right_answer(register: &mut Register, path: &str, body: &str) -> (u16, Value) {
    if path == "/token" {
        register.tokens += 1;
        return (200, json!({"access_token": format!("t{}", register.tokens), "expires_in": 599}));
    }
    if path.starts_with("/folkeregister/api/v1/oppvekst/") {
        return oppvekst(register, body);
    }
    if path == "/folkeregister/api/v1/hendelser/liste" {
        return (200, liste(register, body));
    }
    if path == "/folkeregister/api/v1/hendelser/typer" {
        return (200, json!([]));
    }
    if path.starts_with("/digisos/api/v1/soknader/soknader") {
        return (200, Value::Array(register.cases.clone()));
    }
    if let Some(rest) = path.strip_prefix("/samtykke/api/v1/ekstern/") {
        return consent(register, rest);
    }
    let document = path.strip_prefix("/digisos/api/v1/soknader/").and_then(|p| register.documents.get(p));
    document.map_or((404, Value::Null), |d| (200, d.clone()))
}

fn consent(register: &Register, rest: &str) -> (u16, Value) {
    let parts: Vec<&str> = rest.split('/').collect();
    let found = parts.get(2).and_then(|id| register.consents.get(*id));
    match (parts.get(1).copied(), found) {
        (Some("hentSamtykke"), Some((told, _))) => (200, told.clone()),
        (Some("samtykkeHistorikk"), Some((_, history))) => (200, history.clone()),
        _ => (
            404,
            json!({"timestamp": 0, "status": 404, "error": "Not Found", "errorId": "0d5c", "message": "finnes ikke"}),
        ),
    }
}

fn oppvekst(register: &Register, body: &str) -> (u16, Value) {
    let asked: Value = serde_json::from_str(body).unwrap();
    let numbers: Vec<&str> = asked["foedselsnumre"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
    if numbers.iter().any(|n| register.refused.contains(*n)) {
        return (400, json!({"message": format!("ugyldig {}", numbers[0])}));
    }
    (200, numbers.iter().filter_map(|n| register.persons.get(*n).cloned()).collect())
}

fn liste(register: &Register, body: &str) -> Value {
    let asked: Value = serde_json::from_str(body).unwrap();
    let (kind, from) = (asked["hendelsestype"].as_str().unwrap(), asked["fraDato"].as_str().unwrap());
    let municipality = asked["kommuner"][0]["kommunenummer"].as_str().unwrap();
    let listed = register.events.iter().filter(|(k, m, _, d)| *k == kind && *m == municipality && *d >= from);
    json!({"fnr": listed.map(|(_, _, n, _)| n.clone()).collect::<Vec<_>>()})
}

#[derive(Default)]
pub struct FakeInbox {
    pub records: Mutex<Vec<Record>>,
    pub cursors: Mutex<BTreeMap<String, String>>,
    pub asked: Mutex<Vec<(String, String)>>,
    pub followed: Mutex<Vec<NationalId>>,
    pub requested: Mutex<Vec<Requested>>,
}

impl FakeInbox {
    pub fn follow(&self, numbers: &[&str]) {
        *self.followed.lock().unwrap() = numbers.iter().map(|n| NationalId::parse(n, Realm::Test).unwrap()).collect();
    }

    pub fn keys(&self) -> BTreeSet<String> {
        self.records.lock().unwrap().iter().map(|r| r.key.clone()).collect()
    }

    pub fn body(&self, key: &str) -> Value {
        let records = self.records.lock().unwrap();
        serde_json::from_slice(&records.iter().rev().find(|r| r.key == key).unwrap().body).unwrap()
    }

    pub fn kinds(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(kind, _)| kind.clone()).collect()
    }

    pub fn forget(&self) {
        self.records.lock().unwrap().clear();
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
        let mut live = BTreeMap::new();
        for record in self.records.lock().unwrap().iter() {
            live.insert(record.key.clone(), !record.gone);
        }
        Ok(live.into_iter().filter(|(_, there)| *there).map(|(key, _)| key).collect())
    }
    async fn followed(&self) -> Result<Vec<NationalId>, InboxError> {
        Ok(self.followed.lock().unwrap().clone())
    }
    async fn requested(&self) -> Result<Vec<Requested>, InboxError> {
        Ok(self.requested.lock().unwrap().clone())
    }
    async fn ask_person(&self, kind: &str, detail: &str) -> Result<(), InboxError> {
        self.asked.lock().unwrap().push((kind.into(), detail.into()));
        Ok(())
    }
}

/// A context whose clock stands at the given instant.
pub fn context(inbox: &Arc<FakeInbox>, now: &str) -> SourceContext {
    let now = now.parse().unwrap();
    SourceContext {
        system: SystemName::new("fiks"),
        inbox: inbox.clone(),
        now: Arc::new(move || now),
        stop: tokio_util::sync::CancellationToken::new(),
    }
}
