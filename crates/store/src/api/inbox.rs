//! Raw records on their way in.

use samhold_model::{Instant, RecordId, SystemName};
use serde::{Deserialize, Serialize};

/// A raw record as it came from a source system.
#[derive(Clone)]
pub struct NewRecord {
    /// The configured system it came from.
    pub system: SystemName,
    /// Which unit at the source it is about (a case, a pupil, a list). Stored only as a keyed hash.
    pub key: String,
    /// MIME type of the body.
    pub content_type: String,
    /// The bytes, encrypted at rest.
    pub body: Vec<u8>,
    /// The unit is gone at the source; the body is the last known or empty.
    pub gone: bool,
    /// Sender's own id of this delivery (`message-id`, list id): the same one is a duplicate whatever the content.
    pub delivery_id: Option<String>,
}

/// A named position in a source, written in the same transaction as the records before it.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// Which system.
    pub system: SystemName,
    /// Which of its feeds.
    pub name: String,
    /// Opaque position.
    pub value: String,
}

/// What became of an offered record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its id; for a duplicate the id of the first.
    pub id: RecordId,
    /// The latest record of this (system, key) has the same content and `gone`, or the delivery id was already there.
    /// Content that comes back after something else in between (A, B, A) is not a duplicate.
    pub duplicate: bool,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordState {
    /// Durable, not yet mapped.
    Received,
    /// Mapped into facts.
    Mapped,
    /// Could not be mapped; waits in dead letters.
    Dead,
}

/// A record to map.
#[derive(Clone)]
pub struct StoredRecord {
    /// Its id.
    pub id: RecordId,
    /// Where it came from.
    pub system: SystemName,
    /// The key it was stored under (decrypted).
    pub key: String,
    /// MIME type.
    pub content_type: String,
    /// Decrypted body.
    pub body: Vec<u8>,
    /// Gone at the source.
    pub gone: bool,
    /// When it was received.
    pub received_at: Instant,
    /// Where it stands.
    pub state: RecordState,
}
