//! The common part of a fact as sent: id, type, date, child, municipality; the rest are its own fields.
//!
//! Findings name the place and what was expected, and never repeat a person's number.

use samhold_model::national_id::looks_like_number;
use samhold_model::schema::{FieldType, Finding};
use samhold_model::vocabulary::{concerns_all, type_spec};
use samhold_model::{Date, FactId, NationalId, Realm};
use serde_json::{Map, Value, json};

use super::FactInput;
use super::opaque::is_person;
use crate::sync::identity::ChildReference;

/// The common part of a fact.
#[derive(Clone)]
pub(super) struct Envelope {
    pub(super) index: usize,
    pub(super) id: FactId,
    pub(super) type_name: String,
    pub(super) at: Date,
    pub(super) child: Vec<ChildReference>,
    pub(super) due_date: Option<Date>,
    pub(super) municipality: String,
    pub(super) fields: Map<String, Value>,
}

impl Envelope {
    pub(super) fn read(input: FactInput, realm: Realm) -> Result<Self, Vec<Finding>> {
        let index = input.index;
        let Value::Object(mut fields) = input.json else {
            return Err(vec![finding(index, "", "something that is not an object", "one fact as a JSON object", None)]);
        };
        let mut errors = Vec::new();
        let id = take(&mut fields, "id", index, "a UUID chosen by the sender", &mut errors, |t| t.parse().ok());
        let at = take(&mut fields, "at", index, "a date, YYYY-MM-DD", &mut errors, |t| {
            (t.len() == 10).then(|| t.parse::<Date>().ok()).flatten()
        });
        let type_name = take(&mut fields, "type", index, "a fact type", &mut errors, |t| Some(t.to_owned()));
        let municipality = take(&mut fields, "municipality", index, "a kommunenummer", &mut errors, |t| {
            (t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit())).then(|| t.to_owned())
        });
        let child = match fields.shift_remove("child") {
            None if type_name.as_deref().is_some_and(concerns_all) => Some((Vec::new(), None)),
            child => read_child(&child.unwrap_or(Value::Null), &format!("/{index}/child"), realm)
                .map_err(|e| errors.extend(e))
                .ok(),
        };
        // The municipality of a service, when it is not the one whose case it is.
        if let Some(own) = fields.shift_remove("service_municipality") {
            fields.insert("municipality".into(), own);
        } else if let (Some("placed"), Some(number)) = (type_name.as_deref(), &municipality) {
            fields.insert("municipality".into(), json!(number));
        }
        if type_name.as_deref() == Some("born") {
            fields.insert("child".into(), json!("child"));
        }
        numbers_in_text(type_name.as_deref(), &fields, index, &mut errors);
        match (id, at, type_name, municipality, child) {
            (Some(id), Some(at), Some(type_name), Some(municipality), Some((child, due_date))) if errors.is_empty() => {
                Ok(Self { index, id: FactId(id), type_name, at, child, due_date, municipality, fields })
            }
            _ => Err(errors),
        }
    }
}

fn take<T>(
    fields: &mut Map<String, Value>,
    key: &str,
    index: usize,
    expected: &str,
    errors: &mut Vec<Finding>,
    read: impl Fn(&str) -> Option<T>,
) -> Option<T> {
    let value = fields.shift_remove(key);
    let read = value.as_ref().and_then(Value::as_str).and_then(read);
    if read.is_none() {
        let found = if value.is_none() { "nothing" } else { "something else" };
        errors.push(finding(index, &format!("/{key}"), found, expected, None));
    }
    read
}

