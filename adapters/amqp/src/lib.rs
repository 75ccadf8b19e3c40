#![doc = include_str!("../README.md")]

#[cfg(test)]
mod broker_tests;
mod connection;
mod declare;
mod delivery;
mod fault;
mod message;
mod recipient;
mod settings;
mod source;

pub use recipient::AmqpRecipient;
pub use settings::{Broker, RecipientSettings, SourceSettings, Unroutable};
pub use source::AmqpSource;

/// Log filter directives every program that uses this crate must set last, in the syntax of `tracing`'s `EnvFilter`.
///
/// The client library logs a returned message with its body at `WARN`, and frames at `TRACE`; both hold personal data.
pub const LOG_DIRECTIVES: &[&str] = &["lapin=warn", "lapin::returned_messages=off", "amq_protocol=warn"];
