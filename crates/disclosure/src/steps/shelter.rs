//! Step 4: contact with a crisis shelter (krisesenterlova 5).
//!
//! Must never tell what was wrong with a consent: that too would reveal the contact.

use super::Step;
use crate::case::{Case, Protection};
use crate::consent::consent;
use crate::decision::Reason;

/// Only the shelter's user can consent; the other parent is never asked.
pub(super) fn contact<'a>(case: &Case<'a>) -> Step<'a> {
    if !case.is_category(&["crisis_shelter_contact"]) {
        return Step::Next;
    }
    if case.protection == Protection::Strengt && !case.allow_listed() {
        return Step::Deny(Reason::DenyAddressStrict);
    }
    Step::consent_or(consent(case, case.category()), Reason::DenyCrisisShelter)
}
