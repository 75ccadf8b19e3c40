//! The law as data: clauses by date, service kinds, data categories, recipient kinds and purposes.
//!
//! Read from `config/laws.toml`, which a municipality may correct with a date. Must never be spread into `if`s, and must
//! never answer for a day by a row that a correction has replaced by then.

mod change;
mod ground;
mod problems;
mod widening;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::dates::Date;
use crate::fact::Level;
use crate::schema::Words;
pub use change::{CategoryChange, KindOnDay, RecipientKindChange, ServiceKindChange};
pub use ground::{CITES_CLAUSES, Ground, RULES};
pub use problems::LawProblem;
pub use widening::Widening;

/// The catalogue that ships with the program.
const BUNDLED: &str = include_str!("../../../config/laws.toml");

/// The laws of secrecy that disclosure has rules for, as categories name them.
pub const REGIMES: [&str; 10] = ["hol", "hpl", "bvl", "sotjl", "oppll", "bhl", "fvl", "kril", "fvkl", "employee"];

/// Everything the rules look up by name.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Law {
    /// The first day of the duty to coordinate (1 August 2022).
    pub in_force: Date,
    /// Clauses that put the duty on the municipality, by key.
    pub clause: IndexMap<String, Clause>,
    /// Acts with a duty to cooperate, but without a clause that makes the municipality coordinate.
    #[serde(default)]
    pub acts_without_clause: Vec<String>,
    /// What each rule of the duty rests on, with dates; for a day ask [`Law::ground_on`]. A catalogue kept from before it had
    /// them has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ground: Vec<Ground>,
    /// Service kinds by key, as they were first; for a day ask [`Law::service_kind_on`].
    pub service_kind: IndexMap<String, ServiceKindRow>,
    /// Dated corrections of service kinds.
    #[serde(default)]
    pub service_kind_change: Vec<ServiceKindChange>,
    /// Data categories by key, as they were first; for a day ask [`Law::regime_on`].
    pub category: IndexMap<String, CategoryRow>,
    /// Dated corrections of categories.
    #[serde(default)]
    pub category_change: Vec<CategoryChange>,
    /// Recipient kinds by key, as they were first; for a day ask [`Law::recipient_kind_on`].
    pub recipient_kind: IndexMap<String, RecipientRow>,
    /// Dated corrections of recipient kinds.
    #[serde(default)]
    pub recipient_kind_change: Vec<RecipientKindChange>,
    /// Purposes of sharing.
    pub purposes: Vec<String>,
    /// Tags a field may carry.
    pub field_tags: Vec<String>,
}

/// One paragraph that obliges the municipality, valid in [from, to).
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// Which act, as service kinds name it (`hol`, `oppll`, …).
    pub act: String,
    /// First day it is cited.
    pub from: Date,
    /// First day it is no longer cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// How people cite it.
    pub cite: String,
}

/// What the law says of a kind of service.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceKindRow {
    /// First day the law knows the kind; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Normal level; a service instance may override it.
    pub level: Level,
    /// The act whose clause it brings to the duty; absent when the act has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<String>,
    /// May it be named as the municipal service that coordinates?
    pub can_hold: bool,
    /// May it have main responsibility for the individuell plan?
    pub ip_main: bool,
    /// Name for people, bokmål.
    pub name: String,
}

/// What regime a category of data falls under.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRow {
    /// Regime key (`hol`, `hpl`, `bvl`, …).
    pub regime: String,
}

/// What a kind of recipient is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecipientRow {
    /// Counts as forvaltningsorgan for fvl 13 b no 5.
    pub public: bool,
    /// Health personnel in the health service.
    pub health: bool,
    /// A person, not a body.
    pub person: bool,
    /// May receive about a strengt fortrolig child.
    pub allow_listed_strict: bool,
}

/// Why the catalogue could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the law catalogue `{file}` could not be read")]
pub struct LawError {
    file: String,
    #[source]
    source: toml::de::Error,
}

impl Law {
    /// The catalogue that ships with the program. A test reads it, so it always parses.
    #[must_use]
    pub fn bundled() -> Self {
        Self::parse(BUNDLED, "laws.toml").unwrap_or_else(|_| Self::empty())
    }

    /// Reads a catalogue. What it says is looked through by [`Law::problems`].
    ///
    /// # Errors
    /// TOML errors with line and column.
    pub fn parse(text: &str, file: &str) -> Result<Self, LawError> {
        toml::from_str(text).map_err(|source| LawError { file: file.into(), source })
    }

    /// Knows nothing, so everything is denied and nobody may hold.
    fn empty() -> Self {
        Self {
            in_force: Date::MAX,
            clause: IndexMap::new(),
            acts_without_clause: Vec::new(),
            ground: Vec::new(),
            service_kind: IndexMap::new(),
            service_kind_change: Vec::new(),
            category: IndexMap::new(),
            category_change: Vec::new(),
            recipient_kind: IndexMap::new(),
            recipient_kind_change: Vec::new(),
            purposes: Vec::new(),
            field_tags: Vec::new(),
        }
    }

    /// The clause key of an act on a date, if that act puts the duty on the municipality then.
    #[must_use]
    pub fn clause_on(&self, act: &str, on: Date) -> Option<&str> {
        self.clause
            .iter()
            .find(|(_, c)| c.act == act && c.from <= on && c.to.is_none_or(|to| on < to))
            .map(|(key, _)| key.as_str())
    }
}

impl Words for Law {
    fn service_kinds(&self) -> Vec<&str> {
        self.service_kind.keys().map(String::as_str).collect()
    }
    fn categories(&self) -> Vec<&str> {
        self.category.keys().map(String::as_str).collect()
    }
    fn recipient_kinds(&self) -> Vec<&str> {
        self.recipient_kind.keys().map(String::as_str).collect()
    }
    fn purposes(&self) -> Vec<&str> {
        self.purposes.iter().map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_bundled_catalogue_holds_every_word_of_the_law() {
        let law = Law::parse(BUNDLED, "laws.toml").expect("the catalogue that ships must parse");
        assert_eq!(law.service_kind.len(), 19);
        assert_eq!(law.category.len(), 20);
        assert_eq!(law.recipient_kind.len(), 25);
        assert_eq!(law.clause.len(), 11);
    }

    #[test]
    fn the_cited_paragraph_follows_the_date() {
        let law = Law::bundled();
        assert_eq!(law.clause_on("bvl", date(2022, 7, 31)), None);
        assert_eq!(law.clause_on("bvl", date(2022, 12, 31)), Some("bvl1992-3-2"));
        assert_eq!(law.clause_on("bvl", date(2023, 1, 1)), Some("bvl-15-8"));
        assert_eq!(law.clause_on("oppll", date(2024, 7, 31)), Some("oppl1998-15-8"));
        assert_eq!(law.clause_on("oppll", date(2024, 8, 1)), Some("oppll-24-1"));
    }
}
