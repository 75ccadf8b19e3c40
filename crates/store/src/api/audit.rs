//! The audit log. Codes, bases and field names; never values.

use samhold_model::{ChildId, Instant};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One entry of the audit log, before it is chained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Instant,
    /// `release`, `withheld`, `retraction`, `read`, `decision`, `replay`, `discard`, …
    pub kind: String,
    /// The child, when it is about one.
    pub child: Option<ChildId>,
    /// The recipient or acting person.
    pub actor: String,
    /// Reason codes, bases, field names; never values.
    pub detail: Value,
}

/// An entry as chained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainedEntry {
    /// 1, 2, 3 …
    pub seq: i64,
    /// The entry.
    pub entry: AuditEntry,
    /// SHA-256 over the previous hash and this entry, hex.
    pub hash: String,
}

/// Outcome of verifying the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// Entries read.
    pub entries: i64,
    /// Checkpoints whose signature and root hold.
    pub checkpoints: i64,
    /// Entries 1 to this one are covered by a signed checkpoint; those after it not yet.
    pub sealed: i64,
    /// First broken place, in words; `None` when all holds.
    pub broken: Option<String>,
}
