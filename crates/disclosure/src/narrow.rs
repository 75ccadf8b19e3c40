//! The second layer: policies that may withhold what the floor releases, and never the other way.
//!
//! Must never ask a policy about a field the floor holds back: there is nothing it could answer.

use std::fmt;
use std::sync::Arc;

use crate::case::Case;
use crate::decision::{Decision, Reason, Verdict};
use crate::facts::{FieldFacts, Known};
use crate::redaction::split;
use crate::request::Request;
use crate::{Rules, floor};

/// Policies: yes or no for each field, from its facts alone. Whoever cannot answer says no.
pub trait Narrow: fmt::Debug + Send + Sync {
    /// Whether the field may go, as far as the policies go.
    fn permits(&self, facts: &FieldFacts<'_>) -> bool;
}

/// The floor together with the policies. Without policies nothing can be cleared: [`crate::release`] takes no less than this.
#[derive(Clone, Debug)]
pub struct Narrowed {
    /// The floor.
    pub rules: Rules,
    /// Number of the municipality that sends; a policy may ask.
    pub municipality: String,
    /// The policies in force.
    pub policies: Arc<dyn Narrow>,
}

impl Narrowed {
    /// May this item go to this recipient on this date? What the floor releases and the policies permit.
    ///
    /// Where the policies hold nothing back, the answer is the floor's own, reason and all. Where they do, the reason is
    /// `REDACT_LOCAL_POLICY` or `DENY_LOCAL_POLICY`, and the basis of what still goes out is the floor's.
    #[must_use]
    pub fn decide(&self, request: &Request) -> Decision {
        let Some(case) = Case::resolve(request, &self.rules) else {
            return Decision::deny(Reason::DenyUnknown, &request.item.fields);
        };
        self.narrow(&case, floor(&case))
    }

    fn narrow<'a>(&'a self, case: &Case<'a>, by_floor: Decision) -> Decision {
        if by_floor.decision == Verdict::Deny {
            return by_floor;
        }
        let known = Known::of(case, &self.municipality);
        let named = case.request.item.fields.iter().filter(|f| by_floor.released.contains(f));
        let mut facts = known.any_field();
        let (left, refused): (Vec<&String>, Vec<&String>) = named.partition(|field| {
            known.turn(&mut facts, field);
            self.policies.permits(&facts)
        });
        if refused.is_empty() {
            return by_floor;
        }
        let fields = &case.request.item.fields;
        if left.is_empty() {
            return Decision::deny(Reason::DenyLocalPolicy, fields);
        }
        let (released, withheld) = split(fields, |f| left.iter().any(|l| *l == f));
        Decision {
            decision: Verdict::Redact,
            reason: Reason::RedactLocalPolicy,
            basis: by_floor.basis,
            released,
            withheld,
        }
    }
}
