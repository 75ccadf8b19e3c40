//! The record made of a resource and its patient.
//!
//! Must never carry narrative: it is free text about a child, and changes without anything having changed.

use bytes::Bytes;
use samhold_adapter_api::Record;
use serde_json::{Map, Value, json};

use crate::bundle::text;
use crate::consent;

/// Hash of a record's body, to see whether it changed.
pub(crate) type Print = [u8; 32];

/// `Type/id`, when the resource has both.
pub(crate) fn key(resource: &Value) -> Option<String> {
    Some(format!("{}/{}", text(resource, "resourceType")?, text(resource, "id").filter(|id| !id.is_empty())?))
}

/// Whether the server says the resource should never have been.
pub(crate) fn is_error(resource: &Value) -> bool {
    text(resource, "status") == Some("entered-in-error")
}

/// The record of a unit.
pub(crate) fn record(key: &str, resource: &Value, patient: &Value, gone: bool) -> Record {
    let mut body = json!({"resource": bare(resource), "patient": patient});
    if let Some(members) = body.as_object_mut() {
        consent::beside(resource, members);
    }
    Record {
        key: key.to_owned(),
        content_type: "application/json".into(),
        body: Bytes::from(body.to_string()),
        gone,
        delivery_id: None,
    }
}

/// The hash of a record's body, whatever order its members have.
pub(crate) fn print(record: &Record) -> Print {
    let sorted =
        serde_json::from_slice(&record.body).map_or_else(|_| record.body.to_vec(), |v| sorted(&v).to_string().into());
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &sorted);
    digest.as_ref().try_into().unwrap_or_default()
}

/// Without what changes though nothing has: narrative, version and time of the last write.
fn bare(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if let Some(members) = resource.as_object_mut() {
        members.remove("text");
        let meta = members.get_mut("meta").and_then(Value::as_object_mut);
        let empty = meta.is_some_and(|meta| {
            meta.retain(|name, _| name != "versionId" && name != "lastUpdated");
            meta.is_empty()
        });
        if empty {
            members.remove("meta");
        }
        for inner in members.get_mut("contained").and_then(Value::as_array_mut).into_iter().flatten() {
            *inner = bare(inner);
        }
    }
    resource
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut pairs: Vec<_> = members.iter().collect();
            pairs.sort_by_key(|(name, _)| name.as_str());
            Value::Object(pairs.into_iter().map(|(n, v)| (n.clone(), sorted(v))).collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrative_and_version_neither_leave_nor_count() {
        let one = json!({"resourceType": "CareTeam", "id": "1", "status": "active", "text": {"div": "Kari"},
            "meta": {"versionId": "1", "lastUpdated": "2027-01-01T00:00:00Z", "security": [{"code": "R"}]},
            "contained": [{"resourceType": "Patient", "id": "p", "text": {"div": "Ola"}}]});
        let other = json!({"id": "1", "resourceType": "CareTeam", "status": "active",
            "meta": {"security": [{"code": "R"}], "versionId": "2"}, "contained": [{"id": "p", "resourceType": "Patient"}]});
        let of = |r: &Value| record("CareTeam/1", r, &json!({"identifier": []}), false);
        assert_eq!(print(&of(&one)), print(&of(&other)));
        let body = String::from_utf8(of(&one).body.to_vec()).unwrap();
        assert!(!body.contains("Kari") && !body.contains("Ola") && body.contains("security"));
        let changed = json!({"resourceType": "CareTeam", "id": "1", "status": "inactive"});
        assert_ne!(print(&of(&one)), print(&of(&changed)));
        assert_eq!(key(&one).as_deref(), Some("CareTeam/1"));
        assert_eq!(key(&json!({"resourceType": "CareTeam"})), None);
    }
}
