//! Steps b and c: what tags on fields keep back.
//!
//! Must never let a field with an unknown tag out: nobody can say what it reveals.

use super::Left;
use crate::case::{CHILD, Case};
use crate::consent::{Reach, consent, consent_of};
use crate::decision::Reason;

/// Step b. pbrl 3-4: a child of 12 to 15 may keep things from those who care for it.
pub(super) fn childs_own(case: &Case<'_>, left: &mut Left<'_>) {
    if case.to(&["guardian", "foster_home"]) && (12..16).contains(&case.age) {
        left.keep('b', Reason::RedactChildConfidential, |f| tag(case, f) != Some("child_confidential"));
    }
}

/// Step c. Third parties first, so that a sensitive holder is the reason when both hold something back.
pub(super) fn third_parties_and_services(case: &Case<'_>, left: &mut Left<'_>) {
    left.keep('c', Reason::RedactThirdParty, |f| {
        tag(case, f) != Some("other_person_health") || theirs_to_give(case, f)
    });
    left.keep('c', Reason::RedactSensitiveHolder, |f| match tag(case, f) {
        None | Some("child_confidential" | "other_person_health") => true,
        Some(tag) => revealed(tag).is_some_and(|service| may_know_of(case, service, f)),
    });
}

fn tag<'a>(case: &Case<'a>, field: &str) -> Option<&'a str> {
    case.request.item.field_tags.get(field).map(String::as_str)
}

/// The consent of the person the field is about. Where the item names nobody, a live consent to `other_person_health` that
/// somebody else than the child has given in this case, to this recipient and purpose, is that person's.
fn theirs_to_give(case: &Case<'_>, field: &str) -> bool {
    let gives = |who| consent_of(case, who, "other_person_health").is_ok_and(|reach| reach.covers(field));
    match case.other_person() {
        Some(who) => gives(who),
        None => case.request.consents.iter().map(|c| c.by.as_str()).filter(|by| *by != CHILD).any(gives),
    }
}

/// The recipient is that very service, or there is a valid consent to reveal it, reaching this field.
pub(super) fn may_know_of(case: &Case<'_>, service: &str, field: &str) -> bool {
    case.to(&[service]) || relation_consent(case, service).is_some_and(|reach| reach.covers(field))
}

/// A valid consent to tell that a child or parent has to do with a service.
pub(crate) fn relation_consent<'a>(case: &Case<'a>, service: &str) -> Option<Reach<'a>> {
    relation(service).and_then(|category| consent(case, category).ok())
}

/// A consent to what a tag on this field would reveal; to what nobody knows there is none.
pub(crate) fn consented_tag(case: &Case<'_>, tag: &str, field: &str) -> bool {
    if tag == "other_person_health" {
        return theirs_to_give(case, field);
    }
    revealed(tag).and_then(|service| relation_consent(case, service)).is_some_and(|reach| reach.covers(field))
}

/// The service that a tag would reveal.
fn revealed(tag: &str) -> Option<&'static str> {
    match tag {
        "reveals_krisesenter" => Some("krisesenter"),
        "reveals_barnevern" => Some("barnevern"),
        "reveals_familievern" => Some("familievern"),
        _ => None,
    }
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
