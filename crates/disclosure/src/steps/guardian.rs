//! Step 11: guardians with foreldreansvar (table 6.3; pbrl 3-4, opplæringslova 24-5, bvl 12-6).
//!
//! Must never let a guardian's own consent stand in for the youth's.

use super::Step;
use crate::case::{CHILD, Case, Regime};
use crate::consent::consent_of;
use crate::decision::Reason;

/// First who the guardian is, then what the category is.
pub(super) fn guardian<'a>(case: &Case<'a>) -> Step<'a> {
    if !case.to(&["guardian"]) {
        return Step::Next;
    }
    if case.age >= 18 || !case.receiver_has_responsibility() {
        return Step::Deny(Reason::DenyNoResponsibility);
    }
    if case.receiver_is_barred() || case.weighty_reasons() {
        return Step::Deny(Reason::DenyWeightyReasons);
    }
    if case.about_someone_else() && case.other_person() != case.request.recipient.id.as_deref() {
        return Step::Deny(Reason::DenyThirdPartyConsent);
    }
    by_regime(case)
}

fn by_regime<'a>(case: &Case<'a>) -> Step<'a> {
    match case.regime {
        Regime::Bvl => Step::Deny(Reason::DenyViaCaseworker),
        Regime::Hpl => health(case),
        Regime::Oppll => education(case),
        Regime::Hol if case.is_category(&["plan_goals", "plan_full"]) => plan(case),
        Regime::Hol | Regime::Bhl => Step::ground(Reason::GuardianRight),
        _ => Step::Deny(Reason::DenyDefault),
    }
}

/// pbrl 3-4: under 16 the parents are told, unless a child of 12 has asked that they are not.
fn health<'a>(case: &Case<'a>) -> Step<'a> {
    if case.age >= 16 {
        youth_or(case, Reason::DenyAge16)
    } else if case.age >= 12 && case.kept_from_guardians(case.category()) {
        Step::Deny(Reason::DenyChildConfidential)
    } else {
        Step::ground(Reason::GuardianRight)
    }
}

/// opplæringslova 24-5: the pupil decides from 15.
fn education<'a>(case: &Case<'a>) -> Step<'a> {
    if case.age >= 15 && !case.config().guardian_push_education_15_17 {
        return youth_or(case, Reason::DenyAge15Education);
    }
    Step::ground(Reason::GuardianRight)
}

fn plan<'a>(case: &Case<'a>) -> Step<'a> {
    if case.age >= 16 { youth_or(case, Reason::DenyAge16) } else { Step::ground(Reason::GuardianRight) }
}

fn youth_or<'a>(case: &Case<'a>, otherwise: Reason) -> Step<'a> {
    Step::consent_or(consent_of(case, CHILD, case.category()), otherwise)
}
