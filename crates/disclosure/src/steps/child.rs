//! Step 12: the child itself (fvl 18, bvl 12-6).
//!
//! Must never call somebody else's data the child's own.

use super::{META, Step};
use crate::case::{Case, Regime};
use crate::consent::consent_of;
use crate::decision::Reason;

/// That there is a coordinator and a plan at any age; the rest from 15.
pub(super) fn child<'a>(case: &Case<'a>) -> Step<'a> {
    if !case.to(&["child"]) {
        return Step::Next;
    }
    if case.is_category(&META) || case.is_category(&["plan_exists"]) {
        return Step::ground(Reason::OwnInformation);
    }
    if case.age < 15 {
        return Step::Deny(Reason::DenyChildUnder15);
    }
    match case.regime {
        Regime::Bvl => Step::Deny(Reason::DenyViaCaseworker),
        Regime::Fvkl => Step::Deny(Reason::DenyDefault),
        _ if case.about_someone_else() => anothers(case),
        _ => Step::ground(Reason::OwnInformation),
    }
}

/// A parent's or sibling's data is theirs to give, to the child as to anyone (S-10).
fn anothers<'a>(case: &Case<'a>) -> Step<'a> {
    let consent = case.other_person().map(|person| consent_of(case, person, case.category()));
    Step::consent_or(consent.unwrap_or(Err(Reason::DenyThirdPartyConsent)), Reason::DenyThirdPartyConsent)
}
