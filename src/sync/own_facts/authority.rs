//! For whom a client may speak: its municipalities, its roles, its services, its own facts.
//!
//! What a fact says about its sender is never trusted over the sender's system file.

use samhold_model::FactId;
use samhold_model::schema::Finding;
use samhold_store::StoreError;
use serde_json::Value;

use super::Rejection;
use super::envelope::{Envelope, finding};
use crate::config::SystemSettings;
use crate::sync::engine::{Engine, Live};
use crate::sync::identity::ChildReference;

/// Facts whose effect rests on who says them.
const BY_AUTHORITY: &[&str] =
    &["holder_decided", "decision_withdrawn", "bk_appointed", "substitute_appointed", "ip_main_decided"];
/// Facts in which services say something of themselves.
const BY_THEMSELVES: &[&str] =
    &["holder_claimed", "holder_disclaimed", "holder_agreed", "dispute_raised", "ip_main_agreed", "ip_main_disputed"];
/// The unit that registers what services have said to it.
const COORDINATING: &str = "koordinerende_enhet";

/// Why this client may not say this; `None` when it may.
pub(super) async fn refusal(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    envelope: &Envelope,
) -> Result<Option<Rejection>, StoreError> {
    if !system.serves(&envelope.municipality) {
        return Ok(Some(elsewhere(system, envelope)));
    }
    if system.speaks_for_all() {
        return Ok(None);
    }
    let refused = as_unit(system, envelope)
        .or_else(|| as_service(live, system, envelope))
        .or_else(|| as_delegator(live, system, envelope))
        .or_else(|| as_register(envelope))
        .or_else(|| in_anothers_ids(system, envelope));
    match refused {
        Some(finding) => Ok(Some(forbidden(envelope, finding))),
        None => Ok(correcting(engine, system, envelope).await?.map(|finding| forbidden(envelope, finding))),
    }
}

fn elsewhere(system: &SystemSettings, envelope: &Envelope) -> Rejection {
    let index = envelope.index;
    let serves = format!("one of {}", system.municipalities.join(", "));
    let error = finding(index, "/municipality", "a municipality this client does not serve", &serves, None);
    Rejection { index, code: "not_your_municipality", status: 403, errors: vec![error] }
}

fn forbidden(envelope: &Envelope, error: Finding) -> Rejection {
    Rejection { index: envelope.index, code: "not_authorised_to_speak_as", status: 403, errors: vec![error] }
}

fn told(envelope: &Envelope, place: &str, found: &str, expected: &str) -> Finding {
    let hint = "the municipality sets `acts_as` and `services` in the client's system file";
    finding(envelope.index, place, found, expected, Some(hint.into()))
}

/// Decisions and appointments: by a role or unit the client may speak as.
fn as_unit(system: &SystemSettings, envelope: &Envelope) -> Option<Finding> {
    let by = envelope.fields.get("by").and_then(Value::as_str)?;
    let binding = BY_AUTHORITY.contains(&envelope.type_name.as_str());
    let found = format!("`{by}`, for whom this client may not speak");
    (binding && !system.may_act_as(by))
        .then(|| told(envelope, "/by", &found, "a role or unit in this client's `acts_as`"))
}

/// Claims and agreements: one of the services named is the client's own.
fn as_service(live: &Live, system: &SystemSettings, envelope: &Envelope) -> Option<Finding> {
    if !BY_THEMSELVES.contains(&envelope.type_name.as_str()) || system.may_act_as(COORDINATING) {
        return None;
    }
    let id_of = |name: &str| live.loaded.services.id_of(name).to_owned();
    let own: Vec<String> = system.services.iter().map(|s| id_of(s)).collect();
    let parties = envelope.fields.get("parties").and_then(Value::as_array).into_iter().flatten();
    let mut named = parties.chain(envelope.fields.get("service")).filter_map(Value::as_str);
    let concerned = named.any(|name| own.contains(&id_of(name)));
    let expected = "a service in this client's `services`, or the koordinerende enhet";
    (!concerned).then(|| told(envelope, "", "services for which this client may not speak", expected))
}

/// A delegation gives away the authority to decide: only who has it may give it.
fn as_delegator(live: &Live, system: &SystemSettings, envelope: &Envelope) -> Option<Finding> {
    let has = live
        .municipality(&envelope.municipality)
        .is_some_and(|m| m.reconcile.decision_authorities.iter().any(|a| system.may_act_as(a)));
    (envelope.type_name.starts_with("delegation_") && !has)
        .then(|| told(envelope, "/type", "a delegation", "one from a client that speaks for a decision authority"))
}

