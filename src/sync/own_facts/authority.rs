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
        None => Ok(correcting(engine, live, system, envelope).await?.map(|finding| forbidden(envelope, finding))),
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

/// A correction reaches the client's own facts only, and lets them say no more than the client could have said itself. What is
/// not there yet cannot have been said by another.
async fn correcting(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    envelope: &Envelope,
) -> Result<Option<Finding>, StoreError> {
    let of = envelope.fields.get("of").and_then(Value::as_str).and_then(|t| t.parse::<FactId>().ok());
    let Some(of) = of.filter(|_| envelope.type_name == "correction") else { return Ok(None) };
    if let Some(found) = in_disguise(envelope) {
        return Ok(Some(found));
    }
    let fact = engine.store.fact(of).await?;
    if fact.as_ref().is_some_and(|f| f.source.as_str() != system.name) {
        return Ok(Some(told(envelope, "/of", "a fact of another system", "a fact this client sent")));
    }
    let said = fact.map(|f| f.body);
    Ok(as_corrected(envelope, said.as_ref()).iter().find_map(|corrected| {
        let refused = as_unit(system, corrected).or_else(|| as_service(live, system, corrected));
        refused.map(|found| Finding { pointer: found.pointer.replacen("/by", "/replace/by", 1), ..found })
    }))
}

/// A correction says fields anew. What a fact is, and what another correction says, it leaves alone: else it could say in two
/// steps what may not be said in one.
fn in_disguise(envelope: &Envelope) -> Option<Finding> {
    let replace = envelope.fields.get("replace").and_then(Value::as_object)?;
    let key = ["type", "of", "replace"].into_iter().find(|key| replace.contains_key(*key))?;
    let expected = "fields of the fact that is corrected; to say something else, void it and send it anew";
    Some(told(envelope, &format!("/replace/{key}"), &format!("`{key}`"), expected))
}

/// What the fact would say. One that is not there yet may be of any kind whose effect rests on who says it.
fn as_corrected(envelope: &Envelope, said: Option<&Value>) -> Vec<Envelope> {
    let Some(replace) = envelope.fields.get("replace").and_then(Value::as_object) else { return Vec::new() };
    let kinds: Vec<&str> = match said {
        Some(said) => said.get("type").and_then(Value::as_str).into_iter().collect(),
        None => BY_AUTHORITY.to_vec(),
    };
    let fields = said.and_then(Value::as_object).cloned().unwrap_or_default();
    let anew = |kind: &str| {
        let fields = fields.clone().into_iter().chain(replace.clone()).collect();
        Envelope { type_name: kind.to_owned(), fields, ..envelope.clone() }
    };
    kinds.into_iter().map(anew).collect()
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
    fn a_correction_says_nothing_that_the_client_could_not_have_said() {
        let of = "7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0003";
        for key in ["type", "of", "replace"] {
            let disguised = said("correction", json!({"of": of, "replace": {key: "holder_decided"}}));
            assert_eq!(in_disguise(&disguised).unwrap().pointer, format!("/0/replace/{key}"));
        }
        let corrected = |replace: Value, said_before: Option<Value>| {
            let envelope = said("correction", json!({"of": of, "replace": replace}));
            as_corrected(&envelope, said_before.as_ref()).iter().any(|fact| as_unit(&school(), fact).is_some())
        };
        let decided = || Some(json!({"type": "holder_decided", "service": "lia-skole", "by": "rektor"}));
        assert!(corrected(json!({"by": "kommunedirektor"}), decided()));
        assert!(corrected(json!({"by": "kommunedirektor"}), None), "it may come before what it corrects");
        assert!(!corrected(json!({"service": "nes-skole"}), decided()), "in a role of its own");
        assert!(!corrected(json!({"at": "2026-08-18"}), None));
        let wish = Some(json!({"type": "cooperation_not_needed", "by": "lia-skole"}));
        assert!(!corrected(json!({"by": "nes-skole"}), wish), "who registered it gives no authority");
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
