//! What is really sent to one recipient about one child at this moment: decided again, then shaped by the outbound mapping.
//!
//! Used by push, pull and query alike, so that no road out has rules of its own.

use std::sync::Arc;
use std::time::Duration;

use samhold_adapter_api::OutgoingKind;
use samhold_disclosure::Cleared;
use samhold_disclosure::cleared::{Envelope, EnvelopeError, EnvelopeKind, Notice};
use samhold_duty::Answer;
use samhold_model::{ChildId, Date, MunicipalityNo};
use samhold_store::{Delivery, EventKind, StoreError};
use serde_json::Value;

use super::confirm::{self, Confirmed, Weighed};
use super::dossier::Dossier;
use super::engine::{Engine, Live};
use super::handover::{package_now, sight_now};
use super::shape::{OutboundMapping, OutboundShape};
use super::view::Sight;
use super::workout::decisions_json;
use crate::config::SystemSettings;
use crate::telemetry::Counter;

/// A message ready to leave.
#[derive(Debug)]
pub struct Message {
    /// What it says.
    pub kind: OutgoingKind,
    /// Its cleared content.
    pub data: Cleared<Value>,
    /// The decisions behind it, for the audit.
    pub decisions: Value,
    /// The consents that were confirmed for it, for the audit.
    pub confirmed: Vec<Confirmed>,
}

/// Why a queued delivery is not sent as it stands.
#[derive(Debug)]
pub enum NotSendable {
    /// What may be sent now is something else than what was queued.
    Changed(Option<String>),
    /// Something sensitive in it rests on a consent that its register has not confirmed: nothing is sent, and it is tried
    /// again.
    Later {
        /// Why, without content.
        reason: String,
    },
    /// It cannot be made: a person must look.
    Broken {
        /// Code with a page in the documentation.
        code: String,
        /// What is wrong, without content.
        detail: String,
    },
}

/// The state of one child now.
pub struct Now {
    /// The facts.
    pub dossier: Dossier,
    /// The answer.
    pub answer: Answer,
}

/// Reads a child's facts and works out the answer, changing nothing.
///
/// # Errors
/// When the store fails.
pub async fn now(
    engine: &Engine,
    live: &Live,
    child: ChildId,
    municipality: &MunicipalityNo,
) -> Result<Now, StoreError> {
    let today = engine.clock.today();
    let whose = (child, municipality);
    let dossier = Dossier::of_store(engine.store.as_ref(), &live.loaded, whose, today).await?;
    let rules = live.duty_rules(municipality.as_str());
    let answer = samhold_duty::answer(&dossier.family(), &dossier.facts, today, None, &rules);
    Ok(Now { dossier, answer })
}

/// How often a register may change its mind while one message is made.
const ROUNDS: usize = 3;

/// Makes the message of a queued delivery. For a register that must confirm a consent it waits at most `patience`.
///
/// # Errors
/// The outer error when the store fails; the inner one when it must not be sent as it stands.
pub async fn message(
    engine: &Engine,
    live: &Live,
    system: &SystemSettings,
    row: &Delivery,
    patience: Duration,
) -> Result<Result<Message, NotSendable>, StoreError> {
    let begun = engine.clock.now();
    for _ in 0..ROUNDS {
        let state = now(engine, live, row.child, &row.municipality).await?;
        let number = row.municipality.as_str();
        let seen = sight_now(live, number, system, (&state.dossier, &state.answer));
        if seen.content_hash != row.content_hash {
            return Ok(Err(NotSendable::Changed(seen.content_hash)));
        }
        // Who is told nothing but that the old is void waits for nobody.
        let mut confirmed = Vec::new();
        if seen.cleared.is_some() && row.kind != EventKind::Retracted {
            let package = package_now(live, number, system, (&state.dossier, &state.answer));
            let since = begun.min(confirm::since(engine, live));
            match confirm::weigh(engine, live, number, &state.dossier, (&package, since)).await? {
                Weighed::Stands(by) => confirmed = by,
                Weighed::Waits(doubts) => {
                    match confirm::ask_about(engine, live, &state.dossier, &doubts, patience).await {
                        Some(reason) => return Ok(Err(NotSendable::Later { reason })),
                        // What is known may be more than it was before the answer.
                        None => continue,
                    }
                }
            }
        }
        // The move itself is told to who takes the case over, not how long the case had stood.
        let since = if seen.takes_over { state.answer.samordning.since } else { seen.since };
        let envelope = envelope(engine, system, row, since.unwrap_or(state.dossier.today)).await?;
        let made = envelope.map_err(broken).and_then(|envelope| compose(live, system, row, seen, &envelope));
        return Ok(made.map(|message| Message { confirmed, ..message }));
    }
    Ok(Err(NotSendable::Later { reason: "a consent changed again and again while it was looked at".to_owned() }))
}

