//! Facts in our own schema: from JSON to the ledger, by HTTP or by queue.
//!
//! The good ones of a request are taken though others are refused. A person's number becomes an opaque id on the way; one
//! found in free text is refused, because it would travel on unseen.

use samhold_model::national_id::looks_like_number;
use samhold_model::schema::{FieldType, Finding};
use samhold_model::vocabulary::type_spec;
use samhold_model::{ChildId, Date, FactBody, FactId, Instant, MunicipalityNo, NationalId, RecordId, SystemName};
use samhold_store::{Appended, NewFact, StoreError};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::dossier::WHOLE_MUNICIPALITY;
use super::engine::{Engine, Live};
use super::identity::{ChildReference, Found, find, identifier_of};
use crate::config::SystemSettings;
use crate::telemetry::Counter;

/// A fact as it was sent, with its place in the request.
#[derive(Clone, Debug)]
pub struct FactInput {
    /// Position in the request, from 0.
    pub index: usize,
    /// The JSON as sent.
    pub json: Value,
}

/// A fact that was not taken.
#[derive(Clone, Debug, Serialize)]
pub struct Rejection {
    /// Position in the request.
    pub index: usize,
    /// Code with a page in the documentation.
    pub code: &'static str,
    /// The HTTP status it would have had alone.
    pub status: u16,
    /// Place, found, expected, hint.
    pub errors: Vec<Finding>,
}

/// What became of a request.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TakenFacts {
    /// New facts, now durable.
    pub accepted: usize,
    /// Facts that were there already.
    pub duplicates: usize,
    /// Facts that were not taken.
    pub rejected: Vec<Rejection>,
}

/// Takes what can be taken; what is accepted is on disk when this returns.
///
/// # Errors
/// When the store fails: then nothing of the request may be thought taken, and sending it again is harmless.
pub async fn take_facts(
    engine: &Engine,
    system: &SystemSettings,
    inputs: Vec<FactInput>,
    record: Option<RecordId>,
) -> Result<TakenFacts, StoreError> {
    let live = engine.live();
    let now = engine.clock.now();
    let mut taken = TakenFacts::default();
    let mut ready = Vec::new();
    for input in inputs {
        let index = input.index;
        match prepare(engine, &live, system, input, now, record).await? {
            Ok(facts) => ready.push((index, facts)),
            Err(rejection) => taken.rejected.push(rejection),
        }
    }
    let flat: Vec<NewFact> = ready.iter().flat_map(|(_, facts)| facts.clone()).collect();
    let fates = engine.store.append(flat).await?;
    let mut fates = fates.into_iter();
    for (index, facts) in &ready {
        let own: Vec<Appended> = fates.by_ref().take(facts.len()).collect();
        count(&mut taken, *index, own.first().copied().unwrap_or(Appended::Duplicate));
        after_append(engine, facts).await?;
    }
    Counter::FactsAppended.add(taken.accepted);
    if taken.accepted > 0 {
        engine.signals.marked.notify_one();
    }
    taken.rejected.sort_by_key(|r| r.index);
    Ok(taken)
}

fn count(taken: &mut TakenFacts, index: usize, fate: Appended) {
    match fate {
        Appended::New => taken.accepted += 1,
        Appended::Duplicate => taken.duplicates += 1,
        Appended::Conflict => taken.rejected.push(Rejection {
            index,
            code: "same_id_other_content",
            status: 409,
            errors: vec![finding(index, "/id", "an id that stands for other content", "a new id, or a correction", None)],
        }),
    }
}

/// Guardians are also kept as a relation, for sources that know only the adult.
pub(super) async fn after_append(engine: &Engine, facts: &[NewFact]) -> Result<(), StoreError> {
    if facts.iter().any(|f| f.child == WHOLE_MUNICIPALITY) {
        engine.store.mark_all().await?;
    }
    for fact in facts {
        let Some(Value::Array(ids)) = fact.body.get("guardians") else { continue };
        let guardians: Vec<_> = ids.iter().filter_map(|v| person_of(v.as_str()?)).collect();
        engine.store.set_guardians(fact.child, &guardians).await?;
        if engine.store.release_waiting(&guardians).await? > 0 {
            engine.signals.inbox.notify_one();
        }
    }
    Ok(())
}

