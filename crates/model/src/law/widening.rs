//! Where a catalogue lets more out than the one that ships. Without a day it is refused; with a day and a reason it is a
//! correction of the law, and is listed.
//!
//! Whether a change lets more out is judged by what it says alone: a law of secrecy that was exchanged always counts, since none
//! is stricter than another in everything. Must never take a row for known that the shipped catalogue does not have.

use std::fmt;

use super::change::{Dated, of_row};
use super::problems::LawProblem;
use super::{Law, REGIMES, RecipientRow};
use crate::dates::Date;

/// A dated correction that lets more out from its day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widening {
    /// The table it stands in.
    pub table: &'static str,
    /// The word of the row it corrects.
    pub of: String,
    /// First day.
    pub from: Date,
    /// What it opens, as the file writes it.
    pub opens: Vec<String>,
    /// Which act, regulation or decision it gives.
    pub why: String,
}

impl fmt::Display for Widening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, of, from, opens, why } = self;
        write!(f, "`[[{table}]]` of `{of}` from {from} lets more be told ({}): {why}", opens.join(", "))
    }
}

/// What must be known of a kind for more to be told to it, with what the file calls it.
fn open(row: RecipientRow) -> [(&'static str, bool); 3] {
    [("public", row.public), ("health", row.health), ("allow_listed_strict", row.allow_listed_strict)]
}

/// What is open after, and was not before.
fn opened(before: RecipientRow, after: RecipientRow) -> Vec<&'static str> {
    let both = open(before).into_iter().zip(open(after));
    both.filter(|((_, before), (_, after))| !before && *after).map(|((key, _), _)| key).collect()
}

impl Law {
    /// Rows that let more out than the catalogue that ships, for every day there ever was. Such a catalogue must not be run on.
    #[must_use]
    pub fn undated_widenings(&self) -> Vec<LawProblem> {
        let shipped = Self::bundled();
        let mut found: Vec<LawProblem> =
            self.recipient_kind.iter().flat_map(|(kind, row)| of_kind(&shipped, kind, *row)).collect();
        for (category, row) in &self.category {
            let Some(first) = shipped.category.get(category) else { continue };
            if row.regime != first.regime && REGIMES.contains(&row.regime.as_str()) {
                let message = format!(
                    "`{category}` is under `{}` here for every day there ever was, and under `{}` in the law that ships",
                    row.regime, first.regime
                );
                let help = "put the row back, and say from which day and why in a `[[category_change]]`";
                found.push(LawProblem::new(&["category", category, "regime"], message, help));
            }
        }
        found
    }

    /// Dated corrections that let more out than was let out the day before, in the order of the file's tables. Those that ship
    /// are law, and not listed.
    #[must_use]
    pub fn dated_widenings(&self) -> Vec<Widening> {
        let shipped = Self::bundled();
        let categories = self.category.keys().flat_map(|category| self.of_category(category));
        let kinds = self.recipient_kind.keys().flat_map(|kind| self.of_recipient(kind));
        let known = shipped.category.keys().flat_map(|category| shipped.of_category(category));
        let known: Vec<Widening> =
            known.chain(shipped.recipient_kind.keys().flat_map(|kind| shipped.of_recipient(kind))).collect();
        categories.chain(kinds).filter(|widening| !known.contains(widening)).collect()
    }

    fn of_category(&self, category: &str) -> Vec<Widening> {
        let mut regime = self.category.get(category).map(|row| row.regime.as_str());
        let mut found = Vec::new();
        for change in of_row(&self.category_change, category) {
            if regime != Some(change.regime.as_str()) {
                found.push(widening("category_change", change, vec![format!("regime = \"{}\"", change.regime)]));
            }
            regime = Some(&change.regime);
        }
        found
    }

    fn of_recipient(&self, kind: &str) -> Vec<Widening> {
        let mut row = self.recipient_kind.get(kind).copied().unwrap_or_default();
        let mut found = Vec::new();
        for change in of_row(&self.recipient_kind_change, kind) {
            let after = row.after(change);
            let opens: Vec<String> = opened(row, after).into_iter().map(|key| format!("{key} = true")).collect();
            if !opens.is_empty() {
                found.push(widening("recipient_kind_change", change, opens));
            }
            row = after;
        }
        found
    }
}

fn widening<T: Dated>(table: &'static str, change: &T, opens: Vec<String>) -> Widening {
    Widening { table, of: change.of().to_owned(), from: change.from(), opens, why: change.why().trim().to_owned() }
}

/// A kind that does not ship is nobody yet: it becomes public, health personnel or one of the allow list from a day on.
fn of_kind(shipped: &Law, kind: &str, row: RecipientRow) -> Vec<LawProblem> {
    let first = shipped.recipient_kind.get(kind).copied();
    let opened = opened(first.unwrap_or_default(), row).into_iter().map(|key| {
        let message =
            format!("`{kind}` has `{key} = true` here for every day there ever was, and not in the law that ships");
        let help = "take it out, and say from which day and why in a `[[recipient_kind_change]]`";
        LawProblem::new(&["recipient_kind", kind, key], message, help)
    });
    let person = first.filter(|first| first.person != row.person).map(|first| {
        let (is, was) = if first.person { ("a body", "a person") } else { ("a person", "a body") };
        let message = format!("`{kind}` is {is} here, and {was} in the law that ships");
        let help = format!("write `person = {}`, as in the law that ships; it cannot be changed", first.person);
        LawProblem::new(&["recipient_kind", kind, "person"], message, help)
    });
    opened.chain(person).collect()
}

#[cfg(test)]
#[path = "widening_tests.rs"]
mod tests;
