//! Replays the history turning point by turning point, each fact once, and keeps how long the answer has stood.
//!
//! Must never look at a day after the one asked for, but for what is known to lie ahead of it.

use std::collections::{BTreeMap, BTreeSet, btree_set};
use std::iter::{Enumerate, Peekable};
use std::slice;

use samhold_model::{Date, Fact};

use crate::alerts;
use crate::answer::{Alert, DutyState, HolderKind};
use crate::case::{Case, World};
use crate::known::Mark;
use crate::outcome::Outcome;

/// The case on a day, who holds, and since when.
#[derive(Clone, Debug)]
pub(crate) struct Picture<'w> {
    pub case: Case<'w>,
    pub day: Date,
    pub outcome: Outcome<'w>,
    /// First day of the unbroken stretch of this state and holder.
    pub since: Option<Date>,
    /// The stretches so far, each with its first day; the last is the present one.
    pub stretches: Vec<(Date, Outcome<'w>)>,
    /// First day of the unbroken stretch of this state.
    pub state_since: Option<Date>,
    /// The last named holder was a service that has stopped serving.
    pub holder_gone: bool,
    /// First day of the unbroken stretch of each alert, for those that begin at a turning point. Empty when nobody asks.
    pub alert_since: BTreeMap<Alert, Date>,
    counting: Counting,
}

/// Whether it is kept since when each alert stands, which costs as much again as the replay itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counting {
    /// For an answer.
    Alerts,
    /// For comparing days: an alert cannot have begun anew without having been away on some day that is compared too.
    Nothing,
}

impl<'w> Picture<'w> {
    fn new(world: &'w World<'w>, day: Date, counting: Counting) -> Self {
        let case = Case::new(world);
        let outcome = case.outcome(day);
        let alert_since = BTreeMap::new();
        let (since, state_since, stretches) = (None, None, Vec::new());
        Self { case, day, outcome, since, stretches, state_since, holder_gone: false, alert_since, counting }
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
            self.stretches.push((day, outcome.clone()));
        } else if let Some((_, last)) = self.stretches.last_mut() {
            last.clone_from(&outcome);
        }
        self.case.vacant_from = self.vacant_from(&outcome, day);
        self.case.bk.ended_at_18 &= outcome.state != DutyState::Held;
        self.holder_gone = outcome.state == DutyState::HeldByDefault && (self.holder_gone || self.last_is_gone(day));
        (self.outcome, self.day) = (outcome, day);
        if self.counting == Counting::Alerts {
            self.count_alerts();
        }
    }

    fn count_alerts(&mut self) {
        let now = alerts::standing(self);
        self.alert_since.retain(|alert, _| now.contains(alert));
        for alert in now {
            self.alert_since.entry(alert).or_insert(self.day);
        }
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

/// The history told so far; goes forward only, so that several days cost one telling.
#[derive(Debug)]
pub(crate) struct Replay<'w> {
    picture: Picture<'w>,
    turning: Peekable<btree_set::Iter<'w, Date>>,
    facts: Peekable<Enumerate<slice::Iter<'w, Fact>>>,
}

impl<'w> Replay<'w> {
    pub(crate) fn new(world: &'w World<'w>, turning: &'w BTreeSet<Date>, counting: Counting) -> Self {
        Self {
            picture: Picture::new(world, Date::MIN, counting),
            turning: turning.iter().peekable(),
            facts: world.history.facts.iter().enumerate().peekable(),
        }
    }

    /// The picture on `day`, by facts of that day or earlier. No earlier day may be asked for afterwards.
    pub(crate) fn on(&mut self, day: Date) -> Picture<'w> {
        while let Some(turning) = self.turning.next_if(|turning| **turning <= day) {
            self.turn(*turning);
        }
        let mut picture = self.picture.clone();
        if picture.day != day {
            // Nothing happens on this day itself, but what falls due by time has.
            picture.case.start_of_day(day);
            picture.case.end_of_day(day);
            picture.end_of_day(day);
        }
        picture
    }

    fn turn(&mut self, day: Date) {
        self.picture.case.start_of_day(day);
        while let Some((nr, fact)) = self.facts.next_if(|(_, fact)| fact.at <= day) {
            self.picture.case.take(Mark { at: fact.at, nr }, fact);
        }
        self.picture.case.end_of_day(day);
        self.picture.end_of_day(day);
    }
}
