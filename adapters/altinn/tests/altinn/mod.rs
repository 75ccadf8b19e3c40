//! An inbox in memory, what was asked for in it, and a source that reads from the stand-in.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use samhold_adapter_altinn::{AltinnSource, SourceSettings};
use samhold_adapter_api::{Inbox, InboxError, Record, Requested, SourceContext};
use samhold_model::{Instant, NationalId, SystemName};
use samhold_standins::Altinn;
use samhold_standins::altinn::{Request, TOKEN_PATH};
use samhold_standins::maskinporten::GrantKey;
use serde_json::{Value, json};

pub const MOTHER: &str = "12858841044";
pub const FATHER: &str = "03898531138";

#[derive(Default)]
pub struct Memory {
    records: Vec<Record>,
    cursors: BTreeMap<String, String>,
    requested: Vec<Requested>,
    refuses: bool,
}

/// Journals as the store does: a record that repeats the last of its unit is none.
#[derive(Default)]
pub struct FakeInbox(Mutex<Memory>);

impl FakeInbox {
    pub fn of<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.0.lock().unwrap())
    }

    /// The one who asked says which child it is about and what it opens.
    pub fn ask(&self, request: &str, categories: &[&str]) {
        let texts = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        let requested = Requested {
            request: request.to_owned(),
            child_id: "0198c0de-0000-7000-8000-000000000001".into(),
            categories: texts(categories),
            recipients: texts(&["barnehage_privat"]),
            purposes: texts(&["coordination"]),
        };
        self.of(|m| {
            m.requested.retain(|r| r.request != request);
            m.requested.push(requested);
        });
    }

    pub fn forget(&self, request: &str) {
        self.of(|m| m.requested.retain(|r| r.request != request));
    }

    pub fn refuse(&self, refuses: bool) {
        self.of(|m| m.refuses = refuses);
    }

    /// Versions of one request, in the order they came: the status, `gone` or `unreadable`.
    pub fn versions(&self, request: &str) -> Vec<String> {
        let key = format!("consentrequest/{request}");
        self.of(|m| m.records.iter().filter(|r| r.key == key).map(version).collect())
    }

    pub fn records(&self) -> Vec<Record> {
        self.of(|m| m.records.clone())
    }

    pub fn feed(&self) -> Option<String> {
        self.of(|m| m.cursors.get("feed").cloned())
    }
}

fn version(record: &Record) -> String {
    let body: Value = serde_json::from_slice(&record.body).unwrap();
    match (record.gone, body["consent"]["status"].as_str()) {
        (true, _) => "gone".into(),
        (false, Some(status)) => status.into(),
        (false, None) => "unreadable".into(),
    }
}

#[async_trait]
impl Inbox for FakeInbox {
    async fn accept(&self, records: Vec<Record>, cursor: Option<(&str, &str)>) -> Result<(), InboxError> {
        self.of(|m| {
            if m.refuses {
                return Err(InboxError("the disk is full".into()));
            }
            for record in records {
                let last = m.records.iter().rev().find(|r| r.key == record.key);
                if last.is_none_or(|last| last.body != record.body || last.gone != record.gone) {
                    m.records.push(record);
                }
            }
            m.cursors.extend(cursor.map(|(name, value)| (name.to_owned(), value.to_owned())));
            Ok(())
        })
    }
    async fn cursor(&self, name: &str) -> Result<Option<String>, InboxError> {
        Ok(self.of(|m| m.cursors.get(name).cloned()))
    }
    async fn live_keys(&self) -> Result<Vec<String>, InboxError> {
        let last: BTreeMap<String, bool> = self.of(|m| m.records.iter().map(|r| (r.key.clone(), r.gone)).collect());
        Ok(last.into_iter().filter(|(_, gone)| !gone).map(|(key, _)| key).collect())
    }
    async fn followed(&self) -> Result<Vec<NationalId>, InboxError> {
        Ok(Vec::new())
    }
    async fn requested(&self) -> Result<Vec<Requested>, InboxError> {
        Ok(self.of(|m| m.requested.clone()))
    }
    async fn ask_person(&self, _kind: &str, _detail: &str) -> Result<(), InboxError> {
        Ok(())
    }
}

/// Altinn, a source that reads from it, and an inbox.
pub struct Town {
    pub altinn: Altinn,
    pub source: AltinnSource,
    pub inbox: Arc<FakeInbox>,
    pub context: SourceContext,
    /// Holds the client's key.
    _home: tempfile::TempDir,
}

pub const NOON: &str = "2026-11-02T12:00:00Z";

impl Town {
    pub async fn start() -> Self {
        let grant = grant();
        let altinn = Altinn::start(NOON.parse().unwrap(), Some(grant.public_der.clone())).await.unwrap();
        let home = tempfile::tempdir().unwrap();
        let key = home.path().join("key");
        std::fs::write(&key, &grant.private_pem).unwrap();
        let source = AltinnSource::new("altinn", &settings(&altinn.server().base_url(), &key)).unwrap();
        let inbox = Arc::new(FakeInbox::default());
        let context = SourceContext {
            system: SystemName::new("altinn"),
            inbox: inbox.clone(),
            now: Arc::new(|| NOON.parse().unwrap()),
            stop: tokio_util::sync::CancellationToken::new(),
        };
        Self { altinn, source, inbox, context, _home: home }
    }

    /// A request that was made in Altinn and that the one who asked has told of here.
    pub fn requested(&self, from: &str) -> String {
        let id = self.altinn.ask(&Request::to(from, end()));
        self.inbox.ask(&id, &["holder_service"]);
        id
    }

    /// It happened, and is old enough to be told.
    pub fn told(&self, id: &str, kind: &str) {
        self.altinn.happens(id, kind);
        self.altinn.pass_five_minutes();
    }

    pub fn questions(&self, path: &str) -> Vec<String> {
        let all = self.altinn.server().captured().all();
        all.iter().map(|r| r.uri.to_string()).filter(|uri| uri.contains(path)).collect()
    }
}

pub fn end() -> Instant {
    "2027-11-01T00:00:00+01:00".parse().unwrap()
}

fn grant() -> &'static GrantKey {
    static KEY: OnceLock<GrantKey> = OnceLock::new();
    KEY.get_or_init(|| GrantKey::generate().unwrap())
}

pub fn settings(base: &str, key: &Path) -> SourceSettings {
    serde_json::from_value(json!({"base_url": base, "http": {"timeout_seconds": 20}, "maskinporten": {
        "token_url": format!("{base}{TOKEN_PATH}"), "audience": format!("{base}/"), "client_id": "samhold",
        "scope": "altinn:consentrequests.read", "kid": "test", "key": {"file": key}}}))
    .unwrap()
}
