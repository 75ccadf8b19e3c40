//! The facts of a scenario, each checked against the vocabulary, and what they say of one another.
//!
//! Must never know a kind of fact by itself: fields and words are those of [`samhold_model::vocabulary`].

use samhold_model::hint::nearest;
use samhold_model::schema::{FieldSpec, FieldType, Finding, TypeSpec, check_fields, describe};
use samhold_model::vocabulary::{type_names, type_spec};
use samhold_model::{Fact, FactBody};
use serde_json::{Map, Value};

use crate::reader::Reader;
use crate::text::{Entry, Node, Tree};

/// Keys every event may have.
const COMMON: &[&str] = &["id", "at", "recorded_at", "source", "type"];
/// Keys a correction may replace besides the fields of the type.
const REPLACEABLE: &[&str] = &["at", "recorded_at"];

/// The facts in the order written; those with slips are left out, and the reader knows why.
pub(super) fn read(reader: &mut Reader<'_>, list: Option<&Node>) -> Vec<Fact> {
    let nodes = list.map_or(&[][..], Node::items);
    let facts = (0u64..).zip(nodes).filter_map(|(order, node)| fact(reader, node, order)).collect();
    for node in nodes {
        references(reader, node, nodes);
    }
    facts
}

fn fact(reader: &mut Reader<'_>, node: &Node, order: u64) -> Option<Fact> {
    // That it is a table has been told already when it is not.
    let Tree::Table(entries) = &node.tree else { return None };
    let place = place_of(node);
    let id = required(reader, node, &place, "id").and_then(|n| reader.name(n, &format!("{place}.id")));
    let at = required(reader, node, &place, "at").and_then(|n| reader.date(n, &format!("{place}.at")));
    let recorded_at = match node.get("recorded_at") {
        Some(given) => reader.date(given, &format!("{place}.recorded_at")),
        None => at,
    };
    let source = node.get("source").and_then(|n| reader.name(n, &format!("{place}.source")));
    let body = spec_of(reader, node, &place).and_then(|spec| body(reader, node, &place, spec, entries));
    Some(Fact { id: id?, at: at?, recorded_at: recorded_at?, order, source, of_municipality: false, body: body? })
}

/// How an event is called in findings.
fn place_of(node: &Node) -> String {
    node.get("id").and_then(Node::text).map_or_else(|| "events".into(), |id| format!("events[{id}]"))
}

fn required<'n>(reader: &mut Reader<'_>, node: &'n Node, place: &str, key: &str) -> Option<&'n Node> {
    let found = node.get(key);
    if found.is_none() {
        reader.missing(node, place, key, &format!("every event has `{key}`"));
    }
    found
}

