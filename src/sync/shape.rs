//! From what disclosure released to the form the recipient's outbound mapping gives it.
//!
//! Builds the view a mapping may read, and nothing but that; disclosure compares the result, value by value, with what was
//! released.

use samhold_disclosure::cleared::{Released, Shape};
use samhold_mapping::Outbound;
use serde_json::{Map, Value, json};

/// An outbound mapping with what disclosure needs to check it.
pub struct OutboundMapping {
    /// The compiled mapping.
    pub outbound: Outbound,
    /// Object keys it can write; all keys of a mapping file are fixed text.
    pub keys: Vec<String>,
    /// Changes when the file changes.
    pub fingerprint: String,
}

/// The mapping as disclosure calls it.
pub struct OutboundShape<'a>(pub &'a OutboundMapping);

impl Shape for OutboundShape<'_> {
    fn constants(&self) -> Vec<Value> {
        self.0.outbound.constants().into_iter().map(Value::String).collect()
    }

    fn keys(&self) -> Vec<String> {
        self.0.keys.clone()
    }

    fn arrange(&self, released: &Released, envelope: &Map<String, Value>) -> Result<Value, String> {
        let view = view(released, envelope);
        self.0.outbound.render(&view).map_err(|errors| {
            let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
            lines.join("; ")
        })
    }
}

/// Where each released field stands in the view: (category, field, place).
const PLACES: &[(&str, &str, &str)] = &[
    ("coordination_exists", "coordination_exists", "/coordination/exists"),
    ("coordination_exists", "state", "/coordination/state"),
    ("coordination_exists", "contact_point", "/coordination/contact_point"),
    ("holder_service", "contact_point", "/coordination/contact_point"),
    ("coordinator_contact", "contact_point", "/coordination/contact_point"),
    ("holder_service", "service", "/coordination/holder/service"),
    ("holder_service", "service_name", "/coordination/holder/name"),
    ("holder_service", "service_unit", "/coordination/holder/unit"),
    ("coordinator_contact", "name", "/coordination/coordinator/name"),
    ("coordinator_contact", "email", "/coordination/coordinator/email"),
    ("coordinator_contact", "phone", "/coordination/coordinator/phone"),
    ("coordinator_contact", "service_unit", "/coordination/coordinator/unit"),
    ("plan_exists", "plan_exists", "/coordination/plan/exists"),
    ("plan_exists", "plan_main", "/coordination/plan/main"),
    ("employee_absence", "coordinator", "/coordination/absence/coordinator"),
    ("employee_absence", "unavailable_from", "/coordination/absence/unavailable_from"),
    ("employee_absence", "unavailable_until", "/coordination/absence/unavailable_until"),
    ("employee_absence", "substitute", "/coordination/absence/substitute"),
];

fn view(released: &Released, envelope: &Map<String, Value>) -> Value {
    let mut view = json!({});
    for (key, value) in envelope {
        let place = match key.as_str() {
            "national_id" | "local_id" | "id" => format!("/child/{key}"),
            other => format!("/{other}"),
        };
        put(&mut view, &place, value.clone());
    }
    for item in &released.items {
        for (field, value) in &item.fields {
            let known = PLACES.iter().find(|(category, name, _)| *category == item.category && name == field);
            match (known, item.category.as_str()) {
                (Some((.., place)), _) => put(&mut view, place, value.clone()),
                (None, "team_roster") => push(&mut view, "roster", json!({"name": value})),
                (None, "plan_goals") => push(&mut view, "goals", json!({"goal": value})),
                // Already in the envelope, or nothing the view has a place for.
                _ => {}
            }
        }
    }
    view
}

fn put(view: &mut Value, place: &str, value: Value) {
    let mut here = view;
    for part in place.split('/').filter(|p| !p.is_empty()) {
        if !here.is_object() {
            *here = json!({});
        }
        let Some(map) = here.as_object_mut() else { return };
        here = map.entry(part).or_insert(Value::Null);
    }
    *here = value;
}

fn push(view: &mut Value, list: &str, value: Value) {
    if view.get("coordination").and_then(|c| c.get(list)).is_none() {
        put(view, &format!("/coordination/{list}"), json!([]));
    }
    if let Some(Value::Array(items)) = view.get_mut("coordination").and_then(|c| c.get_mut(list)) {
        items.push(value);
    }
}
