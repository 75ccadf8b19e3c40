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

/// Sensitive whatever the settings say (krisesenterlova 5). Which others are is a setting, `sensitive_holder_kinds`; that a
/// municipality's own settings take none of those of statute away is seen to where they are read.
const ALWAYS: &str = "krisesenter";

/// Masks the holder unless the recipient coordinates, is that service, or may know by consent.
pub(super) fn mask(case: &Case<'_>, left: &mut Left<'_>) {
    if !case.is_category(&["holder_service", "coordinator_contact"]) || case.to(&COORDINATORS) {
        return;
    }
    let kind = known_kind(case);
    if not_sensitive(case, kind) {
        return;
    }
    let may_know = |f: &str| kind.is_some_and(|k| may_know_of(case, k, f));
    left.keep('d', Reason::RedactSensitiveHolder, |f| NEUTRAL.contains(&f) || may_know(f));
}

/// The kind of the holder, when the law catalogue knows it on the day.
pub(crate) fn known_kind<'a>(case: &Case<'a>) -> Option<&'a str> {
    let known = |kind: &&str| case.rules.law.service_kind_on(kind, case.request.date).is_some();
    case.request.item.holder_kind.as_deref().filter(known)
}

/// The holder is known, and naming it reveals nothing.
pub(crate) fn not_sensitive(case: &Case<'_>, kind: Option<&str>) -> bool {
    kind.is_some_and(|k| !sensitive(case, k))
}

fn sensitive(case: &Case<'_>, kind: &str) -> bool {
    kind == ALWAYS || case.config().sensitive_holder_kinds.iter().any(|k| k == kind)
}