fn spec_of(reader: &mut Reader<'_>, node: &Node, place: &str) -> Option<&'static TypeSpec> {
    let given = required(reader, node, place, "type")?;
    let name = reader.name(given, &format!("{place}.type"))?;
    let spec = type_spec(&name);
    if spec.is_none() {
        let hint = nearest(&name, type_names()).map(|n| format!("did you mean `{n}`?"));
        let known = type_names().collect::<Vec<_>>().join(", ");
        reader.report(given.span.clone(), &format!("unknown event type `{name}`"), &format!("one of {known}"), hint);
    }
    spec
}

fn body(
    reader: &mut Reader<'_>,
    node: &Node,
    place: &str,
    spec: &'static TypeSpec,
    entries: &[Entry],
) -> Option<FactBody> {
    let own: Vec<&Entry> = entries.iter().filter(|e| !COMMON.contains(&e.key.as_str())).collect();
    let before = reader.count();
    let fields = known_fields(reader, place, spec, &own, COMMON);
    match FactBody::read(spec.name, &fields, "", reader.law) {
        Ok(body) => (reader.count() == before).then_some(body),
        Err(findings) => {
            findings.into_iter().for_each(|f| tell(reader, node, place, f));
            None
        }
    }
}

/// The members that are fields of the type. Others are slips, and so is a date where text belongs.
fn known_fields(
    reader: &mut Reader<'_>,
    place: &str,
    spec: &TypeSpec,
    entries: &[&Entry],
    also: &[&str],
) -> Map<String, Value> {
    let mut known = Map::new();
    for entry in entries {
        match spec.fields.iter().find(|f| f.name == entry.key) {
            Some(field) => {
                no_stray_date(reader, place, field, &entry.node);
                known.insert(entry.key.clone(), entry.node.to_json());
            }
            None => {
                let names: Vec<&str> = spec.fields.iter().map(|f| f.name).chain(also.iter().copied()).collect();
                reader.unknown_key(entry, &format!("{place} ({})", spec.name), &names);
            }
        }
    }
    known
}

/// A TOML date becomes text in JSON; where no date belongs it would pass for one.
fn no_stray_date(reader: &mut Reader<'_>, place: &str, field: &FieldSpec, node: &Node) {
    let free = matches!(field.ty, FieldType::Date | FieldType::Object | FieldType::Texts);
    for value in std::iter::once(node).chain(node.items()) {
        if !free && matches!(value.tree, Tree::Date(_) | Tree::Moment(_)) {
            let found = format!("`{place}.{}` is {}", field.name, value.kind());
            reader.report(value.span.clone(), &found, &describe(field.ty, reader.law), None);
        }
    }
}

fn tell(reader: &mut Reader<'_>, node: &Node, place: &str, finding: Finding) {
    let key = finding.pointer.trim_start_matches('/').replace('/', ".");
    let found = match finding.found.as_str() {
        "nothing" => format!("`{place}` lacks `{key}`"),
        found => format!("`{place}.{key}` is {found}"),
    };
    reader.report(node.place(&finding.pointer), &found, &finding.expected, finding.hint);
}

fn id_of(node: &Node) -> Option<&str> {
    node.get("id").and_then(Node::text)
}

/// A fact cannot name itself; a correction must fit the fact it corrects.
fn references(reader: &mut Reader<'_>, node: &Node, all: &[Node]) {
    let Some(spec) = node.get("type").and_then(Node::text).and_then(type_spec) else { return };
    for field in spec.fields.iter().filter(|f| f.ty == FieldType::FactRef) {
        let Some(reference) = node.get(field.name) else { continue };
        let Some(id) = reference.text() else { continue };
        match all.iter().find(|n| id_of(n) == Some(id)) {
            Some(target) if std::ptr::eq(target, node) => {
                let found = format!("`{}.{}` names the event itself", place_of(node), field.name);
                reader.report(reference.span.clone(), &found, "the id of another event", None);
            }
            Some(target) => replacement(reader, node, target),
            // A correction of what is not known is ignored by the rules; a scenario may say so on purpose.
            None => {}
        }
    }
}

/// `replace` holds fields of the corrected event's type, or its dates.
fn replacement(reader: &mut Reader<'_>, node: &Node, target: &Node) {
    let Some(replace) = node.get("replace") else { return };
    let Some(spec) = target.get("type").and_then(Node::text).and_then(type_spec) else { return };
    let place = format!("{}.replace", place_of(node));
    let is_date = |e: &&Entry| REPLACEABLE.contains(&e.key.as_str());
    for entry in replace.entries().iter().filter(is_date) {
        reader.date(&entry.node, &format!("{place}.{}", entry.key));
    }
    let own: Vec<&Entry> = replace.entries().iter().filter(|e| !is_date(e)).collect();
    let fields = known_fields(reader, &place, spec, &own, REPLACEABLE);
    for finding in check_fields(spec, &fields, "", reader.law) {
        // What is not replaced stays as it was, so nothing can be lacking.
        if finding.found != "nothing" {
            tell(reader, replace, &place, finding);
        }
    }
}