/// How a person known by number stands in a fact.
#[must_use]
pub fn person_text(id: samhold_model::PersonId) -> String {
    format!("person:{id}")
}

fn person_of(text: &str) -> Option<samhold_model::PersonId> {
    text.strip_prefix("person:").and_then(|id| id.parse().ok())
}

type Prepared = Result<Vec<NewFact>, Rejection>;

async fn prepare(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    input: FactInput,
    now: Instant,
    record: Option<RecordId>,
) -> Result<Prepared, StoreError> {
    let index = input.index;
    let envelope = match Envelope::read(input, live) {
        Ok(envelope) => envelope,
        Err(errors) => return Ok(Err(Rejection { index, code: "invalid_fact", status: 422, errors })),
    };
    if let Some(rejection) = not_allowed(&envelope, system) {
        return Ok(Err(rejection));
    }
    if envelope.child.is_empty() {
        return assemble(engine, live, system, envelope, WHOLE_MUNICIPALITY, now, record).await;
    }
    let child = match find(engine.store.as_ref(), &envelope.child, envelope.at, now).await? {
        Found::Children(children) => children.first().copied(),
        Found::Conflict(_) => {
            let error = finding(index, "/child", "identifiers of different children", "identifiers of one child",
                Some("a task is opened; a person decides which child it is".into()));
            return Ok(Err(Rejection { index, code: "identity_conflict", status: 409, errors: vec![error] }));
        }
        Found::NoChildOf(_) | Found::Unknown => None,
    };
    let Some(child) = child else {
        let error = finding(index, "/child", "a child_id that is not known here", "a child_id given by this system", None);
        return Ok(Err(Rejection { index, code: "unknown_child", status: 422, errors: vec![error] }));
    };
    assemble(engine, live, system, envelope, child, now, record).await
}

fn not_allowed(envelope: &Envelope, system: &SystemSettings) -> Option<Rejection> {
    let index = envelope.index;
    if !system.municipalities.contains(&envelope.municipality) {
        let error = finding(index, "/municipality", "a municipality this client does not serve",
            &format!("one of {}", system.municipalities.join(", ")), None);
        return Some(Rejection { index, code: "not_your_municipality", status: 403, errors: vec![error] });
    }
    let speaks_as = envelope.fields.get("by").and_then(Value::as_str).filter(|_| envelope.speaks_with_authority());
    let free = |unit: &str| system.acts_as.iter().any(|a| a == "*" || a == unit) || unit == system.kind;
    speaks_as.filter(|unit| !free(unit)).map(|unit| {
        let error = finding(index, "/by", &format!("`{unit}`, for whom this client may not speak"),
            "a role or unit in this client's `acts_as`", Some("the municipality sets `acts_as` in the client's system file".into()));
        Rejection { index, code: "not_authorised_to_speak_as", status: 403, errors: vec![error] }
    })
}

