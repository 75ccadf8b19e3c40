//! The ordinary koordinator (hol 7-2): an individual role of its own, and by the municipality's choice the holder
//! when nobody else is named.

use samhold_model::{Date, FactBody};

use crate::answer::CoordinatorState;
use crate::case::Case;
use crate::known::Mark;

/// Someone appointed koordinator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Koordinator<'w> {
    pub mark: Mark,
    pub person: &'w str,
    pub service: &'w str,
}

/// Those appointed and not ended, and whether there ever was one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Koordinators<'w> {
    pub standing: Vec<Koordinator<'w>>,
    /// The last one who ended, and the fact that says so.
    pub ended: Option<(Koordinator<'w>, Mark)>,
    ever: bool,
}

impl<'w> Koordinators<'w> {
    pub(crate) fn state(&self) -> CoordinatorState {
        match self.standing.last() {
            Some(_) => CoordinatorState::Appointed,
            None if self.ever => CoordinatorState::Ended,
            None => CoordinatorState::None,
        }
    }
}

impl<'w> Case<'w> {
    pub(crate) fn take_koordinator(&mut self, mark: Mark, body: &'w FactBody) {
        match body {
            FactBody::KoordinatorAppointed { person, service } => {
                self.koordinators.ever = true;
                self.koordinators.standing.push(Koordinator { mark, person, service });
            }
            FactBody::KoordinatorEnded { person } | FactBody::PersonLeft { person } => {
                let last = self.koordinators.standing.iter().rfind(|k| k.person == person).copied();
                self.koordinators.ended = last.map(|k| (k, mark)).or(self.koordinators.ended);
                self.koordinators.standing.retain(|k| k.person != person);
            }
            _ => {}
        }
    }

    /// The latest koordinator of a municipal service, from the first day of the law.
    pub(crate) fn municipal_koordinator(&self, day: Date) -> Option<Koordinator<'w>> {
        let in_force = self.world.rules.law.in_force <= day;
        let mut fit = self.koordinators.standing.iter().rev();
        fit.find(|k| in_force && self.world.services.can_hold(k.service, day)).copied()
    }

    /// The latest koordinator when that one's service cannot hold.
    pub(crate) fn unfit_koordinator(&self, day: Date) -> Option<Koordinator<'w>> {
        let latest = self.koordinators.standing.last()?;
        (!self.world.services.can_hold(latest.service, day)).then_some(*latest)
    }
}
