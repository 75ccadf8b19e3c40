//! What is known: corrections applied, later knowledge cut away, facts in the order they count.
//!
//! The first two steps of the order of evaluation. Must never let through a fact recorded after the day asked for,
//! and must give the same history for every order in which the facts are handed over.

mod correction;
mod late;
mod moved;

use std::collections::BTreeSet;

use samhold_model::{Date, Fact};

pub(crate) use late::{LateFact, concerns_duty, is_late};

/// A fact's place in the sorted history: its valid date and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub at: Date,
    pub nr: usize,
}

/// Which facts count as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Knowledge {
    /// Those recorded on or before this day.
    RecordedBy(Date),
    /// Everything that was handed over.
    Everything,
}

impl Knowledge {
    fn covers(self, fact: &Fact) -> bool {
        match self {
            Knowledge::RecordedBy(day) => fact.recorded_at <= day,
            Knowledge::Everything => true,
        }
    }
}

/// The known facts as corrected, by valid date; facts ahead of the day asked for are still in it.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub facts: Vec<Fact>,
    pub late: Vec<LateFact>,
    /// The known corrections, as they were recorded.
    pub corrections: Vec<Fact>,
    /// Ids of corrections that changed a fact of the duty, with the day it counts from now; none when it was voided.
    pub corrected: Vec<(String, Option<Date>)>,
}

impl History {
    pub(crate) fn new(given: &[Fact], knowledge: Knowledge) -> Self {
        let known = once_each(given.iter().filter(|f| knowledge.covers(f)).collect());
        let correction::Corrected { mut facts, late, corrections, applied: corrected } = correction::apply(known);
        facts.sort_by(|a, b| (a.at, a.order, &a.id).cmp(&(b.at, b.order, &b.id)));
        let late = late::collect(&facts, late);
        Self { facts, late, corrections, corrected }
    }

    /// The facts and corrections of these ids, facts first, each in the order they count.
    pub(crate) fn named(&self, ids: &BTreeSet<&str>) -> impl Iterator<Item = &Fact> {
        self.facts.iter().chain(&self.corrections).filter(|fact| ids.contains(fact.id.as_str()))
    }
}

/// Drops repeated deliveries of a fact: the one recorded first counts.
pub(crate) fn once_each(mut facts: Vec<&Fact>) -> Vec<&Fact> {
    facts.sort_by(|a, b| {
        (&a.id, a.recorded_at, a.order, a.at)
            .cmp(&(&b.id, b.recorded_at, b.order, b.at))
            .then_with(|| wording(a).cmp(&wording(b)))
    });
    facts.dedup_by(|later, first| later.id == first.id);
    facts
}

/// Only asked for when everything else of two facts is equal.
fn wording(fact: &Fact) -> String {
    serde_json::to_string(&fact.body).unwrap_or_default()
}
