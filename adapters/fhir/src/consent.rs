//! What a mapping cannot see in a Consent by itself: each person who consents together with each nested provision, and when
//! it was made inactive.
//!
//! Must never judge: whatever stands in the resource stands in the record too.

use serde_json::{Map, Value, json};

use crate::bundle::{list, text};

/// Puts `pairs` beside a Consent, and the time of its last write when it no longer counts: R4 has no other date for that.
pub(crate) fn beside(resource: &Value, record: &mut Map<String, Value>) {
    if text(resource, "resourceType") != Some("Consent") {
        return;
    }
    record.insert("pairs".to_owned(), Value::Array(pairs(resource)));
    let written = resource.pointer("/meta/lastUpdated").filter(|_| text(resource, "status") == Some("inactive"));
    if let Some(at) = written {
        record.insert("inactivated".to_owned(), at.clone());
    }
}

fn pairs(resource: &Value) -> Vec<Value> {
    let nested = resource.get("provision").map(|p| list(p, "provision")).unwrap_or_default();
    let with = |performer: &Value| {
        let one = |provision: &Value| json!({"performer": performer, "provision": provision});
        nested.iter().map(one).collect::<Vec<_>>()
    };
    list(resource, "performer").iter().flat_map(with).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_performer_meets_every_nested_provision_and_other_kinds_are_left_alone() {
        let consent = json!({"resourceType": "Consent", "status": "inactive", "meta": {"lastUpdated": "2026-05-05T22:30:00Z"},
            "performer": [{"reference": "RelatedPerson/1"}, {"reference": "RelatedPerson/2"}],
            "provision": {"provision": [{"type": "permit"}, {"type": "deny"}]}});
        let mut record = Map::new();
        beside(&consent, &mut record);
        assert_eq!(record["pairs"].as_array().map(Vec::len), Some(4));
        assert_eq!(
            record["pairs"][3],
            json!({"performer": {"reference": "RelatedPerson/2"}, "provision": {"type": "deny"}})
        );
        assert_eq!(record["inactivated"], "2026-05-05T22:30:00Z");
        let mut other = Map::new();
        beside(&json!({"resourceType": "CareTeam", "performer": [1]}), &mut other);
        assert!(other.is_empty());
    }
}
