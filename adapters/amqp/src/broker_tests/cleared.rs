//! A message that disclosure has really cleared: one released item, arranged by a mapping that writes constants.

use samhold_disclosure::{
    Cleared, Envelope, FieldFacts, Guardian, Narrow, Narrowed, Package, Parcel, Recipient, Released, Rules, Shape,
    Share, Subject,
};
use samhold_model::{Date, Law};
use serde_json::{Map, Value, json};

/// Writes `0`, all of it declared as its own constants and keys.
struct Writes(Value);

impl Shape for Writes {
    fn constants(&self) -> Vec<Value> {
        let mut found = Vec::new();
        leaves(&self.0, &mut found, &mut Vec::new());
        found
    }

    fn keys(&self) -> Vec<String> {
        let mut found = Vec::new();
        leaves(&self.0, &mut Vec::new(), &mut found);
        found
    }

    fn arrange(&self, _: &Released, _: &Map<String, Value>) -> Result<Value, String> {
        Ok(self.0.clone())
    }
}

fn leaves(value: &Value, values: &mut Vec<Value>, keys: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| {
            keys.push(name.clone());
            leaves(inner, values, keys);
        }),
        Value::Array(items) => items.iter().for_each(|inner| leaves(inner, values, keys)),
        leaf => values.push(leaf.clone()),
    }
}

/// Policies that hold nothing back: what the floor releases is released.
#[derive(Debug)]
struct FloorAlone;

impl Narrow for FloorAlone {
    fn permits(&self, _: &FieldFacts<'_>) -> bool {
        true
    }
}

/// The message, released for a municipal school that takes part in a ten-year-old's case.
pub(crate) fn cleared(message: Value) -> Cleared<Value> {
    let fields = json!({"name": "Kari Koordinator"}).as_object().unwrap().clone();
    let health = "kommunal_helse".to_owned();
    let parcel = Parcel {
        category: "coordinator_contact".into(),
        from: health.clone(),
        holder_kind: Some(health),
        fields,
        ..Parcel::default()
    };
    let subject = Subject {
        birth_date: Some(Date::constant(2015, 1, 1)),
        guardians: vec![Guardian { id: "mor".into(), responsibility: true, contact_ban: false }],
        address_protection: Some("none".into()),
        ..Subject::default()
    };
    let package = Package {
        subject,
        recipient: Recipient { kind: "skole_kommunal".into(), participant: true, id: None },
        purpose: "coordination".into(),
        flags: samhold_disclosure::Circumstances::default(),
        consents: Vec::new(),
        date: Date::constant(2025, 3, 1),
        items: vec![parcel],
    };
    let rules = Narrowed {
        rules: Rules { law: Law::bundled(), config: Share::default() },
        municipality: "9901".into(),
        policies: std::sync::Arc::new(FloorAlone),
    };
    let released = samhold_disclosure::release(&package, &rules).cleared.unwrap();
    released.shape(&Writes(message), &Envelope::new()).unwrap()
}
