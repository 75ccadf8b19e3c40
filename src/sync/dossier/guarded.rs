//! How strictly a child is protected by address, and the one way to a dossier that may say that it is not.
//!
//! Missing, out of date, unreadable and no longer answered count as strict (folkeregisterloven § 10-4). Must never make a protection
//! weaker, be it by a register that was silent for a while and says again what it said before.

use std::collections::BTreeMap;

use samhold_model::{ChildId, Date, Fact, FactBody, MunicipalityNo};
use samhold_store::{Store, StoreError, StoredFact};

use super::{Dossier, rows_of};
use crate::config::Loaded;
use crate::sync::protection;

/// Nobody knows; counts as the strictest.
const UNKNOWN: &str = "unknown";

impl Dossier {
    /// A child of the store, with how long the register's word on protection counts.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of_store(
        store: &dyn Store,
        loaded: &Loaded,
        (child, municipality): (ChildId, &MunicipalityNo),
        today: Date,
    ) -> Result<Self, StoreError> {
        let rows = rows_of(store, child, municipality).await?;
        Self::of_rows(store, loaded, (child, municipality), &rows, today).await
    }

    /// As [`Dossier::of_store`], of rows that were just read there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn of_rows(
        store: &dyn Store,
        loaded: &Loaded,
        (child, municipality): (ChildId, &MunicipalityNo),
        rows: &[StoredFact],
        today: Date,
    ) -> Result<Self, StoreError> {
        let until = protection::counts_until(store, loaded, municipality.as_str()).await?;
        Ok(Self::new(child, rows, today).with_protection_until(until))
    }

    /// The same, where what was said of protection counts until a day: a register that has been silent since may know of another
    /// one. `None` is every day.
    #[must_use]
    pub(in crate::sync) fn with_protection_until(mut self, until: Option<Date>) -> Self {
        self.protection_counts = until.is_none_or(|until| self.today <= until);
        self
    }

    /// The same child as asked about another day. Whether the register has been heard of is as it is today.
    #[must_use]
    pub fn on_day(&self, day: Date) -> Self {
        let (joined, records) = (self.joined.clone(), self.records.clone());
        let then = Self::of(self.child, self.facts.clone(), self.whole, (day, day));
        Self { joined, records, protection_counts: self.protection_counts, ..then }
    }

    /// `unknown` until a register has said otherwise, and when that is too long ago. The strictest that is said of the child
    /// anywhere.
    #[must_use]
    pub fn protection(&self) -> String {
        let counts = |word: &String| self.protection_counts || is_strict(word);
        self.protection_said().filter(counts).unwrap_or_else(|| UNKNOWN.to_owned())
    }

    /// Strict protection, or one that nobody knows, or facts that cannot all be read: nothing may be seen that tells where the
    /// child is.
    #[must_use]
    pub fn is_strictly_protected(&self) -> bool {
        !self.whole || is_strict(&self.protection())
    }

    /// Whether anybody has said how the child is protected, however long ago, and has not stopped answering since.
    #[must_use]
    pub fn protection_is_known(&self) -> bool {
        self.whole && self.protection_said().is_some_and(|word| word != UNKNOWN)
    }

    /// What is said of protection, however long ago; the strictest of what was said last of each registration of the child.
    fn protection_said(&self) -> Option<String> {
        let mut parts: BTreeMap<ChildId, Vec<&Fact>> = BTreeMap::new();
        for fact in &self.effective {
            parts.entry(self.joined.get(&fact.id).copied().unwrap_or(self.child)).or_default().push(fact);
        }
        parts.into_values().filter_map(|part| last_word(&part)).max_by_key(|word| strictness(word))
    }
}

/// How strict a word is; one that nobody knows is as strict as the strictest.
fn strictness(word: &str) -> u8 {
    match word {
        "none" => 0,
        "fortrolig" => 1,
        _ => 2,
    }
}

/// Every word but the two that are known to be weaker.
fn is_strict(word: &str) -> bool {
    !matches!(word, "none" | "fortrolig")
}

/// What was said last of one registration. A source that did not know for a while, and then says what it said before, has said
/// nothing new: what others have said since stands, unless it is weaker.
fn last_word(facts: &[&Fact]) -> Option<String> {
    let mut said: Vec<(Option<&str>, String)> = Vec::new();
    let mut before: BTreeMap<Option<&str>, String> = BTreeMap::new();
    for fact in facts {
        let (source, Some(word)) = (fact.source.as_deref(), word_of(&fact.body)) else { continue };
        if word != UNKNOWN {
            let waited = said.len();
            said.retain(|(by, word)| *by != source || word != UNKNOWN);
            let again = said.len() < waited && before.get(&source) == Some(&word);
            before.insert(source, word.clone());
            let stricter = said.last().is_none_or(|(_, now)| strictness(&word) > strictness(now));
            if again && !stricter {
                continue;
            }
        }
        said.push((source, word));
    }
    said.pop().map(|(_, word)| word)
}

fn word_of(body: &FactBody) -> Option<String> {
    let FactBody::AddressProtection { value } = body else { return None };
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}
