//! What nobody may find in what left: read from the store and the settings when a daemon has ended.
//!
//! Reads what the program wrote down, never how it decides. Must change nothing of the store but what the program itself
//! would write down first at its next start: what was under way when it ended.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use samhold_model::{ChildId, Instant, MunicipalityNo, NationalId, Realm};
use samhold_store::{Identifier, Keys, Resolved, Secret, Store, StoreError, StoreSettings, StoredFact};
use serde_json::Value;

use super::pieces::systems;
use crate::common::children::today;
use crate::common::folder::{Database, Folder};

/// Whose number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// A child's.
    Child(ChildId),
    /// A grown-up's.
    Grownup,
}

/// What is known of a child that matters here.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Its address was never said to be less than strictly protected.
    pub strict: bool,
    /// Its address was never said to be unprotected: fortrolig, or strict.
    pub protected: bool,
    /// Words that tell where it is: schools and kindergartens, municipalities it moved to, units, telephones, e-mail
    /// addresses and their domains.
    pub places: BTreeSet<String>,
    /// Goals of plans by the name of the field.
    pub goals: Vec<(String, String)>,
}

/// What the audit says of one event, or of one system's questions.
#[derive(Clone, Debug, Default)]
pub struct Released {
    /// Fields that were released, with their category.
    pub fields: BTreeSet<(String, String)>,
}

/// Everything a search compares with.
#[derive(Debug, Default)]
pub struct Truth {
    /// Kinds of the systems, by name.
    pub kinds: BTreeMap<String, String>,
    /// Words for the shelters.
    pub shelters: BTreeSet<String>,
    /// Whose the numbers are that were found; nobody's are left out.
    pub numbers: BTreeMap<String, Whose>,
    /// By child, by the one it counts as.
    pub children: BTreeMap<ChildId, Known>,
    /// Which child each counts as.
    pub survivors: BTreeMap<ChildId, ChildId>,
    /// What stays where it was written down, with what it is.
    pub kept_back: BTreeSet<(String, String)>,
    /// Ids of facts and of persons.
    pub inside: BTreeSet<String>,
    /// Whether the audit could be read.
    pub audited: bool,
    /// By event.
    pub events: BTreeMap<String, Released>,
    /// By system and child, over all events.
    pub told: BTreeMap<(String, ChildId), Released>,
    /// By system, over all questions.
    pub answered: BTreeMap<String, Released>,
}

/// What of the words of a consent or a decision never leaves.
const KEPT_BACK: [&str; 3] = ["evidence", "recorded_by", "ground"];

/// Reads it; of a store that cannot be read only what the settings say. `numbers` are those found in what left.
pub fn read(folder: &Folder, numbers: &BTreeSet<String>) -> Truth {
    let base = || Truth { kinds: kinds(folder), shelters: shelters(folder), ..Truth::default() };
    let settings = match folder.database() {
        Database::Sqlite => StoreSettings::Sqlite { path: folder.sqlite_file() },
        Database::Postgres(schema) => StoreSettings::Postgres { url: schema.direct().to_owned() },
    };
    if matches!(&settings, StoreSettings::Sqlite { path } if !path.exists()) {
        return base();
    }
    let mut truth = base();
    let register = Register::of(folder);
    let numbers = numbers.clone();
    // On a thread with a runtime of its own: a test may end inside another runtime.
    let reading = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = samhold_store::open(&settings, Keys::from_master(&[0x5a; 32]).unwrap()).await?;
            truth.of_children(&store, &register).await?;
            truth.of_numbers(&store, &numbers).await?;
            store.interrupted(Instant::now()).await?;
            truth.of_audit(&store).await?;
            Ok::<Truth, StoreError>(truth)
        })
    });
    match reading.join().unwrap() {
        Ok(truth) => truth,
        // Some tests spoil their store on purpose.
        Err(e) => {
            eprintln!("what left was searched without the store: {e}");
            base()
        }
    }
}

