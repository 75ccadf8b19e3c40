//! Death, end of pregnancy and move out end everything here; moving back in starts clean.

use samhold_model::FactBody;

use crate::answer::{BkState, CoordinatorState, EndReason, PlanState};
use crate::bk::BkTrack;
use crate::case::Case;
use crate::holder::Designations;
use crate::holder::koordinator::Koordinators;
use crate::known::Mark;
use crate::need::Need;
use crate::people::People;
use crate::plan::Plan;

/// What ended it, and how the other tracks stood then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terminal {
    pub mark: Mark,
    pub reason: EndReason,
    pub bk: BkState,
    pub koordinator: CoordinatorState,
    pub plan: PlanState,
}

impl Terminal {
    /// Death and end of pregnancy are final and silence every alert.
    pub(crate) fn is_silent(&self) -> bool {
        matches!(self.reason, EndReason::Died | EndReason::PregnancyEnded)
    }
}

impl<'w> Case<'w> {
    pub(crate) fn take_terminal(&mut self, mark: Mark, body: &'w FactBody) {
        let final_already = self.terminal.is_some_and(|t| t.is_silent());
        match body {
            _ if final_already => {}
            FactBody::Died {} => self.end_all(mark, EndReason::Died),
            // Once the child is born the pregnancy has ended by birth; that ends nothing here.
            FactBody::PregnancyEnded {} if !self.life.is_born(mark.at) => {
                self.end_all(mark, EndReason::PregnancyEnded);
            }
            FactBody::Moved { to } if *to == self.world.rules.config.municipality => self.move_in(mark),
            FactBody::Moved { .. } if self.terminal.is_none() => self.end_all(mark, EndReason::MovedOut),
            _ => {}
        }
    }

    fn end_all(&mut self, mark: Mark, reason: EndReason) {
        let before = self.terminal;
        self.terminal = Some(Terminal {
            mark,
            reason,
            bk: before.map_or_else(|| self.bk_state(mark.at), |t| t.bk),
            koordinator: before.map_or_else(|| self.koordinators.state(), |t| t.koordinator),
            plan: before.map_or_else(|| self.plan_state(mark.at), |t| t.plan),
        });
    }

    /// Only services, guardians, care order and birth carry over a time away (4.1 Duty); what is said of the municipality's own
    /// people is no fact of the child.
    fn move_in(&mut self, mark: Mark) {
        if self.terminal.take().is_none() {
            return;
        }
        self.returned = Some(mark);
        self.people = People::default();
        for (nr, fact) in self.world.history.facts.iter().enumerate().take(mark.nr).filter(|(_, f)| f.of_municipality) {
            self.take_person(Mark { at: fact.at, nr }, &fact.body);
        }
        self.placed = None;
        self.before_law.clear();
        self.bk = BkTrack::default();
        self.koordinators = Koordinators::default();
        self.named = Designations::default();
        self.need = Need::default();
        self.plan = Plan::default();
        self.forget_holders();
        self.vacant_from = None;
    }
}
