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
    let strengt = case.protection == Protection::Strengt;
    if strengt && !case.recipient.allow_listed_strict {
        return Step::Deny(Reason::DenyAddressStrict);
    }
    match consent(case, case.category()) {
        // With everything manual, what consent opens is for a person to hand over (step 7).
        Ok(_) if strengt && !case.allow_listed() => Step::Deny(Reason::DenyAddressStrict),
        found => Step::consent_or(found, Reason::DenyCrisisShelter),
    }
}
