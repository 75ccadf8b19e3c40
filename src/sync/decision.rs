//! A decision of the municipality: name a holder, settle a dispute, withdraw what was decided.
//!
//! One road for the API and the command line. What the rules would ignore is refused before it is recorded, so that the
//! person who decides is told at once. What is decided becomes a fact like any other and reaches everyone concerned through
//! disclosure; the ground stays in the fact. Must never tell more of a child than that the decision cannot count.

use samhold_duty::{Deciding, Fitness, HolderKind};
use samhold_model::schema::Finding;
use samhold_model::{ChildId, Date, FactId, MunicipalityNo};
use samhold_store::{AuditEntry, StoreError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::dossier::{Dossier, WHOLE_MUNICIPALITY, rows_of};
use super::engine::{Engine, Live};
use super::own_facts::{About, FactInput, Rejection, about, take_facts};
use crate::config::SystemSettings;

/// A decision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Sent again under the same id it is the same decision.
    #[serde(default)]
    pub id: FactId,
    /// A reference to the child, as in a fact.
    pub child: Value,
    /// Kommunenummer.
    pub municipality: String,
    /// What is decided.
    pub action: Action,
    /// The role or unit that decides.
    pub by: String,
    /// The municipal service that shall coordinate; not for a withdrawal.
    #[serde(default)]
    pub service: Option<String>,
    /// The day from which it counts; default today.
    #[serde(default)]
    pub at: Option<Date>,
    /// The first day on which it no longer counts.
    #[serde(default)]
    pub valid_to: Option<Date>,
    /// Why, in words; must be said. Kept in the fact, which is encrypted at rest.
    #[serde(default)]
    pub ground: Option<String>,
}

/// What is decided.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Name the service that coordinates.
    NameHolder,
    /// The same, where the services disagree.
    SettleDispute,
    /// Withdraw the standing decision.
    Withdraw,
}

/// A decision that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// The fact it became.
    pub fact: FactId,
    /// The day on which it counts; `None` while something goes ahead of it, as a barnekoordinator does.
    pub takes_effect: Option<Date>,
}

/// A decision that was not recorded.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The HTTP status it has.
    pub status: u16,
    /// Code with a page in the documentation.
    pub code: &'static str,
    /// What is wrong, in one sentence.
    pub detail: String,
    /// Place, found, expected, hint.
    pub errors: Vec<Finding>,
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        let Rejection { status, code, errors, .. } = rejection;
        Self { status, code, detail: "the decision was not recorded".into(), errors }
    }
}

/// Records a decision of someone who may decide, and writes down who did.
///
/// # Errors
/// The outer error when the store fails: sending it again under the same id is harmless. The inner one when the decision may
/// not be made, or would have no effect; then nothing was recorded.
pub async fn decide(
    engine: &Engine,
    system: &SystemSettings,
    decision: &Decision,
) -> Result<Result<Made, Refusal>, StoreError> {
    let (live, today) = (engine.live(), engine.clock.today());
    let at = decision.at.unwrap_or(today);
    if !has_authority(engine, &live, decision, at).await? {
        return Ok(Err(without_authority(decision, at)));
    }
    let input = match fact(decision, at) {
        Ok(json) => FactInput { index: 0, json },
        Err(refusal) => return Ok(Err(refusal)),
    };
    let child = match about(engine, &live, system, input.clone()).await? {
        Ok(child) => child,
        Err(rejection) => return Ok(Err(rejection.into())),
    };
    // Sent again, it is judged by what it is: the same, or another under the same id.
    let again = engine.store.fact(decision.id).await?.is_some();
    if let (About::Child(child), false) = (child, again)
        && let Some(refusal) = without_effect(engine, &live, decision, child, at).await?
    {
        return Ok(Err(refusal));
    }
    let taken = take_facts(engine, system, vec![input], None).await?;
    if let Some(rejection) = taken.rejected.into_iter().next() {
        return Ok(Err(rejection.into()));
    }
    let child = engine.store.fact(decision.id).await?.map(|fact| fact.child);
    engine.store.audit(vec![entry(engine, system, decision, child)]).await?;
    let takes_effect = takes_effect(engine, &live, decision, child, at).await?;
    Ok(Ok(Made { fact: decision.id, takes_effect }))
}

