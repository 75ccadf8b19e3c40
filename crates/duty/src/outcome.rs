//! Who holds at a point of the history: the order of evaluation, from terminal events to the municipality itself.
//!
//! Must never answer that nobody holds while there is a duty.

use samhold_model::Date;

use crate::answer::{Basis, DutyState, EndReason, HolderKind};
use crate::bk::substitute::Acting;
use crate::case::{Case, Named};

/// The answer of the duty track, without dates.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<'w> {
    pub state: DutyState,
    pub kind: HolderKind,
    pub reference: Option<&'w str>,
    pub basis: Option<Basis>,
    pub acting: Option<&'w str>,
    pub end_reason: Option<EndReason>,
    /// The service that holds, or that employs the person who does.
    pub service: Option<&'w str>,
}

impl<'w> Outcome<'w> {
    fn nobody(state: DutyState) -> Self {
        let kind = HolderKind::None;
        Self { state, kind, reference: None, basis: None, acting: None, end_reason: None, service: None }
    }

    fn ended(reason: EndReason) -> Self {
        Self { end_reason: Some(reason), ..Self::nobody(DutyState::Ended) }
    }

    fn municipality(state: DutyState, acting: Option<&'w str>) -> Self {
        let basis = Some(Basis::Default);
        Self { kind: HolderKind::Municipality, basis, acting, ..Self::nobody(state) }
    }

    fn held(kind: HolderKind, reference: &'w str, basis: Basis, service: &'w str) -> Self {
        let (reference, basis, service) = (Some(reference), Some(basis), Some(service));
        Self { kind, reference, basis, service, ..Self::nobody(DutyState::Held) }
    }

    fn service(service: &'w str, basis: Basis) -> Self {
        Self::held(HolderKind::Service, service, basis, service)
    }

    /// The holder, where a service or person is named.
    pub(crate) fn named(&self) -> Option<Named<'w>> {
        let reference = self.reference.filter(|_| self.state == DutyState::Held)?;
        Some(Named { kind: self.kind, reference, service: self.service })
    }

    /// The service that holds, employs the holder, or acts.
    pub(crate) fn services(&self) -> impl Iterator<Item = &'w str> {
        self.service.into_iter().chain(self.acting)
    }
}

impl<'w> Case<'w> {
    pub(crate) fn outcome(&self, day: Date) -> Outcome<'w> {
        if let Some(terminal) = self.terminal {
            return Outcome::ended(terminal.reason);
        }
        if day < self.world.rules.law.in_force {
            return Outcome::nobody(DutyState::NoneNeeded);
        }
        match (self.need.exists(), self.need.ended) {
            (true, _) => self.by_barnekoordinator(day).unwrap_or_else(|| self.after_barnekoordinator(day)),
            (false, Some(_)) => Outcome::ended(EndReason::NeedCeased),
            (false, None) => Outcome::nobody(DutyState::NoneNeeded),
        }
    }

    /// a valid barnekoordinator holds, or the role is vacant.
    fn by_barnekoordinator(&self, day: Date) -> Option<Outcome<'w>> {
        let valid = self.bk.valid()?;
        let held = |kind, person| Outcome::held(kind, person, Basis::Hol72a, valid.service);
        Some(match self.acting_for(valid.person, day) {
            Some(Acting::Principal) => held(HolderKind::Barnekoordinator, valid.person),
            Some(Acting::Substitute(s)) => held(HolderKind::BarnekoordinatorSubstitute, s.person),
            None => Outcome::municipality(DutyState::Vacant, self.acting_in_vacancy(valid.person, day)),
        })
    }

    /// A service decided or agreed on after the first vacant day.
    fn acting_in_vacancy(&self, person: &str, day: Date) -> Option<&'w str> {
        let first = self.vacant_from.unwrap_or_else(|| self.first_vacant_day(person, day));
        let decision = self.standing_decision().filter(|n| n.mark.at > first);
        let agreement = self.standing_agreement().filter(|n| n.mark.at > first);
        decision.or(agreement).map(|n| n.service)
    }

    /// in the order of precedence.
    fn after_barnekoordinator(&self, day: Date) -> Outcome<'w> {
        if let Some(decision) = self.standing_decision() {
            return Outcome::service(decision.service, Basis::Decision);
        }
        if self.open_dispute().is_some() {
            return Outcome::municipality(DutyState::Disputed, self.last_undisputed(day));
        }
        if let Some(agreement) = self.standing_agreement() {
            return Outcome::service(agreement.service, Basis::Agreement);
        }
        let settings = &self.world.rules.config;
        if let Some(koordinator) = self.municipal_koordinator(day).filter(|_| settings.ordinary_coordinator_counts) {
            return Outcome::service(koordinator.service, Basis::Hol72);
        }
        if let Some(claim) = self.standing_claims().first().filter(|_| settings.single_claim_is_enough) {
            return Outcome::service(claim.service, Basis::ClearCase);
        }
        Outcome::municipality(DutyState::HeldByDefault, None)
    }

    /// the last undisputed holder, if still serving.
    fn last_undisputed(&self, day: Date) -> Option<&'w str> {
        let last = self.last_holder.filter(|n| n.kind == HolderKind::Service).map(|n| n.reference);
        last.or_else(|| self.revived()).filter(|service| self.world.services.can_hold(service, day))
    }

    /// Where a barnekoordinator held last, the service whose older agreement has come back with the dispute about it
    /// (`revive_previous_on_bk_end`).
    fn revived(&self) -> Option<&'w str> {
        let dispute = self.open_dispute()?;
        self.standing_agreement().filter(|agreed| agreed.mark < dispute.mark).map(|agreed| agreed.service)
    }
}
