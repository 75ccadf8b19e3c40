//! Notices to a recipient that what it has no longer holds: superseded, or to be retracted.
//!
//! Must never say more than the recipient already had: the child's identifier and the version.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Cleared;
use super::envelope::{Envelope, EnvelopeError, EnvelopeKind};

/// What a notice says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// The recipient may no longer know; it is asked to delete what it has.
    Retracted,
    /// Another answer holds now.
    Superseded,
}

/// A message without content. Serialises as the identifiers and version under the names of the envelope, and `state`.
#[derive(Clone, PartialEq)]
pub struct Notice {
    kind: NoticeKind,
    about: Map<String, Value>,
}

impl Notice {
    /// What it says.
    #[must_use]
    pub fn kind(&self) -> NoticeKind {
        self.kind
    }

    fn value(&self) -> Value {
        let word = match self.kind {
            NoticeKind::Retracted => "retracted",
            NoticeKind::Superseded => "superseded",
        };
        let mut all = self.about.clone();
        all.insert("state".to_owned(), Value::from(word));
        Value::Object(all)
    }
}

impl Serialize for Notice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Cleared<Notice> {
    /// Tells a former recipient that what it had no longer holds. `had` is the envelope of the message it has; all of
    /// it but child identifiers and version is left out.
    ///
    /// # Errors
    /// [`EnvelopeError::Missing`] when `had` lacks identifier or version: then nothing was sent that could be retracted.
    pub fn retraction(had: &Envelope) -> Result<Self, EnvelopeError> {
        Self::notice(NoticeKind::Retracted, had)
    }

    /// Tells a recipient that another answer holds now. Same content as a retraction, so that one cannot be told from
    /// the other by what it reveals.
    ///
    /// # Errors
    /// As [`Cleared::retraction`].
    pub fn superseded(had: &Envelope) -> Result<Self, EnvelopeError> {
        Self::notice(NoticeKind::Superseded, had)
    }

    /// The notice as a JSON value, for adapters that take one type only.
    #[must_use]
    pub fn into_value(self) -> Cleared<Value> {
        Cleared { content: self.content.value(), to: self.to, place_hidden: self.place_hidden }
    }

    fn notice(kind: NoticeKind, had: &Envelope) -> Result<Self, EnvelopeError> {
        had.require(EnvelopeKind::ChildIdentifier)?;
        had.require(EnvelopeKind::Version)?;
        // The same places as in the message it takes back: the child in an object of its own, the version beside it.
        let mut about = had.values(|k| k == EnvelopeKind::Version);
        about.insert("child".to_owned(), Value::Object(had.values(|k| k == EnvelopeKind::ChildIdentifier)));
        Ok(Self { content: Notice { kind, about }, to: None, place_hidden: true })
    }
}
