//! Why a decision came out as it did: the facts it saw, each of the 23 steps, each consent, each field.
//!
//! Built from the very functions that decide, so that it cannot tell another story than they do. Must never hold the values
//! of fields, and must never be sent: it is for whoever answers for the sharing.

mod consents;
mod facts;
mod fields;
mod veil;
pub mod words;

use std::collections::BTreeSet;

use serde::Serialize;

pub use consents::{ConsentTrace, Parties, RecordTrace, Standing};
pub use facts::Facts;
pub use fields::FieldTrace;
pub use veil::MASKED;

pub use crate::entitled::WhoConsents;

use crate::case::Case;
use crate::decision::{Decision, Reason};
use crate::request::{Item, Request};
use crate::steps::{self, LAST, Step};
use crate::{Rules, redaction};

/// One decision, explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// Data category.
    pub category: String,
    /// Recipient kind.
    pub recipient: String,
    /// For what.
    pub purpose: String,
    /// The answer; the same as [`crate::decide`] gives for the floor.
    pub decision: Decision,
    /// What the reason means, in bokmål.
    pub because: &'static str,
    /// What was seen; `None` when step 1 found a word that nobody knows.
    pub facts: Option<Facts>,
    /// All 23 steps in their order.
    pub steps: Vec<StepTrace>,
    /// Each consent that was asked for on the way. Empty when the answer needed none.
    pub consents: Vec<ConsentTrace>,
    /// How many consents are on record for the child, looked at or not.
    pub consents_on_record: usize,
    /// What became of each field.
    pub fields: Vec<FieldTrace>,
    /// Fields tagged as telling of a relation, for [`Explanation::veiled`].
    #[serde(skip)]
    revealing: BTreeSet<String>,
}

/// What became of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It did not apply.
    Passed,
    /// It was the first that applied.
    Decides,
    /// An earlier one decided.
    NotReached,
}

/// One step of the procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepTrace {
    /// 1 to 23.
    pub number: u8,
    /// What became of it.
    pub outcome: Outcome,
    /// When it applies, in bokmål.
    pub says: &'static str,
    /// Act and section.
    pub law: &'static str,
}

/// Decides as [`crate::decide`] does, and tells how.
#[must_use]
pub fn explain(request: &Request, rules: &Rules) -> Explanation {
    let Some(case) = Case::resolve(request, rules).map(Case::listening) else {
        let decision = Decision::deny(Reason::DenyUnknown, &request.item.fields);
        return told(request, None, (1, decision), fields::unredacted);
    };
    let (number, step) = steps::first_that_applies(&case);
    match step {
        Step::Release(grant) => {
            let left = redaction::left_of(&case, &grant);
            let decision = redaction::answer(&case, grant.basis, &left);
            told(request, Some(&case), (number, decision), |decision| fields::redacted(decision, &left))
        }
        Step::Done(decision) => told(request, Some(&case), (number, decision), fields::unredacted),
        Step::Deny(reason) => denied(&case, number, reason),
        Step::Next => denied(&case, number, Reason::DenyDefault),
    }
}

fn denied(case: &Case<'_>, number: u8, reason: Reason) -> Explanation {
    let decision = Decision::deny(reason, &case.request.item.fields);
    told(case.request, Some(case), (number, decision), fields::unredacted)
}

fn told(
    request: &Request,
    case: Option<&Case<'_>>,
    (number, decision): (u8, Decision),
    fields: impl FnOnce(&Decision) -> Vec<FieldTrace>,
) -> Explanation {
    Explanation {
        category: request.item.category.clone(),
        recipient: request.recipient.kind.clone(),
        purpose: request.purpose.clone(),
        because: words::reason(decision.reason),
        facts: case.map(Facts::of),
        steps: (1..=LAST).zip(words::STEPS).map(|(n, (says, law))| step(n, number, (says, law))).collect(),
        consents: case.map(consents::traced).unwrap_or_default(),
        consents_on_record: request.consents.len(),
        fields: fields(&decision),
        revealing: revealing(&request.item),
        decision,
    }
}

/// The three relations and whatever else a tag of a newer program might reveal.
fn revealing(item: &Item) -> BTreeSet<String> {
    item.field_tags.iter().filter(|(_, tag)| tag.starts_with("reveals_")).map(|(name, _)| name.clone()).collect()
}

fn step(number: u8, deciding: u8, (says, law): (&'static str, &'static str)) -> StepTrace {
    let outcome = match number.cmp(&deciding) {
        std::cmp::Ordering::Less => Outcome::Passed,
        std::cmp::Ordering::Equal => Outcome::Decides,
        std::cmp::Ordering::Greater => Outcome::NotReached,
    };
    StepTrace { number, outcome, says, law }
}

impl Explanation {
    /// The step that decided.
    #[must_use]
    pub fn deciding(&self) -> Option<&StepTrace> {
        self.steps.iter().find(|step| step.outcome == Outcome::Decides)
    }
}
