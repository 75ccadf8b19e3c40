//! How long the population register's word on address protection counts, and who is told when it does not.
//!
//! Missing, out of date and unreadable count as strict (folkeregisterloven § 10-4). A register tells of changes only, so its word
//! is as fresh as the last good contact with it. Must never make a protection weaker.

use std::collections::BTreeMap;

use samhold_model::Date;
use samhold_model::dates::{add_days, date_of, days_between};
use samhold_store::{RaisedAlert, Store, StoreError};

use super::dossier::Dossier;
use super::engine::{Engine, Live};
use crate::config::{Loaded, SystemSettings};

/// A child of whom nobody has said anything, of whom the register answers no more, or whose facts cannot all be read.
const UNKNOWN: &str = "PROTECTION_UNKNOWN";
/// Nothing more is said before half of the time has passed.
const HALF: i64 = 2;

fn registers<'a>(loaded: &'a Loaded, number: &'a str) -> impl Iterator<Item = &'a SystemSettings> {
    let asks = |s: &SystemSettings| s.source.as_ref().is_some_and(|source| source.folkeregister.is_some());
    loaded.systems.values().filter(move |s| asks(s) && s.serves(number))
}

fn max_age(loaded: &Loaded, number: &str) -> i64 {
    loaded.settings.municipality.get(number).map_or(0, |m| i64::from(m.protection_max_age_days))
}

/// The last good contact with each register of a municipality. One that has never been reached has said nothing yet; what
/// stands then was said by people.
async fn contacts(store: &dyn Store, loaded: &Loaded, number: &str) -> Result<BTreeMap<String, Date>, StoreError> {
    let names: Vec<&str> = registers(loaded, number).map(|s| s.name.as_str()).collect();
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let all = store.contacts().await?;
    let of = |s: samhold_store::SystemStatus| Some((s.system.to_string(), date_of(s.last_contact?)));
    Ok(all.into_iter().filter_map(of).filter(|(name, _)| names.contains(&name.as_str())).collect())
}

/// The last day on which what is said of protection counts in a municipality: by its least fresh register. `None` when none is
/// connected, or none was ever reached.
pub(super) async fn counts_until(store: &dyn Store, loaded: &Loaded, number: &str) -> Result<Option<Date>, StoreError> {
    let oldest = contacts(store, loaded, number).await?.into_values().min();
    Ok(oldest.map(|day| add_days(day, max_age(loaded, number))))
}

/// Tells a person of a child whose protection is not known: by an alert where a register should have said it, else by one task
/// for the whole municipality.
pub(super) async fn missing(
    engine: &Engine,
    live: &Live,
    number: &str,
    dossier: &Dossier,
) -> Result<Option<RaisedAlert>, StoreError> {
    if dossier.protection_is_known() {
        return Ok(None);
    }
    if !dossier.is_whole() || registers(&live.loaded, number).next().is_some() {
        return Ok(Some(RaisedAlert::from(UNKNOWN.to_owned())));
    }
    let detail = format!(
        "{number}: adressebeskyttelse er ukjent for barn i kommunen, og ingen folkeregisterkobling er satt opp; barna behandles som \
         strengt fortrolig. Koble til registeret, eller registrer beskyttelsen for hvert barn"
    );
    engine.store.open_task("protection_no_register", &[], &detail, engine.clock.now()).await?;
    Ok(None)
}

/// Which registers have been silent for too long, by municipality.
pub(super) type Silent = BTreeMap<String, Vec<String>>;

/// Looks at every register: opens the task of one that has been silent, closes those of one that speaks. Gives those whose
/// word no longer counts; when that changes, children are to be worked out anew.
pub(super) async fn look(engine: &Engine) -> Result<Silent, StoreError> {
    let (live, today) = (engine.live(), engine.clock.today());
    let mut silent = Silent::new();
    for number in live.loaded.settings.municipality.keys() {
        let max = max_age(&live.loaded, number);
        for (name, day) in contacts(engine.store.as_ref(), &live.loaded, number).await? {
            let age = days_between(day, today);
            tell(engine, &name, (age > max / HALF, age > max)).await?;
            if age > max {
                silent.entry(number.clone()).or_default().push(name);
            }
        }
    }
    Ok(silent)
}

async fn tell(engine: &Engine, name: &str, (warn, stale): (bool, bool)) -> Result<(), StoreError> {
    let now = engine.clock.now();
    let soon = format!(
        "{name}: folkeregisteret har ikke svart på en stund; svarer det ikke snart, behandles alle barn som strengt fortrolig. Se på \
         tilkoblingen"
    );
    let over = format!(
        "{name}: adressebeskyttelse er utdatert, folkeregisteret har ikke svart innen fristen; alle barn behandles som strengt \
         fortrolig til det svarer"
    );
    if warn && !stale {
        engine.store.open_task("protection_register_silent", &[], &soon, now).await?;
    }
    if stale {
        engine.store.open_task("protection_stale", &[], &over, now).await?;
    }
    let done = engine.store.open_tasks().await?;
    let over_now = |detail: &str| (detail == soon && (!warn || stale)) || (detail == over && !stale);
    for task in done.into_iter().filter(|task| task.children.is_empty() && over_now(&task.detail)) {
        engine.store.close_task(task.id, now).await?;
    }
    Ok(())
}
