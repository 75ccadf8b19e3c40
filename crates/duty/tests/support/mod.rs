//! Reads scenario files for the tests of this crate: `[[duty]]` tables as families, facts, settings and checks.
//!
//! Strict: an unknown key or word is a failed test. The program's own reader lives elsewhere.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a scenario that cannot be read is a failed test")]

pub mod compare;

use std::path::PathBuf;

use samhold_duty::{Alert, Family, Reconcile, Rules};
use samhold_model::{Date, Fact, FactBody, Law};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub duty: Vec<Scenario>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    pub id: String,
    pub title: String,
    pub rules: Vec<String>,
    pub why: String,
    #[serde(default)]
    pub config: Map<String, Value>,
    #[serde(default)]
    pub family: FamilyTable,
    #[serde(default)]
    pub events: Vec<Map<String, Value>>,
    pub checks: Vec<Check>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FamilyTable {
    pub birth_date: Option<Date>,
    pub due_date: Option<Date>,
    pub child: Option<String>,
    pub guardians: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub as_of: Date,
    pub known_at: Option<Date>,
    pub expect: Expect,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    pub samordning: Map<String, Value>,
    pub barnekoordinator: Map<String, Value>,
    pub ip: Map<String, Value>,
    pub alerts_include: Vec<Alert>,
    pub alerts_exclude: Vec<Alert>,
}

/// Every duty file of the workspace, by name.
pub fn files() -> Vec<(String, File)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/scenarios");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let is_ours = |p: &PathBuf| {
        let name = p.file_name().unwrap().to_string_lossy().into_owned();
        name.starts_with("duty") && name.ends_with(".toml")
    };
    paths
        .into_iter()
        .filter(is_ours)
        .map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), read(&p)))
        .collect()
}

fn read(path: &PathBuf) -> File {
    let text = std::fs::read_to_string(path).unwrap();
    let table: toml::Table = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_value(plain(toml::Value::Table(table))).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// TOML dates become text, as in JSON.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => json!(date.to_string()),
        toml::Value::Table(table) => Value::Object(table.into_iter().map(|(k, v)| (k, plain(v))).collect()),
        toml::Value::Array(items) => Value::Array(items.into_iter().map(plain).collect()),
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Float(number) => json!(number),
        toml::Value::Boolean(value) => json!(value),
    }
}

impl Scenario {
    pub fn rules(&self) -> Rules {
        rules(&self.config)
    }

    pub fn family(&self) -> Family {
        Family {
            birth_date: self.family.birth_date,
            due_date: self.family.due_date,
            child: self.family.child.clone(),
            guardians: self.family.guardians.clone(),
        }
    }

    pub fn facts(&self) -> Vec<Fact> {
        self.events.iter().enumerate().map(|(order, event)| fact(&self.id, order, event)).collect()
    }
}

/// The law that ships, with these settings.
pub fn rules(config: &Map<String, Value>) -> Rules {
    let config: Reconcile =
        serde_json::from_value(Value::Object(config.clone())).unwrap_or_else(|e| panic!("config: {e}"));
    Rules { law: law().clone(), config }
}

fn law() -> &'static Law {
    static LAW: std::sync::OnceLock<Law> = std::sync::OnceLock::new();
    LAW.get_or_init(Law::bundled)
}

fn fact(scenario: &str, order: usize, event: &Map<String, Value>) -> Fact {
    let mut fields = event.clone();
    let mut take = |key: &str| fields.shift_remove(key).and_then(|v| v.as_str().map(str::to_owned));
    let (id, name) = (take("id").unwrap(), take("type").unwrap());
    let at: Date = take("at").unwrap().parse().unwrap();
    let recorded_at = take("recorded_at").map_or(at, |d| d.parse().unwrap());
    let source = take("source");
    let body = FactBody::read(&name, &fields, &format!("/{scenario}/{id}"), law())
        .unwrap_or_else(|e| panic!("{scenario} {id}: {e:?}"));
    Fact { id, at, recorded_at, order: order as u64, source, of_municipality: false, body }
}
