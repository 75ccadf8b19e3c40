//! A consent that was asked for in a consent register: which register, and whose child the request is about.
//!
//! Must never join an id of any other system to a child: only a register's requests are named so.

use samhold_model::NationalId;
use samhold_model::hint::nearest;
use samhold_model::schema::Finding;
use samhold_store::StoreError;
use serde_json::Value;

use super::Rejection;
use super::envelope::{Envelope, finding};
use crate::sync::engine::{Engine, Live};
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
    Some(refused(envelope, error))
}

/// The request's id is the register's name for this child: so its answer finds the child, and one request is never about two.
pub(super) async fn name_request(
    engine: &Engine,
    live: &Live,
    envelope: &mut Envelope,
) -> Result<Option<Rejection>, StoreError> {
    let Some((system, request)) = named(envelope) else { return Ok(None) };
    let reference = ChildReference::Local { system: system.to_owned(), id: request.to_owned() };
    let own = envelope.child.iter().find_map(|reference| match reference {
        ChildReference::Own(child) => Some(*child),
        _ => None,
    });
    // Our own id comes with no other names; those that are kept stand for it.
    if let Some(child) = own {
        let kept = engine.store.identifiers_of(child).await?;
        let numbers = kept.iter().filter_map(|id| NationalId::parse(&id.value.0, live.realm()).ok());
        let names: Vec<ChildReference> = numbers.map(ChildReference::Number).take(1).collect();
        if names.is_empty() {
            let expected = "`national_id` or `duf`, since nothing but our own id is known of this child";
            let error = finding(envelope.index, "/child", "a child_id alone", expected, None);
            return Ok(Some(refused(envelope, error)));
        }
        envelope.child = names;
    }
    envelope.child.push(reference);
    Ok(None)
}

fn refused(envelope: &Envelope, error: Finding) -> Rejection {
    Rejection { index: envelope.index, code: "invalid_fact", status: 422, errors: vec![error] }
}

fn named(envelope: &Envelope) -> Option<(&str, &str)> {
    let text = |key: &str| envelope.fields.get(key).and_then(Value::as_str);
    (envelope.type_name == TYPE).then(|| text("system").zip(text("request"))).flatten()
}
