//! Replays the history up to a day, turning point by turning point, and keeps how long the answer has stood.
//!
//! Must never look at a day after the one asked for, but for what is known to lie ahead of it.

use std::collections::BTreeSet;

use samhold_model::Date;

use crate::answer::{DutyState, HolderKind};
use crate::case::{Case, World};
use crate::known::Mark;
use crate::outcome::Outcome;

/// The case on a day, who holds, and since when.
#[derive(Debug)]
pub(crate) struct Picture<'w> {
    pub case: Case<'w>,
    pub day: Date,
    pub outcome: Outcome<'w>,
    /// First day of the unbroken stretch of this state and holder.
    pub since: Option<Date>,
    /// First day of the unbroken stretch of this state.
    pub state_since: Option<Date>,
    /// The last named holder was a service that has stopped serving.
    pub holder_gone: bool,
}

impl<'w> Picture<'w> {
    fn new(world: &'w World<'w>, day: Date) -> Self {
        let case = Case::new(world);
        let outcome = case.outcome(day);
        Self { case, day, outcome, since: None, state_since: None, holder_gone: false }
    }

    fn end_of_day(&mut self, day: Date) {
        let outcome = self.case.outcome(day);
        let same_state = outcome.state == self.outcome.state;
        let same_holder = (outcome.kind, outcome.reference) == (self.outcome.kind, self.outcome.reference);
        if !same_state {
            self.state_since = Some(day);
        }
        if !(same_state && same_holder) {
            self.since = Some(day);
        }
        self.case.vacant_from = self.vacant_from(&outcome, day);
        self.case.bk.ended_at_18 &= outcome.state != DutyState::Held;
        self.holder_gone = outcome.state == DutyState::HeldByDefault && (self.holder_gone || self.last_is_gone(day));
        (self.outcome, self.day) = (outcome, day);
    }

    /// First day of the vacancy, kept for as long as it lasts.
    fn vacant_from(&self, outcome: &Outcome<'w>, day: Date) -> Option<Date> {
        let vacant = self.case.bk.valid().filter(|_| outcome.state == DutyState::Vacant)?;
        Some(self.case.vacant_from.unwrap_or_else(|| self.case.first_vacant_day(vacant.person, day)))
    }

    fn last_is_gone(&self, day: Date) -> bool {
        let last = self.case.last_holder.filter(|n| n.kind == HolderKind::Service);
        last.is_some_and(|n| !self.case.world.services.can_hold(n.reference, day))
    }
}

/// The picture on `as_of`, by facts of that day or earlier.
pub(crate) fn picture<'w>(world: &'w World<'w>, turning: &BTreeSet<Date>, as_of: Date) -> Picture<'w> {
    let mut picture = Picture::new(world, Date::MIN);
    let mut facts = world.history.facts.iter().enumerate().peekable();
    let last = std::iter::once(as_of).filter(|day| !turning.contains(day));
    for day in turning.range(..=as_of).copied().chain(last) {
        picture.case.start_of_day(day);
        while let Some((nr, fact)) = facts.next_if(|(_, fact)| fact.at <= day) {
            picture.case.take(Mark { at: fact.at, nr }, fact);
        }
        picture.end_of_day(day);
    }
    picture
}
