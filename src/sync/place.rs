//! A mapped fact in its place: which children it is about, and opaque ids where a source wrote numbers.
//!
//! After this no field of a fact holds a national identity number.

use samhold_mapping::{FactLink, MappedFact};
use samhold_model::{ChildId, FactId, MunicipalityNo, PersonId};
use samhold_store::{StoreError, StoredRecord};
use serde_json::{Map, Value, json};

use super::engine::{Engine, Live};
use super::identity::{ChildReference, Found, find, identifier_of};
use super::ingest::Dead;
use super::kinship::person_text;
use super::own_facts::rename_services;
use super::replace::Given;

/// Where a mapped fact belongs.
pub(super) enum Placed {
    /// To these children.
    Facts(Vec<(ChildId, Given)>),
    /// To a child of this person, and none is known yet.
    NoChildOf(PersonId),
    /// Nowhere.
    Dead(Dead),
}

/// Where a fact came from: together with its rule and key, what its id is made of.
pub(super) struct Origin<'a> {
    /// The record.
    pub(super) record: &'a StoredRecord,
    /// Its unit.
    pub(super) scope: &'a str,
    /// The municipality it is about.
    pub(super) municipality: &'a MunicipalityNo,
}

impl Origin<'_> {
    /// The same fact of the same unit always has the same id, for each child and municipality its own.
    fn id(&self, rule: &str, key: &str, child: ChildId) -> FactId {
        let whose = format!("{key}\u{1f}{child}\u{1f}{}", self.municipality);
        FactId::derived(self.record.system.as_str(), self.scope, rule, &whose)
    }
}

/// Finds the child (or children) of a mapped fact and puts opaque ids in place of numbers.
pub(super) async fn place(
    engine: &Engine,
    live: &Live,
    origin: &Origin<'_>,
    fact: MappedFact,
) -> Result<Placed, StoreError> {
    let children = match found(engine, &fact.child, &fact).await? {
        Found::Children(children) => children,
        Found::NoChildOf(person) => return Ok(Placed::NoChildOf(person)),
        Found::Conflict(_) => {
            return Ok(Placed::Dead(Dead::new(
                "identity_conflict",
                "the record names identifiers of different children; a \
                task is opened; a person decides which child it is, then replay",
            )));
        }
        Found::Unknown => return Ok(Placed::Dead(Dead::new("unknown_child", "the record names no child known here"))),
    };
    let fields = opaque(engine, live, &fact).await?;
    let given = |child| (child, given(origin, &fact, fields.clone(), child));
    Ok(Placed::Facts(children.into_iter().map(given).collect()))
}

async fn found(
    engine: &Engine,
    references: &[samhold_mapping::ChildRef],
    fact: &MappedFact,
) -> Result<Found, StoreError> {
    let references: Vec<_> = references.iter().map(ChildReference::from).collect();
    find(engine.store.as_ref(), &references, fact.at, engine.clock.now()).await
}

/// The fields with people, children and services by the ids the rules know them by.
async fn opaque(engine: &Engine, live: &Live, fact: &MappedFact) -> Result<Map<String, Value>, StoreError> {
    let mut fields = fact.fields.clone();
    for (pointer, number) in &fact.persons {
        let person = engine.store.resolve_person(&identifier_of(number)).await?;
        set(&mut fields, pointer, json!(person_text(person)));
    }
    for (pointer, references) in &fact.children {
        if let Found::Children(found) = found(engine, references, fact).await? {
            set(&mut fields, pointer, json!(found.first().map(ToString::to_string).unwrap_or_default()));
        }
    }
    rename_services(live, &fact.type_name, &mut fields);
    Ok(fields)
}

fn given(origin: &Origin<'_>, fact: &MappedFact, mut fields: Map<String, Value>, child: ChildId) -> Given {
    for (pointer, FactLink { rule, key }) in &fact.facts {
        set(&mut fields, pointer, json!(origin.id(rule, key, child).to_string()));
    }
    let mut body = Map::new();
    body.insert("type".into(), json!(fact.type_name));
    body.extend(fields);
    Given { base: origin.id(&fact.rule, &fact.key, child), at: fact.at, body: Value::Object(body), change: fact.change }
}

/// Sets the value at a JSON pointer of the fields.
fn set(fields: &mut Map<String, Value>, pointer: &str, value: Value) {
    let mut whole = Value::Object(std::mem::take(fields));
    if let Some(place) = whole.pointer_mut(pointer) {
        *place = value;
    }
    if let Value::Object(map) = whole {
        *fields = map;
    }
}
