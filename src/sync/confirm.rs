//! Before something sensitive leaves that rests on a consent from a consent register, the register is asked once more.
//!
//! Such a register tells of a withdrawal late, or not at all (Altinn after five minutes; Fiks only when it is asked), while a
//! withdrawal counts from the moment it is made (GDPR art. 7 (3), RULES S-11). What cannot be confirmed waits. Must never let
//! what is not sensitive, a retraction, or the answer to a question wait for another system.

mod ask;
mod memory;
mod sensitive;
mod weigh;

use std::time::Duration;

use jiff::SignedDuration;
use samhold_disclosure::cleared::Package;
use samhold_duty::Answer;
use samhold_model::Instant;
use samhold_store::StoreError;
use serde_json::{Value, json};

use super::dossier::Dossier;
use super::engine::{Engine, Live};
use super::view::{Seen, Sight, package_of, sight_without};
use crate::config::SystemSettings;

pub(super) use ask::in_background;
pub(super) use memory::{Confirmations, Unit};
use weigh::{Scale, Told};

/// A consent that its register has confirmed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Confirmed {
    /// The register, by the name of its system.
    pub register: String,
    /// When it was asked.
    pub at: Instant,
}

/// What stands between a package and its leaving.
pub(super) enum Weighed {
    /// Nothing: these consents carry what is sensitive in it, and are confirmed. Mostly there are none.
    Stands(Vec<Confirmed>),
    /// Something sensitive would leave by consents that nobody has confirmed.
    Waits(Doubts),
}

/// What waits, and for which answers.
pub(super) struct Doubts {
    /// What a register must be asked about.
    units: Vec<Unit>,
    /// Number of the item and name of the field.
    held: Vec<(usize, String)>,
}

/// Looks whether a package may leave as it is. What was confirmed at `since` or later counts.
///
/// # Errors
/// When the store fails.
pub(super) async fn weigh(
    engine: &Engine,
    live: &Live,
    municipality: &str,
    dossier: &Dossier,
    (package, since): (&Package, Instant),
) -> Result<Weighed, StoreError> {
    let told = told(engine, live, dossier).await?;
    if told.is_empty() {
        return Ok(Weighed::Stands(Vec::new()));
    }
    let scale = Scale::new(live, municipality, dossier, package);
    let confirmed = |one: &Told| engine.confirmations.confirmed(&one.unit, since);
    let (sure, doubted): (Vec<&Told>, Vec<&Told>) = told.iter().partition(|one| confirmed(one).is_some());
    // Those that are confirmed last, so that nobody is asked when they are enough.
    let carrying = scale.carrying(doubted.iter().chain(&sure).copied());
    let (sure, needed): (Vec<&Told>, Vec<&Told>) = carrying.into_iter().partition(|one| confirmed(one).is_some());
    if needed.is_empty() {
        let words = |one: &Told| Some(Confirmed { register: one.unit.system.clone(), at: confirmed(one)? });
        return Ok(Weighed::Stands(sure.into_iter().filter_map(words).collect()));
    }
    let mut units: Vec<Unit> = needed.into_iter().map(|one| one.unit.clone()).collect();
    units.sort();
    units.dedup();
    Ok(Weighed::Waits(Doubts { units, held: scale.lost_without(&doubted).into_iter().collect() }))
}

/// The consents on record that came from a register, each with the unit there that it was read from. The common child has
/// none, and costs nothing.
async fn told(engine: &Engine, live: &Live, dossier: &Dossier) -> Result<Vec<Told>, StoreError> {
    if live.registers.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for recorded in dossier.recorded_consents().into_iter().filter(super::dossier::Recorded::is_documented) {
        let from = recorded.source.filter(|source| live.registers.contains_key(source));
        // What the register's system was allowed to post itself was no answer of the register.
        let Some((system, record)) = from.zip(dossier.record_of(&recorded.fact)) else { continue };
        let key = engine.store.record(record).await?.map(|r| r.key).unwrap_or_default();
        all.push(Told { fact: recorded.fact, unit: Unit { system, key } });
    }
    Ok(all)
}

