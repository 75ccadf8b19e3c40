//! Alerts of the duty itself: no holder, disputes, namings without effect, handover, reassessment.

use std::collections::BTreeSet;

use samhold_model::dates::{add_days, days_between};

use super::raise;
use crate::answer::{Alert, Basis, DutyState, HolderKind};
use crate::case::Case;
use crate::holder::Misfit;
use crate::replay::Picture;

/// The kind of service whose name must not be published outward (krisesenterlova 4 and 5).
pub(crate) const MASKED_KIND: &str = "krisesenter";

pub(super) fn raise_all(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    no_holder(picture, raised);
    disputes(picture, raised);
    namings(picture, raised);
    by_basis(picture, raised);
    holder(picture, raised);
    need(picture, raised);
}

/// Counted from the start of the unbroken stretch without a named holder.
fn no_holder(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    if picture.outcome.state != DutyState::HeldByDefault {
        return;
    }
    let grace = picture.case.world.rules.config.no_holder_grace_days;
    let overdue = stands_longer_than(picture, grace);
    raised.insert(if overdue { Alert::NoHolderOverdue } else { Alert::NoHolderDesignated });
    raise(raised, Alert::HandoverNeeded, picture.case.last_holder.is_some());
    raise(raised, Alert::HolderNoLongerProvides, picture.holder_gone);
}

fn stands_longer_than(picture: &Picture<'_>, days: i64) -> bool {
    picture.state_since.is_some_and(|since| days_between(since, picture.day) > days)
}

fn disputes(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    let days = picture.case.world.rules.config.dispute_decision_days;
    let disputed = picture.outcome.state == DutyState::Disputed;
    raise(raised, Alert::DisputeOpen, disputed);
    raise(raised, Alert::DisputeOverdue, disputed && stands_longer_than(picture, days));
    let decided = picture.outcome.basis == Some(Basis::Decision);
    raise(raised, Alert::DisputeAfterDecision, decided && !picture.case.said_against_decision().is_empty());
    raise(raised, Alert::AgreementContradictsDecision, decided && agreement_contradicts(&picture.case));
}

fn agreement_contradicts(case: &Case<'_>) -> bool {
    match (case.standing_decision(), case.standing_agreement()) {
        (Some(decision), Some(agreed)) => agreed.mark > decision.mark && agreed.service != decision.service,
        _ => false,
    }
}

/// Decisions, agreements, claims and koordinators without effect. One whose service is known to start is no misfit.
fn namings(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    let (case, day) = (&picture.case, picture.day);
    let misfit = |m: &Option<Misfit<'_>>| m.is_some_and(|m| !case.world.services.can_hold_later(m.service, day));
    let named = &case.named;
    let koordinator = case.unfit_koordinator(day).filter(|_| picture.outcome.state != DutyState::Ended);
    let koordinator = koordinator.map(|k| Misfit { mark: k.mark, service: k.service });
    let designee = [&named.unfit_decision, &named.unfit_agreement, &koordinator].into_iter().any(misfit);
    raise(raised, Alert::DesigneeNotMunicipal, designee);
    raise(raised, Alert::ClaimByNonMunicipal, named.unfit_claims.iter().any(|m| misfit(&Some(*m))));
    let unauthorised = [named.unauthorised_decision, named.unauthorised_withdrawal, case.plan.unauthorised_decision];
    raise(raised, Alert::DecisionWithoutAuthority, unauthorised.iter().any(Option::is_some));
}

fn by_basis(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    raise(raised, Alert::SingleClaimOnly, picture.outcome.basis == Some(Basis::ClearCase));
    raise(raised, Alert::KoordinatorDerived, picture.outcome.basis == Some(Basis::Hol72));
}

fn holder(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    let services = &picture.case.world.services;
    let masked = picture.outcome.services().any(|s| services.kind(s, picture.day) == Some(MASKED_KIND));
    raise(raised, Alert::HolderMasked, masked);
    let holding = picture.outcome.reference.filter(|_| picture.outcome.kind == HolderKind::Service);
    let warning = picture.case.world.rules.config.transition_warning_days;
    let end = holding.and_then(|s| services.known_end(s, picture.day));
    raise(
        raised,
        Alert::TransitionUpcoming,
        end.is_some_and(|end| add_days(end, warning.saturating_neg()) <= picture.day),
    );
}

fn need(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    let (case, day) = (&picture.case, picture.day);
    let providers = case.providers(day).count();
    // Said of the registration itself, also where a barnekoordinator already implies the duty.
    let waits = !case.need.participants.is_empty() && !case.need.registered;
    raise(raised, Alert::TooFewProviders, waits && providers < 2);
    raise(raised, Alert::NoSamordningClause, waits && case.clauses(day).next().is_none());
    let split = case.placed.is_some_and(|(_, stay, care)| stay != care);
    raise(raised, Alert::SplitResponsibility, split);
    let stale = case.need.ceased.is_some() || case.need.is_left_over() || case.conditions_lapsed().is_some();
    let thin = case.need.registered && providers < 2;
    raise(raised, Alert::NeedReassessment, case.need.exists() && (stale || thin));
}
