//! Why an adapter could not do its work, in words for operators.
//!
//! Must never carry content, a URL with its query, or an identity number: constructors star what looks like one.

use std::time::Duration;

use samhold_model::national_id::redact;

/// An adapter's failure.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// The other system could not be reached or answered that it is busy; trying again later may help.
    #[error("{system}: {attempt}: {cause}")]
    Unavailable {
        /// The configured system.
        system: String,
        /// What was tried.
        attempt: String,
        /// What came back.
        cause: String,
        /// The other system's own wish, e.g. from `Retry-After`.
        retry_after: Option<Duration>,
    },
    /// The other system refused us: credentials or rights. A person must look.
    #[error("{system}: {attempt}: refused ({cause}); check the credentials and rights of this system")]
    Refused {
        /// The configured system.
        system: String,
        /// What was tried.
        attempt: String,
        /// What came back.
        cause: String,
    },
    /// What came back is not in the expected format.
    #[error("{system}: {attempt}: {cause}")]
    Format {
        /// The configured system.
        system: String,
        /// What was tried.
        attempt: String,
        /// Place, found, expected.
        cause: String,
    },
    /// Settings that cannot work.
    #[error("{system}: {cause}")]
    Settings {
        /// The configured system.
        system: String,
        /// What is wrong and what to do.
        cause: String,
    },
    /// The inbox did not take the records; the source must not acknowledge them.
    #[error("{system}: records could not be journalled")]
    Inbox {
        /// The configured system.
        system: String,
        /// Why.
        #[source]
        source: crate::InboxError,
    },
}

impl AdapterError {
    /// Busy or away.
    #[must_use]
    pub fn unavailable(system: &str, attempt: &str, cause: impl std::fmt::Display, after: Option<Duration>) -> Self {
        Self::Unavailable {
            system: system.into(),
            attempt: attempt.into(),
            cause: redact(&cause.to_string()),
            retry_after: after,
        }
    }

    /// Not in the expected format.
    #[must_use]
    pub fn format(system: &str, attempt: &str, cause: impl std::fmt::Display) -> Self {
        Self::Format { system: system.into(), attempt: attempt.into(), cause: redact(&cause.to_string()) }
    }

    /// Credentials or rights.
    #[must_use]
    pub fn refused(system: &str, attempt: &str, cause: impl std::fmt::Display) -> Self {
        Self::Refused { system: system.into(), attempt: attempt.into(), cause: redact(&cause.to_string()) }
    }

    /// Settings that cannot work.
    #[must_use]
    pub fn settings(system: &str, cause: impl std::fmt::Display) -> Self {
        Self::Settings { system: system.into(), cause: redact(&cause.to_string()) }
    }

    /// Whether not even a connection came about, so that nothing can have arrived.
    #[must_use]
    pub fn never_connected(&self) -> bool {
        matches!(self, Self::Unavailable { cause, .. } if cause.starts_with(Self::CANNOT_CONNECT))
    }

    /// How an adapter words that no connection came about.
    pub const CANNOT_CONNECT: &'static str = "cannot connect";

    /// How long the other system asked us to wait, if it did.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