fn broken(e: impl std::fmt::Display) -> NotSendable {
    NotSendable::Broken { code: "not_composable".into(), detail: e.to_string() }
}

fn compose(
    live: &Live,
    system: &SystemSettings,
    row: &Delivery,
    seen: Sight,
    envelope: &Envelope,
) -> Result<Message, NotSendable> {
    let decisions = decisions_json(&seen);
    Counter::Withheld.add(seen.decisions.iter().filter(|d| !d.decision.withheld.is_empty()).count());
    let Some(cleared) = seen.cleared.filter(|_| row.kind != EventKind::Retracted) else {
        // Who may still know that the case goes on gets new content; who may not is only told that the old is void.
        let kind = if seen.participant || seen.takes_over { OutgoingKind::Retracted } else { OutgoingKind::Superseded };
        let notice = match kind {
            OutgoingKind::Superseded => Cleared::<Notice>::superseded(envelope),
            _ => Cleared::<Notice>::retraction(envelope),
        };
        let data = notice.map_err(broken)?.into_value();
        return Ok(Message { kind, data, decisions, confirmed: Vec::new() });
    };
    let (kind, mapping) = match seen.takes_over {
        true => (OutgoingKind::Handover, live.handover.get(&system.name)),
        false => (OutgoingKind::Assignment, live.outbound.get(&system.name)),
    };
    let data = shaped(mapping, cleared, envelope)?;
    Ok(Message { kind, data, decisions, confirmed: Vec::new() })
}

/// Shapes cleared content by an outbound mapping.
///
/// # Errors
/// When the mapping fails or wrote something that was not released.
pub fn shaped(
    mapping: Option<&Arc<OutboundMapping>>,
    cleared: Cleared<samhold_disclosure::cleared::Released>,
    envelope: &Envelope,
) -> Result<Cleared<Value>, NotSendable> {
    let mapping = mapping.ok_or_else(|| broken("the recipient has no outbound mapping"))?;
    cleared.shape(&OutboundShape(mapping), envelope).map_err(broken)
}

async fn envelope(
    engine: &Engine,
    system: &SystemSettings,
    row: &Delivery,
    since: Date,
) -> Result<Result<Envelope, EnvelopeError>, StoreError> {
    let (name, value) = child_identifier(engine, system, row.child).await?;
    Ok(Envelope::new()
        .with(EnvelopeKind::ChildIdentifier, name, value)
        .and_then(|e| e.with(EnvelopeKind::Municipality, "municipality", row.municipality.as_str()))
        .and_then(|e| e.with(EnvelopeKind::Version, "version", u64::try_from(row.version).unwrap_or(0)))
        .and_then(|e| e.with(EnvelopeKind::ValidFrom, "valid_from", since.to_string())))
}

/// How this recipient knows the child: by its own id, else by the national number, else by our opaque id.
///
/// # Errors
/// When the store fails.
pub async fn child_identifier(
    engine: &Engine,
    system: &SystemSettings,
    child: ChildId,
) -> Result<(&'static str, String), StoreError> {
    let ids = engine.store.identifiers_of(child).await?;
    let local = system.recipient.as_ref().and_then(|r| r.local_ids_of.as_ref()).map(|s| format!("local:{s}"));
    let by = |scheme: &str| ids.iter().find(|i| i.scheme == scheme).map(|i| i.value.0.clone());
    if let Some(id) = local.and_then(|scheme| by(&scheme)) {
        return Ok(("local_id", id));
    }
    match by("fnr").or_else(|| by("dnr")) {
        Some(number) => Ok(("national_id", number)),
        None => Ok(("id", child.to_string())),
    }
}