async fn assemble(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    mut envelope: Envelope,
    child: ChildId,
    now: Instant,
    record: Option<RecordId>,
) -> Result<Prepared, StoreError> {
    let index = envelope.index;
    replace_persons(engine, live, &envelope.type_name, &mut envelope.fields).await?;
    let mut covered = vec![child];
    if let Err(errors) = replace_children(engine, live, &mut envelope, child, now, &mut covered).await? {
        return Ok(Err(Rejection { index, code: "invalid_fact", status: 422, errors }));
    }
    rename_services(live, &envelope.type_name, &mut envelope.fields);
    let at = format!("/{index}");
    if let Err(errors) = FactBody::read(&envelope.type_name, &envelope.fields, &at, &live.loaded.law) {
        return Ok(Err(Rejection { index, code: "invalid_fact", status: 422, errors }));
    }
    let mut body = Map::new();
    body.insert("type".into(), json!(envelope.type_name));
    body.extend(envelope.fields.clone());
    let new = |id: FactId, child: ChildId, body: Value| NewFact {
        id,
        child,
        municipality: MunicipalityNo::new(envelope.municipality.clone()),
        at: envelope.at,
        recorded_at: now,
        source: SystemName::new(system.name.clone()),
        record,
        scope: None,
        body,
    };
    covered.sort();
    covered.dedup();
    let mut facts = vec![new(envelope.id, child, Value::Object(body.clone()))];
    for other in covered.into_iter().filter(|c| *c != child) {
        let id = FactId::derived("covers", &envelope.id.to_string(), "child", &other.to_string());
        facts.push(new(id, other, Value::Object(body.clone())));
    }
    if let Some(due) = envelope.due_date {
        let id = FactId::derived("due_date", &child.to_string(), "unborn", &due.to_string());
        let mut fact = new(id, child, json!({"type": "due_date", "date": due}));
        // The same sentence from every fact about this pregnancy: one id, one content.
        fact.at = samhold_model::dates::add_days(due, -280);
        facts.push(fact);
    }
    Ok(Ok(facts))
}

/// Person fields that hold a number get the person's opaque id instead.
pub(super) async fn replace_persons(
    engine: &Engine,
    live: &Live,
    type_name: &str,
    fields: &mut Map<String, Value>,
) -> Result<(), StoreError> {
    let Some(spec) = type_spec(type_name) else { return Ok(()) };
    for field in spec.fields.iter().filter(|f| is_person(f.ty)) {
        match fields.get_mut(field.name) {
            Some(Value::Array(items)) => {
                for item in items {
                    replace_person(engine, live, item).await?;
                }
            }
            Some(value) => replace_person(engine, live, value).await?,
            None => {}
        }
    }
    Ok(())
}

fn is_person(ty: FieldType) -> bool {
    matches!(ty, FieldType::Person | FieldType::List(FieldType::Person))
}

async fn replace_person(engine: &Engine, live: &Live, value: &mut Value) -> Result<(), StoreError> {
    let text = match &*value {
        Value::String(text) => text.clone(),
        Value::Object(map) => match map.get("national_id").and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => return Ok(()),
        },
        _ => return Ok(()),
    };
    if let Ok(number) = NationalId::parse(&text, live.realm()) {
        let person = engine.store.resolve_person(&identifier_of(&number)).await?;
        *value = json!(person_text(person));
    }
    Ok(())
}

async fn replace_children(
    engine: &Engine,
    live: &Live,
    envelope: &mut Envelope,
    child: ChildId,
    now: Instant,
    covered: &mut Vec<ChildId>,
) -> Result<Result<(), Vec<Finding>>, StoreError> {
    if envelope.type_name == "born" {
        envelope.fields.insert("child".into(), json!(child.to_string()));
    }
    let Some(Value::Array(items)) = envelope.fields.get_mut("covers") else { return Ok(Ok(())) };
    for (i, item) in items.iter_mut().enumerate() {
        let at = format!("/{}/covers/{i}", envelope.index);
        let references = match &*item {
            Value::String(text) => text.parse().map(|id| vec![ChildReference::Own(id)]).map_err(|_| Vec::new()),
            other => read_child(other, &at, live).map(|(references, _)| references),
        };
        let references = match references {
            Ok(references) => references,
            Err(errors) if !errors.is_empty() => return Ok(Err(errors)),
            Err(_) => return Ok(Err(vec![plain(&at, "a text that is not a child_id", "a child reference")])),
        };
        match find(engine.store.as_ref(), &references, envelope.at, now).await? {
            Found::Children(found) => {
                covered.extend(&found);
                *item = json!(found.first().map(ToString::to_string).unwrap_or_default());
            }
            _ => return Ok(Err(vec![plain(&at, "a child that cannot be told", "a known child")])),
        }
    }
    Ok(Ok(()))
}

