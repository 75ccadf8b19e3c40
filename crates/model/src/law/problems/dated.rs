//! Corrections: of a row that exists, one a day, that say something and why.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::LawProblem;
use crate::dates::Date;
use crate::law::change::Dated;
use crate::law::{CategoryRow, RecipientRow, ServiceKindRow};

/// A row that a correction may be of.
pub(super) trait Row {
    /// First day it is known, when it was not always.
    fn known_from(&self) -> Option<Date> {
        None
    }
}

impl Row for CategoryRow {}
impl Row for RecipientRow {}
impl Row for ServiceKindRow {
    fn known_from(&self) -> Option<Date> {
        self.from
    }
}

/// `table` is where the corrections stand, `key` the field in which each names its row.
pub(super) fn problems<T: Dated, R: Row>(
    changes: &[T],
    table: &str,
    key: &str,
    rows: &IndexMap<String, R>,
) -> Vec<LawProblem> {
    let mut found = Vec::new();
    let mut days = BTreeMap::new();
    for (n, change) in changes.iter().enumerate() {
        let nr = n.to_string();
        found.extend(row_of(change, &[table, &nr, key], rows));
        found.extend(begins(change, &[table, &nr, "from"], rows));
        if days.insert((change.of(), change.from()), n).is_some() {
            let message = format!("two corrections of `{}` from {}", change.of(), change.from());
            found.push(LawProblem::new(&[table, &nr, "from"], message, "write what changes that day as one"));
        }
        if !change.says_something() {
            let message = format!("the correction of `{}` changes nothing", change.of());
            found.push(LawProblem::new(&[table, &nr, key], message, "say what changes, or take the correction out"));
        }
        if change.why().trim().is_empty() {
            let help = "name the act, the regulation or the decision, for those who ask later";
            found.push(LawProblem::new(&[table, &nr, "why"], "a correction without a reason", help));
        }
    }
    found
}

fn row_of<T: Dated, R>(change: &T, at: &[&str], rows: &IndexMap<String, R>) -> Option<LawProblem> {
    let what = if at.contains(&"category") { "category" } else { "kind" };
    let unknown = !rows.contains_key(change.of());
    unknown.then(|| LawProblem::unknown(at, what, change.of(), rows.keys().map(String::as_str)))
}

/// A correction from the first day or before would change what was so from the beginning.
fn begins<T: Dated, R: Row>(change: &T, at: &[&str], rows: &IndexMap<String, R>) -> Option<LawProblem> {
    let first = rows.get(change.of())?.known_from().filter(|first| change.from() <= *first)?;
    let message = format!("`{}` is known from {first} only, and corrected from {}", change.of(), change.from());
    Some(LawProblem::new(at, message, "write it in the row itself, or correct it from a later day"))
}
