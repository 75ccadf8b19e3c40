//! Steps 10 and 13: parents without foreldreansvar and foster homes.
//!
//! Must never let a person through to the steps for bodies.

use super::{META, Step};
use crate::case::Case;
use crate::decision::Reason;

/// Step 10. barnelova 47 gives a right on request, which a person handles.
pub(super) fn without_responsibility<'a>(case: &Case<'a>) -> Step<'a> {
    if case.to(&["parent_without_responsibility"]) { Step::Deny(Reason::DenyNoResponsibility) } else { Step::Next }
}

/// Step 13. The foster home has the daily care; other kinds of person have no rule and get nothing.
pub(super) fn foster_home<'a>(case: &Case<'a>) -> Step<'a> {
    if !case.recipient.person {
        return Step::Next;
    }
    let placed = case.subject().care_order_by.is_some() && case.age < 18;
    if case.to(&["foster_home"]) && placed && (case.is_category(&META) || health_of_the_young(case)) {
        return Step::ground(Reason::GuardianRight);
    }
    Step::Deny(Reason::DenyDefault)
}

/// The child's own health while under 16, unless the child keeps it to itself.
fn health_of_the_young(case: &Case<'_>) -> bool {
    case.is_category(&["health_condition", "health_service_use"])
        && !case.about_someone_else()
        && case.age < 16
        && !case.kept_from_guardians(case.category())
}
