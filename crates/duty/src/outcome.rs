//! Who holds at a point of the history: the order of evaluation, from terminal events to the municipality itself.
//!
//! Must never answer that nobody holds while there is a duty.

use samhold_model::Date;

use crate::answer::{Basis, DutyState, EndReason, HolderKind};
use crate::bk::substitute::Acting;
use crate::case::{Case, Named};
use crate::known::Mark;

/// The answer of the duty track, without dates.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<'w> {
    pub state: DutyState,
    pub kind: HolderKind,
    pub reference: Option<&'w str>,
    pub basis: Option<Basis>,
    pub acting: Option<&'w str>,
    pub end_reason: Option<EndReason>,
    /// The rule that spoke.
    pub rule: &'static str,
    /// The facts it spoke from.
    pub marks: Vec<Mark>,
    /// The municipal service behind a holder that is a person.
    service: Option<&'w str>,
}

impl<'w> Outcome<'w> {
    fn nobody(state: DutyState, rule: &'static str) -> Self {
        Self {
            state,
            kind: HolderKind::None,
            reference: None,
            basis: None,
            acting: None,
            end_reason: None,
            rule,
            marks: Vec::new(),
            service: None,
        }
    }

    fn ended(reason: EndReason, rule: &'static str, marks: Vec<Mark>) -> Self {
        Self { end_reason: Some(reason), marks, ..Self::nobody(DutyState::Ended, rule) }
    }

    fn municipality(state: DutyState, rule: &'static str, marks: Vec<Mark>) -> Self {
        let basis = Some(Basis::Default);
        Self { kind: HolderKind::Municipality, basis, marks, ..Self::nobody(state, rule) }
    }

    fn service(service: &'w str, basis: Basis, rule: &'static str, mark: Mark) -> Self {
        Self {
            kind: HolderKind::Service,
            reference: Some(service),
            basis: Some(basis),
            marks: vec![mark],
            service: Some(service),
            ..Self::nobody(DutyState::Held, rule)
        }
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
            let rule = if terminal.is_silent() { "R-22" } else { "R-18" };
            return Outcome::ended(terminal.reason, rule, vec![terminal.mark]);
        }
        if day < self.world.rules.law.in_force {
            return Outcome::nobody(DutyState::NoneNeeded, "R-24");
        }
        if !self.need.exists() {
            return match self.need.ended {
                Some(_) => Outcome::ended(EndReason::NeedCeased, "R-22", Vec::new()),
                None => Outcome::nobody(DutyState::NoneNeeded, "R-01"),
            };
        }
        self.by_barnekoordinator(day).unwrap_or_else(|| self.after_barnekoordinator(day))
    }

    /// a valid barnekoordinator holds, or the role is vacant.
    fn by_barnekoordinator(&self, day: Date) -> Option<Outcome<'w>> {
        let valid = self.bk.valid()?;
        let marks: Vec<Mark> = std::iter::once(valid.mark).chain(valid.start.iter().map(|s| s.mark)).collect();
        let held = Outcome { basis: Some(Basis::Hol72a), marks, ..Outcome::nobody(DutyState::Held, "R-03") };
        let service = Some(valid.service);
        Some(match self.acting_for(valid.person, day) {
            Some(Acting::Principal) => {
                Outcome { kind: HolderKind::Barnekoordinator, reference: Some(valid.person), service, ..held }
            }
            Some(Acting::Substitute(substitute)) => Outcome {
                kind: HolderKind::BarnekoordinatorSubstitute,
                reference: Some(substitute.person),
                rule: "R-15",
                marks: held.marks.iter().copied().chain([substitute.mark]).collect(),
                service,
                ..held
            },
            None => {
                let acting = self.acting_in_vacancy(day);
                Outcome { acting, ..Outcome::municipality(DutyState::Vacant, "R-14", held.marks) }
            }
        })
    }

    /// A service decided or agreed on after the first vacant day.
    fn acting_in_vacancy(&self, day: Date) -> Option<&'w str> {
        let first = self.vacant_from.unwrap_or(day);
        let decision = self.standing_decision().filter(|n| n.mark.at > first);
        let agreement = self.standing_agreement().filter(|n| n.mark.at > first && self.open_dispute().is_none());
        decision.or(agreement).map(|n| n.service)
    }

    /// in the order of precedence.
    fn after_barnekoordinator(&self, day: Date) -> Outcome<'w> {
        if let Some(decision) = self.standing_decision() {
            return Outcome::service(decision.service, Basis::Decision, "R-04", decision.mark);
        }
        if let Some(dispute) = self.open_dispute() {
            let acting = self.last_undisputed(day);
            return Outcome { acting, ..Outcome::municipality(DutyState::Disputed, "R-09", vec![dispute.mark]) };
        }
        if let Some(agreement) = self.standing_agreement() {
            return Outcome::service(agreement.service, Basis::Agreement, "R-05", agreement.mark);
        }
        let settings = &self.world.rules.config;
        if let Some(koordinator) = self.municipal_koordinator(day).filter(|_| settings.ordinary_coordinator_counts) {
            return Outcome::service(koordinator.service, Basis::Hol72, "R-06", koordinator.mark);
        }
        if let Some(claim) = self.standing_claims().first().filter(|_| settings.single_claim_is_enough) {
            return Outcome::service(claim.service, Basis::ClearCase, "R-07", claim.mark);
        }
        Outcome::municipality(DutyState::HeldByDefault, "R-02", self.need.registrations.clone())
    }

    /// the last undisputed holder, if still serving.
    fn last_undisputed(&self, day: Date) -> Option<&'w str> {
        let last = self.last_holder.filter(|n| n.kind == HolderKind::Service)?;
        self.world.services.can_hold(last.reference, day).then_some(last.reference)
    }
}
