//! The ledger and the answers as an operator sees them: facts from the store, answers from `duty show --json`.
//!
//! Reads a store that the daemon has open at the same time; changes nothing in it.

use std::sync::Arc;

use samhold_model::{ChildId, MunicipalityNo, NationalId, Realm};
use samhold_store::{AuditEntry, Identifier, Keys, Resolved, Secret, Store, StoreSettings, StoredFact};
use serde_json::Value;

use crate::common::{Daemon, Folder, MUNICIPALITY, today, wait_until};

/// An open ledger.
pub struct Ledger {
    store: Arc<dyn Store>,
}

impl Ledger {
    /// Of a folder whose daemon has started once.
    pub async fn of(folder: &Folder) -> Self {
        let keys = Keys::from_master(&[0x5a; 32]).unwrap();
        let settings = match std::fs::read_to_string(folder.path().join("postgres.secret")) {
            Ok(url) => StoreSettings::Postgres { url },
            Err(_) => StoreSettings::Sqlite { path: folder.sqlite_file() },
        };
        Self { store: samhold_store::open(&settings, keys).await.unwrap() }
    }

    /// Whether this number has been met as a grown-up's.
    pub async fn knows_person(&self, number: &str) -> bool {
        let scheme = NationalId::parse(number, Realm::Test).unwrap().kind().scheme();
        let id = Identifier { scheme: scheme.into(), value: Secret(number.to_owned()) };
        self.store.find_person(&id).await.unwrap().is_some()
    }

    /// Which child this number means, if it is known.
    pub async fn child(&self, number: &str) -> Option<ChildId> {
        let scheme = NationalId::parse(number, Realm::Test).unwrap().kind().scheme();
        self.child_by(scheme, number).await
    }

    /// Which child another system's identifier means, if it is known.
    pub async fn child_by(&self, scheme: &str, value: &str) -> Option<ChildId> {
        let id = Identifier { scheme: scheme.into(), value: Secret(value.to_owned()) };
        match self.store.resolve_child(&[id], false, today()).await.unwrap() {
            Resolved::Child { child, .. } => Some(child),
            _ => None,
        }
    }

    /// All facts of a child, in the order they came.
    pub async fn facts(&self, number: &str) -> Vec<StoredFact> {
        let Some(child) = self.child(number).await else { return Vec::new() };
        self.store.facts_of(child, &MunicipalityNo::from(MUNICIPALITY)).await.unwrap()
    }

    /// Facts of a type that one system gave about a child.
    pub async fn of_type(&self, number: &str, system: &str, kind: &str) -> Vec<StoredFact> {
        let mut facts = self.facts(number).await;
        facts.retain(|f| f.source.as_str() == system && f.body["type"] == kind);
        facts
    }

    /// Whether a fact was declared void later.
    pub async fn is_void(&self, number: &str, fact: &StoredFact) -> bool {
        let voids = |f: &StoredFact| f.body["of"] == fact.id.to_string() && f.body["void"] == true;
        self.facts(number).await.iter().any(voids)
    }

    /// Waits until a system has given so many facts of a type about a child, and gives them.
    pub async fn until(&self, number: &str, system: &str, kind: &str, count: usize) -> Vec<StoredFact> {
        let what = format!("{count} facts `{kind}` from `{system}`");
        wait_until(&what, async || self.of_type(number, system, kind).await.len() >= count).await;
        let facts = self.of_type(number, system, kind).await;
        assert_eq!(facts.len(), count, "{what}: {:?}", facts.iter().map(|f| &f.body).collect::<Vec<_>>());
        facts
    }

    /// The answer of `duty show --json --unmask` about a child; null while nothing is known.
    pub async fn answer(&self, daemon: &Daemon, number: &str) -> Value {
        let Some(child) = self.child(number).await else { return Value::Null };
        let out = daemon.folder.cli(&["duty", "show", "--json", "--unmask", "--child", &child.to_string()]);
        let text = String::from_utf8(out.stdout).unwrap();
        let shown: Value = text.lines().next().map_or(Value::Null, |line| serde_json::from_str(line).unwrap());
        shown["answer"].clone()
    }

    /// Waits until the answer about a child has this state and holder (empty for none), and gives it.
    pub async fn until_held(&self, daemon: &Daemon, number: &str, state: &str, holder: &str) -> Value {
        let told = |answer: &Value| {
            let duty = &answer["samordning"];
            (
                duty["state"].as_str().unwrap_or_default().to_owned(),
                duty["holder"]["ref"].as_str().unwrap_or("").to_owned(),
            )
        };
        let mut answer = Value::Null;
        wait_until(&format!("the duty is `{state}` with `{holder}`"), async || {
            answer = self.answer(daemon, number).await;
            told(&answer) == (state.to_owned(), holder.to_owned())
        })
        .await;
        answer
    }

    /// How far the last event about a child came with a recipient: `delivered`, `read`, `accepted`, `rejected`.
    pub async fn delivery_status(&self, number: &str, recipient: &str) -> String {
        let child = self.child(number).await.unwrap();
        let all = self.store.deliveries_of(child).await.unwrap();
        let own = all.into_iter().filter(|d| d.recipient.as_str() == recipient).max_by_key(|d| d.version);
        own.map(|d| d.status).unwrap_or_default()
    }

    /// What the audit log says of a child: kinds of entries, each with who acted.
    pub async fn audit(&self, number: &str) -> Vec<(String, String)> {
        let entries = self.store.audit_entries(self.child(number).await, 0, i64::from(i32::MAX)).await.unwrap();
        entries.into_iter().map(|e| (e.entry.kind, e.entry.actor)).collect()
    }

    /// Entries of the audit of one kind, in their order.
    pub async fn audited(&self, kind: &str) -> Vec<AuditEntry> {
        let all = self.store.audit_entries(None, 0, 100_000).await.unwrap();
        all.into_iter().map(|chained| chained.entry).filter(|entry| entry.kind == kind).collect()
    }

    /// Makes the last good contact with a system one of the past.
    pub async fn contact_was(&self, system: &str, at: samhold_model::Instant) {
        self.store.contact(&samhold_model::SystemName::new(system), None, at).await.unwrap();
    }

    /// Kinds of tasks that wait for a person.
    pub async fn tasks(&self) -> Vec<String> {
        self.store.open_tasks().await.unwrap().into_iter().map(|t| t.kind).collect()
    }
}
