//! Dead letters.

use samhold_model::{Instant, RecordId, SystemName};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which way a dead letter was going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It came in.
    In,
    /// It was to go out.
    Out,
}

/// Something that could not be mapped or delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its id.
    pub id: Uuid,
    /// Which way.
    pub direction: Direction,
    /// Source or recipient.
    pub system: SystemName,
    /// The record, for incoming ones.
    pub record: Option<RecordId>,
    /// The event, for outgoing ones.
    pub event_id: Option<Uuid>,
    /// Error code.
    pub code: String,
    /// What, where, expected, remedy.
    pub detail: String,
    /// When.
    pub at: Instant,
    /// `waiting`, `replayed`, `discarded`.
    pub state: String,
}