/// Asks about all that is doubted, at most for so long; what is not answered by then is answered in the background. Why it
/// is not confirmed, without content, else nothing.
pub(super) async fn ask_about(
    engine: &Engine,
    live: &Live,
    dossier: &Dossier,
    doubts: &Doubts,
    patience: Duration,
) -> Option<String> {
    ask::all(engine, live, &dossier.members(), &doubts.units, patience).await
}

/// Starts to ask, so that a later question finds the answer, and waits for nothing.
async fn ask_in_background(engine: &Engine, live: &Live, dossier: &Dossier, doubts: &Doubts) {
    // Without patience nothing is waited for, and what it would say is not known yet.
    let _unanswered = ask::all(engine, live, &dossier.members(), &doubts.units, Duration::ZERO).await;
}

impl Doubts {
    /// The fields that rest on what is doubted, each with the category of its item: a package has one of each.
    fn fields(&self, package: &Package) -> Vec<(String, String)> {
        let named =
            |(number, field): &(usize, String)| Some((package.items.get(*number)?.category.clone(), field.clone()));
        self.held.iter().filter_map(named).collect()
    }

    /// The registers that are to be asked, for the audit.
    fn registers(&self) -> Vec<String> {
        let mut names: Vec<String> = self.units.iter().map(|unit| unit.system.clone()).collect();
        names.dedup();
        names
    }
}

/// From when on a confirmation counts, when it is looked for now.
pub(super) fn since(engine: &Engine, live: &Live) -> Instant {
    let window = i64::try_from(live.loaded.settings.delivery.confirm_within_seconds).unwrap_or(0);
    engine.clock.now().checked_sub(SignedDuration::from_secs(window)).unwrap_or(Instant::MIN)
}

/// Has an entry of the audit say which consents were confirmed; of none it says nothing.
pub(crate) fn tell(detail: &mut Value, confirmed: &[Confirmed]) {
    if let Some(detail) = detail.as_object_mut().filter(|_| !confirmed.is_empty()) {
        detail.insert("confirmed".to_owned(), json!(confirmed));
    }
}

/// What a question is answered with.
pub(crate) struct Answerable {
    /// What may be seen now.
    pub(crate) seen: Sight,
    /// The consents that were confirmed for it.
    pub(crate) confirmed: Vec<Confirmed>,
    /// The registers that have not confirmed what was left out.
    pub(crate) unconfirmed: Vec<String>,
}

/// What of a sight may be seen without waiting for anybody. What rests on an unconfirmed consent is left out, and its register
/// is asked in the background.
///
/// # Errors
/// When the store fails.
pub(crate) async fn without_waiting(
    engine: &Engine,
    live: &Live,
    (municipality, system): (&str, &SystemSettings),
    (dossier, of_today, answer): (&Dossier, &Answer, &Answer),
    seen: Sight,
) -> Result<Answerable, StoreError> {
    if seen.cleared.is_none() {
        return Ok(Answerable { seen, confirmed: Vec::new(), unconfirmed: Vec::new() });
    }
    let package = package_of(live, municipality, system, dossier, (of_today, answer));
    let doubts = match weigh(engine, live, municipality, dossier, (&package, since(engine, live))).await? {
        Weighed::Stands(confirmed) => return Ok(Answerable { seen, confirmed, unconfirmed: Vec::new() }),
        Weighed::Waits(doubts) => doubts,
    };
    ask_in_background(engine, live, dossier, &doubts).await;
    let held = doubts.fields(&package);
    let Seen { released, since } = sight_without(live, municipality, system, (dossier, of_today, answer), &held);
    let (cleared, decisions) = (released.cleared, released.decisions);
    let seen = Sight { cleared, decisions, content_hash: None, since, ..seen };
    Ok(Answerable { seen, confirmed: Vec::new(), unconfirmed: doubts.registers() })
}
