//! Alerts of the individuell plan.

use std::collections::BTreeSet;

use super::raise;
use crate::answer::{Alert, PlanState};
use crate::replay::Picture;

pub(super) fn raise_all(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    let (case, day) = (&picture.case, picture.day);
    let state = case.plan_state(day);
    raise(raised, Alert::IpAwaitingConsent, state == PlanState::AwaitingConsent);
    raise(raised, Alert::IpWithoutConsent, case.plan_lacks_consent(day));
    raise(raised, Alert::IpMainUnassigned, state == PlanState::Unassigned);
    raise(raised, Alert::IpMainDisputed, state == PlanState::Disputed);
    let unfit = case.plan.unfit_main;
    let misfit = unfit.is_some_and(|m| !case.world.services.can_lead_plan_later(m.service, day));
    raise(raised, Alert::IpMainNotEligible, misfit);
    raise(raised, Alert::IpDuplicate, case.plan.is_duplicated());
}
