#![doc = include_str!("../README.md")]

mod case;
pub mod cleared;
pub mod config;
mod consent;
pub mod decision;
mod entitled;
mod redaction;
pub mod request;
mod steps;

pub use cleared::{
    Circumstances, Cleared, Envelope, EnvelopeError, EnvelopeKind, ItemDecision, Necessity, Notice, NoticeKind,
    Package, Parcel, Release, Released, ReleasedItem, Shape, ShapeError, release,
};
pub use config::Share;
pub use decision::{Decision, Reason, Verdict};
pub use request::{Consent, Flags, Guardian, Item, Recipient, Request, Subject};

use samhold_model::Law;

use crate::case::Case;
use crate::steps::Step;

/// What the rules are: the law catalogue and the municipality's own settings.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Categories, recipient kinds, purposes.
    pub law: Law,
    /// The municipality's judgement calls.
    pub config: Share,
}

/// May this item go to this recipient on this date?
///
/// The steps are tried in a fixed order and the first that applies decides, so that the audit log has one reason and
/// two installations with the same rules give the same one. Whatever cannot be understood is denied.
#[must_use]
pub fn decide(request: &Request, rules: &Rules) -> Decision {
    let Some(case) = Case::resolve(request, rules) else {
        return Decision::deny(Reason::DenyUnknown, &request.item.fields);
    };
    match steps::first_that_applies(&case) {
        Step::Next => Decision::deny(Reason::DenyDefault, &request.item.fields),
        Step::Deny(reason) => Decision::deny(reason, &request.item.fields),
        Step::Release(grant) => redaction::redact(&case, &grant),
        Step::Done(decision) => decision,
    }
}
