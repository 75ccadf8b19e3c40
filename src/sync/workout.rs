//! Works out marked children: the duty anew, the alerts, and what each recipient should see.
//!
//! Idempotent: working out a child twice changes nothing. A child that fails stays marked, is tried again, and holds up no
//! other.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use samhold_duty::Answer;
use samhold_model::{Date, SystemName};
use samhold_store::{AuditEntry, Marked, Settlement, StoreError, StoredAnswer, Wanted};
use serde_json::{Value, json};

use super::dossier::{Dossier, WHOLE_MUNICIPALITY, rows_of};
use super::engine::{Engine, Live};
use super::view::{Sight, sight};
use crate::telemetry::Counter;

/// How many children one round takes.
const ROUND: i64 = 200;
/// How many of them at once.
const AT_ONCE: usize = 32;

/// Runs until the program stops.
pub async fn run(engine: Arc<Engine>) {
    if begin(&engine).await {
        return;
    }
    loop {
        match work_out_once(&engine).await {
            Ok(0) => {
                tokio::select! {
                    () = engine.stop.cancelled() => return,
                    () = engine.signals.marked.notified() => {}
                    () = tokio::time::sleep(Duration::from_secs(30)) => {}
                }
            }
            Ok(_) => engine.signals.outbox.notify_waiters(),
            Err(e) => {
                tracing::error!(error = %e, "children could not be worked out; they stay marked");
                if pause(&engine).await {
                    return;
                }
            }
        }
        if engine.stop.is_cancelled() {
            return;
        }
    }
}

/// Settings, mappings, laws and the program itself may be others than when it last ran: every child is looked at once.
/// True when the program stops meanwhile.
async fn begin(engine: &Engine) -> bool {
    while let Err(e) = engine.store.mark_all().await {
        tracing::error!(error = %e, "children could not be marked at the start; tried again");
        if pause(engine).await {
            return true;
        }
    }
    false
}

async fn pause(engine: &Engine) -> bool {
    tokio::select! {
        () = engine.stop.cancelled() => true,
        () = tokio::time::sleep(Duration::from_secs(2)) => false,
    }
}

/// One round. Returns how many children were worked out.
///
/// # Errors
/// When the store fails, and no child could be worked out.
pub async fn work_out_once(engine: &Engine) -> Result<usize, StoreError> {
    let marked = engine.store.marked(ROUND).await?;
    let live = engine.live();
    // Several at a time share the store's flushes to disk.
    let outcomes = futures::stream::iter(marked)
        .map(|child| {
            let live = Arc::clone(&live);
            async move { guarded(engine, &live, &child).await }
        })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<Result<bool, StoreError>>>()
        .await;
    let n = outcomes.iter().filter(|done| matches!(done, Ok(true))).count();
    Counter::AnswersWorkedOut.add(n);
    match outcomes.into_iter().find_map(Result::err) {
        Some(e) if n == 0 => Err(e),
        _ => Ok(n),
    }
}

/// False when the program broke over this child: told, and tried again in a later round.
async fn guarded(engine: &Engine, live: &Live, marked: &Marked) -> Result<bool, StoreError> {
    let child = marked.child;
    match AssertUnwindSafe(work_out_child(engine, live, marked)).catch_unwind().await {
        Ok(done) => {
            let told = |e: &StoreError| tracing::error!(child = %child, error = %e, "child `{child}` stays marked");
            done.inspect_err(told).map(|()| true)
        }
        Err(_) => {
            tracing::error!(child = %child, "the program broke over child `{child}`, who stays marked; report this");
            Ok(false)
        }
    }
}

/// Works out one child.
///
/// # Errors
/// When the store fails.
pub async fn work_out_child(engine: &Engine, live: &Live, marked: &Marked) -> Result<(), StoreError> {
    if marked.child == WHOLE_MUNICIPALITY {
        // Not a child: its facts have marked the children they concern.
        return engine.store.settle(nothing_to_settle(engine, marked)).await;
    }
    let number = marked.municipality.as_str();
    let rows = rows_of(engine.store.as_ref(), marked.child, &marked.municipality).await?;
    let today = engine.clock.today();
    let dossier = Dossier::new(marked.child, &rows, today);
    let rules = live.duty_rules(number);
    let family = dossier.family();
    let answer = samhold_duty::answer(&family, &dossier.facts, today, None, &rules);
    let last = engine.store.latest_answer(marked.child, &marked.municipality).await?;
    let next_duty = samhold_duty::next_change(&family, &dossier.facts, today, None, &rules);
    let max_days = live.share_rules(number).config.consent_max_days;
    let next_change = dossier.sharing_dates(max_days).into_iter().chain(next_duty).min();
    let now = engine.clock.now();
    let version = new_version(&answer, last.as_ref(), today, now);
    let (wanted, audit) = wanted(engine, live, marked, &dossier, &answer).await?;
    let settlement = Settlement {
        marked: marked.clone(),
        answer: version,
        alerts: alert_codes(&answer),
        next_change,
        wanted,
        audit,
        now,
    };
    Counter::AnswersChanged.add(usize::from(settlement.answer.is_some()));
    engine.store.settle(settlement).await
}

