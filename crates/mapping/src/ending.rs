//! What ends a fact, for records that end by not being sent any more ([`crate::Gone::End`]).

use serde_json::{Map, Value, json};

/// The type and fields of the fact that ends one of type `type_name` with these fields; `None` when nothing ends it, so
/// that it must be voided. `own_id` is the id of the fact that ends, for those that are ended by reference.
///
/// ```
/// let fields = serde_json::json!({"service": "lia", "kind": "skole_kommunal"});
/// let (name, ended) = samhold_mapping::ending("service_started", fields.as_object().unwrap(), "").unwrap();
/// assert_eq!((name, &ended["service"]), ("service_ended", &fields["service"]));
/// ```
#[must_use]
pub fn ending(
    type_name: &str,
    fields: &Map<String, Value>,
    own_id: &str,
) -> Option<(&'static str, Map<String, Value>)> {
    let of = |key: &str| fields.get(key).cloned().unwrap_or_default();
    let (name, ended) = match type_name {
        "service_started" => ("service_ended", json!({"service": of("service")})),
        "koordinator_appointed" => ("koordinator_ended", json!({"person": of("person")})),
        "bk_appointed" => ("bk_ended", json!({"person": of("person"), "reason": "other"})),
        "person_absent" => ("person_returned", json!({"person": of("person")})),
        "ip_started" => ("ip_ended", json!({"plan": of("plan")})),
        "delegation_granted" => ("delegation_withdrawn", json!({"to": of("to")})),
        "consent" => ("consent_withdrawn", json!({"consent": own_id})),
        "objection" => ("objection_withdrawn", json!({"by": of("by")})),
        _ => return None,
    };
    match ended {
        Value::Object(ended) => Some((name, ended)),
        _ => None,
    }
}