fn entry(engine: &Engine, system: &SystemSettings, decision: &Decision, child: Option<ChildId>) -> AuditEntry {
    AuditEntry {
        at: engine.clock.now(),
        kind: "decision".into(),
        child,
        actor: format!("{}/{}", system.name, decision.by),
        detail: json!({"fact": decision.id}),
    }
}

fn refused(code: &'static str, status: u16, detail: impl Into<String>, error: Option<Finding>) -> Refusal {
    Refusal { status, code, detail: detail.into(), errors: error.into_iter().collect() }
}

fn finding(pointer: &str, found: String, expected: &str, hint: &str) -> Option<Finding> {
    Some(Finding { pointer: pointer.into(), found, expected: expected.into(), hint: Some(hint.into()) })
}

fn without_authority(decision: &Decision, at: Date) -> Refusal {
    let detail = format!(
        "`{}` has no authority to decide on {at}: neither a decision authority of the municipality nor a holder of a \
        delegation on that date",
        decision.by
    );
    let expected = "a role in `decision_authorities`, or one that holds a delegation that day";
    let hint = "let one with authority decide, or register the delegation first (delegation_granted)";
    refused("decision_without_authority", 403, detail, finding("/by", format!("no authority on {at}"), expected, hint))
}

/// Who lives with a decision can ask why (kommuneloven § 25-1): it is written down when it is made, or not made.
fn without_ground() -> Refusal {
    let hint = "say it without any person's number; it stays in the fact and is sent to nobody";
    let error = finding("/ground", "nothing".into(), "why the municipality decides so, in words", hint);
    refused("invalid_decision", 422, "a decision is recorded with its ground", error)
}

/// The fact that a decision becomes.
fn fact(decision: &Decision, at: Date) -> Result<Value, Refusal> {
    let mut fact = Map::new();
    let mut put = |key: &str, value: Value| drop(fact.insert(key.to_owned(), value));
    put("id", json!(decision.id));
    put("at", json!(at));
    put("child", decision.child.clone());
    put("municipality", json!(decision.municipality));
    put("by", json!(decision.by));
    let Some(ground) = decision.ground.as_deref().map(str::trim).filter(|ground| !ground.is_empty()) else {
        return Err(without_ground());
    };
    put("ground", json!(ground));
    if decision.action == Action::Withdraw {
        put("type", json!("decision_withdrawn"));
        return Ok(Value::Object(fact));
    }
    let Some(service) = &decision.service else {
        let detail = "`service` is missing: the municipal service that shall coordinate";
        return Err(refused("invalid_decision", 422, detail, None));
    };
    put("type", json!("holder_decided"));
    put("service", json!(service));
    if let Some(to) = decision.valid_to {
        if to <= at {
            let hint = "`valid_to` is the first day on which it no longer counts";
            let error = finding("/valid_to", format!("{to}"), &format!("a day after {at}"), hint);
            return Err(refused("invalid_decision", 422, "the decision would end before it begins", error));
        }
        put("valid_to", json!(to));
    }
    Ok(Value::Object(fact))
}

/// A decision authority of the municipality, or someone who holds a delegation on that date.
async fn has_authority(engine: &Engine, live: &Live, decision: &Decision, at: Date) -> Result<bool, StoreError> {
    let Some(municipality) = live.municipality(&decision.municipality) else { return Ok(false) };
    if municipality.reconcile.decision_authorities.contains(&decision.by) {
        return Ok(true);
    }
    let number = MunicipalityNo::new(decision.municipality.clone());
    let rows = engine.store.facts_of(WHOLE_MUNICIPALITY, &number).await?;
    Ok(Dossier::on(WHOLE_MUNICIPALITY, &rows, at, engine.clock.today()).is_delegated_to(&decision.by))
}

/// Why the rules would ignore it; `None` when it counts. A child nobody knows has no service that could hold.
async fn without_effect(
    engine: &Engine,
    live: &Live,
    decision: &Decision,
    child: Option<ChildId>,
    at: Date,
) -> Result<Option<Refusal>, StoreError> {
    let (met, known) = meets(engine, live, decision, child, at).await?;
    let unfit = decision.action != Action::Withdraw && met.service == Fitness::Unfit;
    Ok(match decision.action {
        _ if known && !met.authorised => Some(without_authority(decision, at)),
        _ if met.over => Some(case_has_ended(at)),
        Action::SettleDispute if !met.disputed => Some(no_dispute(at)),
        Action::Withdraw if !met.decided => Some(no_decision(at)),
        _ if unfit => Some(service_cannot_hold(at)),
        _ => None,
    })
}

