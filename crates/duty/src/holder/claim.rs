//! Services that register themselves, or say that they do not coordinate.

use samhold_model::Date;

use super::{Misfit, Naming, dispute::Dispute, put_in_effect, ready};
use crate::case::Case;
use crate::known::Mark;

impl<'w> Case<'w> {
    pub(super) fn take_claim(&mut self, mark: Mark, service: &'w str) {
        if !self.world.services.can_hold(service, mark.at) {
            self.named.unfit_claims.push(Misfit { mark, service });
        }
        // A repeated claim of one that has effect changes nothing.
        if !self.named.claims.iter().any(|n| n.service == service && n.in_effect) {
            self.named.claims.push(Naming::new(mark, service));
        }
    }

    pub(super) fn start_claims(&mut self, day: Date) {
        while let Some(claim) = ready(&self.named.claims, &self.world.services, day).cloned() {
            put_in_effect(&mut self.named.claims, claim.mark);
            self.named.unfit_claims.retain(|m| m.service != claim.service);
        }
    }

    /// 4.1: by the agreed holder a dispute, by the decided holder noted at the decision, by a claimant the end of
    /// its claim, by a koordinator's service nothing.
    pub(super) fn take_disclaim(&mut self, mark: Mark, service: &'w str) {
        self.named.note_disclaimed(service, mark);
        self.named.claims.retain(|n| n.service != service);
        self.named.unfit_claims.retain(|m| m.service != service);
        for decision in self.named.decisions.iter_mut().filter(|n| n.service == service) {
            decision.disclaimed = Some(mark);
        }
        let agreed = self.standing_agreement().is_some_and(|a| a.service == service);
        if agreed {
            self.named.disputes.push(Dispute { mark, parties: vec![service] });
        }
        self.named.agreements.retain(|n| n.in_effect || n.service != service);
    }

    /// Claims in effect, one for each service, the oldest of each.
    pub(crate) fn standing_claims(&self) -> Vec<&Naming<'w>> {
        let mut seen = std::collections::BTreeSet::new();
        self.named.claims.iter().filter(|n| n.in_effect && seen.insert(n.service)).collect()
    }
}
