//! Redaction by field and by tag: what a grant lets out, less what must stay (S-07, S-10, S-13, S-14).
//!
//! Must never put back what an earlier step held back.

mod holder;
mod tags;

use std::collections::BTreeSet;

use crate::case::{Case, place_is_hidden};
use crate::decision::{Decision, Reason, Verdict};
use crate::steps::Grant;

/// The field names, each once, split into those that pass and those that do not.
pub(crate) fn split(fields: &[String], passes: impl Fn(&str) -> bool) -> (Vec<String>, Vec<String>) {
    let mut seen = BTreeSet::new();
    let once = fields.iter().filter(|f| seen.insert(f.as_str()));
    once.cloned().partition(|f| passes(f))
}

/// Fields still going out, and the last reason that held one back.
pub(crate) struct Left<'a> {
    fields: Vec<&'a str>,
    reason: Option<Reason>,
}

impl<'a> Left<'a> {
    /// Keeps what passes; says why if something did not.
    fn keep(&mut self, reason: Reason, passes: impl Fn(&str) -> bool) {
        let before = self.fields.len();
        self.fields.retain(|f| passes(f));
        if self.fields.len() < before {
            self.reason = Some(reason);
        }
    }
}

/// Steps a to e on what the grant lets out.
pub(crate) fn redact(case: &Case<'_>, grant: &Grant<'_>) -> Decision {
    let mut left = Left { fields: case.request.item.fields.iter().map(String::as_str).collect(), reason: None };
    left.keep(Reason::RedactOutOfScope, |f| grant.reach.covers(f));
    tags::childs_own(case, &mut left);
    tags::third_parties_and_services(case, &mut left);
    holder::mask(case, &mut left);
    location(case, &mut left);
    answer(case, grant.basis, &left)
}

/// Step e. Location is more than an address; public bodies may have it about a fortrolig child.
fn location(case: &Case<'_>, left: &mut Left<'_>) {
    if place_is_hidden(case.subject(), &case.request.recipient, case.rules) {
        left.keep(Reason::RedactLocation, |f| !case.config().location_fields.iter().any(|l| l == f));
    }
}

fn answer(case: &Case<'_>, basis: Reason, left: &Left<'_>) -> Decision {
    let fields = &case.request.item.fields;
    if left.fields.is_empty() {
        return Decision::deny(nothing_left(left.reason), fields);
    }
    let (released, withheld) = split(fields, |f| left.fields.contains(&f));
    let decision = if withheld.is_empty() { Verdict::Permit } else { Verdict::Redact };
    Decision { decision, reason: left.reason.unwrap_or(basis), basis: Some(basis), released, withheld }
}

/// Why, when redaction leaves nothing.
fn nothing_left(last: Option<Reason>) -> Reason {
    match last {
        Some(Reason::RedactLocation) => Reason::DenyAddressProtected,
        Some(Reason::RedactThirdParty) => Reason::DenyThirdPartyConsent,
        Some(Reason::RedactChildConfidential) => Reason::DenyChildConfidential,
        _ => Reason::DenyDefault,
    }
}
