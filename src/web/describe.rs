//! The program describes itself: `/openapi.json` (3.1), `/asyncapi.json` (3.0) and JSON Schemas under `/schemas/`.
//!
//! A test compares the paths here with the routes, so that neither can grow alone.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use samhold_model::Law;
use samhold_model::vocabulary::{child_schema, fact_schema};
use serde_json::{Map, Value, json};

use super::Shared;
use super::problem::Problem;

/// What is published under `/schemas/`.
#[must_use]
pub fn schemas(law: &Law) -> Vec<(&'static str, Value)> {
    vec![
        ("fact.json", fact_schema(law)),
        ("child.json", titled("How a child is named", child_schema())),
        ("assignment.json", assignment_schema()),
        ("handover.json", handover_schema()),
        ("decision.json", decision_schema()),
        ("receipt.json", receipt_schema()),
        ("problem.json", problem_schema()),
    ]
}

fn titled(title: &str, mut schema: Value) -> Value {
    if let Some(map) = schema.as_object_mut() {
        map.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
        map.insert("title".into(), json!(title));
    }
    schema
}

/// `data` of the bundled outbound mapping. Everything is optional: what may not go out is absent, never null.
fn assignment_schema() -> Value {
    let text = || json!({"type": "string"});
    titled(
        "Who coordinates for this child, as this recipient may know it",
        json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "child": {"type": "object", "properties": {"national_id": text(), "local_id": text(), "id": text()}},
            "municipality": text(), "version": {"type": "integer", "minimum": 0},
            "valid_from": {"type": "string", "format": "date"},
            "coordination": {"type": "object", "properties": {
                "state": {"enum": ["held", "held_by_default", "disputed", "vacant"]},
                "holder": {"type": "object", "properties": {"name": text(), "unit": text(), "service": text()}},
                "coordinator": {"type": "object", "properties":
                    {"name": text(), "email": text(), "phone": text(), "unit": text()}},
                "contact_point": text(), "plan": {"type": "object"}, "absence": {"type": "object"},
                "goals": {"type": "array"}, "roster": {"type": "array"}}},
            "state": {"enum": ["superseded", "retracted"]}}}),
    )
}

/// `data` of the bundled mapping of a handover.
fn handover_schema() -> Value {
    let text = || json!({"type": "string"});
    let named = || json!({"type": "object", "properties": {"name": text(), "unit": text(), "service": text()}});
    titled(
        "How the case of a child that moved here stood in the municipality it left; answer with a receipt",
        json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "child": {"type": "object", "properties": {"national_id": text(), "local_id": text(), "id": text()}},
            "version": {"type": "integer", "minimum": 0},
            "moved": {"type": "string", "format": "date"},
            "handover": {"type": "object", "additionalProperties": false, "properties": {
                "municipality": text(), "contact_point": text(),
                "state": {"enum": ["held", "held_by_default", "disputed", "vacant"]},
                "holder": named(),
                "coordinator": {"type": "object", "properties":
                    {"name": text(), "email": text(), "phone": text(), "unit": text()}},
                "plan": {"type": "object"}, "goals": {"type": "array"},
                "roster": {"type": "array", "items": named()}}}}}),
    )
}

fn decision_schema() -> Value {
    let date = || json!({"type": "string", "format": "date"});
    titled(
        "A decision of the municipality",
        json!({"type": "object", "additionalProperties": false,
        "properties": {"id": {"type": "string", "format": "uuid"}, "child": child_schema(),
            "municipality": {"type": "string", "pattern": "^[0-9]{4}$"},
            "action": {"enum": ["name_holder", "settle_dispute", "withdraw"]},
            "by": {"type": "string"}, "service": {"type": "string"}, "at": date(), "valid_to": date(),
            "ground": {"type": "string", "minLength": 1, "description": "why, in words; sent to nobody"}},
        "required": ["child", "municipality", "action", "by", "ground"]}),
    )
}

fn receipt_schema() -> Value {
    titled(
        "Receipts",
        json!({"type": "array", "items": {"type": "object", "additionalProperties": false,
        "properties": {"event_id": {"type": "string", "format": "uuid"},
            "status": {"enum": ["read", "accepted", "rejected"]}, "reason": {"type": "string"}},
        "required": ["event_id", "status"]}}),
    )
}

fn problem_schema() -> Value {
    titled(
        "A refused request (RFC 9457)",
        json!({"type": "object", "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "code": {"type": "string"}, "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object", "properties": {
            "pointer": {"type": "string"}, "found": {"type": "string"}, "expected": {"type": "string"},
            "hint": {"type": "string"}}}}}}),
    )
}

struct Road {
    method: &'static str,
    path: &'static str,
    summary: &'static str,
    takes: Option<&'static str>,
    gives: &'static [(&'static str, &'static str)],
}

