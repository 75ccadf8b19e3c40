//! Writes our part into a resource of the peer, and nothing else. Pure.
//!
//! Must never drop an element it does not know, nor make a change where nothing differs.

use serde_json::{Map, Value, json};

use crate::bundle::{list, text};

/// Names that mark what is ours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Marks<'a> {
    /// `identifier.system` of the opaque child id.
    pub(crate) identifier_system: &'a str,
    /// `coding.system` of our roles.
    pub(crate) role_system: &'a str,
    /// `meta.tag.system` of the event's id.
    pub(crate) tag_system: &'a str,
}

/// Why our part cannot be written.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MergeError {
    /// The outbound mapping made something else than this peer is set up for.
    #[error("the outbound mapping must make a {expected} with {missing}")]
    Content {
        /// Resource type.
        expected: &'static str,
        /// What is missing.
        missing: &'static str,
    },
    /// R4, section 2.4.0.1: a resource with a modifier extension one does not understand must not be processed.
    #[error("the resource has a modifierExtension or implicitRules we do not know; ask the peer's supplier")]
    Modifier,
    /// Two contained resources would have the same id.
    #[error("the peer already has a contained resource with an id of ours; let the mapping use other ids")]
    Contained,
}

/// Refuses what may mean the opposite of what it says.
pub(crate) fn understood(resource: &Value) -> Result<(), MergeError> {
    let strange = resource.get("implicitRules").is_some() || !list(resource, "modifierExtension").is_empty();
    if strange { Err(MergeError::Modifier) } else { Ok(()) }
}

/// Whether the resource carries this event already.
pub(crate) fn has_tag(resource: &Value, marks: &Marks<'_>, event: &str) -> bool {
    resource.get("meta").is_some_and(|meta| list(meta, "tag").iter().any(|t| is(t, marks.tag_system, "code", event)))
}

/// Whether the resource is found by this identifier of ours.
pub(crate) fn has_identifier(resource: &Value, marks: &Marks<'_>, child: &str) -> bool {
    list(resource, "identifier").iter().any(|i| is(i, marks.identifier_system, "value", child))
}

/// Puts the event's id in `meta.tag`, in place of an earlier one of ours.
pub(crate) fn tag(resource: &mut Map<String, Value>, marks: &Marks<'_>, event: &str) {
    let meta = resource.entry("meta").or_insert_with(|| json!({}));
    let Some(meta) = meta.as_object_mut() else { return };
    let tags = meta.entry("tag").or_insert_with(|| json!([]));
    let Some(tags) = tags.as_array_mut() else { return };
    tags.retain(|t| text(t, "system") != Some(marks.tag_system));
    tags.push(json!({"system": marks.tag_system, "code": event}));
}

/// Puts our identifier there unless it is.
pub(crate) fn identify(resource: &mut Map<String, Value>, marks: &Marks<'_>, child: &str) {
    let identifiers = resource.entry("identifier").or_insert_with(|| json!([]));
    let Some(identifiers) = identifiers.as_array_mut() else { return };
    if !identifiers.iter().any(|i| is(i, marks.identifier_system, "value", child)) {
        identifiers.push(json!({"system": marks.identifier_system, "value": child}));
    }
}

/// A generated narrative shows the content as it was before, so it goes when the content changes.
pub(crate) fn drop_stale_narrative(resource: &mut Map<String, Value>) {
    let status = resource.get("text").and_then(|t| text(t, "status"));
    if matches!(status, Some("generated" | "extensions")) {
        resource.remove("text");
    }
}

/// Brings our contained resources along and takes away those only our former part pointed to.
pub(crate) fn contain(merged: &mut Map<String, Value>, ours: &Value, former: &[Value]) -> Result<(), MergeError> {
    let mut kept = merged.remove("contained").map_or(Vec::new(), |c| c.as_array().cloned().unwrap_or_default());
    let still = Value::Object(merged.clone());
    let of_theirs = |c: &Value| {
        let mark = format!("#{}", text(c, "id").unwrap_or_default());
        !former.iter().any(|f| points_to(f, &mark)) || points_to(&still, &mark)
    };
    let new = list(ours, "contained");
    let same_id = |a: &Value, b: &Value| text(a, "id") == text(b, "id");
    kept.retain(|c| of_theirs(c) && !new.contains(c));
    if new.iter().any(|n| kept.iter().any(|k| same_id(k, n) && !was_ours(former, k))) {
        return Err(MergeError::Contained);
    }
    kept.retain(|k| !new.iter().any(|n| same_id(n, k)));
    kept.extend(new.iter().cloned());
    if !kept.is_empty() {
        merged.insert("contained".into(), Value::Array(kept));
    }
    Ok(())
}

fn was_ours(former: &[Value], contained: &Value) -> bool {
    let mark = format!("#{}", text(contained, "id").unwrap_or_default());
    former.iter().any(|f| points_to(f, &mark))
}

fn points_to(value: &Value, mark: &str) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(n, v)| (n == "reference" && v == mark) || points_to(v, mark)),
        Value::Array(items) => items.iter().any(|v| points_to(v, mark)),
        _ => false,
    }
}

fn is(value: &Value, system: &str, name: &str, wanted: &str) -> bool {
    text(value, "system") == Some(system) && text(value, name) == Some(wanted)
}
