//! Answers given before. Sound because an answer is a pure function of the facts and the set, and the set never changes:
//! the memo lives and dies with it.
//!
//! Must never hold anything about a person (facts do not), nor grow without end.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use samhold_disclosure::FieldFacts;

/// Questions of one municipality repeat themselves: some thousand differ. About 1 kB each. The hash of facts leaves out what
/// seldom differs; equality, which decides, does not.
const MOST: usize = 16_384;

/// Facts and whether the set permits.
#[derive(Debug, Default)]
pub(crate) struct Memo(RwLock<HashMap<FieldFacts<'static>, bool>>);

impl Memo {
    /// The answer to the same question before, else the answer now.
    pub(crate) fn or(&self, facts: &FieldFacts<'_>, answer: impl FnOnce() -> bool) -> bool {
        if let Some(known) = self.get(facts) {
            return known;
        }
        let permitted = answer();
        let mut answers = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.insert(facts.clone().into_owned(), permitted);
        permitted
    }

    fn get<'a>(&self, facts: &FieldFacts<'a>) -> Option<bool> {
        let answers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // Kept facts live longer than asked ones, so they can be compared with them.
        let answers: &HashMap<FieldFacts<'a>, bool> = &answers;
        answers.get(facts).copied()
    }
}

#[cfg(test)]
#[path = "memo_tests.rs"]
mod tests;
