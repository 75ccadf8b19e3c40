//! What registers have confirmed, and when; which answers are under way, and which registers are known to be away.
//!
//! In memory alone: after a restart everything is asked anew. Must never say that something is confirmed of which the register
//! has told otherwise since.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use samhold_model::{ChildId, Instant};
use tokio::sync::Semaphore;

use super::ask::{Outcome, Pending};

/// How many confirmations are remembered; the oldest is forgotten first.
const MOST: usize = 10_000;
/// How many answers may be under way at once.
const AT_ONCE: usize = 8;

/// What a register has one record for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::sync) struct Unit {
    /// The register, by the name of its system.
    pub(in crate::sync) system: String,
    /// The key of its record.
    pub(in crate::sync) key: String,
}

/// The memory.
pub(in crate::sync) struct Confirmations {
    state: Mutex<State>,
    /// Held while something a register said is journalled, so that an old answer never overtakes a newer one unseen.
    pub(in crate::sync) journal: tokio::sync::Mutex<()>,
    /// A turn to ask.
    pub(super) turns: Semaphore,
}

#[derive(Default)]
struct State {
    confirmed: HashMap<Unit, Instant>,
    under_way: HashMap<Unit, UnderWay>,
    /// Units of which asking brought news, with the children they are about.
    news: HashMap<Unit, (Instant, Vec<ChildId>)>,
    away: BTreeSet<String>,
    slow: BTreeSet<String>,
}

struct UnderWay {
    pending: Pending,
    /// The register has told of the unit by itself since it was asked: which is newer is not known.
    overtaken: bool,
}

impl Default for Confirmations {
    fn default() -> Self {
        Self { state: Mutex::default(), journal: tokio::sync::Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }
}

impl Confirmations {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When a unit was asked about, if it was confirmed at `since` or later.
    pub(super) fn confirmed(&self, unit: &Unit, since: Instant) -> Option<Instant> {
        self.state().confirmed.get(unit).copied().filter(|at| *at >= since)
    }

    /// The answer under way for a unit; `begin` makes one when there is none.
    pub(super) fn under_way(&self, unit: &Unit, begin: impl FnOnce() -> Pending) -> Pending {
        let mut state = self.state();
        let fresh = || UnderWay { pending: begin(), overtaken: false };
        state.under_way.entry(unit.clone()).or_insert_with(fresh).pending.clone()
    }

    /// Whether an answer of this register is under way.
    pub(super) fn is_asked(&self, system: &str) -> bool {
        self.state().under_way.keys().any(|unit| unit.system == system)
    }

    /// Whether a unit was told of while it was asked about.
    pub(super) fn is_overtaken(&self, unit: &Unit) -> bool {
        self.state().under_way.get(unit).is_some_and(|one| one.overtaken)
    }

    /// The answer about a unit is there.
    pub(super) fn ended(&self, unit: &Unit, outcome: &Outcome, (members, now): (&[ChildId], Instant)) {
        let mut state = self.state();
        state.under_way.remove(unit);
        match outcome {
            Outcome::Confirmed(at) => {
                make_room(&mut state.confirmed);
                state.confirmed.insert(unit.clone(), *at);
            }
            Outcome::News => {
                state.confirmed.remove(unit);
                state.news.retain(|_, (at, _)| now.duration_since(*at).as_mins() < 5);
                state.news.insert(unit.clone(), (now, members.to_vec()));
            }
            Outcome::Away(_) => {}
        }
    }

    /// A register has told something new of these by itself: nothing said of them before is confirmed any more. Gives those
    /// of which asking had brought news a moment ago: what was told may have been read before that.
    pub(in crate::sync) fn told(&self, units: &[Unit]) -> Vec<(Unit, Vec<ChildId>)> {
        let mut state = self.state();
        let mut again = Vec::new();
        for unit in units {
            state.confirmed.remove(unit);
            if let Some(one) = state.under_way.get_mut(unit) {
                one.overtaken = true;
            }
            again.extend(state.news.remove(unit).map(|(_, members)| (unit.clone(), members)));
        }
        again
    }

    /// Notes whether a register is away; true when that is news.
    pub(super) fn set_away(&self, system: &str, away: bool) -> bool {
        let mut state = self.state();
        state.slow.remove(system);
        if away { state.away.insert(system.to_owned()) } else { state.away.remove(system) }
    }

    /// Notes that somebody waited for a register in vain: until it answers nobody else waits as long for the same silence.
    pub(super) fn set_slow(&self, system: &str) {
        self.state().slow.insert(system.to_owned());
    }

    /// Whether a register is known to be away or slow.
    pub(super) fn is_away(&self, system: &str) -> bool {
        let state = self.state();
        state.away.contains(system) || state.slow.contains(system)
    }
}

fn make_room(confirmed: &mut HashMap<Unit, Instant>) {
    if confirmed.len() < MOST {
        return;
    }
    let oldest = confirmed.iter().min_by_key(|(_, at)| **at).map(|(unit, _)| unit.clone());
    if let Some(unit) = oldest {
        confirmed.remove(&unit);
    }
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
