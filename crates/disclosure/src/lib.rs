#![doc = include_str!("../README.md")]

pub mod cleared;
pub mod config;
pub mod decision;
pub mod request;

pub use cleared::Cleared;
pub use config::Share;
pub use decision::{Decision, Reason, Verdict};
pub use request::{Consent, Flags, Guardian, Item, Recipient, Request, Subject};

use samhold_model::Law;

/// What the rules are: the law catalogue and the municipality's own settings.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Categories, recipient kinds, purposes.
    pub law: Law,
    /// The municipality's judgement calls.
    pub config: Share,
}

/// May this item go to this recipient on this date?
#[must_use]
pub fn decide(request: &Request, rules: &Rules) -> Decision {
    let _ = rules;
    Decision::deny(Reason::DenyDefault, &request.item.fields)
}
