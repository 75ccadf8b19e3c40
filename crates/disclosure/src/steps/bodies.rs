//! Steps 14 to 17 and 20 to 23: bodies that take part, that need it for health care, that fetch it, or by consent.
//!
//! Must never see a person as recipient: step 13 has answered for those.

use super::{COORDINATORS, META, Step};
use crate::case::{Case, Regime};
use crate::consent::{consent, consent_of};
use crate::decision::Reason;
use crate::entitled::objects;

/// Cells of table 6.5 marked `-` that no earlier step answers: never, consent or not.
const NEVER: [(&str, &str); 2] = [("family_counselling_contact", "ngo"), ("other_person_health", "ngo")];

/// Schools for opplæringslova 25-1.
const SCHOOLS: [&str; 2] = ["skole_kommunal", "skole_privat"];

/// Step 14. An objection beats every ground and every consent under these acts (hpl 25 and 45).
pub(super) fn objection<'a>(case: &Case<'a>) -> Step<'a> {
    let may_object = matches!(case.regime, Regime::Hpl | Regime::Hol | Regime::Fvkl);
    if may_object && objects(case) { Step::Deny(Reason::DenyObjection) } else { Step::Next }
}

/// Step 15. What the barnekoordinator and the koordinerende enhet need for the coordination task (S-04).
pub(super) fn coordinators<'a>(case: &Case<'a>) -> Step<'a> {
    let needed = case.is_category(&META) || case.is_category(&["team_roster", "plan_exists", "placement"]);
    if case.takes_part() && case.to(&COORDINATORS) && needed {
        return Step::ground(Reason::NeedToKnowHolder);
    }
    Step::Next
}

/// Step 16. fvl 13 b no 5; the relation to NAV only where the municipality has chosen to be no stricter than the law.
pub(super) fn public_participants<'a>(case: &Case<'a>) -> Step<'a> {
    let nav = case.config().nav_relation_without_consent
        && case.is_category(&["social_service_relation"])
        && !case.about_someone_else();
    let covered = case.is_category(&META) || case.is_category(&["placement"]) || nav;
    if case.takes_part() && case.counts_as_organ() && case.purpose("coordination") && covered {
        return Step::ground(Reason::StatutoryFvl13b5);
    }
    Step::Next
}

/// Step 17. hpl 25 and 45: consent is no substitute for a purpose that rests on necessity.
pub(super) fn health_care<'a>(case: &Case<'a>) -> Step<'a> {
    let childs_health = case.regime == Regime::Hpl && !case.is_category(&["other_person_health"]);
    if !(childs_health && case.recipient.health && case.purpose("health_care")) {
        return Step::Next;
    }
    if case.found_necessary() { Step::ground(Reason::StatutoryHpl25) } else { Step::Deny(Reason::DenyNotNecessary) }
}

/// Step 20. opplæringslova 25-1 second paragraph: the new school fetches what is necessary.
pub(super) fn new_school_fetches<'a>(case: &Case<'a>) -> Step<'a> {
    let item = &case.request.item;
    let between_schools = SCHOOLS.contains(&item.from.as_str()) && case.to(&SCHOOLS);
    let fetched = case.request.flags.pull_by_new_school && case.found_necessary();
    if case.is_category(&["education_support"]) && case.purpose("transition") && fetched && between_schools {
        return Step::ground(Reason::StatutoryOppll251);
    }
    Step::Next
}

/// Step 21.
pub(super) fn never<'a>(case: &Case<'a>) -> Step<'a> {
    let cell = (case.category(), case.request.recipient.kind.as_str());
    if NEVER.contains(&cell) { Step::Deny(Reason::DenyDefault) } else { Step::Next }
}

/// Step 22. What is about someone else is theirs to give (S-10).
pub(super) fn third_person<'a>(case: &Case<'a>) -> Step<'a> {
    if !case.about_someone_else() {
        return Step::Next;
    }
    let consent = case.other_person().map(|person| consent_of(case, person, case.category()));
    Step::consent_or(consent.unwrap_or(Err(Reason::DenyThirdPartyConsent)), Reason::DenyThirdPartyConsent)
}

/// Step 23. A recipient named in a consent need not take part; with no consent at all, taking part comes first.
pub(super) fn consent_decides<'a>(case: &Case<'a>) -> Step<'a> {
    let consent = consent(case, case.category());
    if consent.is_err() && case.request.consents.is_empty() && !case.takes_part() {
        return Step::Deny(Reason::DenyNotParticipant);
    }
    Step::consent(consent)
}
