//! Opaque ids in place of numbers and names: people, children, services.
//!
//! After this no field of a fact holds a national identity number.

use samhold_model::schema::{FieldType, Finding};
use samhold_model::vocabulary::type_spec;
use samhold_model::{ChildId, Instant, NationalId};
use samhold_store::StoreError;
use serde_json::{Map, Value, json};

use super::envelope::{Envelope, plain, read_child};
use crate::sync::engine::{Engine, Live};
use crate::sync::identity::{ChildReference, Found, find, identifier_of};
use crate::sync::kinship::person_text;

/// Person fields that hold a number get the person's opaque id instead.
pub(in crate::sync) async fn replace_persons(
    engine: &Engine,
    live: &Live,
    type_name: &str,
    fields: &mut Map<String, Value>,
) -> Result<(), StoreError> {
    let Some(spec) = type_spec(type_name) else { return Ok(()) };
    for field in spec.fields.iter().filter(|f| is_person(f.ty)) {
        match fields.get_mut(field.name) {
            Some(Value::Array(items)) => {
                for item in items {
                    replace_person(engine, live, item).await?;
                }
            }
            Some(value) => replace_person(engine, live, value).await?,
            None => {}
        }
    }
    Ok(())
}

pub(super) fn is_person(ty: FieldType) -> bool {
    matches!(ty, FieldType::Person | FieldType::List(FieldType::Person))
}

async fn replace_person(engine: &Engine, live: &Live, value: &mut Value) -> Result<(), StoreError> {
    let text = match &*value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("national_id").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    if let Ok(number) = NationalId::parse(&text, live.realm()) {
        let person = engine.store.resolve_person(&identifier_of(&number)).await?;
        *value = json!(person_text(person));
    }
    Ok(())
}

pub(super) async fn replace_children(
    engine: &Engine,
    live: &Live,
    envelope: &mut Envelope,
    child: ChildId,
    now: Instant,
    covered: &mut Vec<ChildId>,
) -> Result<Result<(), Vec<Finding>>, StoreError> {
    if envelope.type_name == "born" {
        envelope.fields.insert("child".into(), json!(child.to_string()));
    }
    let Some(Value::Array(items)) = envelope.fields.get_mut("covers") else { return Ok(Ok(())) };
    for (i, item) in items.iter_mut().enumerate() {
        let at = format!("/{}/covers/{i}", envelope.index);
        let references = match &*item {
            Value::String(text) => text.parse().map(|id| vec![ChildReference::Own(id)]).map_err(|_| Vec::new()),
            other => read_child(other, &at, live.realm()).map(|(references, _)| references),
        };
        let references = match references {
            Ok(references) => references,
            Err(errors) if !errors.is_empty() => return Ok(Err(errors)),
            Err(_) => return Ok(Err(vec![plain(&at, "a text that is not a child_id", "a child reference")])),
        };
        match find(engine.store.as_ref(), &references, envelope.at, now).await? {
            Found::Children(found) => {
                covered.extend(&found);
                *item = json!(found.first().map(ToString::to_string).unwrap_or_default());
            }
            _ => return Ok(Err(vec![plain(&at, "a child that cannot be told", "a known child")])),
        }
    }
    Ok(Ok(()))
}

/// Services get the one id the rules know them by.
pub(in crate::sync) fn rename_services(live: &Live, type_name: &str, fields: &mut Map<String, Value>) {
    let Some(spec) = type_spec(type_name) else { return };
    let rename = |value: &mut Value| {
        if let Value::String(text) = value {
            *text = live.loaded.services.id_of(text).to_owned();
        }
    };
    for field in spec.fields {
        match (field.ty, fields.get_mut(field.name)) {
            (FieldType::Service, Some(value)) => rename(value),
            (FieldType::List(FieldType::Service), Some(Value::Array(items))) => items.iter_mut().for_each(rename),
            _ => {}
        }
    }
    if type_name == "service_started" {
        as_listed(live, fields);
    }
}

/// What kind of service it is and whose, the municipality knows better than a source that only names it.
fn as_listed(live: &Live, fields: &mut Map<String, Value>) {
    let listed = fields.get("service").and_then(Value::as_str).and_then(|id| live.loaded.services.get(id));
    if let Some(listed) = listed {
        fields.insert("kind".into(), json!(listed.kind));
        fields.insert("municipality".into(), json!(listed.municipality));
    }
}
