//! Deliveries, feeds, receipts.

use samhold_model::{ChildId, Instant, MunicipalityNo, SystemName};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AuditEntry;

/// What an outgoing event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// What the recipient should know now.
    Assignment,
    /// What it had is replaced.
    Superseded,
    /// What it had may no longer be known or no longer holds.
    Retracted,
}

/// One delivery to make. There is at most one per recipient, child and municipality.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Outbox row.
    pub id: i64,
    /// The recipient system.
    pub recipient: SystemName,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Stable over retries, new for new content.
    pub event_id: Uuid,
    /// What it says.
    pub kind: EventKind,
    /// Version at this recipient: 1, 2, 3 …
    pub version: i64,
    /// Hash of the wanted content; `None` for a retraction.
    pub content_hash: Option<String>,
    /// Attempts so far.
    pub attempts: i64,
    /// Not before.
    pub not_before: Instant,
    /// When it was queued.
    pub queued_at: Instant,
}

/// What became of an attempt.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// The receiver's own receipt says it has it.
    Delivered {
        /// Hash of what was really sent.
        content_hash: Option<String>,
        /// Field names that left, for the audit; never values.
        audit: AuditEntry,
    },
    /// Try again.
    Later {
        /// Not before.
        not_before: Instant,
        /// Why, without content.
        reason: String,
    },
    /// Try again; nothing of this attempt can have arrived.
    NotReached {
        /// Not before.
        not_before: Instant,
        /// Why, without content.
        reason: String,
    },
    /// Never to be tried again: a dead letter.
    Refused {
        /// Code with a page in the documentation.
        code: String,
        /// The receiver's reason, first 2 KiB, person numbers starred.
        detail: String,
    },
    /// The content to send changed while it waited (decided again): the row gets this hash, a new event id and the
    /// next version, and stays due.
    Changed {
        /// New hash; `None`: retract, or drop the row when the recipient never had anything.
        content_hash: Option<String>,
    },
}

/// One entry of a pull feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEntry {
    /// Position, per recipient.
    pub position: i64,
    /// Event id.
    pub event_id: Uuid,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Version at this recipient.
    pub version: i64,
    /// What it says.
    pub kind: EventKind,
    /// When it was made.
    pub made_at: Instant,
}

/// What a recipient last acknowledged about a child.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The recipient.
    pub recipient: SystemName,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Hash of the wanted content.
    pub wanted: Option<String>,
    /// Hash of the acknowledged content.
    pub acknowledged: Option<String>,
    /// Version acknowledged, 0 for never.
    pub version: i64,
}

/// A past delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivered {
    /// Event id.
    pub event_id: Uuid,
    /// The recipient.
    pub recipient: SystemName,
    /// The child.
    pub child: ChildId,
    /// The municipality whose case it told of.
    pub municipality: MunicipalityNo,
    /// Version.
    pub version: i64,
    /// What it said.
    pub kind: EventKind,
    /// When it was first handed out for sending.
    pub offered_at: Instant,
    /// When the receiver had it.
    pub at: Instant,
    /// `delivered`, `read`, `accepted`, `rejected`: the furthest receipt.
    pub status: String,
    /// Why, when it was rejected and the receiver said so.
    pub reason: Option<String>,
}

/// A receipt from a recipient. Delivered is not read, and read is not accepted.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The event.
    pub event_id: Uuid,
    /// `read`, `accepted`, `rejected`.
    pub status: String,
    /// Why, for a rejection.
    pub reason: Option<String>,
}
