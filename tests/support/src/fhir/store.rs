//! Resources with their versions, and the clock that stamps them.

use std::collections::{BTreeMap, HashMap};

use samhold_model::Instant;
use serde_json::{Map, Value, json};

type Key = (String, String);

/// A page of search results that a client may fetch: what is left, and the total.
pub(super) struct Page {
    pub(super) rest: Vec<Value>,
    pub(super) total: usize,
    pub(super) size: usize,
}

#[derive(Default)]
pub(super) struct Store {
    /// Every version; `None` is a deletion.
    resources: BTreeMap<Key, Vec<Option<Value>>>,
    /// What the town last had of a resource, without meta of our own.
    seeded: HashMap<Key, Value>,
    /// Milliseconds since 1970, moved by one for each write.
    clock: i64,
    created: u32,
    pages: HashMap<String, Page>,
    page_count: u32,
    pub(super) interfere: u32,
    pub(super) refuse_last_updated: bool,
}

impl Store {
    /// The clock never goes back, not even when the day does.
    pub(super) fn set_clock(&mut self, to: Instant) {
        self.clock = self.clock.max(to.as_millisecond());
    }

    pub(super) fn now(&self) -> String {
        Instant::from_millisecond(self.clock)
            .map_or_else(|_| String::new(), |t| t.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
    }

    /// Takes over the town's resources: new and changed ones get a version, vanished ones are deleted.
    pub(super) fn seed(&mut self, wanted: Vec<Value>) {
        let keyed: HashMap<Key, Value> = wanted.iter().filter_map(|r| key_of(r).map(|k| (k, r.clone()))).collect();
        for resource in wanted {
            if key_of(&resource).is_some_and(|k| self.seeded.get(&k) != Some(&resource)) {
                self.write(resource);
            }
        }
        let gone: Vec<Key> = self.seeded.keys().filter(|k| !keyed.contains_key(*k)).cloned().collect();
        for (kind, id) in gone {
            self.delete(&kind, &id);
        }
        self.seeded = keyed;
    }

    /// Writes a new version of a resource that has type and id, and gives it back with its meta.
    pub(super) fn write(&mut self, mut resource: Value) -> Value {
        let Some(key) = key_of(&resource) else { return resource };
        self.clock += 1;
        let now = self.now();
        let versions = self.resources.entry(key).or_default();
        if let Some(members) = resource.as_object_mut() {
            let meta = members.entry("meta").or_insert_with(|| json!({}));
            if !meta.is_object() {
                *meta = Value::Object(Map::new());
            }
            if let Some(meta) = meta.as_object_mut() {
                meta.insert("versionId".to_owned(), json!((versions.len() + 1).to_string()));
                meta.insert("lastUpdated".to_owned(), json!(now));
            }
        }
        versions.push(Some(resource.clone()));
        resource
    }

    /// Writes a new resource under an id of the record's own.
    pub(super) fn create(&mut self, mut resource: Value) -> Value {
        self.created += 1;
        if let Some(members) = resource.as_object_mut() {
            members.insert("id".to_owned(), json!(format!("created-{}", self.created)));
        }
        self.write(resource)
    }

    /// Another writer comes first, when a test asked for it.
    pub(super) fn meet_other_writer(&mut self, kind: &str, id: &str) {
        if self.interfere == 0 {
            return;
        }
        self.interfere -= 1;
        if let Some(present) = self.read(kind, id).cloned() {
            self.write(present);
        }
    }

    pub(super) fn delete(&mut self, kind: &str, id: &str) {
        let versions = self.resources.get_mut(&(kind.to_owned(), id.to_owned()));
        if let Some(versions) = versions.filter(|v| v.last().is_some_and(Option::is_some)) {
            self.clock += 1;
            versions.push(None);
        }
    }

    pub(super) fn read(&self, kind: &str, id: &str) -> Option<&Value> {
        self.resources.get(&(kind.to_owned(), id.to_owned()))?.last()?.as_ref()
    }

    pub(super) fn version(&self, kind: &str, id: &str, version: &str) -> Option<&Value> {
        let at = version.parse::<usize>().ok()?.checked_sub(1)?;
        self.resources.get(&(kind.to_owned(), id.to_owned()))?.get(at)?.as_ref()
    }

    pub(super) fn versions(&self, kind: &str, id: &str) -> usize {
        self.resources.get(&(kind.to_owned(), id.to_owned())).map_or(0, Vec::len)
    }

    pub(super) fn all(&self, kind: &str) -> Vec<Value> {
        self.resources.iter().filter(|((k, _), _)| k == kind).filter_map(|(_, v)| v.last().cloned().flatten()).collect()
    }

    /// Keeps a page and gives its token.
    pub(super) fn keep_page(&mut self, page: Page) -> String {
        self.page_count += 1;
        let token = format!("page-{}", self.page_count);
        self.pages.insert(token.clone(), page);
        token
    }

    /// A page may be fetched again, so it stays.
    pub(super) fn page(&self, token: &str) -> Option<Page> {
        self.pages.get(token).map(|p| Page { rest: p.rest.clone(), total: p.total, size: p.size })
    }
}

fn key_of(resource: &Value) -> Option<Key> {
    let text = |name: &str| resource.get(name).and_then(Value::as_str).map(str::to_owned);
    Some((text("resourceType")?, text("id")?))
}
