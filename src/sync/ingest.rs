//! From the inbox to the ledger: each record is mapped, its children found, and what changed since its last version appended.
//!
//! A record that cannot be mapped becomes a dead letter that says which field, where and what was expected; nothing of it is
//! applied, and it can be replayed.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use samhold_mapping::tree::Limits;
use samhold_mapping::{Gone, MappedDocument, MappedGroup, Mapping, RunParameters, Update};
use samhold_model::dates::date_of;
use samhold_model::{ChildId, Instant, MunicipalityNo, RecordId};
use samhold_store::{NewFact, Outcome, StoreError, StoredFact, StoredRecord};

use super::chain;
use super::engine::{Engine, Live};
use super::kinship::relate;
use super::own_facts::take_facts;
use super::place::{Origin, Placed, place};
use super::replace::{Follow, Given, follow};
use crate::config::SystemSettings;
use crate::telemetry::Counter;

/// How many records one round takes.
const ROUND: i64 = 100;

/// Runs until the program stops.
pub async fn run(engine: Arc<Engine>) {
    loop {
        let done = ingest_once(&engine).await;
        if let Err(e) = &done {
            tracing::error!(error = %e, "records could not be read from the inbox; they stay there");
        }
        let wait = match done {
            Ok(0) => Duration::from_secs(30),
            Ok(_) => Duration::ZERO,
            Err(_) => Duration::from_secs(2),
        };
        tokio::select! {
            () = engine.stop.cancelled() => return,
            () = engine.signals.inbox.notified(), if !wait.is_zero() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One round. Returns how many records were worked on. One that fails holds up no other: it stays in the inbox.
///
/// # Errors
/// When the store fails, and nothing could be worked on.
pub async fn ingest_once(engine: &Engine) -> Result<usize, StoreError> {
    let records = engine.store.unmapped(ROUND).await?;
    let live = engine.live();
    let mut worked = 0;
    let mut failed = None;
    for record in &records {
        match guarded(engine, &live, record).await {
            Ok(()) => worked += 1,
            Err(e) => {
                tracing::error!(record.id = %record.id, error = %e, "record `{}` stays in the inbox", record.id);
                let away = matches!(e, StoreError::Unavailable { .. } | StoreError::Closed(_));
                failed = Some(e);
                if away {
                    break;
                }
            }
        }
    }
    if worked > 0 {
        engine.signals.marked.notify_one();
    }
    failed.filter(|_| worked == 0).map_or(Ok(worked), Err)
}

/// A record that can never be worked on becomes a dead letter; otherwise it would be taken first in every round.
async fn guarded(engine: &Engine, live: &Live, record: &StoredRecord) -> Result<(), StoreError> {
    let dead = match AssertUnwindSafe(ingest(engine, live, record)).catch_unwind().await {
        Ok(Err(e @ (StoreError::Decrypt(_) | StoreError::Corrupt { .. } | StoreError::Missing { .. }))) => {
            Dead::new("record_fails", e.to_string())
        }
        Ok(ended) => return ended,
        Err(_) => Dead::new("record_fails", "the program broke while working on it; report this, then replay"),
    };
    bury(engine, record, dead).await
}

/// What stands against a record.
pub(super) struct Dead {
    code: String,
    detail: String,
}

impl Dead {
    pub(super) fn new(code: &str, detail: impl Into<String>) -> Self {
        Self { code: code.into(), detail: samhold_model::national_id::redact(&detail.into()) }
    }
}

/// How a record ended.
enum End {
    Facts(Vec<NewFact>),
    Dead(Dead),
    Waits,
}

/// One record: its facts into the ledger, a dead letter, or put aside until a child is known.
async fn ingest(engine: &Engine, live: &Live, record: &StoredRecord) -> Result<(), StoreError> {
    let end = match live.system(record.system.as_str()) {
        Some(system) => one(engine, live, system, record).await?,
        None => End::Dead(Dead::new("unknown_system", "no connected system has this name; add its file and replay")),
    };
    match end {
        End::Facts(facts) => {
            // Before the record is finished: after a crash in between it is worked on again, and nothing of this is lost.
            relate(engine, &facts).await?;
            let n = facts.len();
            engine.store.finish(record.id, Outcome::Mapped(facts), engine.clock.now()).await?;
            Counter::RecordsMapped.add(1);
            Counter::FactsAppended.add(n);
            Ok(())
        }
        End::Dead(dead) => bury(engine, record, dead).await,
        End::Waits => Ok(()),
    }
}

async fn bury(engine: &Engine, record: &StoredRecord, Dead { code, detail }: Dead) -> Result<(), StoreError> {
    tracing::warn!(system = %record.system, record.id = %record.id, code, "record `{}` waits in dead letters", record.id);
    engine.store.finish(record.id, Outcome::Dead { code, detail }, engine.clock.now()).await?;
    Counter::RecordsDead.add(1);
    Ok(())
}

/// The record waits for a child of this person. One that became known in the meantime calls it back at once.
async fn wait(engine: &Engine, record: &StoredRecord, person: samhold_model::PersonId) -> Result<End, StoreError> {
    engine.store.wait_for_child(person, record.id).await?;
    if !engine.store.children_of(person).await?.is_empty() && engine.store.release_waiting(&[person]).await? > 0 {
        engine.signals.inbox.notify_one();
    }
    Ok(End::Waits)
}

async fn one(engine: &Engine, live: &Live, system: &SystemSettings, record: &StoredRecord) -> Result<End, StoreError> {
    let own_schema = system.source.as_ref().is_some_and(|s| s.mapping == "facts");
    if own_schema {
        return own(engine, system, record).await;
    }
    let Some(mapping) = live.mapping_of(record.system.as_str(), &record.key) else {
        return Ok(End::Dead(Dead::new("no_mapping", "the system has no `[source]` with a mapping")));
    };
    let parameters = RunParameters {
        realm: live.realm(),
        system: record.system.as_str(),
        words: &live.loaded.law,
        limits: Limits::default(),
    };
    if record.gone {
        // A unit that was entered in error is gone with the words that say so; one that only vanished has none.
        let taken_back = mapping.run(&record.body, &parameters).is_ok_and(|d| d.groups.iter().any(|g| g.voided));
        return gone(engine, system, mapping, record, taken_back).await;
    }
    match mapping.run(&record.body, &parameters) {
        Ok(document) => apply(engine, live, system, mapping, record, document).await,
        Err(errors) => {
            let detail: Vec<String> = errors.iter().map(ToString::to_string).collect();
            let code = errors.first().map_or("mapping", |e| e.code.as_str());
            if mapping.failed_voids() {
                take_away(engine, system, record).await?;
            }
            Ok(End::Dead(Dead::new(code, detail.join("\n"))))
        }
    }
}

/// What a record permitted must not stand on a version that its source has replaced by one nobody can read.
async fn take_away(engine: &Engine, system: &SystemSettings, record: &StoredRecord) -> Result<(), StoreError> {
    let before = engine.store.facts_of_scope(&record.system, &record.key).await?;
    let Some(first) = before.first() else { return Ok(()) };
    if overtaken(engine, record, &before).await? {
        return Ok(());
    }
    let held = Held {
        record: record.id,
        system,
        municipality: first.municipality.clone(),
        scope: record.key.clone(),
        now: engine.clock.now(),
    };
    let facts = replaced(&held, &before, Vec::new(), date_of(record.received_at), &permits_no_more);
    engine.store.append(facts).await?;
    engine.signals.marked.notify_one();
    Ok(())
}

/// Only a consent permits. An objection and a withdrawal hold back, and stand until somebody can read what came after them.
fn permits_no_more(type_name: &str) -> Gone {
    if type_name == "consent" { Gone::Void } else { Gone::Keep }
}

/// Our own facts over a queue or folder: the good ones are taken, the rest make the record a dead letter that says which.
async fn own(engine: &Engine, system: &SystemSettings, record: &StoredRecord) -> Result<End, StoreError> {
    let inputs = match crate::web::read_facts(&record.body, &record.content_type) {
        Ok(inputs) => inputs,
        Err(e) => return Ok(End::Dead(Dead::new(e.code, e.to_string()))),
    };
    let taken = take_facts(engine, system, inputs, Some(record.id)).await?;
    if taken.rejected.is_empty() {
        return Ok(End::Facts(Vec::new()));
    }
    let detail: Vec<String> = taken
        .rejected
        .iter()
        .flat_map(|r| r.errors.iter().map(move |e| format!("fact {}: {}: {e}", r.index, r.code)))
        .collect();
    Ok(End::Dead(Dead::new("facts_rejected", detail.join("\n"))))
}

async fn apply(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    mapping: &Mapping,
    record: &StoredRecord,
    document: MappedDocument,
) -> Result<End, StoreError> {
    let chained = document.groups.iter().filter(|_| mapping.is_chained());
    let links: Vec<chain::Link> = chained.filter_map(|g| link_of(record, g)).collect();
    for link in &links {
        if !chain::follows(engine.store.as_ref(), &record.system, link).await? {
            return Ok(End::Dead(Dead::new(
                "chain_gap",
                "an earlier sending of this case is missing: what this one says it follows is not the last one \
                received; ask the source to send it, then replay",
            )));
        }
    }
    let mut facts = Vec::new();
    for group in document.groups {
        match apply_group(engine, live, system, mapping, record, group).await? {
            End::Facts(more) => facts.extend(more),
            other => return Ok(other),
        }
    }
    for link in &links {
        chain::advance(engine.store.as_ref(), &record.system, link, engine.clock.now()).await?;
    }
    Ok(End::Facts(facts))
}

fn scope_of(record: &StoredRecord, group: &MappedGroup) -> String {
    if group.key.is_empty() { record.key.clone() } else { group.key.clone() }
}

fn link_of(record: &StoredRecord, group: &MappedGroup) -> Option<chain::Link> {
    let id = group.submission.clone()?;
    Some(chain::Link { of: scope_of(record, group), id, previous: group.follows.clone() })
}

async fn apply_group(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    mapping: &Mapping,
    record: &StoredRecord,
    group: MappedGroup,
) -> Result<End, StoreError> {
    let scope = scope_of(record, &group);
    let voided = group.voided;
    let municipality = match municipality_named(system, group.municipality.as_ref().map(MunicipalityNo::as_str)) {
        Ok(municipality) => municipality,
        Err(dead) => return Ok(End::Dead(dead)),
    };
    let today = date_of(record.received_at);
    let mut given: Vec<(ChildId, Given)> = Vec::new();
    let origin = Origin { record, scope: &scope, municipality: &municipality };
    for fact in group.facts {
        match place(engine, live, &origin, fact).await? {
            Placed::Facts(more) => given.extend(more),
            Placed::NoChildOf(person) => return wait(engine, record, person).await,
            Placed::Dead(dead) => return Ok(End::Dead(dead)),
        }
    }
    let before = engine.store.facts_of_scope(&record.system, &scope).await?;
    if matches!(mapping.update(), Some((Update::Replace, _))) && overtaken(engine, record, &before).await? {
        tracing::info!(system = %record.system, record.id = %record.id, "record `{}` is older than what is known", record.id);
        return Ok(End::Facts(Vec::new()));
    }
    let held = Held { record: record.id, system, municipality, scope, now: engine.clock.now() };
    let facts = match mapping.update() {
        // The source takes everything back that it ever said of this unit.
        _ if voided => replaced(&held, &before, Vec::new(), today, &|_| Gone::Void),
        Some((Update::Replace, _)) => replaced(&held, &before, given, today, &|name| mapping.gone(name)),
        _ => given
            .into_iter()
            .map(|(child, g)| held.fact(child, &held.municipality, Follow { id: g.base, at: g.at, body: g.body }))
            .collect(),
    };
    Ok(End::Facts(facts))
}

/// Whether a newer version of this unit has been seen: a record replayed late must not bring back what it said. What was
/// received just now is worked on in its turn.
async fn overtaken(engine: &Engine, record: &StoredRecord, before: &[StoredFact]) -> Result<bool, StoreError> {
    if let Some(last) = before.last().and_then(|f| f.record).filter(|r| *r != record.id)
        && engine.store.record(last).await?.is_some_and(|r| r.received_at > record.received_at)
    {
        return Ok(true);
    }
    let age = engine.clock.now().duration_since(record.received_at);
    if age < jiff::SignedDuration::from_mins(5) {
        return Ok(false);
    }
    let own = hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &record.body));
    let latest = engine.store.latest_hash(&record.system, &record.key).await?;
    Ok(latest.is_some_and(|hash| hash != own))
}

/// The municipality the record is about. One that does not say so is only clear when the system serves a single one.
fn municipality_named(system: &SystemSettings, told: Option<&str>) -> Result<MunicipalityNo, Dead> {
    let serves = || system.municipalities.join(", ");
    let found = match (told, system.municipalities.as_slice()) {
        (Some(number), all) => all.iter().find(|m| *m == number).ok_or_else(|| {
            let detail = "the record is about a municipality this system does not serve; it serves";
            Dead::new("not_your_municipality", format!("{detail} {}", serves()))
        })?,
        (None, [only]) => only,
        (None, _) => {
            let detail = "the record does not say which municipality it is about, and the system serves several";
            let remedy = "let the mapping read it, or give each municipality a system of its own";
            return Err(Dead::new("municipality_unknown", format!("{detail} ({}); {remedy}", serves())));
        }
    };
    Ok(MunicipalityNo::new(found.clone()))
}

/// A child of its own has facts of its own: each child in the scope is followed by itself. So has each municipality: what
/// was said of the child in another one than now is gone there.
fn replaced(
    held: &Held<'_>,
    before: &[StoredFact],
    given: Vec<(ChildId, Given)>,
    today: samhold_model::Date,
    gone: &dyn Fn(&str) -> Gone,
) -> Vec<NewFact> {
    let here = given.iter().map(|(c, _)| (*c, held.municipality.clone()));
    let parts: BTreeSet<_> = here.chain(before.iter().map(|f| (f.child, f.municipality.clone()))).collect();
    let mut facts = Vec::new();
    for (child, municipality) in parts {
        let is_here = municipality == held.municipality;
        let own: Vec<Given> = given.iter().filter(|(c, _)| is_here && *c == child).map(|(_, g)| g.clone()).collect();
        let earlier: Vec<StoredFact> =
            before.iter().filter(|f| f.child == child && f.municipality == municipality).cloned().collect();
        let follows = follow(&earlier, &own, today, gone);
        facts.extend(follows.into_iter().map(|f| held.fact(child, &municipality, f)));
    }
    facts
}

/// What the facts of one record share.
struct Held<'a> {
    record: RecordId,
    system: &'a SystemSettings,
    municipality: MunicipalityNo,
    scope: String,
    now: Instant,
}

