#![doc = include_str!("../README.md")]

mod case;
pub mod cleared;
pub mod config;
mod consent;
pub mod decision;
mod entitled;
pub mod explain;
pub mod facts;
mod narrow;
mod needs;
mod redaction;
mod register;
mod renewal;
pub mod request;
mod steps;
mod timeline;

pub use cleared::{
    Circumstances, Cleared, Envelope, EnvelopeError, EnvelopeKind, ItemDecision, Necessity, Notice, NoticeKind,
    Package, Parcel, Release, Released, ReleasedItem, Shape, ShapeError, release,
};
pub use config::Share;
pub use decision::{Decision, Reason, Verdict};
pub use explain::{Explanation, explain};
pub use facts::FieldFacts;
pub use narrow::{Narrow, Narrowed};
pub use needs::missing_words;
pub use register::{Grant, Opened, Standing, grants, opened, standing_of, who_must_consent};
pub use renewal::{Cause, Ending, endings, renewals};
pub use request::{Consent, Flags, Guardian, Item, Recipient, Request, Subject};
pub use timeline::{Timeline, days_that_matter};

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

/// May this item go to this recipient on this date, as far as the floor goes? What leaves is decided by
/// [`Narrowed::decide`], which asks the policies too.
///
/// The steps are tried in a fixed order and the first that applies decides, so that the audit log has one reason and
/// two installations with the same rules give the same one. Whatever cannot be understood is denied.
#[must_use]
pub fn decide(request: &Request, rules: &Rules) -> Decision {
    let Some(case) = Case::resolve(request, rules) else {
        return Decision::deny(Reason::DenyUnknown, &request.item.fields);
    };
    floor(&case)
}

/// The steps and the redaction, for a question that is understood.
fn floor(case: &Case<'_>) -> Decision {
    let fields = &case.request.item.fields;
    match steps::first_that_applies(case).1 {
        Step::Next => Decision::deny(Reason::DenyDefault, fields),
        Step::Deny(reason) => Decision::deny(reason, fields),
        Step::Release(grant) => redaction::redact(case, &grant),
        Step::Done(decision) => decision,
    }
}