/// What may stand in the query of a road: its path, the name, the type and what it is.
const QUERIES: &[(&str, &str, &str, &str)] = &[
    ("/api/v1/worklist", "municipality", "string", "only this municipality"),
    (
        "/api/v1/worklist",
        "service",
        "string",
        "only children in whose case it takes part or holds, as far as this client may know",
    ),
    ("/api/v1/worklist", "code", "string", "only this alert or task"),
    ("/api/v1/worklist", "urgency", "integer", "only this urgency; 1 is most urgent"),
    ("/api/v1/worklist", "limit", "integer", "lines of a page, 100 unless given, 1000 at most"),
    ("/api/v1/worklist", "offset", "integer", "lines left out first"),
];

/// Every road of the router.
const ROADS: &[Road] = &[
    Road {
        method: "post",
        path: "/api/v1/facts",
        summary: "Facts in our own schema: one, an array, or NDJSON",
        takes: Some("fact.json"),
        gives: &[
            ("200", "{accepted, duplicates, rejected[{index, code, errors}]}"),
            ("409", "a single fact whose id stands for other content"),
        ],
    },
    Road {
        method: "post",
        path: "/in/{system}",
        summary: "A document in the system's own format",
        takes: None,
        gives: &[("202", "{id, status: RECEIVED}, once durable")],
    },
    Road {
        method: "get",
        path: "/in/{system}/{id}",
        summary: "What became of a document",
        takes: None,
        gives: &[("200", "{id, status: RECEIVED|DONE|DEAD_LETTER, code?, detail?}"), ("404", "unknown")],
    },
    Road {
        method: "get",
        path: "/api/v1/changes",
        summary: "Pull feed of this recipient",
        takes: None,
        gives: &[("200", "{events, cursor, more}")],
    },
    Road {
        method: "post",
        path: "/api/v1/receipts",
        summary: "Read, accepted, rejected",
        takes: Some("receipt.json"),
        gives: &[("200", "{accepted, rejected[{index, code}]}")],
    },
    Road {
        method: "post",
        path: "/api/v1/coordination/query",
        summary: "Who coordinates, as this client may see it",
        takes: None,
        gives: &[("200", "{coordination: {…}|null}; null for unknown and not allowed alike")],
    },
    Road {
        method: "post",
        path: "/api/v1/consents/query",
        summary: "The register of consents of {child}, for the koordinerende enhet and the municipality",
        takes: None,
        gives: &[(
            "200",
            "{registers[{child, municipality, consents[{id, by, recipients, purposes, fields?, given, valid_to?, withdrawn?, evidence?, informed, \
                how?, recorded_by?, source, categories[{category, standing, until?, opens}]}], must_consent[{category, act, persons, guardians}]}]}; \
                empty for unknown and not allowed alike",
        )],
    },
    Road {
        method: "get",
        path: "/api/v1/worklist",
        summary: "What people must look at, most urgent first; of a service's client, only its own children",
        takes: None,
        gives: &[
            (
                "200",
                "{items[{child, municipality, code, group, text, urgency, since, days, due?, days_left?, recipients?}], total, tasks}; \
                    recipients: how many had been told otherwise, of a LATE_EVENT",
            ),
            ("403", "a service that is not this client's"),
        ],
    },
    Road {
        method: "post",
        path: "/api/v1/decisions",
        summary: "Name a holder, settle a dispute, withdraw",
        takes: Some("decision.json"),
        gives: &[
            ("201", "{fact_id, status, takes_effect?}; without takes_effect something goes ahead of it now"),
            ("403", "no authority on that date"),
            ("409", "no dispute to settle, no decision to withdraw, or the case has ended"),
            ("422", "the service cannot hold the duty on that date"),
        ],
    },
    Road {
        method: "post",
        path: "/api/v1/tasks/{id}",
        summary: "A person's answer to a task of the work list: {answer: same_child|not_same|done}",
        takes: None,
        gives: &[
            ("200", "{task, answer, status: ANSWERED}"),
            ("404", "no such task, or not yours"),
            ("409", "closed, or one of the two counts as a third child already"),
            ("422", "not an answer to this kind of task"),
        ],
    },
    Road { method: "get", path: "/livez", summary: "The process runs", takes: None, gives: &[("200", "ok")] },
    Road {
        method: "get",
        path: "/readyz",
        summary: "Store, mappings, policies, systems",
        takes: None,
        gives: &[("200", "ready"), ("503", "not ready")],
    },
    Road { method: "get", path: "/metrics", summary: "Prometheus text", takes: None, gives: &[("200", "metrics")] },
    Road {
        method: "get",
        path: "/openapi.json",
        summary: "This description",
        takes: None,
        gives: &[("200", "OpenAPI 3.1")],
    },
    Road {
        method: "get",
        path: "/asyncapi.json",
        summary: "Queues and events",
        takes: None,
        gives: &[("200", "AsyncAPI 3.0")],
    },
    Road {
        method: "get",
        path: "/schemas/{name}",
        summary: "JSON Schemas",
        takes: None,
        gives: &[("200", "JSON Schema"), ("404", "unknown")],
    },
];

