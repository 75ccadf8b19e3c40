//! Redaction by field and by tag: what a grant lets out, less what must stay (S-07, S-10, S-13, S-14).
//!
//! Must never put back what an earlier step held back.

pub(crate) mod holder;
mod tags;

use crate::case::Case;
use crate::decision::{Decision, Reason, Verdict};
use crate::steps::Grant;

pub(crate) use holder::{known_kind, not_sensitive};
pub(crate) use tags::{consented_tag, relation_consent};

/// The field names, each once, split into those that pass and those that do not.
pub(crate) fn split(fields: &[String], passes: impl Fn(&str) -> bool) -> (Vec<String>, Vec<String>) {
    let (mut pass, mut stay) = (Vec::with_capacity(fields.len()), Vec::new());
    for (n, field) in fields.iter().enumerate() {
        // An item has few fields: looking through those before it is cheaper than a set of them.
        if fields.iter().take(n).any(|before| before == field) {
            continue;
        }
        if passes(field) { pass.push(field.clone()) } else { stay.push(field.clone()) }
    }
    (pass, stay)
}

/// A field that a step held back.
pub(crate) struct Held<'a> {
    pub(crate) field: &'a str,
    /// The letter of the step, a to e.
    pub(crate) step: char,
    pub(crate) reason: Reason,
}

/// Fields still going out, and those held back in the order of the steps.
pub(crate) struct Left<'a> {
    fields: Vec<&'a str>,
    pub(crate) held: Vec<Held<'a>>,
}

impl<'a> Left<'a> {
    /// Keeps what passes; remembers why the rest did not.
    fn keep(&mut self, step: char, reason: Reason, passes: impl Fn(&str) -> bool) {
        let held = &mut self.held;
        self.fields.retain(|field| {
            let passed = passes(field);
            if !passed {
                held.push(Held { field, step, reason });
            }
            passed
        });
    }

    /// The last reason that held something back.
    fn reason(&self) -> Option<Reason> {
        self.held.last().map(|held| held.reason)
    }
}

/// Steps a to e on what the grant lets out.
pub(crate) fn redact(case: &Case<'_>, grant: &Grant<'_>) -> Decision {
    answer(case, grant.basis, &left_of(case, grant))
}

/// What the steps leave of it.
pub(crate) fn left_of<'a>(case: &Case<'a>, grant: &Grant<'_>) -> Left<'a> {
    let mut left = Left { fields: case.request.item.fields.iter().map(String::as_str).collect(), held: Vec::new() };
    left.keep('a', Reason::RedactOutOfScope, |f| grant.reach.covers(f));
    tags::childs_own(case, &mut left);
    tags::third_parties_and_services(case, &mut left);
    holder::mask(case, &mut left);
    location(case, &mut left);
    left
}

/// Step e. Location is more than an address; public bodies may have it about a fortrolig child.
fn location(case: &Case<'_>, left: &mut Left<'_>) {
    left.keep('e', Reason::RedactLocation, |f| !case.hides_the_place_in(f));
}

pub(crate) fn answer(case: &Case<'_>, basis: Reason, left: &Left<'_>) -> Decision {
    let fields = &case.request.item.fields;
    if left.fields.is_empty() {
        return Decision::deny(nothing_left(left.reason()), fields);
    }
    let (released, withheld) = split(fields, |f| left.fields.contains(&f));
    let decision = if withheld.is_empty() { Verdict::Permit } else { Verdict::Redact };
    Decision { decision, reason: left.reason().unwrap_or(basis), basis: Some(basis), released, withheld }
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