/// What the decision meets, and whether the municipality knows the child. One that only another municipality knows is met as
/// one that nobody knows.
async fn meets(
    engine: &Engine,
    live: &Live,
    decision: &Decision,
    child: Option<ChildId>,
    at: Date,
) -> Result<(Deciding, bool), StoreError> {
    let number = MunicipalityNo::new(decision.municipality.clone());
    let today = engine.clock.today();
    let rows = rows_of(engine.store.as_ref(), child.unwrap_or_default(), &number).await?;
    let known = !rows.is_empty();
    let (child, rows) = match child.filter(|_| known) {
        Some(child) => (child, rows),
        None => (WHOLE_MUNICIPALITY, rows_of(engine.store.as_ref(), WHOLE_MUNICIPALITY, &number).await?),
    };
    let dossier = Dossier::new(child, &rows, today);
    let service = decision.service.as_deref().map(|service| live.loaded.services.id_of(service));
    let rules = live.duty_rules(number.as_str());
    let days = (at, today.max(at));
    let met = samhold_duty::deciding(&dossier.family(), &dossier.facts, days, &rules, (&decision.by, service));
    Ok((met, known))
}

fn case_has_ended(at: Date) -> Refusal {
    let detail =
        format!("on {at} this municipality has no duty for the child any more, and a decision would count for nothing");
    let expected = "a day on which the municipality has the duty, or may get it";
    let error = finding("/at", format!("{at}, after the case has ended"), expected, "look at `samhold duty show`");
    refused("case_has_ended", 409, detail, error)
}

fn no_dispute(at: Date) -> Refusal {
    let detail = format!("there is nothing to settle: the services do not disagree on {at}");
    let hint = "to name a holder without a dispute, use `name_holder` (`--name-holder`)";
    refused("no_dispute", 409, detail, finding("/action", "no open dispute".into(), "an open dispute that day", hint))
}

fn no_decision(at: Date) -> Refusal {
    let detail = format!("there is nothing to withdraw: no decision stands on {at}");
    let error = finding(
        "/action",
        "no standing decision".into(),
        "a decision that stands that day",
        "look at `samhold duty show`",
    );
    refused("no_decision_stands", 409, detail, error)
}

/// Says the same whether the service is unknown, has ended, or is none of the municipality's: which of them is not told.
fn service_cannot_hold(at: Date) -> Refusal {
    let detail = format!("the service named cannot hold the duty on {at}, and the decision would count for nothing");
    let expected = "a municipal service of this municipality that serves the child then, or is known to start";
    let hint = "register that the service serves the child (service_started), or name another";
    let found = "a service that cannot have the duty".to_owned();
    refused("service_cannot_hold", 422, detail, finding("/service", found, expected, hint))
}

/// The day on which a recorded decision counts.
async fn takes_effect(
    engine: &Engine,
    live: &Live,
    decision: &Decision,
    child: Option<ChildId>,
    at: Date,
) -> Result<Option<Date>, StoreError> {
    let Some(child) = child.filter(|_| decision.action != Action::Withdraw) else { return Ok(Some(at)) };
    let day = match meets(engine, live, decision, Some(child), at).await?.0.service {
        Fitness::From(start) => start,
        _ => at,
    };
    let number = MunicipalityNo::new(decision.municipality.clone());
    let rows = rows_of(engine.store.as_ref(), child, &number).await?;
    let today = engine.clock.today();
    let dossier = Dossier::new(child, &rows, today);
    let rules = live.duty_rules(number.as_str());
    let answer = samhold_duty::answer(&dossier.family(), &dossier.facts, day, Some(today.max(day)), &rules).samordning;
    let service = decision.service.as_deref().map(|service| live.loaded.services.id_of(service));
    let holds = answer.holder.kind == HolderKind::Service && answer.holder.reference.as_deref() == service;
    Ok(holds.then_some(day))
}
