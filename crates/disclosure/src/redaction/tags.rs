//! Steps b and c: what tags on fields keep back.
//!
//! Must never let a field with an unknown tag out: nobody can say what it reveals.

use super::Left;
use crate::case::Case;
use crate::consent::{consent, consent_of};
use crate::decision::Reason;

/// Step b. pbrl 3-4: a child of 12 to 15 may keep things from those who care for it.
pub(super) fn childs_own(case: &Case<'_>, left: &mut Left<'_>) {
    if case.to(&["guardian", "foster_home"]) && (12..16).contains(&case.age) {
        left.keep(Reason::RedactChildConfidential, |f| tag(case, f) != Some("child_confidential"));
    }
}

/// Step c. Third parties first, so that a sensitive holder is the reason when both hold something back.
pub(super) fn third_parties_and_services(case: &Case<'_>, left: &mut Left<'_>) {
    left.keep(Reason::RedactThirdParty, |f| tag(case, f) != Some("other_person_health") || theirs_to_give(case, f));
    left.keep(Reason::RedactSensitiveHolder, |f| match tag(case, f) {
        None | Some("child_confidential" | "other_person_health") => true,
        Some("reveals_krisesenter") => may_know_of(case, "krisesenter", f),
        Some("reveals_barnevern") => may_know_of(case, "barnevern", f),
        Some("reveals_familievern") => may_know_of(case, "familievern", f),
        Some(_) => false,
    });
}

fn tag<'a>(case: &Case<'a>, field: &str) -> Option<&'a str> {
    case.request.item.field_tags.get(field).map(String::as_str)
}

/// The consent of the person the item is about. A field of an unnamed person has nobody who could give it.
fn theirs_to_give(case: &Case<'_>, field: &str) -> bool {
    let consent = case.other_person().map(|who| consent_of(case, who, "other_person_health"));
    consent.is_some_and(|c| c.is_ok_and(|reach| reach.covers(field)))
}

/// The recipient is that very service, or there is a valid consent to reveal it, reaching this field.
pub(super) fn may_know_of(case: &Case<'_>, service: &str, field: &str) -> bool {
    case.to(&[service]) || relation(service).is_some_and(|c| consent(case, c).is_ok_and(|reach| reach.covers(field)))
}

/// The category that says a child or parent has to do with a service.
fn relation(service: &str) -> Option<&'static str> {
    match service {
        "krisesenter" => Some("crisis_shelter_contact"),
        "barnevern" => Some("barnevern_case_exists"),
        "familievern" => Some("family_counselling_contact"),
        _ => None,
    }
}
