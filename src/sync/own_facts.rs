//! Facts in our own schema: from JSON to the ledger, by HTTP or by queue.
//!
//! The good ones of a request are taken though others are refused. A person's number becomes an opaque id on the way; one
//! found in free text is refused, because it would travel on unseen.

mod authority;
mod envelope;
mod opaque;
mod registers;

use samhold_model::schema::Finding;
use samhold_model::{ChildId, FactBody, FactId, Instant, MunicipalityNo, RecordId, SystemName};
use samhold_store::{Appended, NewFact, Resolved, StoreError};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::dossier::WHOLE_MUNICIPALITY;
use super::engine::{Engine, Live};
use super::identity::{ChildReference, Found, find, look_up};
use super::kinship::{concern_all, relate};
use crate::config::SystemSettings;
use crate::telemetry::Counter;
use envelope::{Envelope, finding};
use opaque::replace_children;
pub(in crate::sync) use opaque::{rename_services, replace_persons};

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

impl Rejection {
    /// With whatever looks like a person's number covered: findings name words and places as they were sent.
    fn covered(mut self) -> Self {
        let cover = samhold_model::national_id::redact;
        for finding in &mut self.errors {
            finding.pointer = cover(&finding.pointer);
            finding.found = cover(&finding.found);
            finding.expected = cover(&finding.expected);
        }
        self
    }
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
            Err(rejection) => taken.rejected.push(rejection.covered()),
        }
    }
    let ready = without_conflicts(engine, ready, &mut taken).await?;
    let flat: Vec<NewFact> = ready.iter().flat_map(|(_, facts)| facts.clone()).collect();
    let fates = engine.store.append(flat).await?;
    let mut fates = fates.into_iter();
    for (index, facts) in &ready {
        let own: Vec<Appended> = fates.by_ref().take(facts.len()).collect();
        let fate = own.first().copied().unwrap_or(Appended::Duplicate);
        count(&mut taken, *index, fate);
        // Also for what was there already: the first sending may have ended before this was done.
        if fate != Appended::Conflict {
            relate(engine, facts).await?;
            concern_all(engine, facts).await?;
        }
    }
    Counter::FactsAppended.add(taken.accepted);
    if taken.accepted > 0 {
        engine.signals.marked.notify_one();
    }
    taken.rejected.sort_by_key(|r| r.index);
    Ok(taken)
}

/// One that is refused as a conflict must leave nothing behind, also not at the other children it covers.
async fn without_conflicts(
    engine: &Engine,
    ready: Vec<(usize, Vec<NewFact>)>,
    taken: &mut TakenFacts,
) -> Result<Vec<(usize, Vec<NewFact>)>, StoreError> {
    let mut kept = Vec::with_capacity(ready.len());
    for (index, facts) in ready {
        let first = facts.first().filter(|_| facts.len() > 1);
        let known = match first {
            Some(first) => engine.store.fact(first.id).await?,
            None => None,
        };
        if known.zip(first).is_some_and(|(known, first)| known.body != first.body) {
            count(taken, index, Appended::Conflict);
        } else {
            kept.push((index, facts));
        }
    }
    Ok(kept)
}

fn count(taken: &mut TakenFacts, index: usize, fate: Appended) {
    match fate {
        Appended::New => taken.accepted += 1,
        Appended::Duplicate => taken.duplicates += 1,
        Appended::Conflict => taken.rejected.push(Rejection {
            index,
            code: "same_id_other_content",
            status: 409,
            errors: vec![finding(
                index,
                "/id",
                "an id that stands for other content",
                "a new id, or a correction",
                None,
            )],
        }),
    }
}

/// Whom a fact is about, as far as it is known before it is taken.
pub(super) enum About {
    /// This child, or one nobody knows yet.
    Child(Option<ChildId>),
    /// It will be refused when it is taken, which also does what else is to be done then.
    Refused,
}