impl Held<'_> {
    fn fact(&self, child: ChildId, municipality: &MunicipalityNo, follow: Follow) -> NewFact {
        NewFact {
            id: follow.id,
            child,
            municipality: municipality.clone(),
            at: follow.at,
            recorded_at: self.now,
            source: samhold_model::SystemName::new(self.system.name.clone()),
            record: Some(self.record),
            scope: Some(self.scope.clone()),
            body: follow.body,
        }
    }
}

/// The unit is gone at the source: what it said ends, never was, or stays, as the mapping says.
async fn gone(
    engine: &Engine,
    system: &SystemSettings,
    mapping: &Mapping,
    record: &StoredRecord,
    taken_back: bool,
) -> Result<End, StoreError> {
    let before = engine.store.facts_of_scope(&record.system, &record.key).await?;
    let Some(first) = before.first() else { return Ok(End::Facts(Vec::new())) };
    let held = Held {
        record: record.id,
        system,
        municipality: first.municipality.clone(),
        scope: record.key.clone(),
        now: engine.clock.now(),
    };
    let today = date_of(record.received_at);
    let means = |name: &str| if taken_back { Gone::Void } else { mapping.gone(name) };
    Ok(End::Facts(replaced(&held, &before, Vec::new(), today, &means)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(serves: &str, municipality: Option<&str>) -> Result<String, String> {
        let text = format!("name = \"x\"\nkind = \"ppt\"\nmunicipalities = {serves}");
        let system: SystemSettings = toml::from_str(&text).unwrap();
        municipality_named(&system, municipality).map(|m| m.to_string()).map_err(|dead| dead.code)
    }

    #[test]
    fn a_record_is_never_put_into_a_municipality_by_guess() {
        assert_eq!(told(r#"["9901"]"#, None).unwrap(), "9901");
        assert_eq!(told(r#"["9901", "9902"]"#, Some("9902")).unwrap(), "9902");
        assert_eq!(told(r#"["9901", "9902"]"#, None).unwrap_err(), "municipality_unknown");
        assert_eq!(told(r#"["9901"]"#, Some("9902")).unwrap_err(), "not_your_municipality");
    }
}
