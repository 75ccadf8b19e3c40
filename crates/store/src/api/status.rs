//! Contact with systems, and counts.

use samhold_model::{Instant, SystemName};
use serde::{Deserialize, Serialize};

/// Last contact with a system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemStatus {
    /// The system.
    pub system: SystemName,
    /// Last good contact.
    pub last_contact: Option<Instant>,
    /// Last error, without content.
    pub last_error: Option<String>,
    /// When it was.
    pub last_error_at: Option<Instant>,
}

/// Counts for `status` and metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Backlog {
    /// (system, records waiting to be mapped).
    pub inbox: Vec<(SystemName, i64)>,
    /// (recipient, queued, delivered, rejected).
    pub recipients: Vec<(SystemName, i64, i64, i64)>,
    /// Children waiting to be worked out.
    pub marked: i64,
    /// Dead letters waiting.
    pub dead: i64,
    /// Facts in the ledger.
    pub facts: i64,
    /// Children known.
    pub children: i64,
}
