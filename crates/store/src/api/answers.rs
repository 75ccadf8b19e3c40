//! Children to work out, and what was found.

use samhold_model::{ChildId, Date, Instant, MunicipalityNo, SystemName};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::AuditEntry;

/// A child whose answer must be worked out again. The token tells whether new facts came meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Marked {
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Raised by each new mark.
    pub token: i64,
}

/// A version of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAnswer {
    /// 1, 2, 3 … per child and municipality.
    pub version: i64,
    /// Date it was worked out for.
    pub as_of: Date,
    /// First day this content is valid.
    pub valid_from: Date,
    /// When it was worked out.
    pub made_at: Instant,
    /// Number in the ledger of the last fact it was made from, the municipality's own facts included; `None` for answers
    /// from before this was kept.
    pub upto: Option<i64>,
    /// Fingerprint of the rules it was made under, see [`StoredRules`]; `None` as above.
    pub rules: Option<String>,
    /// The answer as JSON.
    pub answer: Value,
}

/// Rules that answers were made under. Kept once, so that every answer can be made again as it was made then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRules {
    /// The same for the same text.
    pub fingerprint: String,
    /// Law, settings and program version as JSON; nothing about any person.
    pub text: String,
}

/// Whether the answer of a child waits to be worked out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// It is marked.
    pub marked: bool,
    /// The next date on which time alone can change it.
    pub next_change: Option<Date>,
}

/// An alert that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisedAlert {
    /// Alert code.
    pub code: String,
    /// How many recipients it is about, where that is known.
    pub recipients: Option<i64>,
}

impl From<String> for RaisedAlert {
    fn from(code: String) -> Self {
        Self { code, recipients: None }
    }
}

/// What one recipient should see of one child.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The recipient system.
    pub recipient: SystemName,
    /// Hash of the cleared content; `None`: it should see nothing.
    pub content_hash: Option<String>,
}

/// Everything that follows from working out one child's answer, in one transaction.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// Which child, as it was marked.
    pub marked: Marked,
    /// A new version, when the answer differs.
    pub answer: Option<StoredAnswer>,
    /// The rules that the new version names, to be kept unless they are already.
    pub rules: Option<StoredRules>,
    /// Alerts that stand now; others of this child are closed.
    pub alerts: Vec<RaisedAlert>,
    /// The next date on which time alone can change the answer or a view.
    pub next_change: Option<Date>,
    /// What each recipient should see.
    pub wanted: Vec<Wanted>,
    /// Audit entries for changed withholdings.
    pub audit: Vec<AuditEntry>,
    /// Now, by the program's clock.
    pub now: Instant,
}

/// An alert that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAlert {
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Alert code.
    pub code: String,
    /// Since when.
    pub opened_at: Instant,
    /// How many recipients it is about, where that is known.
    pub recipients: Option<i64>,
}