/// A national identity number in a field that is not a person field would travel on unseen.
fn numbers_in_text(type_name: Option<&str>, fields: &Map<String, Value>, index: usize, errors: &mut Vec<Finding>) {
    let spec = type_name.and_then(type_spec);
    for (key, value) in fields {
        if looks_like_number(key) {
            errors.push(finding(index, "", "a member named by a person's number", "the members of the type", None));
            continue;
        }
        let person = spec.and_then(|s| s.fields.iter().find(|f| f.name == key));
        // People and children get opaque ids; an id of ours may hold eleven digits by chance.
        let told = |ty| is_person(ty) || matches!(ty, FieldType::List(FieldType::Child) | FieldType::FactRef);
        if person.is_some_and(|f| told(f.ty)) {
            continue;
        }
        if looks_like_number(&value.to_string()) {
            errors.push(finding(
                index,
                &format!("/{key}"),
                "what looks like a person's number",
                "text without it",
                Some("name people by `child`, by a person field, or by an id of your own".into()),
            ));
        }
    }
}

/// Reads a child reference. Several members name the same child: the sender vouches for it.
pub(super) fn read_child(
    value: &Value,
    at: &str,
    realm: Realm,
) -> Result<(Vec<ChildReference>, Option<Date>), Vec<Finding>> {
    let expected = "an object with national_id, duf, child_id, unborn or local";
    let Value::Object(map) = value else { return Err(vec![plain(at, "no child reference", expected)]) };
    let mut references = Vec::new();
    let mut due_date = None;
    for (key, member) in map {
        let place = format!("{at}/{key}");
        let text = member.as_str().unwrap_or_default();
        let reference = match key.as_str() {
            "national_id" => NationalId::parse_unless_placeholder(text, realm)
                .map(ChildReference::Number)
                .map_err(|e| plain(&place, &format!("a number that {e}"), "a fødselsnummer or D-number")),
            "duf" => NationalId::parse_duf(text)
                .map(ChildReference::Number)
                .map_err(|_| plain(&place, "not twelve digits", "a DUF number")),
            "child_id" => text
                .parse()
                .map(ChildReference::Own)
                .map_err(|_| plain(&place, "not a UUID", "a child_id given by this system")),
            "local" => read_local(member, &place),
            "unborn" => read_unborn(member, &place, realm).inspect(|r| {
                if let ChildReference::Unborn { due_date: due, .. } = r {
                    due_date = Some(*due);
                }
            }),
            _ => Err(plain(&place, "an unknown member", expected)),
        };
        references.push(reference.map_err(|e| vec![e])?);
    }
    if references.is_empty() { Err(vec![plain(at, "an empty object", expected)]) } else { Ok((references, due_date)) }
}

fn read_local(member: &Value, place: &str) -> Result<ChildReference, Finding> {
    let part = |key: &str| member.get(key).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    match (part("system"), part("id")) {
        (Some(system), Some(id)) => Ok(ChildReference::Local { system, id }),
        _ => Err(plain(place, "an incomplete reference", "an object with `system` and `id`")),
    }
}

fn read_unborn(member: &Value, place: &str, realm: Realm) -> Result<ChildReference, Finding> {
    let mother = member.get("mother").and_then(Value::as_str).unwrap_or_default();
    let mother = NationalId::parse_unless_placeholder(mother, realm)
        .map_err(|e| plain(&format!("{place}/mother"), &format!("a number that {e}"), "the mother's number"))?;
    let due_date = member
        .get("due_date")
        .and_then(Value::as_str)
        .and_then(|t| t.parse::<Date>().ok())
        .ok_or_else(|| plain(&format!("{place}/due_date"), "no date", "the expected date of birth, YYYY-MM-DD"))?;
    let ordinal = member.get("ordinal").map_or(Some(1), Value::as_i64).filter(|n| *n >= 1);
    let ordinal = ordinal.ok_or_else(|| plain(&format!("{place}/ordinal"), "not a number from 1", "1, 2, …"))?;
    Ok(ChildReference::Unborn { mother, due_date, ordinal })
}

pub(super) fn finding(index: usize, place: &str, found: &str, expected: &str, hint: Option<String>) -> Finding {
    Finding { pointer: format!("/{index}{place}"), found: found.into(), expected: expected.into(), hint }
}

pub(super) fn plain(place: &str, found: &str, expected: &str) -> Finding {
    Finding { pointer: place.into(), found: found.into(), expected: expected.into(), hint: None }
}