impl Truth {
    /// The child this one counts as.
    #[must_use]
    pub fn survivor(&self, child: ChildId) -> ChildId {
        self.survivors.get(&child).copied().unwrap_or(child)
    }

    async fn of_children(&mut self, store: &Arc<dyn Store>, register: &Register) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let page = store.children(after, 200).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (child, number) in page {
                let survivor = store.survivor_of(child).await?;
                self.survivors.insert(child, survivor);
                let rows = store.facts_of(survivor, &number).await?;
                self.of_facts(survivor, &number, &rows, register);
            }
        }
        // A word that names a service is told like any other name.
        self.kept_back.retain(|(_, word)| !register.names.contains_key(word));
        Ok(())
    }

    fn of_facts(&mut self, child: ChildId, number: &MunicipalityNo, rows: &[StoredFact], register: &Register) {
        let known =
            self.children.entry(child).or_insert_with(|| Known { strict: true, protected: true, ..Known::default() });
        for row in rows {
            self.inside.insert(row.id.to_string());
            let text = |key: &str| row.body[key].as_str().unwrap_or_default().to_owned();
            let kind = text("type");
            let said = [&row.body["value"], &row.body["replace"]["value"]];
            if said.iter().any(|value| matches!(value.as_str(), Some("none" | "fortrolig"))) {
                known.strict = false;
            }
            if said.iter().any(|value| value.as_str() == Some("none")) {
                known.protected = false;
            }
            if kind == "service_started" && is_daily(&text("kind")) {
                known.places.extend(register.called(&text("service")));
            }
            let concerned = row.body["participants"].as_array().into_iter().flatten().filter_map(|v| v.as_str());
            let concerned = concerned.chain(row.body["service"].as_str()).filter(|s| register.daily.contains(*s));
            known.places.extend(concerned.flat_map(|service| register.called(service)));
            if kind == "moved" && text("to") != number.as_str() {
                known.places.insert(format!("\"{}\"", text("to")));
            }
            if kind == "worker_contact" {
                let unit = Some(text("unit")).filter(|unit| !register.open.contains(unit));
                let email = text("email");
                let domain = email.split_once('@').map(|(_, domain)| domain.to_owned());
                known.places.extend(unit.into_iter().chain([text("phone"), email]).chain(domain));
            }
            if text("kind") == "krisesenter" {
                self.shelters.insert(text("service"));
            }
            let goals = row.body["goals"].as_object().into_iter().flatten();
            known.goals.extend(goals.filter_map(|(field, goal)| Some((field.clone(), goal.as_str()?.to_owned()))));
            self.kept_back
                .extend(KEPT_BACK.iter().map(|key| ((*key).to_owned(), text(key))).filter(|(_, w)| w.len() > 4));
            self.inside.extend(persons(&row.body));
        }
        known.places.retain(|word| word.len() > 2);
    }

    async fn of_numbers(&mut self, store: &Arc<dyn Store>, numbers: &BTreeSet<String>) -> Result<(), StoreError> {
        for number in numbers {
            let Ok(parsed) = NationalId::parse(number, Realm::Test) else { continue };
            let id = Identifier { scheme: parsed.kind().scheme().into(), value: Secret(number.clone()) };
            if let Resolved::Child { child, .. } =
                store.resolve_child(std::slice::from_ref(&id), false, today()).await?
            {
                self.numbers.insert(number.clone(), Whose::Child(store.survivor_of(child).await?));
            } else if store.find_person(&id).await?.is_some() {
                self.numbers.insert(number.clone(), Whose::Grownup);
            }
        }
        Ok(())
    }

    async fn of_audit(&mut self, store: &Arc<dyn Store>) -> Result<(), StoreError> {
        self.audited = true;
        let left = |kind: &str| matches!(kind, "release" | "tried" | "retraction");
        for entry in store.audit_entries(None, 0, 1_000_000).await?.into_iter().map(|chained| chained.entry) {
            if !left(&entry.kind) {
                continue;
            }
            let fields = released(&entry.detail["decisions"]);
            if entry.detail["road"] == "query" {
                self.answered.entry(entry.actor.clone()).or_default().fields.extend(fields);
                continue;
            }
            if let Some(event) = entry.detail["event_id"].as_str().filter(|_| !fields.is_empty()) {
                self.events.entry(event.to_owned()).or_default().fields.extend(fields.clone());
            }
            if let Some(child) = entry.child {
                let child = store.survivor_of(child).await?;
                self.told.entry((entry.actor.clone(), child)).or_default().fields.extend(fields);
            }
        }
        Ok(())
    }
}

