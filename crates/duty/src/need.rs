//! Whether there is a duty: registered need, implied by a coordinator, ended (R-01, R-22, 4.1 Duty).
//!
//! Must never end a duty because services fall away; only an explicit end of need does, or a terminal event.

use std::collections::BTreeMap;

use samhold_model::{Date, FactBody, fact::BkEndReason};

use crate::case::Case;
use crate::holder::Designations;
use crate::known::Mark;

/// The duty as registered and implied.
#[derive(Clone, Debug, Default)]
pub(crate) struct Need<'w> {
    /// Participants of every registration since the last end of need.
    pub participants: BTreeMap<&'w str, Mark>,
    /// The facts that registered it.
    pub registrations: Vec<Mark>,
    /// The registered cooperation once met R-01.
    pub registered: bool,
    /// The day on which it did, for the explanation.
    pub met: Option<Date>,
    /// A barnekoordinator or municipal koordinator stands or has stood in this duty.
    pub implied: bool,
    /// Whether that was so when the last day ended: who comes and goes on one day stood on none.
    implied_before: bool,
    /// Whether there was a duty when the last day ended.
    stood_before: bool,
    /// One of them lives now.
    pub coordinator_lives: bool,
    /// The need ceased while one of them lived.
    pub ceased: Option<Mark>,
    /// A duty was there and ended because the need ceased.
    pub ended: Option<Date>,
    /// A barnekoordinator's role ended because the need ceased, in what is being settled now.
    pub bk_need_ceased: bool,
}

impl Need<'_> {
    pub(crate) fn exists(&self) -> bool {
        self.registered || self.implied
    }

    /// Only a coordinator implied it, and none lives any more.
    pub(crate) fn is_left_over(&self) -> bool {
        self.implied && !self.registered && !self.coordinator_lives
    }
}

impl<'w> Case<'w> {
    pub(crate) fn take_need(&mut self, mark: Mark, body: &'w FactBody) {
        match body {
            FactBody::CooperationNeeded { participants } => {
                self.need.ceased = None;
                self.need.registrations.push(mark);
                for service in participants {
                    self.need.participants.entry(service).or_insert(mark);
                }
            }
            FactBody::CooperationNotNeeded { .. } if self.need.coordinator_lives => {
                let kept = std::mem::take(&mut self.need);
                self.need = Need {
                    participants: BTreeMap::new(),
                    registrations: Vec::new(),
                    registered: false,
                    met: None,
                    ..kept
                };
                self.need.ceased = Some(mark);
                self.named = Designations::default();
            }
            FactBody::CooperationNotNeeded { .. } => self.end_need(mark.at),
            FactBody::BkEnded { person, reason: BkEndReason::NeedCeased } => {
                self.need.bk_need_ceased = self.bk.valid().is_some_and(|a| a.person == person);
            }
            _ => {}
        }
    }

    /// the explicit end. What was older does not count in a new duty.
    fn end_need(&mut self, day: Date) {
        let ended = if self.need.stood_before { Some(day) } else { self.need.ended };
        let (stood_before, implied_before) = (self.need.stood_before, self.need.implied_before);
        self.need = Need { ended, stood_before, implied_before, ..Need::default() };
        self.named = Designations::default();
        self.forget_holders();
        self.bk.ended_at_18 = false;
    }

    pub(crate) fn settle_need(&mut self, day: Date) {
        let lived = self.need.coordinator_lives;
        let lives = self.bk.valid().is_some() || self.municipal_koordinator(day).is_some();
        let ceased_with_it = std::mem::take(&mut self.need.bk_need_ceased) && !self.need.registered;
        self.need.coordinator_lives = lives;
        if lived && !lives && (self.need.ceased.is_some() || ceased_with_it) {
            return self.end_need(day);
        }
        self.need.implied |= lives;
        self.need.registered |= self.meets_trigger(day);
        if self.need.registered {
            self.need.met.get_or_insert(day);
        }
    }

    /// Intervals are half-open: a coordinator whose first day is also the first day without one stood on no day, and implied
    /// nothing; a duty that came and went on one day has neither been nor ended.
    pub(crate) fn forget_what_stood_on_no_day(&mut self) {
        if !self.need.coordinator_lives && !self.need.implied_before {
            self.need.implied = false;
        }
        self.need.implied_before = self.need.implied;
        self.need.stood_before = self.need.exists();
        if self.need.stood_before {
            self.need.ended = None;
        }
    }

    /// two providers take part and one is under an act with a samordning clause.
    fn meets_trigger(&self, day: Date) -> bool {
        !self.need.registered && self.providers(day).count() >= 2 && self.clauses(day).next().is_some()
    }

    /// Participants that take part on `day`.
    pub(crate) fn providers(&self, day: Date) -> impl Iterator<Item = &'w str> {
        self.need.participants.keys().copied().filter(move |s| self.world.services.takes_part(s, day))
    }

    /// Clauses of the participants on `day`, unsorted.
    pub(crate) fn clauses(&self, day: Date) -> impl Iterator<Item = &'w str> {
        self.need.participants.keys().filter_map(move |s| self.world.services.clause(s, day))
    }

    /// The clauses that put the duty on the municipality on `day`, sorted.
    pub(crate) fn duty_basis(&self, day: Date) -> Vec<String> {
        let mut keys: Vec<String> = self.clauses(day).map(str::to_owned).collect();
        if self.need.implied {
            keys.extend(self.world.rules.law.clause_on("hol", day).map(str::to_owned));
        }
        keys.sort();
        keys.dedup();
        keys
    }
}
