//! What people in the municipality that a child left are told of its handover: whether a consent is missing, and how the
//! new municipality answered.
//!
//! Delivered is not accepted: only an `accepted` ends it. Worked out from what is stored, so that nothing is lost by a crash.

use samhold_model::dates::{add_days, date_of};
use samhold_model::{ChildId, Date, Instant};
use samhold_store::{AuditEntry, Delivered, EventKind, Marked, RaisedAlert, StoreError, StoredFact};
use serde_json::json;

use super::super::dossier::Dossier;
use super::super::engine::{Engine, Live};
use super::Handover;

/// A child with strict protection: what is handed over, and how, is for a person to decide.
const GUARDED: &str = "HANDOVER_PROTECTED";
/// Nobody here can be told.
const ELSEWHERE: &str = "HANDOVER_ELSEWHERE";
/// Nothing may go.
const NO_CONSENT: &str = "HANDOVER_CONSENT_NEEDED";
/// On its way, or there and not answered.
const OFFERED: &str = "HANDOVER_OFFERED";
/// As [`OFFERED`], for too long.
const UNANSWERED: &str = "HANDOVER_UNANSWERED";
/// The new municipality said no.
const REJECTED: &str = "HANDOVER_REJECTED";

/// How a handover stands.
#[derive(Debug, Default)]
pub(in crate::sync) struct Standing {
    /// Alerts of the municipality that the child left.
    pub alerts: Vec<RaisedAlert>,
    /// The day on which time alone changes them.
    pub next: Option<Date>,
    /// Answers of the new municipality that are not in the audit log yet.
    pub audit: Vec<AuditEntry>,
}

/// Works out how a handover stands; `may_go`: something may be told to somebody.
///
/// # Errors
/// When the store fails.
pub(in crate::sync) async fn standing(
    engine: &Engine,
    live: &Live,
    marked: &Marked,
    (handover, dossier, rows): (&Handover, &Dossier, &[StoredFact]),
    may_go: bool,
) -> Result<Standing, StoreError> {
    let alone = |code: &str| Standing { alerts: vec![raised(code)], ..Standing::default() };
    // A person must act, and nothing may be seen to happen.
    if dossier.is_strictly_protected() {
        return Ok(alone(GUARDED));
    }
    if !live.loaded.systems.values().any(|s| s.takes_over(&handover.moved.to)) {
        return Ok(alone(ELSEWHERE));
    }
    let sent = sent(engine, live, marked, handover, rows).await?;
    let audit = answers(engine, marked, &sent).await?;
    let last = sent.iter().max_by_key(|d| (d.offered_at, d.version));
    if sent.iter().any(|d| d.status == "accepted") {
        return Ok(Standing { audit, ..Standing::default() });
    }
    Ok(match last {
        Some(last) if last.status == "rejected" && may_go => Standing { audit, ..alone(REJECTED) },
        _ if !may_go => Standing { audit, ..alone(NO_CONSENT) },
        _ => Standing { audit, ..waiting(engine, live, marked, dossier.today).await? },
    })
}

/// What the new municipality has got of this handover. An interkommunal enhet may have got the case before: that was sent
/// before the move.
async fn sent(
    engine: &Engine,
    live: &Live,
    marked: &Marked,
    handover: &Handover,
    rows: &[StoredFact],
) -> Result<Vec<Delivered>, StoreError> {
    let told = rows.iter().find(|r| r.id.to_string() == handover.moved.fact).map(|r| r.recorded_at);
    let told = told.unwrap_or(Instant::UNIX_EPOCH);
    let mut sent = engine.store.deliveries_of(marked.child).await?;
    sent.retain(|d| {
        let taker = live.system(d.recipient.as_str()).is_some_and(|s| s.takes_over(&handover.moved.to));
        let since = d.offered_at >= told && date_of(d.offered_at) >= handover.on;
        taker && since && d.municipality == marked.municipality && d.kind == EventKind::Assignment
    });
    Ok(sent)
}

/// Each answer stands in the audit log once; a rejection also waits for a person, with its reason.
async fn answers(engine: &Engine, marked: &Marked, sent: &[Delivered]) -> Result<Vec<AuditEntry>, StoreError> {
    let answered: Vec<&Delivered> =
        sent.iter().filter(|d| matches!(d.status.as_str(), "accepted" | "rejected")).collect();
    if answered.is_empty() {
        return Ok(Vec::new());
    }
    let past = engine.store.audit_entries(Some(marked.child), 0, i64::from(i32::MAX)).await?;
    let mut new = Vec::new();
    for one in answered {
        let entry = entry(marked.child, one, engine.clock.now());
        if past.iter().any(|p| p.entry.kind == entry.kind && p.entry.detail == entry.detail) {
            continue;
        }
        if one.status == "rejected" {
            // A task that begins with a municipality's number is shown to that municipality alone.
            let why = one.reason.as_deref().unwrap_or("ingen begrunnelse gitt");
            let detail = format!("{}: ny kommune har avvist overleveringen: {why}", marked.municipality.as_str());
            engine.store.open_task("handover_rejected", &[marked.child], &detail, engine.clock.now()).await?;
        }
        new.push(entry);
    }
    Ok(new)
}

fn entry(child: ChildId, answered: &Delivered, now: Instant) -> AuditEntry {
    AuditEntry {
        at: now,
        kind: format!("handover_{}", answered.status),
        child: Some(child),
        actor: answered.recipient.to_string(),
        detail: json!({"event_id": answered.event_id, "version": answered.version}),
    }
}

fn raised(code: &str) -> RaisedAlert {
    RaisedAlert { code: code.to_owned(), recipients: None }
}

/// Waiting counts from the day it was first noted here.
async fn waiting(engine: &Engine, live: &Live, marked: &Marked, today: Date) -> Result<Standing, StoreError> {
    let patience = live.municipality(marked.municipality.as_str()).map_or(0, |m| m.handover_reminder_days);
    let alerts = engine.store.alerts(Some(marked.child)).await?;
    let open = alerts.iter().find(|a| a.municipality == marked.municipality && a.code == OFFERED);
    let since = open.map_or(today, |a| date_of(a.opened_at));
    let due = add_days(since, i64::from(patience));
    let late = due <= today;
    let codes = [Some(OFFERED), late.then_some(UNANSWERED)];
    Ok(Standing {
        alerts: codes.into_iter().flatten().map(raised).collect(),
        next: (!late).then_some(due),
        audit: Vec::new(),
    })
}
