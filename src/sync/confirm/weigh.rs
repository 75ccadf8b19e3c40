//! Which consents carry what is sensitive in a package: it is decided again without them, and what is gone then rested on
//! them.
//!
//! Pure. Must never be asked to let anything out: it only compares two decisions.

use std::collections::BTreeSet;

use samhold_disclosure::Narrowed;
use samhold_disclosure::cleared::Package;

use super::memory::Unit;
use super::sensitive::Sensitive;
use crate::sync::dossier::Dossier;
use crate::sync::engine::Live;

/// A consent that a register told of.
pub(super) struct Told {
    /// The fact that says so.
    pub(super) fact: String,
    /// Where the register has it.
    pub(super) unit: Unit,
}

/// Number of the item and name of the field.
type Field = (usize, String);

/// A package, and what is sensitive of what would leave.
pub(super) struct Scale<'a> {
    dossier: &'a Dossier,
    package: &'a Package,
    rules: Narrowed,
    /// Sensitive fields that leave when every consent on record counts.
    full: BTreeSet<Field>,
}

impl<'a> Scale<'a> {
    pub(super) fn new(live: &'a Live, municipality: &'a str, dossier: &'a Dossier, package: &'a Package) -> Self {
        let rules = live.share_rules(municipality);
        let sensitive = Sensitive { live, municipality, dossier };
        let item = |number: usize| package.items.get(number);
        let mut full = leaving(package, &rules);
        full.retain(|(number, field)| item(*number).is_some_and(|item| sensitive.is(item, field)));
        Self { dossier, package, rules, full }
    }

    /// The sensitive fields that do not leave when these consents are left out.
    pub(super) fn lost_without(&self, left_out: &[&Told]) -> BTreeSet<Field> {
        if self.full.is_empty() || left_out.is_empty() {
            return BTreeSet::new();
        }
        let facts: BTreeSet<&str> = left_out.iter().map(|one| one.fact.as_str()).collect();
        let without = Package { consents: self.dossier.consents_without(&facts), ..self.package.clone() };
        self.full.difference(&leaving(&without, &self.rules)).cloned().collect()
    }

    /// The fewest consents that carry all that is sensitive. Where another would do as well, those told of last.
    pub(super) fn carrying<'t>(&self, told: impl Iterator<Item = &'t Told>) -> Vec<&'t Told> {
        let (mut needless, mut needed) = (Vec::new(), Vec::new());
        for one in told {
            needless.push(one);
            if !self.lost_without(&needless).is_empty() {
                needed.extend(needless.pop());
            }
        }
        needed
    }
}

fn leaving(package: &Package, rules: &Narrowed) -> BTreeSet<Field> {
    let of_item = |(number, item)| {
        let released = rules.decide(&package.question(item)).released;
        released.into_iter().map(move |field| (number, field))
    };
    package.items.iter().enumerate().flat_map(of_item).collect()
}

#[cfg(test)]
#[path = "weigh_tests.rs"]
mod tests;
