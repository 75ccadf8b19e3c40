//! Agreement between the services, and what it settles.

use samhold_model::Date;

use super::past::Fate;
use super::{Misfit, Naming, dispute::Dispute, put_in_effect, ready};
use crate::case::Case;
use crate::known::Mark;

impl<'w> Case<'w> {
    pub(super) fn take_agreement(&mut self, mark: Mark, service: &'w str, parties: &'w [String]) {
        if !self.world.services.can_hold(service, mark.at) {
            self.named.unfit_agreement = Some(Misfit { mark, service });
        }
        let parties = parties.iter().map(String::as_str).collect();
        self.named.agreements.push(Naming { parties, ..Naming::new(mark, service) });
    }

    pub(super) fn start_agreements(&mut self, day: Date) {
        while let Some(agreed) = ready(&self.named.agreements, &self.world.services, day).cloned() {
            self.note_agreed(&agreed, day);
            self.keep_unsettled_dispute(&agreed, day);
            put_in_effect(&mut self.named.agreements, agreed.mark);
            self.named.agreements.retain(|n| n.mark >= agreed.mark);
            self.named.claims.retain(|n| n.mark >= agreed.mark);
            self.named.unfit_agreement = self.named.unfit_agreement.filter(|m| m.mark > agreed.mark);
            self.named.unfit_claims.retain(|m| m.mark > agreed.mark);
        }
    }

    /// Claims older than an agreement are dead, but a dispute they made lives on if the agreement does not settle it.
    fn keep_unsettled_dispute(&mut self, agreed: &Naming<'w>, day: Date) {
        if self.standing_decision().is_some() {
            return;
        }
        let Some(rivalry) = self.rivalry().filter(|d| d.mark < agreed.mark) else { return };
        if !self.settles(agreed, &rivalry, day) {
            self.named.disputes.push(rivalry);
            self.named.disputes.sort_by_key(|d| d.mark);
        }
    }

    /// An agreement settles a dispute if it lists every disputing party that still serves, or lists none.
    pub(super) fn settles(&self, agreed: &Naming<'w>, dispute: &Dispute<'w>, day: Date) -> bool {
        let mut still = dispute.parties.iter().filter(|p| self.world.services.takes_part(p, day));
        agreed.parties.is_empty() || still.all(|p| agreed.parties.contains(p))
    }

    pub(super) fn settle_disputes(&mut self, day: Date) {
        let Some(agreed) = self.standing_agreement().cloned() else { return };
        let open = std::mem::take(&mut self.named.disputes);
        let unsettled = |d: &Dispute<'w>| d.mark > agreed.mark || !self.settles(&agreed, d, day);
        let (open, settled): (Vec<_>, Vec<_>) = open.into_iter().partition(unsettled);
        self.named.disputes = open;
        for dispute in settled {
            self.named.note_dispute(dispute.mark, Fate::Agreed(agreed.mark), day);
        }
    }

    /// The latest agreement in effect.
    pub(crate) fn standing_agreement(&self) -> Option<&Naming<'w>> {
        self.named.agreements.iter().rev().find(|n| n.in_effect)
    }
}
