//! Who may decide on a date.
//!
//! Granted on the day counts, withdrawn on the day does not; what is withdrawn later undoes nothing.

use std::collections::BTreeMap;

use samhold_model::{Date, Fact, FactBody};

use crate::known::Mark;

/// A delegation or its withdrawal.
#[derive(Clone, Copy, Debug)]
struct Said {
    mark: Mark,
    granted: bool,
    of_municipality: bool,
}

/// Delegations of authority to decide, by role or unit.
#[derive(Debug, Default)]
pub(crate) struct Delegations<'a> {
    by_unit: BTreeMap<&'a str, Vec<Said>>,
}

impl<'a> Delegations<'a> {
    pub(crate) fn new(facts: &'a [Fact]) -> Self {
        let mut by_unit: BTreeMap<&'a str, Vec<Said>> = BTreeMap::new();
        for (nr, fact) in facts.iter().enumerate() {
            let (to, granted) = match &fact.body {
                FactBody::DelegationGranted { to } => (to, true),
                FactBody::DelegationWithdrawn { to } => (to, false),
                _ => continue,
            };
            let said = Said { mark: Mark { at: fact.at, nr }, granted, of_municipality: fact.of_municipality };
            by_unit.entry(to).or_default().push(said);
        }
        Self { by_unit }
    }

    /// Whether `unit` holds a delegation on `day`, by facts of that day or earlier. What was said with the child's own facts
    /// before `start`, when the family came back to the municipality, does not carry over; what the municipality has said
    /// for all children does.
    pub(crate) fn held(&self, unit: &str, day: Date, start: Option<Mark>) -> bool {
        self.grant(unit, day, start).is_some()
    }

    /// The delegation that `unit` holds on `day`, as [`Self::held`] counts it.
    pub(crate) fn grant(&self, unit: &str, day: Date, start: Option<Mark>) -> Option<Mark> {
        let said = self.by_unit.get(unit).map_or(&[][..], Vec::as_slice);
        let counts = |s: &&Said| s.mark.at <= day && (s.of_municipality || start.is_none_or(|start| s.mark > start));
        said.iter().rev().find(counts).filter(|said| said.granted).map(|said| said.mark)
    }
}
