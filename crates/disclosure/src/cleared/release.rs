//! Decides each item of a package and keeps only the fields that may go.
//!
//! Must never keep a field that a decision did not name, nor make a `Cleared` of nothing.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::Cleared;
use super::package::{Package, Parcel};
use crate::case::place_is_hidden;
use crate::decision::{Decision, Reason, Verdict};
use crate::narrow::Narrowed;

/// What came out of a package.
#[derive(Debug)]
pub struct Release {
    /// What may be sent; `None` when nothing at all may, and then nothing is said, not even that something exists.
    pub cleared: Option<Cleared<Released>>,
    /// Every decision, in the order of the items, for the sender's audit log only.
    pub decisions: Vec<ItemDecision>,
}

/// The decision on one item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ItemDecision {
    /// Data category.
    pub category: String,
    /// What was decided, with names of fields and no values.
    pub decision: Decision,
}

/// The items that may go, with released fields only. Never empty inside a [`Cleared`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Released {
    /// In the order of the package.
    pub items: Vec<ReleasedItem>,
}

/// One item that may go.
#[derive(Clone, PartialEq, Serialize)]
pub struct ReleasedItem {
    /// Data category.
    pub category: String,
    /// The rule that lets it out. Not sent: a recipient could tell things from it.
    #[serde(skip)]
    pub basis: Reason,
    /// Released fields with their values.
    pub fields: Map<String, Value>,
}

impl fmt::Debug for ReleasedItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.keys().collect();
        let mut item = f.debug_struct("ReleasedItem");
        item.field("category", &self.category).field("basis", &self.basis).field("fields", &names).finish()
    }
}

/// Decides every item, by the floor and the policies, and clears what may go to this recipient on this date.
#[must_use]
pub fn release(package: &Package, rules: &Narrowed) -> Release {
    let (mut items, mut decisions) = (Vec::new(), Vec::with_capacity(package.items.len()));
    // One question turned to each item: the child and its consents are copied once.
    let mut question = package.any_question();
    for parcel in &package.items {
        package.turn(&mut question, parcel);
        let decision = rules.decide(&question);
        items.extend(keep(parcel, &decision));
        decisions.push(ItemDecision { category: parcel.category.clone(), decision });
    }
    let place_hidden = place_is_hidden(&question.subject, &package.recipient, &rules.rules, package.date);
    let to = Some(package.recipient.clone());
    let cleared = (!items.is_empty()).then(|| Cleared { content: Released { items }, to, place_hidden });
    Release { cleared, decisions }
}

/// The released fields of an item; nothing without a basis.
fn keep(parcel: &Parcel, decision: &Decision) -> Option<ReleasedItem> {
    let basis = decision.basis.filter(|_| decision.decision != Verdict::Deny)?;
    let named = |name: &String| decision.released.contains(name);
    let passed = parcel.fields.iter().filter(|(name, _)| named(name));
    let fields: Map<String, Value> = passed.map(|(name, value)| (name.clone(), value.clone())).collect();
    (!fields.is_empty()).then(|| ReleasedItem { category: parcel.category.clone(), basis, fields })
}
