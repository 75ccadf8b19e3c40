//! What stands around the released items in a message: which child, which version, since when.
//!
//! Must never carry free text: each kind takes only the form of value it is for.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value};

use samhold_model::Date;

/// What an envelope entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvelopeKind {
    /// An identifier of the child that this recipient uses: letters, digits and `-_.:`, at most 64.
    ChildIdentifier,
    /// The municipality's number, four digits. It is a place, and withheld where the place is.
    Municipality,
    /// The version of the answer, a whole number from 0.
    Version,
    /// First day of the answer, `YYYY-MM-DD`.
    ValidFrom,
    /// The event's id, in the form of an identifier.
    EventId,
}

impl EnvelopeKind {
    fn form(self) -> &'static str {
        match self {
            Self::ChildIdentifier | Self::EventId => "1 to 64 letters, digits or any of -_.:",
            Self::Municipality => "four digits",
            Self::Version => "a whole number from 0",
            Self::ValidFrom => "a date YYYY-MM-DD",
        }
    }

    fn accepts(self, value: &Value) -> bool {
        let text = value.as_str();
        match self {
            Self::ChildIdentifier | Self::EventId => text.is_some_and(is_token),
            Self::Municipality => text.is_some_and(|t| t.len() == 4 && t.bytes().all(|b| b.is_ascii_digit())),
            Self::Version => value.is_u64(),
            Self::ValidFrom => text.is_some_and(|t| t.len() == 10 && t.parse::<Date>().is_ok()),
        }
    }
}

fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b))
}

/// An envelope that cannot be used. Never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// A value has not the form of its kind.
    #[error("envelope entry `{name}` ({kind:?}) must be {form}; give it in that form or leave it out")]
    Form {
        /// Entry.
        name: String,
        /// Declared kind.
        kind: EnvelopeKind,
        /// What the kind takes.
        form: &'static str,
    },
    /// An entry that the message cannot do without is not there.
    #[error("the envelope has no {kind:?}; a notice needs the child identifier and the version of what was sent")]
    Missing {
        /// The kind that is missing.
        kind: EnvelopeKind,
    },
}

/// Entries around the items, each with its kind. Debug shows names and kinds only.
#[derive(Clone, Default, PartialEq)]
pub struct Envelope {
    entries: BTreeMap<String, (EnvelopeKind, Value)>,
}

impl Envelope {
    /// Without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more entry, replacing any of that name.
    ///
    /// # Errors
    /// [`EnvelopeError::Form`] when the value has not the form of its kind.
    pub fn with(mut self, kind: EnvelopeKind, name: &str, value: impl Into<Value>) -> Result<Self, EnvelopeError> {
        let value = value.into();
        if !kind.accepts(&value) {
            return Err(EnvelopeError::Form { name: name.to_owned(), kind, form: kind.form() });
        }
        self.entries.insert(name.to_owned(), (kind, value));
        Ok(self)
    }

    /// The entries of some kinds, by name.
    pub(super) fn values(&self, wanted: impl Fn(EnvelopeKind) -> bool) -> Map<String, Value> {
        let of = self.entries.iter().filter(|(_, (kind, _))| wanted(*kind));
        of.map(|(name, (_, value))| (name.clone(), value.clone())).collect()
    }

    /// Refuses when there is none of a kind.
    pub(super) fn require(&self, kind: EnvelopeKind) -> Result<(), EnvelopeError> {
        let there = self.entries.values().any(|(k, _)| *k == kind);
        there.then_some(()).ok_or(EnvelopeError::Missing { kind })
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries.iter().map(|(name, (kind, _))| (name, kind))).finish()
    }
}