/// OpenAPI 3.1.
#[must_use]
pub fn openapi(law: &Law) -> Value {
    let mut paths = Map::new();
    for road in ROADS {
        let entry = paths.entry(road.path).or_insert_with(|| json!({}));
        if let Some(map) = entry.as_object_mut() {
            map.insert(road.method.into(), operation(road));
        }
    }
    let components: Map<String, Value> =
        schemas(law).into_iter().map(|(name, schema)| (name.trim_end_matches(".json").to_owned(), schema)).collect();
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Samhold", "version": env!("CARGO_PKG_VERSION"),
            "description": "Who coordinates for this child, now. Errors are application/problem+json (RFC 9457)."},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"}, "certificate": {"type": "mutualTLS"}}},
        "security": [{"token": []}, {"certificate": []}],
    })
}

fn operation(road: &Road) -> Value {
    let responses: Map<String, Value> =
        road.gives.iter().map(|(status, text)| ((*status).to_owned(), json!({"description": text}))).collect();
    let mut operation = json!({"summary": road.summary, "responses": responses});
    let Some(map) = operation.as_object_mut() else { return operation };
    if let Some(schema) = road.takes {
        let reference = json!({"$ref": format!("#/components/schemas/{}", schema.trim_end_matches(".json"))});
        map.insert(
            "requestBody".into(),
            json!({"required": true, "content": {"application/json": {"schema": reference}}}),
        );
    }
    let parameters = parameters(road);
    if !parameters.is_empty() {
        map.insert("parameters".into(), Value::Array(parameters));
    }
    if !road.path.starts_with("/api") && !road.path.starts_with("/in") {
        map.insert("security".into(), json!([]));
    }
    operation
}

fn parameters(road: &Road) -> Vec<Value> {
    let path = road.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let path = path.map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    let query = QUERIES.iter().filter(|(of, ..)| *of == road.path).map(|(_, name, kind, text)| {
        json!({"name": name, "in": "query", "required": false, "description": text, "schema": {"type": kind}})
    });
    path.chain(query).collect()
}

/// AsyncAPI 3.0.
#[must_use]
pub fn asyncapi() -> Value {
    json!({
        "asyncapi": "3.0.0",
        "info": {"title": "Samhold", "version": env!("CARGO_PKG_VERSION")},
        "channels": {
            "in": {"address": "samhold.in.{system}", "description": "Durable queue; body in the system's format or our facts; \
                `message-id` dedupes; acknowledged after the commit.", "parameters": {"system": {}},
                "messages": {"document": {"payload": {}}}},
            "out": {"address": "{recipient}", "description": "Topic exchange `samhold.out`, routing key is the recipient; persistent, \
                mandatory, confirmed; CloudEvents binary binding (`cloudEvents:` headers).", "parameters": {"recipient": {}},
                "messages": {"assignment": {"contentType": "application/json", "payload": assignment_schema()},
                    "handover": {"contentType": "application/json", "payload": handover_schema()}}},
        },
        "operations": {
            "receive": {"action": "receive", "channel": {"$ref": "#/channels/in"}},
            "send": {"action": "send", "channel": {"$ref": "#/channels/out"}},
        },
    })
}

/// `/openapi.json`.
pub async fn get_openapi(State(engine): State<Shared>) -> axum::Json<Value> {
    axum::Json(openapi(&engine.live().loaded.law))
}

/// `/asyncapi.json`.
pub async fn get_asyncapi() -> axum::Json<Value> {
    axum::Json(asyncapi())
}

/// `/schemas/{name}`.
pub async fn get_schema(State(engine): State<Shared>, Path(name): Path<String>) -> Result<axum::Json<Value>, Problem> {
    let found = schemas(&engine.live().loaded.law).into_iter().find(|(known, _)| *known == name);
    found
        .map(|(_, schema)| axum::Json(schema))
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no schema of this name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_every_description_has_a_route() {
        let source = include_str!("mod.rs");
        let mut routes: Vec<&str> =
            source.lines().filter_map(|l| l.trim().strip_prefix(".route(\"")?.split('"').next()).collect();
        let mut described: Vec<&str> = ROADS.iter().map(|r| r.path).collect();
        routes.sort_unstable();
        described.sort_unstable();
        assert_eq!(routes, described);
        assert_eq!(openapi(&Law::bundled())["openapi"], "3.1.0");
    }
}
