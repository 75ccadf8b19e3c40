//! Consent requests and what has happened to them.
//!
//! Must never forget an event, nor make one for a consent that expires.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

/// The resource in the Resource Registry that requests are about.
pub const RESOURCE: &str = "samtykke-samordning-barn";
const PERSON: &str = "urn:altinn:person:identifier-no:";
const ORGANIZATION: &str = "urn:altinn:organization:identifier-no:310779008";

/// What somebody is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// National number of who is asked.
    pub from: String,
    /// Until when the consent is to count.
    pub valid_to: Timestamp,
    /// Resources of the Resource Registry, each a right of its own.
    pub resources: Vec<String>,
}

impl Request {
    /// For [`RESOURCE`].
    #[must_use]
    pub fn to(from: &str, valid_to: Timestamp) -> Self {
        Self { from: from.to_owned(), valid_to, resources: vec![RESOURCE.to_owned()] }
    }
}

/// Something that happened; its place in the list is the order of the feed.
pub(super) struct Event {
    pub(super) request: String,
    pub(super) kind: String,
    pub(super) at: Timestamp,
}

/// Everything Altinn knows.
pub(super) struct Register {
    pub(super) now: Timestamp,
    pub(super) requests: BTreeMap<String, Value>,
    pub(super) events: Vec<Event>,
    pub(super) lost: BTreeSet<String>,
    pub(super) mixed: BTreeMap<String, String>,
    pub(super) leads_to: Option<String>,
    pub(super) page_size: usize,
}

impl Register {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            now,
            requests: BTreeMap::new(),
            events: Vec::new(),
            lost: BTreeSet::new(),
            mixed: BTreeMap::new(),
            leads_to: None,
            page_size: 100,
        }
    }

    pub(super) fn ask(&mut self, request: &Request) -> String {
        // Counted, not random, and of the form that the interface takes.
        let id = Uuid::new_v5(&Uuid::NAMESPACE_URL, self.requests.len().to_string().as_bytes()).to_string();
        let right = |resource: &String| {
            json!({"action": ["consent"], "resource": [{"type": "urn:altinn:resource", "value": resource}],
                "metaData": {"formaal": "samordning"}})
        };
        let rights: Vec<Value> = request.resources.iter().map(right).collect();
        let body = json!({"id": id, "from": format!("{PERSON}{}", request.from), "to": ORGANIZATION, "requiredDelegator": null,
            "handledBy": null, "validTo": written(request.valid_to), "consentRights": rights,
            "requestMessage": {"nb": "Kan vi dele?"}, "status": "created", "consented": null,
            "redirectUrl": "https://fjellvik.example.no/takk", "consentRequestEvents": [],
            "viewUri": format!("https://am.ui.altinn.no/consent/request?id={id}"), "portalViewMode": "hide"});
        self.requests.insert(id.clone(), body);
        self.happens(&id, "created");
        id
    }

    pub(super) fn happens(&mut self, id: &str, kind: &str) {
        let at = self.now;
        let number = self.events.len();
        let Some(Value::Object(request)) = self.requests.get_mut(id) else { return };
        let event = json!({"consentEventID": Uuid::new_v5(&Uuid::NAMESPACE_OID, number.to_string().as_bytes()),
            "created": written(at), "performedBy": request.get("from"), "eventType": kind, "consentRequestID": id});
        if let Some(Value::Array(events)) = request.get_mut("consentRequestEvents") {
            events.push(event);
        }
        if kind != "used" {
            request.insert("status".into(), json!(kind));
        }
        if kind == "accepted" {
            request.insert("consented".into(), json!(written(at)));
        }
        self.events.push(Event { request: id.to_owned(), kind: kind.to_owned(), at });
    }

    /// A request as it is answered now. That it has expired is only told here.
    pub(super) fn details(&self, id: &str) -> Option<Value> {
        let id = self.mixed.get(id).map_or(id, String::as_str);
        let mut found = self.requests.get(id).filter(|_| !self.lost.contains(id))?.as_object()?.clone();
        let text = |name: &str| found.get(name).and_then(Value::as_str);
        let ended = text("validTo").and_then(|end| end.parse::<Timestamp>().ok()).is_some_and(|end| end <= self.now);
        if ended && matches!(text("status"), Some("created" | "accepted")) {
            found.insert("status".into(), json!("expired"));
        }
        Some(Value::Object(found))
    }
}

/// As .NET writes a moment: seven decimals and an offset.
pub(super) fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%7f+00:00").to_string()
}
