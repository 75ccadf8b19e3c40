//! What a source is: something that yields records and acknowledges them only when they are durable.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use samhold_model::{Instant, NationalId, SystemName};
use tokio_util::sync::CancellationToken;

use crate::AdapterError;

/// One record of a source system, as it came.
#[derive(Clone)]
pub struct Record {
    /// Which unit at the source it is about: a case, a pupil, a list. It may hold a secret id; it is stored hashed.
    pub key: String,
    /// MIME type of the body.
    pub content_type: String,
    /// The bytes.
    pub body: Bytes,
    /// The unit is gone at the source.
    pub gone: bool,
    /// The sender's own id of this delivery, when it has one.
    pub delivery_id: Option<String>,
}

/// A consent that was asked for in a consent register (fact type `consent_requested`).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Requested {
    /// The request's id in the register.
    pub request: String,
    /// Our own id of the child it is about.
    pub child_id: String,
    /// To which data, in the words of the vocabulary.
    pub categories: Vec<String>,
    /// To which kinds of recipients.
    pub recipients: Vec<String>,
    /// For which purposes.
    pub purposes: Vec<String>,
}

/// Why the inbox did not take records.
#[derive(Debug, thiserror::Error)]
#[error("the inbox could not take the records: {0}")]
pub struct InboxError(pub String);

/// The inbox as one source sees it: bound to that source's own name.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Journals records, and the position behind them in the same transaction. When it returns, they are on disk.
    async fn accept(&self, records: Vec<Record>, cursor: Option<(&str, &str)>) -> Result<(), InboxError>;
    /// A position stored earlier.
    async fn cursor(&self, name: &str) -> Result<Option<String>, InboxError>;
    /// Keys of the units that are not gone, to find what has vanished after a full read.
    async fn live_keys(&self) -> Result<Vec<String>, InboxError>;
    /// Numbers of the children the population register is asked about, for this source's municipalities.
    async fn followed(&self) -> Result<Vec<NationalId>, InboxError>;
    /// Consents that were asked for in this source, a consent register: the only ones it is asked about.
    async fn requested(&self) -> Result<Vec<Requested>, InboxError>;
    /// Asks a person to look, e.g. when a mass deletion was held back. No content in the text.
    async fn ask_person(&self, kind: &str, detail: &str) -> Result<(), InboxError>;
}

/// What a source works with.
#[derive(Clone)]
pub struct SourceContext {
    /// The configured name of this system.
    pub system: SystemName,
    /// Where records go.
    pub inbox: Arc<dyn Inbox>,
    /// The program's clock (a simulated one in demonstrations).
    pub now: Arc<dyn Fn() -> Instant + Send + Sync>,
    /// Cancelled when the program stops: hand back what is not acknowledged and return.
    pub stop: CancellationToken,
}

/// What a poll did, for status and logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polled {
    /// Records offered to the inbox.
    pub records: usize,
    /// There is more: poll again at once.
    pub more: bool,
}

/// A source that is asked at intervals.
#[async_trait]
pub trait Poll: Send + Sync {
    /// Reads what is new and offers it to the inbox. Makes no retries of its own: it is called again.
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError>;
    /// Normal time between polls.
    fn interval(&self) -> Duration;
    /// Reaches the system and its credentials without reading data, for `check --online`.
    async fn check(&self) -> Result<(), AdapterError>;
}

/// A source that pushes, such as a queue. Runs until stopped or broken; the caller starts it again.
#[async_trait]
pub trait Stream: Send + Sync {
    /// Consumes until stopped (`Ok`) or broken (`Err`).
    async fn run(&self, context: &SourceContext) -> Result<(), AdapterError>;
    /// Reaches the system without consuming.
    async fn check(&self) -> Result<(), AdapterError>;
}

/// A consent register that can be asked about one consent at once, before something sensitive is sent that rests on it.
#[async_trait]
pub trait Reread: Send + Sync {
    /// Reads the unit of one record anew, as a poll would offer it. A unit that is gone gives a record that says so.
    ///
    /// # Errors
    /// When the register cannot be reached or does not answer in its own format: then nothing is known, and nothing may be sent.
    async fn reread(&self, context: &SourceContext, key: &str) -> Result<Record, AdapterError>;
}

/// Either kind.
#[derive(Clone)]
pub enum Source {
    /// Asked at intervals.
    Poll(Arc<dyn Poll>),
    /// Pushes.
    Stream(Arc<dyn Stream>),
}

impl Source {
    /// Reaches the system, for `check --online`.
    ///
    /// # Errors
    /// As the adapter says.
    pub async fn check(&self) -> Result<(), AdapterError> {
        match self {
            Self::Poll(p) => p.check().await,
            Self::Stream(s) => s.check().await,
        }
    }
}
