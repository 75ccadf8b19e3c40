//! Delivery to one recipient: what it should see against what it last acknowledged.
//!
//! The decision is made again at the moment of sending; what may no longer be known is not sent. Nothing is delivered twice
//! with effect: the event id is stable over retries and new for new content. One child's deliveries never overtake each other.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use futures::{FutureExt, StreamExt};
use samhold_adapter_api::{DeliveryOutcome, Outgoing, OutgoingKind};
use samhold_model::{Instant, SystemName};
use samhold_store::{Attempt, AuditEntry, Delivery, EventKind, StoreError};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::confirm::{self, Confirmed};
use super::engine::{Engine, Live};
use super::handover;
use super::message::{NotSendable, message};
use crate::config::SystemSettings;
use crate::telemetry::Counter;

/// What a round of delivery did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Attempts made.
    pub attempts: usize,
    /// Attempts that failed and will be made again.
    pub failed: usize,
}

/// Runs until `token` is cancelled.
pub async fn run(engine: Arc<Engine>, name: String, token: CancellationToken) {
    let recipient = SystemName::new(name.clone());
    // After a reload the task of before first ends what it has under way: two of one child must not pass each other.
    let lane = engine.lane(&format!("to {name}"));
    let _alone = tokio::select! {
        () = token.cancelled() => return,
        alone = lane.lock() => alone,
    };
    if engine.tell_interrupted().await {
        return;
    }
    let mut failures = 0u32;
    loop {
        // Registered before the look, so that a signal in between is not lost.
        let woken = engine.signals.outbox.notified();
        let outcome = deliver_once(&engine, &name, &token).await;
        let wait = match outcome {
            Ok(done) if done.attempts > done.failed => {
                failures = 0;
                Duration::ZERO
            }
            Ok(done) if done.failed > 0 => {
                failures = failures.saturating_add(1);
                circuit(&engine, failures)
            }
            Ok(_) => until_next(&engine, &recipient).await,
            Err(e) => {
                tracing::error!(system = %recipient, error = %e, "deliveries could not be read or noted");
                Duration::from_secs(2)
            }
        };
        tokio::select! {
            biased;
            () = token.cancelled() => return,
            () = woken => {
                // An open circuit stays open: news do not make a recipient well.
                if failures > 0 && pause(&token, wait).await { return }
            }
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn pause(token: &CancellationToken, wait: Duration) -> bool {
    tokio::select! {
        () = token.cancelled() => true,
        () = tokio::time::sleep(wait) => false,
    }
}

/// After many failures in a row the recipient is left alone for the longest wait, so that it can get well.
fn circuit(engine: &Engine, failures: u32) -> Duration {
    let settings = engine.live().loaded.settings.delivery.clone();
    if failures >= settings.circuit_failures {
        Duration::from_secs(settings.longest_wait_seconds)
    } else {
        Duration::from_millis(settings.first_wait_ms)
    }
}

async fn until_next(engine: &Engine, recipient: &SystemName) -> Duration {
    let longest = Duration::from_secs(5);
    match engine.store.next_due(recipient).await {
        Ok(Some(due)) => {
            let micros = due.as_microsecond().saturating_sub(engine.clock.now().as_microsecond());
            Duration::from_micros(u64::try_from(micros).unwrap_or(0)).clamp(Duration::from_millis(5), longest)
        }
        _ => longest,
    }
}

/// One round: everything that is due to one recipient.
///
/// # Errors
/// When the store fails.
pub async fn deliver_once(engine: &Engine, name: &str, token: &CancellationToken) -> Result<Delivered, StoreError> {
    let recipient = SystemName::new(name);
    let concurrency = engine.live().loaded.settings.delivery.concurrency;
    let most = i64::try_from(concurrency.saturating_mul(8)).unwrap_or(i64::MAX);
    let due = engine.store.due(&recipient, engine.clock.now(), most).await?;
    // At most one row per child, so concurrency never lets two of one child pass each other.
    let attempts = futures::stream::iter(due)
        .map(|row| attempt_unless_stopping(engine, name, row, token))
        .buffer_unordered(concurrency)
        .collect::<Vec<Result<Step, StoreError>>>()
        .await;
    let mut done = Delivered::default();
    for step in attempts {
        match step? {
            Step::Held => {}
            Step::Sent => done.attempts += 1,
            Step::Failed => {
                done.attempts += 1;
                done.failed += 1;
            }
        }
    }
    Ok(done)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Sent,
    Failed,
    /// It waits for somebody else than its receiver, who is not to blame.
    Held,
}

/// How long one delivery waits for a consent register; the others to the same recipient wait with it.
const REGISTER_PATIENCE: Duration = Duration::from_secs(5);

/// When the program stops, or the settings changed, what was not tried is handed back as never sent. What counts are the
/// settings of the moment of sending.
async fn attempt_unless_stopping(
    engine: &Engine,
    name: &str,
    row: Delivery,
    token: &CancellationToken,
) -> Result<Step, StoreError> {
    let live = engine.live();
    match live.system(name).filter(|s| s.recipient.is_some() && !token.is_cancelled()) {
        Some(system) => guarded(engine, &live, system, row).await,
        None => engine.store.hand_back(&[(row.id, row.event_id)], engine.clock.now()).await.map(|()| Step::Sent),
    }
}

/// What can never be sent becomes a dead letter, and what breaks the program is tried later: neither holds up the rest.
async fn guarded(engine: &Engine, live: &Live, system: &SystemSettings, row: Delivery) -> Result<Step, StoreError> {
    let now = engine.clock.now();
    let (end, step) = match AssertUnwindSafe(attempt(engine, live, system, row.clone())).catch_unwind().await {
        Ok(Err(e @ (StoreError::Decrypt(_) | StoreError::Corrupt { .. }))) => {
            (Attempt::Refused { code: "not_composable".into(), detail: e.to_string() }, Step::Sent)
        }
        Ok(step) => return step,
        // It may have been sent before the break.
        Err(_) => (later(engine, &row, None, "the program broke; report this".into(), now), Step::Failed),
    };
    tracing::error!(event.id = %row.event_id, system = %system.name, "delivery `{}` could not be worked on", row.event_id);
    engine.store.attempted(row.id, row.event_id, end, now).await?;
    Ok(step)
}

async fn attempt(engine: &Engine, live: &Live, system: &SystemSettings, row: Delivery) -> Result<Step, StoreError> {
    let now = engine.clock.now();
    let Some(push) = live.recipients.get(&system.name) else {
        engine.store.to_feed(row.id, row.event_id, now).await?;
        return Ok(Step::Sent);
    };
    let message = match message(engine, live, system, &row, REGISTER_PATIENCE).await? {
        Ok(message) => message,
        Err(NotSendable::Changed(content_hash)) => {
            engine.store.attempted(row.id, row.event_id, Attempt::Changed { content_hash }, now).await?;
            return Ok(Step::Sent);
        }
        Err(NotSendable::Later { reason }) => {
            let now = engine.clock.now();
            engine.store.attempted(row.id, row.event_id, not_reached(engine, &row, reason, now), now).await?;
            return Ok(Step::Held);
        }
        Err(NotSendable::Broken { code, detail }) => {
            engine.store.attempted(row.id, row.event_id, Attempt::Refused { code, detail }, now).await?;
            Counter::DeliveriesRefused.add(1);
            return Ok(Step::Sent);
        }
    };
    let outgoing = Outgoing {
        event_id: row.event_id,
        kind: message.kind,
        subject: row.child,
        version: row.version,
        time: row.queued_at,
        data: message.data,
    };
    let said = Said { kind: message.kind, decisions: message.decisions, confirmed: &message.confirmed };
    // Before it is sent: after a power cut nobody could say what it told.
    engine.store.leaving(row.event_id, release_entry(system, &row, &said, now).detail).await?;
    let outcome = push.deliver(&outgoing).await;
    conclude(engine, system, &row, outcome, said).await
}

async fn conclude(
    engine: &Engine,
    system: &SystemSettings,
    row: &Delivery,
    outcome: DeliveryOutcome,
    said: Said<'_>,
) -> Result<Step, StoreError> {
    let now = engine.clock.now();
    let recipient = SystemName::new(system.name.clone());
    if matches!(outcome, DeliveryOutcome::Refused { .. } | DeliveryOutcome::Later { .. }) {
        // The other end may have it, whatever it said; what is sent next may be something else.
        let tried = AuditEntry { kind: "tried".into(), ..release_entry(system, row, &said, now) };
        engine.store.left(vec![(row.event_id, tried)]).await?;
    }
    // What the other end answers is not ours: it may repeat a number it was sent.
    let covered = |text: &str| samhold_model::national_id::redact(text);
    let (attempt, trouble, counter) = match outcome {
        DeliveryOutcome::Delivered => {
            let audit = release_entry(system, row, &said, now);
            (Attempt::Delivered { content_hash: row.content_hash.clone(), audit }, None, Counter::Delivered)
        }
        DeliveryOutcome::Refused { code, detail } => {
            (Attempt::Refused { code, detail: covered(&detail) }, None, Counter::DeliveriesRefused)
        }
        DeliveryOutcome::Later { after, reason } => {
            let reason = covered(&reason);
            (later(engine, row, after, reason.clone(), now), Some(reason), Counter::DeliveryRetries)
        }
        DeliveryOutcome::NotReached { reason } => {
            let reason = covered(&reason);
            (not_reached(engine, row, reason.clone(), now), Some(reason), Counter::DeliveryRetries)
        }
    };
    engine.store.attempted(row.id, row.event_id, attempt, now).await?;
    counter.add(1);
    // Last, since nothing rests on it.
    engine.store.contact(&recipient, trouble.as_deref(), now).await?;
    Ok(if trouble.is_some() { Step::Failed } else { Step::Sent })
}

/// Later, and nothing of this attempt can have arrived.
fn not_reached(engine: &Engine, row: &Delivery, reason: String, now: Instant) -> Attempt {
    match later(engine, row, None, reason, now) {
        Attempt::Later { not_before, reason } => Attempt::NotReached { not_before, reason },
        given_up => given_up,
    }
}

/// The longest wait a recipient may ask for: one that asks for years is asked again tomorrow.
const LONGEST_ASKED: Duration = Duration::from_hours(24);

fn later(engine: &Engine, row: &Delivery, after: Option<Duration>, reason: String, now: Instant) -> Attempt {
    let settings = engine.live().loaded.settings.delivery.clone();
    let waited_days = samhold_model::dates::days_between(
        samhold_model::dates::date_of(row.queued_at),
        samhold_model::dates::date_of(now),
    );
    if waited_days > i64::from(settings.give_up_days) {
        let detail =
            format!("given up after {} days and {} attempts; last: {reason}", settings.give_up_days, row.attempts + 1);
        return Attempt::Refused { code: "given_up".into(), detail };
    }
    let wait = after.map(|asked| asked.min(LONGEST_ASKED)).unwrap_or_else(|| {
        let attempts = usize::try_from(row.attempts).unwrap_or(0).min(30);
        ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(settings.first_wait_ms))
            .with_max_delay(Duration::from_secs(settings.longest_wait_seconds))
            .with_jitter()
            .without_max_times()
            .build()
            .nth(attempts)
            .unwrap_or(Duration::from_secs(settings.longest_wait_seconds))
    });
    let micros = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
    let not_before = Instant::from_microsecond(now.as_microsecond().saturating_add(micros)).unwrap_or(Instant::MAX);
    Attempt::Later { not_before, reason }
}

/// What left, for the audit: never values.
pub(crate) struct Said<'a> {
    /// The kind of message.
    pub(crate) kind: OutgoingKind,
    /// Which fields, on which ground.
    pub(crate) decisions: serde_json::Value,
    /// Which register was asked once more, and when.
    pub(crate) confirmed: &'a [Confirmed],
}

/// One entry for each release: which fields left, on which ground, to whom; never values.
pub(crate) fn release_entry(system: &SystemSettings, row: &Delivery, said: &Said<'_>, now: Instant) -> AuditEntry {
    let word = if row.kind == EventKind::Retracted { "retraction" } else { "release" };
    let recipient_kind = if said.kind == OutgoingKind::Handover { handover::RECIPIENT } else { &system.kind };
    let mut detail = json!({"event_id": row.event_id, "version": row.version, "type": said.kind.event_type(),
        "recipient_kind": recipient_kind, "decisions": said.decisions});
    confirm::tell(&mut detail, said.confirmed);
    AuditEntry { at: now, kind: word.into(), child: Some(row.child), actor: system.name.clone(), detail }
}