/// Services get the one id the rules know them by.
pub(super) fn rename_services(live: &Live, type_name: &str, fields: &mut Map<String, Value>) {
    let Some(spec) = type_spec(type_name) else { return };
    let rename = |value: &mut Value| {
        if let Value::String(text) = value {
            *text = live.loaded.services.id_of(text).to_owned();
        }
    };
    for field in spec.fields {
        match (field.ty, fields.get_mut(field.name)) {
            (FieldType::Service, Some(value)) => rename(value),
            (FieldType::List(FieldType::Service), Some(Value::Array(items))) => items.iter_mut().for_each(rename),
            _ => {}
        }
    }
}

/// The common part of a fact.
struct Envelope {
    index: usize,
    id: FactId,
    type_name: String,
    at: Date,
    child: Vec<ChildReference>,
    due_date: Option<Date>,
    municipality: String,
    fields: Map<String, Value>,
}

impl Envelope {
    fn read(input: FactInput, live: &Live) -> Result<Self, Vec<Finding>> {
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
            child => read_child(&child.unwrap_or(Value::Null), &format!("/{index}/child"), live)
                .map_err(|e| errors.extend(e))
                .ok(),
        };
        // The municipality of a service, when it is not the one whose case it is.
        if let Some(own) = fields.shift_remove("service_municipality") {
            fields.insert("municipality".into(), own);
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

    /// Facts whose effect rests on who says them.
    fn speaks_with_authority(&self) -> bool {
        matches!(
            self.type_name.as_str(),
            "holder_decided" | "decision_withdrawn" | "bk_appointed" | "substitute_appointed" | "ip_main_decided"
        )
    }
}

/// Facts that may be given without a child: they concern every child of the municipality.
fn concerns_all(type_name: &str) -> bool {
    type_name.starts_with("delegation_") || type_name.starts_with("person_") || type_name == "worker_contact"
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
fn numbers_in_text(
    type_name: Option<&str>,
    fields: &Map<String, Value>,
    index: usize,
    errors: &mut Vec<Finding>,
) {
    let spec = type_name.and_then(type_spec);
    for (key, value) in fields {
        let person = spec.and_then(|s| s.fields.iter().find(|f| f.name == key));
        if person.is_some_and(|f| is_person(f.ty) || matches!(f.ty, FieldType::List(FieldType::Child))) {
            continue;
        }
        if looks_like_number(&value.to_string()) {
            errors.push(finding(index, &format!("/{key}"), "what looks like a person's number", "text without it",
                Some("name people by `child`, by a person field, or by an id of your own".into())));
        }
    }
}

/// Reads a child reference. Several members name the same child: the sender vouches for it.
fn read_child(value: &Value, at: &str, live: &Live) -> Result<(Vec<ChildReference>, Option<Date>), Vec<Finding>> {
    let expected = "an object with national_id, duf, child_id, unborn or local";
    let Value::Object(map) = value else { return Err(vec![plain(at, "no child reference", expected)]) };
    let mut references = Vec::new();
    let mut due_date = None;
    for (key, member) in map {
        let place = format!("{at}/{key}");
        let text = member.as_str().unwrap_or_default();
        let reference = match key.as_str() {
            "national_id" => NationalId::parse_unless_placeholder(text, live.realm())
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
            "unborn" => read_unborn(member, &place, live).inspect(|r| {
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

fn read_unborn(member: &Value, place: &str, live: &Live) -> Result<ChildReference, Finding> {
    let mother = member.get("mother").and_then(Value::as_str).unwrap_or_default();
    let mother = NationalId::parse_unless_placeholder(mother, live.realm())
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

fn finding(index: usize, place: &str, found: &str, expected: &str, hint: Option<String>) -> Finding {
    Finding { pointer: format!("/{index}{place}"), found: found.into(), expected: expected.into(), hint }
}

fn plain(place: &str, found: &str, expected: &str) -> Finding {
    Finding { pointer: place.into(), found: found.into(), expected: expected.into(), hint: None }
}
