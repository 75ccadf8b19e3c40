//! Who a resource is about, as far as the resource itself tells.
//!
//! Must never turn a reference to another server into a call.

use reqwest::Url;
use serde_json::Value;

use crate::bundle::{list, text};

/// Identifier systems of national numbers (Norwegian OIDs for fødselsnummer, D-number and DUF number). With one of these at hand the
/// Patient need not be read.
const NATIONAL: [&str; 3] =
    ["urn:oid:2.16.578.1.12.4.1.4.1", "urn:oid:2.16.578.1.12.4.1.4.2", "urn:oid:2.16.578.1.12.4.1.4.5"];

/// What is known, and what must be read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Subject {
    /// Identifiers standing in the resource itself.
    pub(crate) identifiers: Vec<Value>,
    /// Id of a Patient at the same server that must be read.
    pub(crate) read: Option<String>,
    /// `fullUrl` of a Patient sent along.
    pub(crate) along: Option<String>,
}

/// Looks at `subject`, `patient` or `for`.
pub(crate) fn subject(resource: &Value, base: &Url) -> Subject {
    if text(resource, "resourceType") == Some("Patient") {
        return Subject { identifiers: list(resource, "identifier").to_vec(), ..Subject::default() };
    }
    let Some(reference) = ["subject", "patient", "for"].iter().find_map(|n| resource.get(*n)) else {
        return Subject::default();
    };
    let logical: Vec<Value> = reference.get("identifier").cloned().into_iter().collect();
    if logical.iter().any(is_national) {
        return Subject { identifiers: logical, ..Subject::default() };
    }
    let target = text(reference, "reference").unwrap_or_default();
    match target.strip_prefix('#') {
        Some(id) => Subject { identifiers: [logical, contained(resource, id)].concat(), ..Subject::default() },
        None => {
            Subject { identifiers: logical, read: local_id(target, "Patient", base), along: Some(target.to_owned()) }
        }
    }
}

pub(crate) fn is_national(identifier: &Value) -> bool {
    text(identifier, "system").is_some_and(|s| NATIONAL.contains(&s)) && text(identifier, "value").is_some()
}

fn contained(resource: &Value, id: &str) -> Vec<Value> {
    contained_as(resource, "Patient", id)
}

/// Identifiers of a resource of that kind contained in another.
pub(crate) fn contained_as(resource: &Value, kind: &str, id: &str) -> Vec<Value> {
    let inner = list(resource, "contained").iter().find(|c| text(c, "id") == Some(id));
    inner.filter(|p| text(p, "resourceType") == Some(kind)).map_or(Vec::new(), |p| list(p, "identifier").to_vec())
}

/// The id in `Patient/1`, `Patient/1/_history/2` or `{base}/Patient/1`, for that kind of resource.
pub(crate) fn local_id(reference: &str, kind: &str, base: &Url) -> Option<String> {
    let home = base.as_str().trim_end_matches('/');
    let local = reference.strip_prefix(home).map_or(reference, |rest| rest.trim_start_matches('/'));
    let id = local.strip_prefix(kind)?.strip_prefix('/')?.split('/').next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (!["", ".", ".."].contains(&id) && id.len() <= 64 && id.chars().all(plain)).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn about(subject_of: Value) -> Subject {
        let team = json!({"resourceType": "CareTeam", "subject": subject_of,
            "contained": [{"resourceType": "Patient", "id": "p", "identifier": [{"system": "s", "value": "v"}]}]});
        subject(&team, &"https://x.no/r4/".parse().unwrap())
    }

    #[test]
    fn a_patient_is_found_in_every_way_a_reference_can_be_written() {
        assert_eq!(about(json!({"reference": "#p"})).identifiers, [json!({"system": "s", "value": "v"})]);
        for text in ["Patient/1", "Patient/1/_history/2", "https://x.no/r4/Patient/1"] {
            assert_eq!(about(json!({"reference": text})).read.as_deref(), Some("1"), "{text}");
        }
        let national = json!({"reference": "Patient/1", "identifier": {"system": NATIONAL[0], "value": "14821970351"}});
        assert_eq!((about(national.clone()).read, about(national).identifiers.len()), (None, 1));
        let local = about(json!({"reference": "Patient/1", "identifier": {"system": "http://lokal", "value": "7"}}));
        assert_eq!((local.read.as_deref(), local.identifiers.len()), (Some("1"), 1));
    }

    #[test]
    fn a_reference_elsewhere_is_never_read() {
        for text in ["https://ond.example/Patient/1", "Group/1", "Patient/", "Patient/../x", "urn:uuid:1", "#borte"] {
            assert_eq!(about(json!({"reference": text})).read, None, "{text}");
        }
        let by_patient = json!({"resourceType": "Consent", "patient": {"reference": "Patient/9"}});
        assert_eq!(subject(&by_patient, &"https://x.no".parse().unwrap()).read.as_deref(), Some("9"));
    }

    proptest::proptest! {
        #[test]
        fn no_reference_panics(text in ".{0,60}") {
            let _ = about(json!({"reference": text}));
        }
    }
}
