//! Asking a register about one unit: read anew, journalled like any record, and confirmed when it says what is known already.
//!
//! Every unit is asked about once at a time, whoever wants to know. Must never take silence, nonsense or an answer that is not
//! worked on yet for a confirmation, and never give a caller the answer about another unit.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared, join_all};
use samhold_adapter_api::{AdapterError, Record, Reread, SourceContext};
use samhold_model::national_id::redact;
use samhold_model::{ChildId, Instant, SystemName};
use samhold_store::{RecordState, StoreError};

use super::memory::Unit;
use crate::sync::engine::{Engine, Live};
use crate::sync::intake::{SourceInbox, new_record};
use crate::telemetry::Counter;

/// A register that has not answered by then counts as away.
const LONGEST: Duration = Duration::from_secs(30);

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It says what is known; asked at that moment.
    Confirmed(Instant),
    /// It says something else, which is journalled.
    News,
    /// Nothing is known. Why, without content.
    Away(String),
}

/// An answer that several may wait for.
pub(super) type Pending = Shared<BoxFuture<'static, Outcome>>;

/// Asks about every unit and waits for the answers, at most for so long. Why one is not confirmed; nothing when all are.
///
/// A register that is known to be away is not waited for, and one question at a time finds out whether it is back.
pub(super) async fn all(
    engine: &Engine,
    live: &Live,
    members: &[ChildId],
    units: &[Unit],
    patience: Duration,
) -> Option<String> {
    let mut pending = Vec::new();
    let mut away = None;
    for unit in units {
        let is_away = engine.confirmations.is_away(&unit.system);
        if is_away {
            away.get_or_insert_with(|| format!("the consent register `{}` is away", unit.system));
        }
        if !(is_away && engine.confirmations.is_asked(&unit.system)) {
            pending.extend(begin(engine, live, members, unit));
        }
    }
    if patience.is_zero() || away.is_some() || pending.len() < units.len() {
        return Some(away.unwrap_or_else(|| "a consent register is being asked".to_owned()));
    }
    let Ok(outcomes) = tokio::time::timeout(patience, join_all(pending)).await else {
        units.iter().for_each(|unit| engine.confirmations.set_slow(&unit.system));
        return Some("a consent register has not answered yet".to_owned());
    };
    outcomes.into_iter().find_map(|outcome| match outcome {
        Outcome::Confirmed(_) => None,
        Outcome::News => Some("a consent register told of a change, which is worked on".to_owned()),
        Outcome::Away(reason) => Some(reason),
    })
}

/// Begins to ask, or joins the one who asks already. The answer comes also when nobody waits for it any more.
fn begin(engine: &Engine, live: &Live, members: &[ChildId], unit: &Unit) -> Option<Pending> {
    let register = Arc::clone(live.registers.get(&unit.system)?);
    let engine = engine.handle()?;
    let (tasks, confirmations) = (engine.tasks.clone(), Arc::clone(&engine.confirmations));
    let (unit_asked, members) = (unit.clone(), members.to_vec());
    Some(confirmations.under_way(unit, move || {
        let task = tasks.spawn(async move {
            let asking = once(&engine, register.as_ref(), &unit_asked, &members);
            let broke = |_| Outcome::Away("the program broke; report this".to_owned());
            let outcome = AssertUnwindSafe(asking).catch_unwind().await.unwrap_or_else(broke);
            engine.confirmations.ended(&unit_asked, &outcome, (&members, engine.clock.now()));
            outcome
        });
        task.map(|done| done.unwrap_or_else(|_| Outcome::Away("the program stops".to_owned()))).boxed().shared()
    }))
}

/// Asks about one unit, and waits for nothing.
pub(in crate::sync) fn in_background(engine: &Engine, live: &Live, members: &[ChildId], unit: &Unit) {
    // The answer comes also when nobody holds on to it.
    drop(begin(engine, live, members, unit));
}

