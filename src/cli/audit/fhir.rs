//! An entry of the log as FHIR R4 AuditEvent, after IHE Basic Audit Log Patterns where a pattern fits: a release, a retraction
//! and what may have arrived are privacy disclosures at the source, a reading is a read (of a patient, when of one child).
//!
//! A withholding, a decision and the rest have no pattern there: they are plain AuditEvents that claim no profile. Must never hold
//! more than the entry: codes, field names and opaque ids.

use samhold_store::{AuditEntry, ChainedEntry};
use serde_json::{Map, Value, json};

use super::veil::kind_of;
use crate::config::Loaded;
use crate::sync::WHOLE_MUNICIPALITY;

const BALP: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const EVENT_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
/// Coordination of care.
const PURPOSE: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/v3-ActReason", "COC");
const DISCLOSE: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose");
const READ: (&str, &str) = ("http://hl7.org/fhir/restful-interaction", "read");
/// Kinds of entries that no code system has words for.
const OWN_KIND: &str = "urn:samhold:audit-kind";

/// What kind of event an entry is.
struct Shape {
    profile: Option<&'static str>,
    kind: (&'static str, &'static str),
    subtype: (&'static str, String),
    action: &'static str,
    outcome: (&'static str, Option<&'static str>),
}

fn shape(entry: &AuditEntry) -> Shape {
    let disclosed = |outcome| Shape {
        profile: Some("PrivacyDisclosure.Source"),
        kind: (DCM, "110106"),
        subtype: (DISCLOSE.0, DISCLOSE.1.to_owned()),
        action: "R",
        outcome,
    };
    let own =
        |kind, action, outcome| Shape { profile: None, kind, subtype: (OWN_KIND, entry.kind.clone()), action, outcome };
    match entry.kind.as_str() {
        // Only what is about one child can be a disclosure about a patient.
        "release" | "retraction" if entry.child.is_some() => disclosed(("0", None)),
        "tried" if entry.child.is_some() => disclosed(("4", Some("the recipient has not confirmed that it arrived"))),
        "read" => Shape {
            profile: Some(if entry.child.is_some() { "PatientRead" } else { "Read" }),
            kind: (EVENT_TYPE, "rest"),
            subtype: (READ.0, READ.1.to_owned()),
            action: "R",
            outcome: ("0", None),
        },
        "withheld" => own((DCM, "110113"), "E", ("8", Some("withheld by the rules of disclosure"))),
        "decision" | "task" => own((EVENT_TYPE, "object"), "C", ("0", None)),
        _ => own((EVENT_TYPE, "object"), "E", ("0", None)),
    }
}

/// The entry as an AuditEvent; the same entry is always the same resource.
pub(super) fn audit_event(loaded: &Loaded, chained: &ChainedEntry) -> Value {
    let ChainedEntry { seq, entry, .. } = chained;
    let shape = shape(entry);
    let mut event = Map::new();
    let mut put = |key: &str, value: Value| drop(event.insert(key.to_owned(), value));
    put("resourceType", json!("AuditEvent"));
    put("id", json!(format!("samhold-{seq}")));
    if let Some(profile) = shape.profile {
        put("meta", json!({"profile": [format!("{BALP}{profile}")]}));
    }
    put("type", coding(shape.kind.0, shape.kind.1));
    put("subtype", json!([coding(shape.subtype.0, &shape.subtype.1)]));
    put("action", json!(shape.action));
    put("recorded", json!(entry.at));
    put("outcome", json!(shape.outcome.0));
    if let Some(why) = shape.outcome.1 {
        put("outcomeDesc", json!(why));
    }
    if shape.profile.is_some_and(|profile| profile.starts_with("Privacy")) {
        put("purposeOfEvent", json!([{"coding": [coding(PURPOSE.0, PURPOSE.1)]}]));
    }
    put("agent", agents(entry));
    put(
        "source",
        json!({"observer": samhold(), "type": [coding("http://terminology.hl7.org/CodeSystem/security-source-type", "4")]}),
    );
    put("entity", entities(loaded, chained));
    Value::Object(event)
}

fn coding(system: &str, code: &str) -> Value {
    json!({"system": system, "code": code})
}

/// This program, as the one who recorded and the source of what leaves.
fn samhold() -> Value {
    json!({"identifier": {"system": "urn:ietf:rfc3986", "value": "urn:samhold"}, "display": "Samhold"})
}

fn other_end(entry: &AuditEntry) -> Value {
    json!({"identifier": {"system": "urn:samhold:system", "value": entry.actor}, "display": entry.actor})
}

/// Source and destination of the data, each with where it stood; a person who reads is also there as user.
fn agents(entry: &AuditEntry) -> Value {
    let agent = |(system, code): (&str, &str), who: Value, requestor: bool, address: &str| {
        json!({"type": {"coding": [coding(system, code)]}, "who": who, "requestor": requestor,
            "network": {"address": address, "type": "5"}})
    };
    let asked = matches!(entry.kind.as_str(), "read" | "decision" | "task" | "discard" | "replay" | "rebuild");
    let at = if entry.actor == "operator" { "urn:samhold:command-line" } else { "urn:samhold:interface" };
    let mut agents = vec![
        agent((DCM, "110153"), samhold(), !asked, "urn:samhold"),
        agent((DCM, "110152"), other_end(entry), asked && entry.actor != "operator", at),
    ];
    if entry.actor == "operator" {
        let informed = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
        let user = json!({"type": {"coding": [coding(informed, "IRCP")]}, "who": other_end(entry), "requestor": true});
        agents.push(user);
    }
    Value::Array(agents)
}

/// The child by its opaque id, and what was looked at or left, with each decision.
fn entities(loaded: &Loaded, chained: &ChainedEntry) -> Value {
    let entry = &chained.entry;
    let mut entities = Vec::new();
    if let Some(child) = entry.child.filter(|child| *child != WHOLE_MUNICIPALITY) {
        let id = json!({"system": "urn:ietf:rfc3986", "value": format!("urn:uuid:{child}")});
        entities.push(json!({"what": {"type": "Patient", "identifier": id}, "type": coding(ENTITY_TYPE, "1"),
            "role": coding(OBJECT_ROLE, "1"), "securityLabel": [label(loaded, entry)]}));
    }
    let event = entry.detail.get("event_id").and_then(Value::as_str).map(|id| format!("urn:uuid:{id}"));
    let what = event.unwrap_or_else(|| format!("urn:samhold:audit:{}", chained.seq));
    entities.push(json!({"what": {"identifier": {"system": "urn:ietf:rfc3986", "value": what}},
        "type": coding(ENTITY_TYPE, "2"), "role": coding(OBJECT_ROLE, "4"),
        "securityLabel": [label(loaded, entry)], "detail": details(chained)}));
    Value::Array(entities)
}

/// That a child has to do with a krisesenter, barnevern or familievern is kept closest, and so is what nobody can tell any more.
fn label(loaded: &Loaded, entry: &AuditEntry) -> Value {
    let ours = entry.actor == "operator";
    let sensitive = kind_of(loaded, entry).is_none_or(|kind| crate::sync::reveals(&kind).is_some());
    coding(CONFIDENTIALITY, if sensitive && !ours { "V" } else { "R" })
}

/// The place in the chain, and each decision: category, outcome, and the ground or reason.
fn details(chained: &ChainedEntry) -> Value {
    let detail = |kind: &str, text: &str| json!({"type": kind, "valueString": text});
    let mut all = vec![detail("seq", &chained.seq.to_string()), detail("hash", &chained.hash)];
    let decisions = chained.entry.detail.get("decisions").and_then(Value::as_array);
    for one in decisions.into_iter().flatten() {
        let text = |key: &str| one.get(key).and_then(Value::as_str).unwrap_or_default();
        all.push(detail(text("category"), [text("decision"), text("reason"), text("basis")].join(" ").trim_end()));
    }
    for (key, value) in chained.entry.detail.as_object().into_iter().flatten() {
        if let Some(text) = value.as_str().filter(|text| !text.is_empty()) {
            all.push(detail(key, text));
        }
    }
    Value::Array(all)
}
