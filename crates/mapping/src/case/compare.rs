//! Compares expected facts with mapped ones: each at least as said, in order, and none besides.
//!
//! Numbers are compared, but the text of a difference is redacted by the caller.

use samhold_model::schema::Words;
use serde_json::{Map, Value, json};

use crate::child::ChildRef;
use crate::result::{MappedDocument, MappedFact, MappedGroup};

/// `Err` says the first difference.
pub(super) fn facts(wanted: &[Value], document: &MappedDocument, words: &dyn Words) -> Result<(), String> {
    let got: Vec<(Value, Vec<Value>)> = document
        .groups
        .iter()
        .flat_map(|g| g.facts.iter().map(move |f| (g, f)))
        .map(|(g, f)| (plain(g, f, words), f.child.iter().map(child).collect()))
        .collect();
    for (i, (want, (have, refs))) in wanted.iter().zip(&got).enumerate() {
        one(want, have, refs).map_err(|e| format!("fact {}: {e}; it is {have}", i + 1))?;
    }
    if wanted.len() == got.len() {
        return Ok(());
    }
    let rest: Vec<String> = got.iter().skip(wanted.len()).map(|(f, _)| f.to_string()).collect();
    Err(format!("expected {} facts, got {}: {}", wanted.len(), got.len(), rest.join(", ")))
}

/// A fact as a case writes it, with people by their number.
fn plain(group: &MappedGroup, fact: &MappedFact, words: &dyn Words) -> Value {
    let resolved = fact.resolve(
        |id| id.reveal().to_owned(),
        |link| format!("{}:{}", link.rule, link.key),
        |refs| refs.first().map(|r| child(r).to_string()).unwrap_or_default(),
        words,
    );
    let fields = resolved.map_or_else(|_| fact.fields.clone(), |body| body.fields());
    json!({"type": fact.type_name, "rule": fact.rule, "key": fact.key, "at": fact.at.to_string(),
        "group": group.key, "municipality": group.municipality, "fields": fields})
}

fn child(reference: &ChildRef) -> Value {
    match reference {
        ChildRef::NationalId(id) => json!({"national_id": id.reveal()}),
        ChildRef::Duf(id) => json!({"duf": id.reveal()}),
        ChildRef::Local { id, .. } => json!({"local": id}),
        ChildRef::GuardianOf(id) => json!({"guardian_of": id.reveal()}),
        ChildRef::ChildId(id) => json!({"child_id": id.to_string()}),
        ChildRef::Unborn { mother, due_date, ordinal } => {
            json!({"unborn": {"mother": mother.reveal(), "due_date": due_date.to_string(), "ordinal": ordinal}})
        }
    }
}

fn one(want: &Value, have: &Value, refs: &[Value]) -> Result<(), String> {
    let Value::Object(want) = want else { return Err("an expected fact is a table".into()) };
    for (key, value) in want {
        match key.as_str() {
            "child" if refs.contains(value) => {}
            "child" => return Err(format!("expected the child {value}, got {}", json!(refs))),
            "children" if *value == json!(refs) => {}
            "children" => return Err(format!("expected the children {value}, got {}", json!(refs))),
            "fields" => fields(value, have.get("fields").and_then(Value::as_object))?,
            _ => same(key, value, have.get(key))?,
        }
    }
    Ok(())
}

/// Every field said must be so; `false` says that a field is absent.
fn fields(want: &Value, have: Option<&Map<String, Value>>) -> Result<(), String> {
    let (Value::Object(want), Some(have)) = (want, have) else { return Err("`fields` is a table".into()) };
    want.iter().try_for_each(|(key, value)| match (value, have.get(key)) {
        (Value::Bool(false), None) => Ok(()),
        (value, found) => same(key, value, found),
    })
}

fn same(key: &str, want: &Value, have: Option<&Value>) -> Result<(), String> {
    if have == Some(want) {
        return Ok(());
    }
    let shown = have.map_or_else(|| "nothing".into(), ToString::to_string);
    Err(format!("expected `{key}` {want}, got {shown}"))
}