async fn once(engine: &Arc<Engine>, register: &dyn Reread, unit: &Unit, members: &[ChildId]) -> Outcome {
    let Ok(_turn) = engine.confirmations.turns.acquire().await else { return Outcome::Away("stopped".to_owned()) };
    let began = engine.clock.now();
    let system = SystemName::new(unit.system.clone());
    let context = SourceContext {
        inbox: Arc::new(SourceInbox::new(Arc::clone(engine), &unit.system).about(members)),
        system: system.clone(),
        now: engine.clock.as_fn(),
        stop: engine.stop.clone(),
    };
    let read = tokio::select! {
        () = engine.stop.cancelled() => return Outcome::Away("the program stops".to_owned()),
        read = tokio::time::timeout(LONGEST, register.reread(&context, &unit.key)) => read,
    };
    let answer = match read {
        Ok(Ok(record)) if record.key == unit.key => Ok(record),
        Ok(Ok(_)) => Err((true, "it answered about something else than it was asked".to_owned())),
        Ok(Err(e)) => Err((matches!(e, AdapterError::Format { .. }), redact(&e.to_string()))),
        Err(_) => Err((false, format!("it did not answer in {} seconds", LONGEST.as_secs()))),
    };
    note(engine, &system, answer.as_ref().err()).await;
    match answer {
        Ok(record) => taken_in(engine, &system, unit, record, began)
            .await
            .unwrap_or_else(|e| Outcome::Away(format!("what the consent register said could not be journalled: {e}"))),
        Err((_, reason)) => Outcome::Away(format!("the consent register `{system}` did not confirm: {reason}")),
    }
}

/// Journals what it said. It is confirmed when that is what the last record of the unit says, and that one is worked on.
async fn taken_in(
    engine: &Engine,
    system: &SystemName,
    unit: &Unit,
    record: Record,
    began: Instant,
) -> Result<Outcome, StoreError> {
    let _alone = engine.confirmations.journal.lock().await;
    if engine.confirmations.is_overtaken(unit) {
        return Ok(Outcome::Away("the consent register told of it meanwhile".to_owned()));
    }
    // What makes it the same is what it says: it is no delivery of the register.
    let record = new_record(system, Record { delivery_id: None, ..record });
    let accepted = engine.store.accept(vec![record], None, engine.clock.now()).await?;
    let Some(first) = accepted.first() else { return Ok(Outcome::Away("nothing was journalled".to_owned())) };
    if !first.duplicate {
        Counter::RecordsAccepted.add(1);
        engine.signals.inbox.notify_one();
        return Ok(Outcome::News);
    }
    match engine.store.record(first.id).await?.map(|known| known.state) {
        Some(RecordState::Mapped) => Ok(Outcome::Confirmed(began)),
        Some(RecordState::Dead) => Ok(Outcome::Away("what the consent register says is a dead letter".to_owned())),
        _ => Ok(Outcome::Away("what the consent register says is being worked on".to_owned())),
    }
}

/// Tells operators when a register goes away and when it is back, and nothing in between; and each answer that cannot be
/// believed, with which it is not away.
async fn note(engine: &Engine, system: &SystemName, trouble: Option<&(bool, String)>) {
    let away = trouble.is_some_and(|(answered, _)| !answered);
    let turned = engine.confirmations.set_away(system.as_str(), away);
    match trouble {
        Some((answered, reason)) if turned || *answered => {
            tracing::warn!(system = %system, error = %reason, "a consent of `{system}` cannot be confirmed; what is sensitive waits");
        }
        None if turned => tracing::info!(system = %system, "consents of `{system}` can be confirmed again"),
        _ => return,
    }
    let reason = trouble.map(|(_, reason)| reason.as_str());
    if let Err(e) = engine.store.contact(system, reason, engine.clock.now()).await {
        tracing::error!(error = %e, "contact with a consent register could not be noted");
    }
}
