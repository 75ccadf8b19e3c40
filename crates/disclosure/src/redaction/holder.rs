//! Step d: a holder whose name would reveal a sensitive relation gives way to the koordinerende enhet (S-07, R-25).
//!
//! Must never treat a holder of unknown kind as an ordinary one.

use super::Left;
use super::tags::may_know_of;
use crate::case::Case;
use crate::decision::Reason;
use crate::steps::COORDINATORS;

/// What may always be said; `contact_point` is the koordinerende enhet's.
const NEUTRAL: [&str; 2] = ["coordination_exists", "contact_point"];

/// Sensitive by statute (bvl 13-1, krisesenterlova 5, familievernkontorloven 5); a municipality may add, not remove.
const STATUTORY: [&str; 3] = ["barnevern", "krisesenter", "familievern"];

/// Masks the holder unless the recipient coordinates, is that service, or may know by consent.
pub(super) fn mask(case: &Case<'_>, left: &mut Left<'_>) {
    if !case.is_category(&["holder_service", "coordinator_contact"]) || case.to(&COORDINATORS) {
        return;
    }
    let kind = known_kind(case);
    if kind.is_some_and(|k| !sensitive(case, k)) {
        return;
    }
    let may_know = |f: &str| kind.is_some_and(|k| may_know_of(case, k, f));
    left.keep(Reason::RedactSensitiveHolder, |f| NEUTRAL.contains(&f) || may_know(f));
}

fn known_kind<'a>(case: &Case<'a>) -> Option<&'a str> {
    case.request.item.holder_kind.as_deref().filter(|k| case.rules.law.service_kind.contains_key(*k))
}

fn sensitive(case: &Case<'_>, kind: &str) -> bool {
    STATUTORY.contains(&kind) || case.config().sensitive_holder_kinds.iter().any(|k| k == kind)
}
