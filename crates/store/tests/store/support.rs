//! Houses to tell stories in: a store on either database, and builders for what is put into it.

use std::path::PathBuf;
use std::sync::Arc;

use samhold_model::{ChildId, Date, FactId, Instant, MunicipalityNo, SystemName};
use samhold_store::{
    Identifier, Keys, Marked, NewFact, NewRecord, Secret, Settlement, Store, StoreError, StoreSettings, Wanted, open,
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use uuid::Uuid;

/// Runs each named story on both databases.
macro_rules! stories {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let house = crate::support::House::sqlite().await;
                super::$name(&house).await;
                house.close().await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(house) = crate::support::House::postgres().await else { return };
                super::$name(&house).await;
                house.close().await;
            })+
        }
    };
}
pub(crate) use stories;

const MASTER: [u8; 32] = [42; 32];

/// A store in a place of its own.
pub struct House {
    pub store: Arc<dyn Store>,
    pub settings: StoreSettings,
    folder: Option<tempfile::TempDir>,
    server: Option<(String, String)>,
}

impl House {
    pub async fn sqlite() -> Self {
        Self::sqlite_with(keys()).await
    }

    /// On SQLite with keys of its own.
    pub async fn sqlite_with(keys: Keys) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings::Sqlite { path: folder.path().join("samhold.db") };
        let store = open(&settings, keys).await.unwrap();
        Self { store, settings, folder: Some(folder), server: None }
    }

    pub async fn postgres() -> Option<Self> {
        let Some(server) = server() else {
            eprintln!("skipped: SAMHOLD_TEST_POSTGRES names no server");
            return None;
        };
        // A schema each: making and dropping a whole database would wait for the disk every time.
        let name = format!("samhold_test_{}", Uuid::new_v4().simple());
        let mut admin = PgConnection::connect(&server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("create schema {name}"))).await.unwrap();
        let mark = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{mark}options[search_path]={name}&application_name={name}");
        let settings = StoreSettings::Postgres { url };
        let store = open(&settings, keys()).await.unwrap();
        Some(Self { store, settings, folder: None, server: Some((server, name)) })
    }

    /// A second process at the same database.
    pub async fn beside(&self) -> Arc<dyn Store> {
        open(&self.settings, keys()).await.unwrap()
    }

    /// The same database with other keys.
    pub async fn open_with(&self, keys: Keys) -> Result<Arc<dyn Store>, StoreError> {
        open(&self.settings, keys).await
    }

    /// Where the files lie, when there are files.
    pub fn folder(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.path().to_owned())
    }

    /// Meddles with the database behind the store's back.
    pub async fn meddle(&self, sql: &str) {
        match &self.settings {
            StoreSettings::Sqlite { path } => {
                let mut conn = sqlx::SqliteConnection::connect(&path.to_string_lossy()).await.unwrap();
                conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            }
            StoreSettings::Postgres { url } => {
                let mut conn = PgConnection::connect(url).await.unwrap();
                conn.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
            }
        }
    }

    /// Everything the server keeps, as text; empty on SQLite, whose files can be read instead.
    pub async fn dump(&self) -> String {
        let StoreSettings::Postgres { url } = &self.settings else { return String::new() };
        let mut conn = PgConnection::connect(url).await.unwrap();
        let tables = "select table_name::text from information_schema.tables where table_schema = current_schema()";
        let tables: Vec<(String,)> = sqlx::query_as(tables).fetch_all(&mut conn).await.unwrap();
        let mut dump = String::new();
        for (table,) in tables {
            let rows = AssertSqlSafe(format!("select t::text from {table} t"));
            let rows: Vec<(String,)> = sqlx::query_as(rows).fetch_all(&mut conn).await.unwrap();
            rows.into_iter().for_each(|(row,)| dump.push_str(&row));
        }
        dump
    }

    pub async fn close(self) {
        drop(self.store);
        if let Some((server, name)) = self.server {
            let mut admin = PgConnection::connect(&server).await.unwrap();
            admin.execute(AssertSqlSafe(format!("drop schema {name} cascade"))).await.unwrap();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test is told by its environment where the server is")]
pub fn server() -> Option<String> {
    std::env::var("SAMHOLD_TEST_POSTGRES").ok().filter(|url| !url.is_empty())
}

/// The same keys in every house, so that it can be opened again.
pub fn keys() -> Keys {
    Keys::from_master(&MASTER).unwrap()
}

pub fn at(second: i64) -> Instant {
    Instant::from_second(1_780_000_000 + second).unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn system(name: &str) -> SystemName {
    SystemName::new(name)
}

/// The municipality most stories happen in.
pub fn here() -> MunicipalityNo {
    MunicipalityNo::new("9901")
}

/// What the school sends about one pupil.
pub fn from_school(pupil: &str, body: &str) -> NewRecord {
    NewRecord {
        system: system("skole"),
        key: pupil.to_owned(),
        content_type: "application/json".to_owned(),
        body: body.as_bytes().to_vec(),
        gone: false,
        delivery_id: None,
    }
}

/// A fact about a child.
pub fn fact(child: ChildId, body: Value) -> NewFact {
    NewFact {
        id: FactId::new(),
        child,
        municipality: here(),
        at: day("2026-03-01"),
        recorded_at: at(0),
        source: system("barnevern"),
        record: None,
        scope: None,
        body,
    }
}

pub fn some_fact(child: ChildId) -> NewFact {
    fact(child, json!({ "type": "coordinator_appointed", "service": "barnevern" }))
}

pub fn identifier(scheme: &str, value: &str) -> Identifier {
    Identifier { scheme: scheme.to_owned(), value: Secret(value.to_owned()) }
}

/// What follows from working out a child that was marked.
pub fn settlement(marked: Marked, wanted: &[(&str, Option<&str>)]) -> Settlement {
    let wanted = wanted
        .iter()
        .map(|(recipient, hash)| Wanted { recipient: system(recipient), content_hash: hash.map(str::to_owned) });
    Settlement {
        marked,
        answer: None,
        rules: None,
        alerts: Vec::new(),
        next_change: None,
        wanted: wanted.collect(),
        audit: Vec::new(),
        now: at(0),
    }
}

/// Marks a child and settles it so that the recipients should see these contents.
pub async fn want(store: &dyn Store, child: ChildId, wanted: &[(&str, Option<&str>)]) {
    store.mark(child, &here()).await.unwrap();
    let marked = store.marked(1000).await.unwrap().into_iter().find(|marked| marked.child == child).unwrap();
    store.settle(settlement(marked, wanted)).await.unwrap();
}