fn released(decisions: &Value) -> Vec<(String, String)> {
    let each = decisions.as_array().into_iter().flatten();
    let fields = |decision: &Value| {
        let category = decision["category"].as_str().unwrap_or_default().to_owned();
        let names = decision["released"].as_array().cloned().unwrap_or_default();
        names
            .into_iter()
            .filter_map(move |name| Some((category.clone(), name.as_str()?.to_owned())))
            .collect::<Vec<_>>()
    };
    each.flat_map(fields).collect()
}

/// Opaque ids of persons: what a number became.
fn persons(body: &Value) -> Vec<String> {
    let uuid = |value: &Value| value.as_str().filter(|text| text.parse::<uuid::Uuid>().is_ok()).map(str::to_owned);
    let of = |key: &str| match &body[key] {
        Value::Array(all) => all.iter().filter_map(uuid).collect(),
        one => uuid(one).into_iter().collect::<Vec<_>>(),
    };
    ["guardians", "by", "person"].into_iter().flat_map(of).collect()
}

fn kinds(folder: &Folder) -> BTreeMap<String, String> {
    let kind = |text: &str| text.split("kind = \"").nth(1)?.split('"').next().map(str::to_owned);
    systems(folder).into_iter().filter_map(|(name, text)| Some((name, kind(&text)?))).collect()
}

fn register(folder: &Folder) -> Vec<toml::Value> {
    let text = std::fs::read_to_string(folder.path().join("services.toml")).unwrap_or_default();
    let register: toml::Table = text.parse().unwrap_or_default();
    register.get("service").and_then(|s| s.as_array()).cloned().unwrap_or_default()
}

/// Ids and names of the shelters in the register of services.
fn shelters(folder: &Folder) -> BTreeSet<String> {
    let services =
        register(folder).into_iter().filter(|s| s.get("kind").and_then(|k| k.as_str()) == Some("krisesenter"));
    services.flat_map(|s| ["id", "name"].map(|key| s[key].as_str().unwrap().to_owned())).collect()
}

/// Where a child is every day.
fn is_daily(kind: &str) -> bool {
    ["skole", "barnehage", "sfo", "vgs"].iter().any(|word| kind.starts_with(word))
}

/// The register of services.
struct Register {
    /// Names by ids.
    names: BTreeMap<String, String>,
    /// Names that do not tell where a child is every day: a unit that is called so may be told as the service is.
    open: BTreeSet<String>,
    /// Ids of services where children are every day.
    daily: BTreeSet<String>,
}

impl Register {
    fn of(folder: &Folder) -> Self {
        let text = |s: &toml::Value, key: &str| s.get(key).and_then(|v| v.as_str()).unwrap_or_default().to_owned();
        let all = register(folder);
        let open = all.iter().filter(|s| !is_daily(&text(s, "kind"))).map(|s| text(s, "name")).collect();
        let daily = all.iter().filter(|s| is_daily(&text(s, "kind"))).map(|s| text(s, "id")).collect();
        Self { daily, names: all.iter().map(|s| (text(s, "id"), text(s, "name"))).collect(), open }
    }

    /// Id and name of a service.
    fn called(&self, service: &str) -> [String; 2] {
        [service.to_owned(), self.names.get(service).cloned().unwrap_or_default()]
    }
}
