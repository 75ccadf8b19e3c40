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
    /// The answer as JSON.
    pub answer: Value,
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
    /// Alerts that stand now; others of this child are closed.
    pub alerts: Vec<String>,
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
}
