//! One page of a search as the server sent it.
//!
//! Must never take an included resource or an outcome for a hit.

use jiff::Timestamp;
use serde_json::Value;

/// What a page holds.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// Resources of the type asked for.
    pub(crate) hits: Vec<Value>,
    /// Patients sent along, each with its `fullUrl`.
    pub(crate) patients: Vec<(Option<String>, Value)>,
    /// The server says something about the search itself: the answer may be partial.
    pub(crate) outcome: Option<String>,
    /// The next page.
    pub(crate) next: Option<String>,
    /// The server's time, from the bundle.
    pub(crate) time: Option<Timestamp>,
}

/// Reads a `searchset` Bundle.
///
/// # Errors
/// What was found instead, without content.
pub(crate) fn page(bundle: &Value, kind: &str) -> Result<Page, String> {
    match text(bundle, "resourceType") {
        Some("Bundle") => {}
        Some("OperationOutcome") => return Ok(Page { outcome: Some(codes(bundle)), ..Page::default() }),
        _ => return Err("resourceType is not Bundle".into()),
    }
    let mut page = Page { next: next(bundle), time: stamp(bundle), ..Page::default() };
    for entry in list(bundle, "entry") {
        let Some(resource) = entry.get("resource") else { continue };
        let mode = entry.get("search").and_then(|s| text(s, "mode"));
        match (mode, text(resource, "resourceType")) {
            (Some("outcome"), _) | (_, Some("OperationOutcome")) => page.outcome = Some(codes(resource)),
            (None | Some("match"), Some(found)) if found == kind => page.hits.push(resource.clone()),
            (_, Some("Patient")) => {
                page.patients.push((text(entry, "fullUrl").map(str::to_owned), resource.clone()));
            }
            _ => {}
        }
    }
    Ok(page)
}

/// Severities and codes of an OperationOutcome, e.g. `error/not-supported`. Texts are left out: they may hold content.
pub(crate) fn codes(outcome: &Value) -> String {
    let plain = |i: &Value, name: &str| {
        let code: String =
            text(i, name).unwrap_or("?").chars().filter(|c| "-?".contains(*c) || c.is_ascii_alphabetic()).collect();
        code.get(..30).map_or(code.clone(), str::to_owned)
    };
    let one = |i: &Value| format!("{}/{}", plain(i, "severity"), plain(i, "code"));
    list(outcome, "issue").iter().take(5).map(one).collect::<Vec<_>>().join(", ")
}

/// The member of that name, if it is a text.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// The member of that name as a list; missing is empty.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn next(bundle: &Value) -> Option<String> {
    let link = list(bundle, "link").iter().find(|l| text(l, "relation") == Some("next"))?;
    text(link, "url").map(str::to_owned)
}

fn stamp(bundle: &Value) -> Option<Timestamp> {
    bundle.pointer("/meta/lastUpdated").and_then(Value::as_str).and_then(|t| t.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn included_resources_and_outcomes_are_never_hits() {
        let entry =
            |mode: &str, kind: &str| json!({"search": {"mode": mode}, "resource": {"resourceType": kind, "id": "1"}});
        let bundle = json!({"resourceType": "Bundle", "meta": {"lastUpdated": "2027-03-01T09:00:00.5+01:00"},
            "link": [{"relation": "self", "url": "a"}, {"relation": "next", "url": "b"}],
            "entry": [entry("match", "CareTeam"), entry("include", "CareTeam"), entry("include", "Patient"),
                {"resource": {"resourceType": "CareTeam", "id": "2"}}, {"fullUrl": "urn:uuid:1"},
                {"search": {"mode": "outcome"}, "resource": {"resourceType": "OperationOutcome",
                    "issue": [{"severity": "warning", "code": "incomplete", "diagnostics": "Kari 14821970351"}]}}]});
        let page = page(&bundle, "CareTeam").unwrap();
        assert_eq!((page.hits.len(), page.patients.len()), (2, 1));
        assert_eq!(page.outcome.as_deref(), Some("warning/incomplete"));
        assert_eq!(page.next.as_deref(), Some("b"));
        assert_eq!(page.time.unwrap().to_string(), "2027-03-01T08:00:00.5Z");
    }

    #[test]
    fn what_is_no_bundle_is_said_without_its_content() {
        assert!(page(&json!({"resourceType": "Patient", "id": "14821970351"}), "CareTeam").is_err());
        assert!(page(&json!([]), "CareTeam").is_err());
        let alone = page(&json!({"resourceType": "OperationOutcome", "issue": [{}]}), "CareTeam").unwrap();
        assert_eq!(alone.outcome.as_deref(), Some("?/?"));
    }
}