/// Reads whom a fact is about and whether this client may say it, without leaving a trace.
pub(super) async fn about(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    input: FactInput,
) -> Result<Result<About, Rejection>, StoreError> {
    let index = input.index;
    let envelope = match Envelope::read(input, live.realm()) {
        Ok(envelope) => envelope,
        Err(errors) => return Ok(Err(Rejection { index, code: "invalid_fact", status: 422, errors }.covered())),
    };
    if let Some(rejection) = authority::refusal(engine, live, system, &envelope).await? {
        return Ok(Err(rejection.covered()));
    }
    let by_our_id = envelope.child.iter().any(|reference| matches!(reference, ChildReference::Own(_)));
    Ok(Ok(match look_up(engine.store.as_ref(), &envelope.child, envelope.at).await? {
        Resolved::Child { child, .. } => About::Child(Some(child)),
        Resolved::Unknown if !by_our_id => About::Child(None),
        Resolved::Unknown | Resolved::Conflict(_) => About::Refused,
    }))
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
    let mut envelope = match Envelope::read(input, live.realm()) {
        Ok(envelope) => envelope,
        Err(errors) => return Ok(Err(Rejection { index, code: "invalid_fact", status: 422, errors })),
    };
    if let Some(rejection) = authority::refusal(engine, live, system, &envelope).await? {
        return Ok(Err(rejection));
    }
    if let Some(rejection) = registers::refusal(live, &envelope) {
        return Ok(Err(rejection));
    }
    registers::name_request(&mut envelope);
    if envelope.child.is_empty() {
        return assemble(engine, live, system, envelope, WHOLE_MUNICIPALITY, now, record).await;
    }
    let child = match find(engine.store.as_ref(), &envelope.child, envelope.at, now).await? {
        Found::Children(children) => children.first().copied(),
        Found::Conflict(_) => {
            let error = finding(
                index,
                "/child",
                "identifiers of different children",
                "identifiers of one child",
                Some("a task is opened; a person decides which child it is".into()),
            );
            return Ok(Err(Rejection { index, code: "identity_conflict", status: 409, errors: vec![error] }));
        }
        Found::NoChildOf(_) | Found::Unknown => None,
    };
    let Some(child) = child else {
        let error =
            finding(index, "/child", "a child_id that is not known here", "a child_id given by this system", None);
        return Ok(Err(Rejection { index, code: "unknown_child", status: 422, errors: vec![error] }));
    };
    assemble(engine, live, system, envelope, child, now, record).await
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
    covered.sort();
    covered.dedup();
    Ok(Ok(spread(&envelope, child, covered, &system.name, now, record)))
}

/// One fact as sent becomes one for each child it covers, and one more when it tells the due date.
fn spread(
    envelope: &Envelope,
    child: ChildId,
    covered: Vec<ChildId>,
    source: &str,
    now: Instant,
    record: Option<RecordId>,
) -> Vec<NewFact> {
    let mut body = Map::new();
    body.insert("type".into(), json!(envelope.type_name));
    body.extend(envelope.fields.clone());
    let new = |id: FactId, child: ChildId, body: Value| NewFact {
        id,
        child,
        municipality: MunicipalityNo::new(envelope.municipality.clone()),
        at: envelope.at,
        recorded_at: now,
        source: SystemName::new(source),
        record,
        scope: None,
        body,
    };
    let mut facts = vec![new(envelope.id, child, Value::Object(body.clone()))];
    for other in covered.into_iter().filter(|c| *c != child) {
        let id = FactId::derived("covers", &envelope.id.to_string(), "child", &other.to_string());
        facts.push(new(id, other, Value::Object(body.clone())));
    }
    if let Some(due) = envelope.due_date {
        let municipality = format!("unborn:{}", envelope.municipality);
        let id = FactId::derived("due_date", &child.to_string(), &municipality, &due.to_string());
        let mut fact = new(id, child, json!({"type": "due_date", "date": due}));
        // The same sentence from every fact about this pregnancy: one id, one content.
        fact.at = samhold_model::dates::add_days(due, -280);
        facts.push(fact);
    }
    facts
}
