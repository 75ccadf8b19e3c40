//! Steps 5 to 8: addresses and address protection (folkeregisterloven 10-4, table 6.4).
//!
//! Must never count a private provider as public, whatever the settings say.

use super::Step;
use crate::case::{Case, Protection};
use crate::decision::Reason;

/// Step 5. Recipients have their own access to Folkeregisteret.
pub(super) fn address<'a>(case: &Case<'a>) -> Step<'a> {
    if !case.is_category(&["address"]) {
        return Step::Next;
    }
    match case.protection {
        Protection::Strengt => Step::Deny(Reason::DenyAddressStrict),
        Protection::Fortrolig if !case.recipient.public => Step::Deny(Reason::DenyAddressProtected),
        _ if !case.config().forward_addresses => Step::Deny(Reason::DenyAddressFromRegister),
        _ => Step::Next,
    }
}

/// Step 6. A protected child cannot be represented digitally by others.
pub(super) fn persons<'a>(case: &Case<'a>) -> Step<'a> {
    let protected = case.protection != Protection::None;
    if protected && case.recipient.person && !case.to(&["child"]) {
        return Step::Deny(Reason::DenyNoDigitalGuardian);
    }
    Step::Next
}

/// Step 7. Strengt fortrolig: nothing automatic but to the allow list, and not even that when all is manual.
pub(super) fn strict<'a>(case: &Case<'a>) -> Step<'a> {
    if case.protection == Protection::Strengt && !case.allow_listed() {
        return Step::Deny(Reason::DenyAddressStrict);
    }
    Step::Next
}

/// Step 8. A placement is a place.
pub(super) fn placement<'a>(case: &Case<'a>) -> Step<'a> {
    let private_body = !case.recipient.public && !case.recipient.person;
    if case.protection == Protection::Fortrolig && private_body && case.is_category(&["placement"]) {
        return Step::Deny(Reason::DenyAddressProtected);
    }
    Step::Next
}
