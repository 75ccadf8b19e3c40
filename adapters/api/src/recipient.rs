//! What a recipient is: something that takes cleared events, and nothing else.

use std::time::Duration;

use async_trait::async_trait;
use samhold_disclosure::Cleared;
use samhold_model::{ChildId, Instant};
use serde_json::Value;
use uuid::Uuid;

use crate::AdapterError;

/// What the event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutgoingKind {
    /// What the recipient should know now.
    Assignment,
    /// What it had is replaced.
    Superseded,
    /// What it had no longer holds or may no longer be known.
    Retracted,
    /// The child moved here: where its case stood in the municipality it left. Says nothing of this municipality.
    Handover,
}

impl OutgoingKind {
    /// The CloudEvents `type`.
    #[must_use]
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Assignment => "no.samhold.coordination.assignment.v1",
            Self::Superseded => "no.samhold.coordination.superseded.v1",
            Self::Retracted => "no.samhold.coordination.retracted.v1",
            Self::Handover => "no.samhold.coordination.handover.v1",
        }
    }
}

/// One event on its way out. Only disclosure can make the cleared part.
#[derive(Debug)]
pub struct Outgoing {
    /// Stable over retries; the idempotency key.
    pub event_id: Uuid,
    /// What it says.
    pub kind: OutgoingKind,
    /// Our opaque child id, the CloudEvents `subject`.
    pub subject: ChildId,
    /// Version at this recipient: 1, 2, 3 …
    pub version: i64,
    /// When the event was made.
    pub time: Instant,
    /// Content, shaped by the outbound mapping and cleared.
    pub data: Cleared<Value>,
}

/// What became of an attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// The receiver's own answer says it has it.
    Delivered,
    /// Try again later.
    Later {
        /// The receiver's own wish.
        after: Option<Duration>,
        /// Why, without content.
        reason: String,
    },
    /// Nothing left for the receiver: no connection came about, or the broker gave the message back. Try again later.
    NotReached {
        /// Why, without content.
        reason: String,
    },
    /// It will never take this one: a dead letter.
    Refused {
        /// The receiver's status or condition, e.g. `http_422`, `amqp_unroutable`.
        code: String,
        /// The receiver's reason, at most 2 KiB, person numbers starred.
        detail: String,
    },
}

/// A system that receives.
#[async_trait]
pub trait Recipient: Send + Sync {
    /// Delivers one event. Makes no retries of its own. Bounded in time.
    async fn deliver(&self, event: &Outgoing) -> DeliveryOutcome;
    /// Reaches the system and its credentials without delivering, for `check --online`.
    async fn check(&self) -> Result<(), AdapterError>;
}
