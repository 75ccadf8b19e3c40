//! Who may decide on a date.
//!
//! Granted on the day counts, withdrawn on the day does not; what is withdrawn later undoes nothing.

use std::collections::BTreeMap;

use samhold_model::{Date, Fact, FactBody};

use crate::known::Mark;

/// Delegations of authority to decide, by role or unit.
#[derive(Debug, Default)]
pub(crate) struct Delegations<'a> {
    by_unit: BTreeMap<&'a str, Vec<(Mark, bool)>>,
}

impl<'a> Delegations<'a> {
    pub(crate) fn new(facts: &'a [Fact]) -> Self {
        let mut by_unit: BTreeMap<&'a str, Vec<(Mark, bool)>> = BTreeMap::new();
        for (nr, fact) in facts.iter().enumerate() {
            let (to, granted) = match &fact.body {
                FactBody::DelegationGranted { to } => (to, true),
                FactBody::DelegationWithdrawn { to } => (to, false),
                _ => continue,
            };
            by_unit.entry(to).or_default().push((Mark { at: fact.at, nr }, granted));
        }
        Self { by_unit }
    }

    /// Whether `unit` holds a delegation on `day`, by facts of that day or earlier and after `start`
    /// (when the family came back to the municipality).
    pub(crate) fn held(&self, unit: &str, day: Date, start: Option<Mark>) -> bool {
        self.grant(unit, day, start).is_some()
    }

    /// The delegation that `unit` holds on `day`, as [`Self::held`] counts it.
    pub(crate) fn grant(&self, unit: &str, day: Date, start: Option<Mark>) -> Option<Mark> {
        let said = self.by_unit.get(unit).map_or(&[][..], Vec::as_slice);
        let latest = said.iter().rev().find(|(mark, _)| mark.at <= day);
        latest.filter(|(mark, granted)| *granted && start.is_none_or(|s| *mark > s)).map(|(mark, _)| *mark)
    }
}
