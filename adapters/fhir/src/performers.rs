//! Who consents: the national number of each performer of a Consent, also when the resource only refers to the person.
//!
//! Must never put more than that identifier beside the reference, nor follow a reference to another server.

use samhold_adapter_api::AdapterError;
use serde_json::Value;

use crate::bundle::{list, text};
use crate::patients::Patients;
use crate::reference::{contained_as, is_national, local_id};

/// Those whose identifiers are looked up.
const KINDS: [&str; 2] = ["RelatedPerson", "Patient"];

/// The resource with a national number beside each performer for whom one can be found; other kinds as they are.
pub(crate) async fn named(resource: &Value, patients: &mut Patients<'_>) -> Result<Value, AdapterError> {
    let mut named = resource.clone();
    if text(resource, "resourceType") != Some("Consent") {
        return Ok(named);
    }
    for (at, performer) in list(resource, "performer").iter().enumerate() {
        if performer.get("identifier").is_some_and(is_national) {
            continue;
        }
        let found = identifiers(resource, performer, patients).await?.into_iter().find(is_national);
        let place = named.pointer_mut(&format!("/performer/{at}")).and_then(Value::as_object_mut);
        if let (Some(identifier), Some(members)) = (found, place) {
            members.insert("identifier".to_owned(), identifier);
        }
    }
    Ok(named)
}

async fn identifiers(
    resource: &Value,
    performer: &Value,
    patients: &mut Patients<'_>,
) -> Result<Vec<Value>, AdapterError> {
    let target = text(performer, "reference").unwrap_or_default();
    for kind in KINDS {
        if let Some(inner) = target.strip_prefix('#') {
            let found = contained_as(resource, kind, inner);
            if !found.is_empty() {
                return Ok(found);
            }
        } else if let Some(id) = local_id(target, kind, patients.server().base()) {
            return Ok(list(&patients.person(kind, &id).await?, "identifier").to_vec());
        }
    }
    Ok(Vec::new())
}
