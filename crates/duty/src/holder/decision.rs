//! The municipality's own decision.
//!
//! It settles what is older for good, and outlives what comes later until it lapses or is withdrawn.

use samhold_model::Date;

use super::{Misfit, Naming, put_in_effect, ready};
use crate::case::Case;
use crate::known::Mark;

impl<'w> Case<'w> {
    /// kommunedirektøren or whoever holds a delegation on that date.
    pub(crate) fn may_decide(&self, unit: &str, day: Date) -> bool {
        let by_role = self.world.rules.config.decision_authorities.iter().any(|u| u == unit);
        by_role || self.world.delegations.held(unit, day, self.returned)
    }

    pub(super) fn take_decision(&mut self, mark: Mark, service: &'w str, by: &str, valid_to: Option<Date>) {
        let authorised = self.may_decide(by, mark.at);
        if !authorised {
            self.named.unauthorised_decision = Some(mark);
        }
        if !self.world.services.can_hold(service, mark.at) {
            self.named.unfit_decision = Some(Misfit { mark, service });
        }
        if authorised {
            self.named.decisions.push(Naming { valid_to, ..Naming::new(mark, service) });
        }
    }

    /// Withdrawing needs the same authority as deciding, and hits the latest decision.
    pub(super) fn take_withdrawal(&mut self, mark: Mark, by: &str) {
        if self.may_decide(by, mark.at) {
            self.named.unauthorised_withdrawal = None;
            if let Some(latest) = self.withdrawable(mark.at) {
                self.named.note_withdrawn(latest, mark);
                self.named.decisions.remove(latest);
            }
        } else {
            self.named.unauthorised_withdrawal = Some(mark);
        }
    }

    /// The place of the decision that a withdrawal on `day` hits: the latest that stands, or waits for its service.
    pub(crate) fn withdrawable(&self, day: Date) -> Option<usize> {
        let services = &self.world.services;
        let counts = |n: &Naming<'_>| n.in_effect || services.can_hold_later(n.service, day);
        self.named.decisions.iter().rposition(counts)
    }

    pub(super) fn start_decisions(&mut self, day: Date) {
        while let Some(mark) = ready(&self.named.decisions, &self.world.services, day).map(|n| n.mark) {
            self.note_decided(mark, day);
            put_in_effect(&mut self.named.decisions, mark);
            self.named.settle_older(mark);
            let later = |m: &Mark| *m > mark;
            self.named.unauthorised_decision = self.named.unauthorised_decision.filter(later);
            self.named.unauthorised_withdrawal = self.named.unauthorised_withdrawal.filter(later);
            self.named.unfit_decision = self.named.unfit_decision.filter(|m| later(&m.mark));
            self.named.unfit_claims.retain(|m| later(&m.mark));
        }
    }

    /// The decision that stands.
    pub(crate) fn standing_decision(&self) -> Option<&Naming<'w>> {
        self.named.decisions.iter().rev().find(|n| n.in_effect)
    }
}
