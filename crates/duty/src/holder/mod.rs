//! What the municipality and its services have said on who coordinates: decisions, agreements, disputes and claims.
//!
//! What names a service that cannot hold has its alert and no other effect; what names one that starts later waits
//! for it. Must never bring back something older when a holder falls away.

pub(crate) mod agreement;
pub(crate) mod claim;
pub(crate) mod decision;
pub(crate) mod dispute;
pub(crate) mod koordinator;
pub(crate) mod past;

use samhold_model::{Date, FactBody};

use crate::case::Case;
use crate::known::Mark;
use crate::services::Services;
use dispute::Dispute;
use past::{Fate, Past};

/// One service named as the one that coordinates.
#[derive(Clone, Debug)]
pub(crate) struct Naming<'w> {
    pub mark: Mark,
    pub service: &'w str,
    /// Services that agreed; empty for decisions and claims.
    pub parties: Vec<&'w str>,
    /// First day a decision no longer stands.
    pub valid_to: Option<Date>,
    /// The service has started: the naming has effect.
    pub in_effect: bool,
    /// The named service has said that it does not coordinate.
    pub disclaimed: Option<Mark>,
}

impl<'w> Naming<'w> {
    pub(crate) fn new(mark: Mark, service: &'w str) -> Self {
        Self { mark, service, parties: Vec::new(), valid_to: None, in_effect: false, disclaimed: None }
    }
}

/// A naming without effect, for its alert.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Misfit<'w> {
    pub mark: Mark,
    pub service: &'w str,
}

/// Everything said, oldest first in each list.
#[derive(Clone, Debug, Default)]
pub(crate) struct Designations<'w> {
    pub decisions: Vec<Naming<'w>>,
    pub agreements: Vec<Naming<'w>>,
    pub claims: Vec<Naming<'w>>,
    pub disputes: Vec<Dispute<'w>>,
    /// The latest decision by someone without authority, until a valid one.
    pub unauthorised_decision: Option<Mark>,
    pub unauthorised_withdrawal: Option<Mark>,
    pub unfit_decision: Option<Misfit<'w>>,
    pub unfit_agreement: Option<Misfit<'w>>,
    /// Claims of services that cannot hold, until an agreement or decision, or until they are taken back.
    pub unfit_claims: Vec<Misfit<'w>>,
    /// What no longer counts and why, for the explanation.
    pub past: Vec<Past<'w>>,
}

impl<'w> Designations<'w> {
    /// Forgets what was said before `day`.
    pub(crate) fn forget_before(&mut self, day: Date) {
        let start = Mark { at: day, nr: 0 };
        self.note_older(start, Fate::Forgotten, day);
        self.settle_older(start);
        self.unauthorised_decision = self.unauthorised_decision.filter(|m| *m >= start);
        self.unauthorised_withdrawal = self.unauthorised_withdrawal.filter(|m| *m >= start);
        self.unfit_decision = self.unfit_decision.filter(|m| m.mark >= start);
        self.unfit_agreement = self.unfit_agreement.filter(|m| m.mark >= start);
        self.unfit_claims.retain(|m| m.mark >= start);
    }

    /// Drops everything older than `mark` for good.
    fn settle_older(&mut self, mark: Mark) {
        self.decisions.retain(|n| n.mark >= mark);
        self.agreements.retain(|n| n.mark >= mark);
        self.claims.retain(|n| n.mark >= mark);
        self.disputes.retain(|d| d.mark >= mark);
    }
}

impl<'w> Case<'w> {
    pub(crate) fn take_designation(&mut self, mark: Mark, body: &'w FactBody) {
        match body {
            FactBody::HolderDecided { service, by, valid_to, .. } => self.take_decision(mark, service, by, *valid_to),
            FactBody::DecisionWithdrawn { by, .. } => self.take_withdrawal(mark, by),
            FactBody::HolderAgreed { service, parties } => self.take_agreement(mark, service, parties),
            FactBody::DisputeRaised { parties } => {
                let parties = parties.iter().map(String::as_str).collect();
                self.named.disputes.push(Dispute { mark, parties });
            }
            FactBody::HolderClaimed { service } => self.take_claim(mark, service),
            FactBody::HolderDisclaimed { service } => self.take_disclaim(mark, service),
            _ => {}
        }
    }

    /// Lets what has lapsed lapse, what waited take effect, and agreements settle disputes.
    pub(crate) fn settle_designations(&mut self, day: Date) {
        self.named.note_lapsed(day);
        self.named.decisions.retain(|n| n.valid_to.is_none_or(|to| day < to));
        let services = &self.world.services;
        self.named.note_unfit(|n| may_still_hold(n, services, day), day);
        self.named.decisions.retain(|n| may_still_hold(n, services, day));
        self.named.agreements.retain(|n| may_still_hold(n, services, day));
        self.named.claims.retain(|n| may_still_hold(n, services, day));
        self.start_decisions(day);
        self.start_agreements(day);
        self.start_claims(day);
        self.settle_disputes(day);
        self.drop_misfits_that_fit(day);
    }

    /// Who may hold by now is named in vain no longer, whatever has become of the naming.
    fn drop_misfits_that_fit(&mut self, day: Date) {
        let services = &self.world.services;
        let unfit = |m: &Misfit<'_>| !services.can_hold(m.service, day);
        let named = &mut self.named;
        named.unfit_decision = named.unfit_decision.filter(unfit);
        named.unfit_agreement = named.unfit_agreement.filter(unfit);
        named.unfit_claims.retain(unfit);
    }
}

/// One in effect lasts while its service may hold; one that waits is dropped when its service turns out unfit.
fn may_still_hold(naming: &Naming<'_>, services: &Services<'_>, day: Date) -> bool {
    services.can_hold(naming.service, day) || !(naming.in_effect || services.serving(naming.service, day))
}

/// The first that waits and whose service may hold now.
fn ready<'a, 'w>(waiting: &'a [Naming<'w>], services: &Services<'_>, day: Date) -> Option<&'a Naming<'w>> {
    waiting.iter().find(|n| !n.in_effect && services.can_hold(n.service, day))
}

/// Takes effect: marks the naming at `mark`.
fn put_in_effect(namings: &mut [Naming<'_>], mark: Mark) {
    for naming in namings.iter_mut().filter(|n| n.mark == mark) {
        naming.in_effect = true;
    }
}