/// Anyone may say that a child is strictly protected, or that nobody knows. A lower grade could undo what the register knows, so it is only the
/// population register's or the municipality's to say, in a fact or by correcting one.
fn as_register(envelope: &Envelope) -> Option<Finding> {
    let (said, place) = match envelope.type_name.as_str() {
        "address_protection" => (envelope.fields.get("value"), "/value"),
        "correction" => (envelope.fields.get("replace").and_then(|r| r.get("value")), "/replace/value"),
        _ => (None, ""),
    };
    let lower = matches!(said.and_then(Value::as_str), Some("none" | "fortrolig"));
    let expected =
        "`strengt_fortrolig` or `unknown`; a lower grade is the population register's own word, or the municipality's";
    lower.then(|| told(envelope, place, "a grade that could lower the protection", expected))
}

/// Two ids together say that they are one child; a client can vouch for its own ids, not for another system's.
fn in_anothers_ids(system: &SystemSettings, envelope: &Envelope) -> Option<Finding> {
    let foreign = envelope.child.iter().any(|reference| match reference {
        ChildReference::Local { system: of, .. } => *of != system.name,
        _ => false,
    });
    (foreign && envelope.child.len() > 1)
        .then(|| told(envelope, "/child/local", "another system's id together with others", "an id of this client"))
}

/// A correction reaches the client's own facts only. What is not there yet cannot have been said by another.
async fn correcting(
    engine: &Engine,
    system: &SystemSettings,
    envelope: &Envelope,
) -> Result<Option<Finding>, StoreError> {
    let of = envelope.fields.get("of").and_then(Value::as_str).and_then(|t| t.parse::<FactId>().ok());
    let Some(of) = of.filter(|_| envelope.type_name == "correction") else { return Ok(None) };
    let fact = engine.store.fact(of).await?;
    let anothers = fact.is_some_and(|f| f.source.as_str() != system.name);
    Ok(anothers.then(|| told(envelope, "/of", "a fact of another system", "a fact this client sent")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::FactInput;
    use samhold_model::Realm;
    use serde_json::json;

    fn school() -> SystemSettings {
        let text = "name = \"skole\"\nkind = \"skole_kommunal\"\nmunicipalities = [\"9901\"]\nacts_as = [\"rektor\"]";
        toml::from_str(text).unwrap()
    }

    fn said(type_name: &str, fields: Value) -> Envelope {
        let mut json = json!({"id": "7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001", "at": "2026-08-17", "type": type_name,
            "municipality": "9901", "child": {"local": {"system": "skole", "id": "elev-1"}}});
        json.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        Envelope::read(FactInput { index: 0, json }, Realm::Test).unwrap_or_else(|e| panic!("{e:?}"))
    }

    #[test]
    fn a_school_appoints_only_as_the_roles_it_was_given() {
        let appointed = |by: &str| said("bk_appointed", json!({"person": "kari", "service": "lia-skole", "by": by}));
        assert!(as_unit(&school(), &appointed("rektor")).is_none());
        assert!(as_unit(&school(), &appointed("skole_kommunal")).is_none());
        assert_eq!(as_unit(&school(), &appointed("kommunedirektor")).unwrap().pointer, "/0/by");
    }

    #[test]
    fn the_strictest_protection_is_anyones_to_say_and_a_lower_grade_is_few_peoples() {
        assert!(as_register(&said("address_protection", json!({"value": "strengt_fortrolig"}))).is_none());
        for lower in ["none", "fortrolig"] {
            assert!(as_register(&said("address_protection", json!({"value": lower}))).is_some());
            let correction = json!({"of": "7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0003", "replace": {"value": lower}});
            assert_eq!(as_register(&said("correction", correction)).unwrap().pointer, "/0/replace/value");
        }
        let consent = json!({"of": "7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0003", "replace": {"value": "refused"}});
        assert!(as_register(&said("correction", consent)).is_none());
    }

    #[test]
    fn another_systems_id_is_never_joined_with_a_childs_own() {
        let child_id = "7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0002";
        let by = |child: Value| said("died", json!({"child": child}));
        let foreign = json!({"local": {"system": "barnevern", "id": "sak-1"}, "child_id": child_id});
        let own = json!({"local": {"system": "skole", "id": "elev-1"}, "child_id": child_id});
        assert!(in_anothers_ids(&school(), &by(foreign)).is_some());
        assert!(in_anothers_ids(&school(), &by(own)).is_none());
        assert!(in_anothers_ids(&school(), &by(json!({"local": {"system": "barnevern", "id": "sak-1"}}))).is_none());
    }

    #[test]
    fn a_number_as_a_member_is_refused_without_being_repeated() {
        let json = json!({"id": "7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001", "at": "2026-08-17", "type": "died",
            "municipality": "9901", "child": {"duf": "202612345610"}, "14821970351": "x"});
        let errors = Envelope::read(FactInput { index: 0, json }, Realm::Test).err().unwrap();
        assert!(!format!("{errors:?}").contains("14821970351"), "{errors:?}");
    }
}
