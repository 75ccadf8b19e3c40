//! Works out marked children: the duty anew, the alerts, and what each recipient should see.
//!
//! Idempotent: working out a child twice changes nothing. A child that fails stays marked, is tried again, and holds up no
//! other.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use samhold_duty::{Alert, Answer};
use samhold_model::{Date, SystemName};
use samhold_store::{AuditEntry, Marked, RaisedAlert, Settlement, StoreError, StoredAnswer, StoredRules, Wanted};
use serde_json::{Value, json};

use super::dossier::{Dossier, WHOLE_MUNICIPALITY, rows_of};
use super::engine::{Engine, Live};
use super::handover::{Handover, Standing, standing};
use super::protection;
use super::renewal::Renewal;
use super::view::{Sight, alive, sight};
use super::withholding;
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
    if engine.tell_interrupted().await {
        return true;
    }
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

/// Of a child with neither birth nor due date disclosure tells nobody anything (step 1), and no age ends anything: a person
/// must be told, or nobody would notice.
pub(super) const BIRTH_UNKNOWN: &str = "BIRTH_UNKNOWN";

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
    let whose = (marked.child, &marked.municipality);
    let dossier = Dossier::of_rows(engine.store.as_ref(), &live.loaded, whose, &rows, today).await?;
    let rules = live.duty_rules(number);
    let family = dossier.family();
    let answer = samhold_duty::answer(&family, &dossier.facts, today, None, &rules);
    let last = engine.store.latest_answer(marked.child, &marked.municipality).await?;
    let next_duty = samhold_duty::next_change(&family, &dossier.facts, today, None, &rules);
    let share = live.share_rules(number).rules;
    let now = engine.clock.now();
    let kept = live.kept_rules.of(number, &rules);
    let made_from = (rows.iter().map(|r| r.seq).max(), &kept);
    let version = new_version(&answer, last.as_ref(), (today, now), made_from);
    let handover = Handover::due(live, number, &dossier, &answer);
    let Views { wanted, mut audit, corrected, may_be_handed_over } =
        views(engine, live, marked, (&dossier, &answer), handover.as_ref()).await?;
    let pointed_out = samhold_model::dates::add_days(today, rules.config.late_event_days.saturating_neg());
    let told_otherwise = corrected.iter().filter(|recorded| **recorded >= pointed_out).count();
    let stands = match &handover {
        Some(handover) => standing(engine, live, marked, (handover, &dossier, &rows), may_be_handed_over).await?,
        None => Standing::default(),
    };
    audit.extend(stands.audit);
    let unprotected = match alive(&answer) {
        true => protection::missing(engine, live, number, &dossier).await?,
        false => None,
    };
    let undated = (alive(&answer) && !dossier.is_dated()).then(|| RaisedAlert::from(BIRTH_UNKNOWN.to_owned()));
    let renewal = Renewal::due(&dossier, &answer, &share);
    let sharing_changes = dossier.sharing_dates(&share).into_iter().chain(renewal.next);
    let next_change = sharing_changes.chain(next_duty).chain(stands.next).min();
    let settlement = Settlement {
        marked: marked.clone(),
        rules: version.is_some().then_some(kept),
        answer: version,
        alerts: raised(&answer, told_otherwise)
            .into_iter()
            .chain(stands.alerts)
            .chain(unprotected)
            .chain(undated)
            .chain(renewal.alert())
            .collect(),
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
        rules: None,
        alerts: Vec::new(),
        next_change: None,
        wanted: Vec::new(),
        audit: Vec::new(),
        now: engine.clock.now(),
    }
}

/// The alerts, and of something that became known late how many recipients had been told otherwise.
fn raised(answer: &Answer, told_otherwise: usize) -> Vec<RaisedAlert> {
    let one = |alert: &Alert| {
        let code = serde_json::to_value(alert).ok()?.as_str()?.to_owned();
        let recipients = (*alert == Alert::LateEvent).then_some(told_otherwise);
        Some(RaisedAlert { code, recipients: recipients.and_then(|n| i64::try_from(n).ok()) })
    };
    answer.alerts.iter().filter_map(one).collect()
}

/// The reasoning may word itself otherwise from day to day; a new version is a new answer, not new words.
pub(super) fn without_words(answer: &Value) -> Value {
    let mut answer = answer.clone();
    if let Some(map) = answer.as_object_mut() {
        map.shift_remove("steps");
        map.shift_remove("facts");
    }
    answer
}

fn new_version(
    answer: &Answer,
    last: Option<&StoredAnswer>,
    (today, now): (Date, samhold_model::Instant),
    (upto, rules): (Option<i64>, &StoredRules),
) -> Option<StoredAnswer> {
    let whole = serde_json::to_value(answer).ok()?;
    if last.is_some_and(|l| without_words(&l.answer) == without_words(&whole)) {
        return None;
    }
    Some(StoredAnswer {
        version: last.map_or(1, |l| l.version + 1),
        as_of: today,
        valid_from: answer.samordning.since.unwrap_or(today),
        made_at: now,
        upto,
        rules: Some(rules.fingerprint.clone()),
        answer: whole,
    })
}

/// What recipients should see of one child, and what is new to the audit.
#[derive(Default)]
struct Views {
    wanted: Vec<Wanted>,
    audit: Vec<AuditEntry>,
    /// For each that had been told otherwise, when that was found.
    corrected: Vec<Date>,
    /// Something may be told to the municipality the child moved to.
    may_be_handed_over: bool,
}

async fn views(
    engine: &Engine,
    live: &Live,
    marked: &Marked,
    (dossier, answer): (&Dossier, &Answer),
    handover: Option<&Handover>,
) -> Result<Views, StoreError> {
    let number = marked.municipality.as_str();
    let mut views = Views::default();
    let mut withheld_now = Vec::new();
    for system in live.loaded.systems.values().filter(|s| s.recipient.is_some()) {
        let recipient = SystemName::new(system.name.clone());
        let taken_over = handover.and_then(|h| h.sight(live, system, dossier));
        if taken_over.is_none() && !system.serves(number) {
            // What it was told when it served the municipality, or took the case over, is taken back.
            if engine.store.held(&recipient, marked.child, &marked.municipality).await?.is_some() {
                views.wanted.push(Wanted { recipient, content_hash: None });
            }
            continue;
        }
        let seen = taken_over.unwrap_or_else(|| sight(live, number, system, dossier, answer));
        // Those who take no part are no news to the audit.
        if (seen.participant || seen.takes_over) && has_withholding(&seen) {
            withheld_now.push(withheld(engine, marked, &system.name, &seen));
        }
        views.corrected.extend(seen.corrected);
        views.may_be_handed_over |= seen.takes_over && seen.content_hash.is_some();
        views.wanted.push(Wanted { recipient, content_hash: seen.content_hash });
    }
    views.audit = withholding::news(engine, marked, withheld_now).await?;
    Ok(views)
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

fn withheld(engine: &Engine, marked: &Marked, recipient: &str, seen: &Sight) -> AuditEntry {
    AuditEntry {
        at: engine.clock.now(),
        kind: withholding::HELD_BACK.into(),
        child: Some(marked.child),
        actor: recipient.to_owned(),
        detail: json!({"municipality": marked.municipality.as_str(), "decisions": decisions_json(seen)}),
    }
}
