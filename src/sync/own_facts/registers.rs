//! A consent that was asked for in a consent register: which register, and whose child the request is about.
//!
//! Must never join an id of any other system to a child: only a register's requests are named so.

use samhold_model::hint::nearest;
use serde_json::Value;

use super::Rejection;
use super::envelope::{Envelope, finding};
use crate::sync::engine::Live;
use crate::sync::identity::ChildReference;

const TYPE: &str = "consent_requested";

/// Refuses a request in a system that is no consent register of this installation.
pub(super) fn refusal(live: &Live, envelope: &Envelope) -> Option<Rejection> {
    let (system, _) = named(envelope)?;
    if live.registers.contains_key(system) {
        return None;
    }
    let hint = nearest(system, live.registers.keys().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
    let expected = "a configured system with a source that is a consent register (`altinn` or `samtykke`)";
    let error = finding(envelope.index, "/system", &format!("`{system}`"), expected, hint);
    Some(Rejection { index: envelope.index, code: "invalid_fact", status: 422, errors: vec![error] })
}

/// The request's id is the register's name for this child: so its answer finds the child, and one request is never about two.
pub(super) fn name_request(envelope: &mut Envelope) {
    if let Some((system, request)) = named(envelope) {
        let reference = ChildReference::Local { system: system.to_owned(), id: request.to_owned() };
        envelope.child.push(reference);
    }
}

fn named(envelope: &Envelope) -> Option<(&str, &str)> {
    let text = |key: &str| envelope.fields.get(key).and_then(Value::as_str);
    (envelope.type_name == TYPE).then(|| text("system").zip(text("request"))).flatten()
}