fn nothing_to_settle(engine: &Engine, marked: &Marked) -> Settlement {
    Settlement {
        marked: marked.clone(),
        answer: None,
        alerts: Vec::new(),
        next_change: None,
        wanted: Vec::new(),
        audit: Vec::new(),
        now: engine.clock.now(),
    }
}

fn alert_codes(answer: &Answer) -> Vec<String> {
    answer
        .alerts
        .iter()
        .filter_map(|a| serde_json::to_value(a).ok())
        .filter_map(|v| v.as_str().map(str::to_owned))
        .collect()
}

/// The reasoning may word itself otherwise from day to day; a new version is a new answer, not new words.
fn new_version(
    answer: &Answer,
    last: Option<&StoredAnswer>,
    today: Date,
    now: samhold_model::Instant,
) -> Option<StoredAnswer> {
    let whole = serde_json::to_value(answer).ok()?;
    let core = |v: &Value| {
        let mut v = v.clone();
        if let Some(map) = v.as_object_mut() {
            map.shift_remove("steps");
        }
        v
    };
    if last.is_some_and(|l| core(&l.answer) == core(&whole)) {
        return None;
    }
    Some(StoredAnswer {
        version: last.map_or(1, |l| l.version + 1),
        as_of: today,
        valid_from: answer.samordning.since.unwrap_or(today),
        made_at: now,
        answer: whole,
    })
}

async fn wanted(
    engine: &Engine,
    live: &Live,
    marked: &Marked,
    dossier: &Dossier,
    answer: &Answer,
) -> Result<(Vec<Wanted>, Vec<AuditEntry>), StoreError> {
    let mut wanted = Vec::new();
    let mut audit = Vec::new();
    // What was withheld before, read once and only when something is withheld now.
    let mut past = None;
    for system in live.loaded.systems.values().filter(|s| s.recipient.is_some()) {
        let recipient = SystemName::new(system.name.clone());
        if !system.serves(marked.municipality.as_str()) {
            // What it was told when it served the municipality is taken back.
            if engine.store.held(&recipient, marked.child, &marked.municipality).await?.is_some() {
                wanted.push(Wanted { recipient, content_hash: None });
            }
            continue;
        }
        let seen = sight(live, marked.municipality.as_str(), system, dossier, answer);
        // Those who take no part are no news to the audit, nor is what stands as it stood.
        if seen.participant && has_withholding(&seen) {
            let entry = withheld(engine, &system.name, dossier, &seen);
            if past.is_none() {
                past = Some(engine.store.audit_entries(Some(marked.child), 0, i64::from(i32::MAX)).await?);
            }
            let last = past.iter().flatten().rev().find(|e| e.entry.kind == entry.kind && e.entry.actor == entry.actor);
            if last.is_none_or(|e| e.entry.detail != entry.detail) {
                audit.push(entry);
            }
        }
        wanted.push(Wanted { recipient, content_hash: seen.content_hash });
    }
    Ok((wanted, audit))
}

fn has_withholding(seen: &Sight) -> bool {
    seen.decisions.iter().any(|d| !d.decision.withheld.is_empty())
}

/// Categories, reasons and field names; never values.
pub(crate) fn decisions_json(seen: &Sight) -> Value {
    let rows: Vec<Value> = seen
        .decisions
        .iter()
        .map(|d| {
            json!({"category": d.category, "decision": d.decision.decision, "reason": d.decision.reason,
                "basis": d.decision.basis, "released": d.decision.released, "withheld": d.decision.withheld})
        })
        .collect();
    Value::Array(rows)
}

fn withheld(engine: &Engine, recipient: &str, dossier: &Dossier, seen: &Sight) -> AuditEntry {
    AuditEntry {
        at: engine.clock.now(),
        kind: "withheld".into(),
        child: Some(dossier.child),
        actor: recipient.to_owned(),
        detail: json!({"decisions": decisions_json(seen)}),
    }
}
