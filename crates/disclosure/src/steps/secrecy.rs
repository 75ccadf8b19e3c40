//! Steps 2 and 3: operators never see content, and ordered secrecy beats every consent.
//!
//! Must never look at who asks in step 3: the order binds towards everyone.

use super::Step;
use crate::case::Case;
use crate::decision::Reason;

/// Step 2. Operators see ids, counts and reason codes only (S-15).
pub(super) fn operations<'a>(case: &Case<'a>) -> Step<'a> {
    if case.to(&["it_operations"]) { Step::Deny(Reason::DenyOperations) } else { Step::Next }
}

/// Step 3. hol 12-1 third, sosialtjenesteloven 44 fifth, familievernkontorloven 6 third paragraph.
pub(super) fn order<'a>(case: &Case<'a>) -> Step<'a> {
    if case.ordered_secret(case.category()) { Step::Deny(Reason::DenySecrecyOrder) } else { Step::Next }
}
