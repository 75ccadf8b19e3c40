//! What does not fit in a catalogue that decoded: every slip at once, each with its place and what to do.
//!
//! A catalogue with a problem must not be run on. What disclosure needs beside this it says itself.

mod clauses;
mod dated;
mod grounds;
mod kinds;

use super::{Law, REGIMES};
use crate::hint::nearest;

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawProblem {
    /// Keys from the top of the file, rows of a list by number from 0; perhaps one more than there are.
    pub at: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl LawProblem {
    /// A problem at a place.
    #[must_use]
    pub fn new(at: &[&str], message: impl Into<String>, help: impl Into<String>) -> Self {
        let at = at.iter().map(|key| (*key).to_owned()).collect();
        Self { at, message: message.into(), help: help.into() }
    }

    /// A word that is not among those known.
    pub(super) fn unknown<'a>(at: &[&str], what: &str, word: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        let help = match nearest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("one of {}", known.join(", ")),
        };
        Self::new(at, format!("unknown {what} `{word}`"), help)
    }

    /// A text that people need and that is not there.
    pub(super) fn empty(at: &[&str], what: &str) -> Self {
        Self::new(at, format!("{what} is empty"), "people read it in answers and reasons; say it in words")
    }
}

impl Law {
    /// Everything that does not fit, in the order of the file's tables. Empty when the catalogue can be run on.
    #[must_use]
    pub fn problems(&self) -> Vec<LawProblem> {
        let mut found = clauses::problems(self);
        found.extend(grounds::problems(self));
        found.extend(kinds::problems(self));
        found.extend(regimes(self));
        found.extend(dated::problems(&self.service_kind_change, "service_kind_change", "kind", &self.service_kind));
        found.extend(dated::problems(&self.category_change, "category_change", "category", &self.category));
        found.extend(dated::problems(
            &self.recipient_kind_change,
            "recipient_kind_change",
            "kind",
            &self.recipient_kind,
        ));
        found
    }
}

/// Categories under a law of secrecy that disclosure has no rules for.
fn regimes(law: &Law) -> Vec<LawProblem> {
    let rows = law.category.iter().map(|(key, row)| (vec!["category", key, "regime"], &row.regime));
    let rows = rows.map(|(at, regime)| (at.into_iter().map(str::to_owned).collect::<Vec<_>>(), regime));
    let changes = law.category_change.iter().enumerate();
    let changes = changes.map(|(n, c)| (vec!["category_change".into(), n.to_string(), "regime".into()], &c.regime));
    let unknown = rows.chain(changes).filter(|(_, regime)| !REGIMES.contains(&regime.as_str()));
    unknown
        .map(|(at, regime)| {
            let at: Vec<&str> = at.iter().map(String::as_str).collect();
            LawProblem::unknown(&at, "regime of secrecy", regime, REGIMES)
        })
        .collect()
}

#[cfg(test)]
#[path = "problems_tests.rs"]
mod tests;
