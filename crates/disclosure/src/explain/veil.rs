//! An explanation for eyes that may see codes and counts only: what would tell of a relation to child welfare, a krisesenter
//! or family counselling is masked alike, whichever of them it is, so that what is masked tells nothing either.
//!
//! Must never keep a field, a holder or a consent that differs between those three.

use super::{ConsentTrace, Explanation, FieldTrace};
use crate::entitled::WhoConsents;

/// Stands for what is masked.
pub const MASKED: &str = "(skjermet)";

/// The categories that say so outright.
const RELATIONS: [&str; 3] = ["barnevern_case_exists", "crisis_shelter_contact", "family_counselling_contact"];

impl Explanation {
    /// Whether a field is tagged as telling of a relation.
    #[must_use]
    pub fn reveals(&self, field: &str) -> bool {
        self.revealing.contains(field)
    }

    /// The same explanation without what would tell; `hides` knows further names of fields that may not be shown. A team's
    /// fields bear the names of its services.
    #[must_use]
    pub fn veiled(&self, hides: &dyn Fn(&str) -> bool) -> Self {
        let mut shown = self.clone();
        if let Some(facts) = shown.facts.as_mut().filter(|facts| facts.holder_sensitive) {
            facts.holder = facts.holder.as_ref().map(|_| MASKED.to_owned());
        }
        for consent in &mut shown.consents {
            consent.veil(&self.category);
        }
        let mask = |name: &mut String| {
            if self.reveals(name) || hides(name) {
                MASKED.clone_into(name);
            }
        };
        shown.fields.iter_mut().map(FieldTrace::name).for_each(mask);
        shown.decision.released.iter_mut().chain(&mut shown.decision.withheld).for_each(mask);
        let lists = shown.consents.iter_mut().flat_map(ConsentTrace::names);
        lists.for_each(mask);
        shown
    }
}

impl ConsentTrace {
    /// Who would have to consent to a relation tells which one it is; so do their records.
    fn veil(&mut self, asked: &str) {
        if self.category == asked || !RELATIONS.contains(&self.category.as_str()) {
            return;
        }
        MASKED.clone_into(&mut self.category);
        self.who = WhoConsents::Masked;
        self.parties.clear();
        self.records.clear();
        (self.failure, self.only_fields) = (None, None);
    }

    fn names(&mut self) -> impl Iterator<Item = &mut String> {
        let of_records = self.records.iter_mut().filter_map(|record| record.only_fields.as_mut());
        self.only_fields.iter_mut().chain(of_records).flatten()
    }
}

impl FieldTrace {
    fn name(&mut self) -> &mut String {
        &mut self.field
    }
}
