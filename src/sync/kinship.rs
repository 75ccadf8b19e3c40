//! Guardians as a relation, and the children who may be one and the same: an expected child and a newly registered one.
//!
//! Finds and asks; a person decides. Must never merge two children.

use samhold_model::dates::days_between;
use samhold_model::{ChildId, PersonId};
use samhold_store::{NewFact, StoreError, StoredFact};
use serde_json::Value;

use super::dossier::{Dossier, WHOLE_MUNICIPALITY, rows_of};
use super::engine::Engine;
use super::tasks::is_settled;

/// A child is thought to be the expected one when it is born at most this many days before or after the due date.
const BEFORE_DUE: i64 = 120;
const AFTER_DUE: i64 = 45;

/// What follows from facts about the municipality itself: every child is worked out again.
///
/// # Errors
/// When the store fails.
pub(super) async fn concern_all(engine: &Engine, facts: &[NewFact]) -> Result<(), StoreError> {
    if facts.iter().any(|f| f.child == WHOLE_MUNICIPALITY) {
        engine.store.mark_all().await?;
    }
    Ok(())
}

/// What follows from new facts besides the answer: the guardians' relation, records that waited for a child of theirs, and
/// whether an expected child may have been born. Doing it twice changes nothing, and the facts need not stand in the ledger
/// yet.
///
/// # Errors
/// When the store fails.
pub(super) async fn relate(engine: &Engine, facts: &[NewFact]) -> Result<(), StoreError> {
    for fact in facts {
        if let Some(Value::Array(ids)) = fact.body.get("guardians") {
            let guardians: Vec<_> = ids.iter().filter_map(|v| person_of(v.as_str()?)).collect();
            engine.store.set_guardians(fact.child, &guardians).await?;
            if engine.store.release_waiting(&guardians).await? > 0 {
                engine.signals.inbox.notify_one();
            }
            expected_by(engine, fact, &guardians, facts).await?;
        }
    }
    Ok(())
}

/// How a person known by number stands in a fact.
#[must_use]
pub(super) fn person_text(id: PersonId) -> String {
    format!("person:{id}")
}

fn person_of(text: &str) -> Option<PersonId> {
    text.strip_prefix("person:").and_then(|id| id.parse().ok())
}

/// Opens a task when a guardian of this child also expects one at about the same time.
async fn expected_by(
    engine: &Engine,
    fact: &NewFact,
    guardians: &[PersonId],
    new: &[NewFact],
) -> Result<(), StoreError> {
    let mut siblings: Vec<ChildId> = Vec::new();
    for guardian in guardians {
        siblings.extend(engine.store.children_of(*guardian).await?);
    }
    siblings.sort();
    siblings.dedup();
    let this = family(engine, fact.child, fact, new).await?;
    for other in siblings.into_iter().filter(|c| *c != fact.child) {
        if is_settled(engine.store.as_ref(), &[fact.child, other]).await? {
            continue;
        }
        let that = family(engine, other, fact, new).await?;
        let born = |f: &samhold_duty::Family| f.birth_date;
        let due = |f: &samhold_duty::Family| f.due_date.filter(|_| f.birth_date.is_none());
        let near = match (born(&this), due(&that), born(&that), due(&this)) {
            (Some(born), Some(due), ..) | (_, _, Some(born), Some(due)) => {
                (-BEFORE_DUE..=AFTER_DUE).contains(&days_between(due, born))
            }
            _ => false,
        };
        if near {
            let detail = "an expected child and a registered one have the same guardian and fitting dates; if they are one \
                child, answer `same_child`, else `not_same`";
            let mut both = [fact.child, other];
            both.sort();
            engine.store.open_task("unborn_may_be_born", &both, detail, engine.clock.now()).await?;
        }
    }
    Ok(())
}

async fn family(
    engine: &Engine,
    child: ChildId,
    like: &NewFact,
    new: &[NewFact],
) -> Result<samhold_duty::Family, StoreError> {
    // One that was joined to another is known by what is known of both.
    let whole = engine.store.survivor_of(child).await?;
    let mut rows = rows_of(engine.store.as_ref(), whole, &like.municipality).await?;
    rows.extend(new.iter().filter(|f| f.child == child && f.municipality == like.municipality).map(as_row));
    Ok(Dossier::new(child, &rows, engine.clock.today()).family())
}

/// A new fact as it will stand in the ledger, behind all others.
fn as_row(fact: &NewFact) -> StoredFact {
    StoredFact {
        seq: i64::MAX,
        id: fact.id,
        child: fact.child,
        municipality: fact.municipality.clone(),
        at: fact.at,
        recorded_at: fact.recorded_at,
        source: fact.source.clone(),
        record: fact.record,
        scope: fact.scope.clone(),
        body: fact.body.clone(),
    }
}
