//! Step 9: the coordinator's absence is data about an employee (S-15).
//!
//! Must never let the cause out, nor any field it does not know, nor where a child with a protected address is.

use super::Step;
use crate::case::Case;
use crate::decision::{Decision, Reason, Verdict};
use crate::redaction::split;

/// All that anyone needs to know: who, from when, until when, and who instead.
const MAY_BE_KNOWN: [&str; 4] = ["coordinator", "unavailable_from", "unavailable_until", "substitute"];

/// Bodies must take part. Of redaction only what tells the place has anything to add (the name of a coordinator may), and
/// it is taken here, so that the answer is whole.
pub(super) fn of_an_employee<'a>(case: &Case<'a>) -> Step<'a> {
    if !case.is_category(&["employee_absence"]) {
        return Step::Next;
    }
    if !case.recipient.person && !case.takes_part() {
        return Step::Deny(Reason::DenyNotParticipant);
    }
    let may_go = |f: &str| MAY_BE_KNOWN.contains(&f) && !case.hides_the_place_in(f);
    let (released, withheld) = split(&case.request.item.fields, may_go);
    if released.is_empty() {
        return Step::Deny(Reason::DenyDefault);
    }
    let basis = Reason::StatutoryFvl13b5;
    let (decision, reason) =
        if withheld.is_empty() { (Verdict::Permit, basis) } else { (Verdict::Redact, Reason::RedactAbsenceCause) };
    Step::Done(Decision { decision, reason, basis: Some(basis), released, withheld })
}
