//! The record of one request: what was asked for here, and of Altinn's answer what the mapping reads, always in the same bytes.
//!
//! Must never let through a member that is not named here: messages, metadata and who did what are nobody's business.

use samhold_adapter_api::{Record, Requested};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Kinds of events that change what a consent says.
const EVENTS: [&str; 5] = ["accepted", "deleted", "expired", "rejected", "revoked"];
const KEY: &str = "consentrequest/";

/// The key of a request's record.
pub(crate) fn key(request: &str) -> String {
    format!("{KEY}{request}")
}

/// The request that a record is of.
pub(crate) fn request_of(key: &str) -> Option<&str> {
    key.strip_prefix(KEY)
}

/// The record of an answer, which must be about this request.
pub(crate) fn answered(requested: &Requested, answer: &Map<String, Value>) -> Record {
    let mut consent = Map::new();
    consent.insert("id".into(), json!(requested.request));
    for name in ["from", "status", "consented", "validTo"] {
        let value = answer.get(name).filter(|value| !value.is_null());
        consent
            .extend(value.map(|value| (name.to_owned(), if name == "status" { small(value) } else { value.clone() })));
    }
    consent.insert("consentRights".into(), Value::Array(sorted(items(answer, "consentRights").map(right))));
    let events = items(answer, "consentRequestEvents").filter_map(event);
    consent.insert("consentRequestEvents".into(), Value::Array(sorted(events)));
    record(&requested.request, &json!({"request": asked(requested), "consent": consent}), false)
}

/// The record of a request whose answer cannot be read. No mapping takes it, so what it had permitted counts no more.
pub(crate) fn unreadable(requested: &Requested) -> Record {
    record(&requested.request, &json!({"request": asked(requested)}), false)
}

/// The record of a request that is not there any more, or is not asked about any more.
pub(crate) fn gone(request: &str) -> Record {
    record(request, &json!({"request": {"request": request}}), true)
}

/// Tells one set of words about a request from another, without holding them.
pub(crate) fn mark(requested: &Requested) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, asked(requested).to_string().as_bytes()).to_string()
}

fn record(request: &str, body: &Value, gone: bool) -> Record {
    Record {
        key: key(request),
        content_type: "application/json".into(),
        body: body.to_string().into_bytes().into(),
        gone,
        delivery_id: None,
    }
}

fn asked(requested: &Requested) -> Value {
    json!({
        "request": requested.request,
        "child_id": requested.child_id,
        "categories": requested.categories,
        "recipients": requested.recipients,
        "purposes": requested.purposes,
    })
}

fn items<'a>(from: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Value> {
    from.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn right(right: &Value) -> Value {
    let resources = right.get("resource").and_then(Value::as_array).into_iter().flatten();
    let resource = |one: &Value| json!({"type": one.get("type"), "value": one.get("value")});
    json!({"action": right.get("action"), "resource": sorted(resources.map(resource))})
}

fn event(event: &Value) -> Option<Value> {
    let kind = small(event.get("eventType")?);
    let told = kind.as_str().is_some_and(|kind| EVENTS.contains(&kind));
    told.then(|| json!({"created": event.get("created"), "eventType": kind}))
}

fn small(word: &Value) -> Value {
    word.as_str().map_or_else(|| word.clone(), |text| json!(text.to_ascii_lowercase()))
}

/// By what they say, since the order in which a database gives them means nothing.
fn sorted(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut values: Vec<Value> = values.collect();
    values.sort_by_cached_key(Value::to_string);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requested() -> Requested {
        Requested {
            request: "77ed8698-e619-4066-9eb4-5c1eb3f165a1".into(),
            child_id: "0198c0de-0000-7000-8000-000000000001".into(),
            categories: vec!["holder_service".into()],
            recipients: vec!["barnehage_privat".into()],
            purposes: vec!["coordination".into()],
        }
    }

    fn body(answer: &Value) -> String {
        String::from_utf8(answered(&requested(), answer.as_object().unwrap()).body.to_vec()).unwrap()
    }

    #[test]
    fn messages_metadata_addresses_uses_and_who_did_it_stay_in_altinn() {
        let answer = json!({"id": "77ED8698-E619-4066-9EB4-5C1EB3F165A1", "status": "Accepted", "validTo": "2027-01-01T00:00:00+01:00",
            "from": "urn:altinn:person:identifier-no:12858841044", "to": "urn:altinn:organization:identifier-no:310779008",
            "requestMessage": {"nb": "hemmelig"}, "redirectUrl": "https://hemmelig", "viewUri": "https://hemmelig",
            "consentRights": [{"action": ["consent"], "resource": [{"type": "urn:altinn:resource", "value": "x", "version": "hemmelig"}],
                "metaData": {"barn": "hemmelig"}, "metadata": {"barn": "hemmelig"}}],
            "consentRequestEvents": [
                {"consentEventID": "1", "created": "2026-11-02T09:30:12Z", "performedBy": "hemmelig", "eventType": "Accepted"},
                {"consentEventID": "2", "created": "2026-11-03T09:30:12Z", "performedBy": "hemmelig", "eventType": "used"}]});
        let text = body(&answer);
        assert!(!text.contains("hemmelig") && !text.contains("310779008"), "{text}");
        assert!(!text.contains("used") && text.contains("\"status\":\"accepted\""), "{text}");
        assert!(text.contains("{\"created\":\"2026-11-02T09:30:12Z\",\"eventType\":\"accepted\"}"), "{text}");
    }

    #[test]
    fn the_same_consent_gives_the_same_bytes_in_whatever_order_and_letters_it_comes() {
        let one = json!({"id": "1", "status": "revoked", "from": "a", "consentRights": [
                {"action": ["consent"], "resource": [{"type": "t", "value": "x"}]}, {"action": ["consent"], "resource": [{"type": "t", "value": "a"}]}],
            "consentRequestEvents": [{"created": "2026-11-02T09:30:12Z", "eventType": "accepted"}, {"created": "2026-11-03T09:30:12Z", "eventType": "revoked"}]});
        let other = json!({"consentRequestEvents": [{"eventType": "Revoked", "created": "2026-11-03T09:30:12Z"},
                {"eventType": "Accepted", "created": "2026-11-02T09:30:12Z"}, {"eventType": "Used", "created": "2026-11-02T10:00:00Z"}],
            "consentRights": [{"resource": [{"value": "a", "type": "t"}], "action": ["consent"], "metaData": {}},
                {"resource": [{"value": "x", "type": "t"}], "action": ["consent"]}],
            "from": "a", "status": "Revoked", "id": "1", "consented": null});
        assert_eq!(body(&one), body(&other));
    }

    #[test]
    fn other_words_have_another_mark() {
        let mut wider = requested();
        wider.categories.push("plan_full".into());
        assert_ne!(mark(&requested()), mark(&wider));
        assert_eq!(mark(&requested()), mark(&requested()));
    }

    proptest::proptest! {
        #[test]
        fn no_answer_panics(text in "[\\[\\]{}\":,a-z0-9]{0,80}") {
            if let Ok(Value::Object(answer)) = serde_json::from_str(&text) {
                let _record = answered(&requested(), &answer);
            }
        }
    }
}
