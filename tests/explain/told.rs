//! Facts of one child written straight into a ledger, each with the day it was recorded: what an operator then asks about.

use samhold_model::dates::start_of;
use samhold_model::{ChildId, Date, FactId, MunicipalityNo, SystemName};
use samhold_store::{AuditEntry, Keys, NewFact, Store, StoreSettings};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Folder, MUNICIPALITY};

/// A child with a ledger of its own.
pub struct Told {
    folder: Folder,
    facts: Vec<NewFact>,
    nobody_knows: bool,
}

/// The child of every story here.
pub const CHILD: ChildId = ChildId(Uuid::from_u128(0x7d0f_4a52_5a59_4f0e_8f0c_9f8b_0d7a_0001));

/// A day as written.
pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

impl Told {
    /// A child born on 3 March 2015 whose school and health services must cooperate since January 2025.
    pub fn new() -> Self {
        let folder = Folder::sqlite();
        let municipality = MUNICIPALITY;
        folder.system(
            "skolen",
            &format!("kind = \"skole_kommunal\"\nmunicipalities = [\"{municipality}\"]\nservices = [\"lia-skole\"]\n"),
        );
        let told = Self { folder, facts: Vec::new(), nobody_knows: false };
        told.says("register", "2015-03-03", "birth_date", &json!({"date": "2015-03-03"}))
            .says("register", "2015-03-03", "guardians_changed", &json!({"guardians": ["mor", "far"]}))
            .says("skolen", "2024-08-01", "service_started", &json!({"service": "lia-skole", "kind": "skole_kommunal"}))
            .says("helse", "2024-08-01", "service_started", &json!({"service": "ergo-fysio", "kind": "kommunal_helse"}))
            .says("skolen", "2025-01-10", "cooperation_needed", &json!({"participants": ["lia-skole", "ergo-fysio"]}))
    }

    /// The same child, born on another day.
    pub fn born(mut self, date: &str) -> Self {
        self.facts[0].body = json!({"type": "birth_date", "date": date});
        self
    }

    /// One more fact, recorded on its day.
    pub fn says(self, source: &str, at: &str, kind: &str, fields: &Value) -> Self {
        self.late(source, (at, at), kind, fields)
    }

    /// One more fact, recorded on another day than its own.
    pub fn late(mut self, source: &str, (at, recorded): (&str, &str), kind: &str, fields: &Value) -> Self {
        let mut body = json!({"type": kind});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        self.facts.push(NewFact {
            id: FactId(Uuid::from_u128(self.facts.len() as u128 + 1)),
            child: CHILD,
            municipality: MunicipalityNo::from(MUNICIPALITY),
            at: day(at),
            recorded_at: start_of(day(recorded)),
            source: SystemName::new(source),
            record: None,
            scope: None,
            body,
        });
        self
    }

    /// The id of the fact that was said last.
    pub fn last_fact(&self) -> String {
        self.facts.last().unwrap().id.to_string()
    }

    /// A krisesenter that the services agreed on.
    pub fn at_a_krisesenter(self) -> Self {
        self.says("vern", "2025-02-01", "service_started", &json!({"service": "havn", "kind": "krisesenter"}))
            .says("vern", "2025-02-02", "cooperation_needed", &json!({"participants": ["havn", "lia-skole"]}))
            .says("kommunen", "2025-02-03", "holder_agreed", &json!({"service": "havn"}))
    }

    /// A system of the municipality that speaks for these services.
    pub fn system(self, name: &str, kind: &str, services: &[&str]) -> Self {
        let token = self.folder.token(name);
        let head = format!("kind = \"{kind}\"\nmunicipalities = [\"{MUNICIPALITY}\"]\ntoken = {token}\n");
        self.folder.system(name, &format!("{head}services = {services:?}\n[recipient]\npull = {{}}\n"));
        self
    }

    /// Nobody has said how the child is protected by address; else the register knows of no protection.
    pub fn nobody_knows(mut self) -> Self {
        self.nobody_knows = true;
        self
    }

    /// In the ledger from now on.
    pub async fn kept(mut self) -> Kept {
        let known = self.nobody_knows || self.facts.iter().any(|f| f.body["type"] == "address_protection");
        if !known {
            self = self.says("register", "2015-03-03", "address_protection", &json!({"value": "none"}));
        }
        let keys = Keys::from_master(&[0x5a; 32]).unwrap();
        let settings = StoreSettings::Sqlite { path: self.folder.sqlite_file() };
        let store = samhold_store::open(&settings, keys).await.unwrap();
        store.append(self.facts).await.unwrap();
        Kept { folder: self.folder, store }
    }
}

/// What is asked about.
pub struct Kept {
    folder: Folder,
    store: std::sync::Arc<dyn Store>,
}

impl Kept {
    /// What `samhold duty …` prints about the child.
    pub fn asks(&self, command: &str) -> String {
        let id = CHILD.to_string();
        let mut words: Vec<&str> = command.split(' ').collect();
        words.splice(0..1, ["duty", words[0], "--child", &id]);
        self.folder.cli_text(&words)
    }

    /// What a command prints that is not about the duty.
    pub fn runs(&self, words: &[&str]) -> String {
        self.folder.cli_text(words)
    }

    /// Whether a command ends well, and what it prints.
    pub fn tries(&self, words: &[&str]) -> std::process::Output {
        self.folder.cli(words)
    }

    /// What stands in the log from now on: day, kind, who, and what of it.
    pub async fn logs(&self, entries: &[(&str, &str, &str, Value)]) {
        let entry = |(at, kind, actor, detail): &(&str, &str, &str, Value)| AuditEntry {
            at: start_of(day(at)),
            kind: (*kind).to_owned(),
            child: Some(CHILD),
            actor: (*actor).to_owned(),
            detail: detail.clone(),
        };
        self.store.audit(entries.iter().map(entry).collect()).await.unwrap();
    }

    /// The store itself.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// The same for machines.
    pub fn asks_json(&self, command: &str) -> Value {
        serde_json::from_str(&self.asks(&format!("{command} --json"))).unwrap()
    }

    /// What the audit log says of those who looked.
    pub async fn looked(&self) -> Vec<AuditEntry> {
        let all = self.store.audit_entries(Some(CHILD), 0, 100).await.unwrap();
        all.into_iter().map(|e| e.entry).filter(|e| e.kind == "read").collect()
    }
}
