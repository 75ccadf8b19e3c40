#![doc = include_str!("../README.md")]

mod error;
mod recipient;
mod secret;
mod source;

pub use error::AdapterError;
pub use recipient::{DeliveryOutcome, Outgoing, OutgoingKind, Recipient};
pub use secret::{SecretError, SecretRef};
pub use source::{Inbox, InboxError, Poll, Polled, Record, Requested, Reread, Source, SourceContext, Stream};
