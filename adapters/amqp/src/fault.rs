//! Turns what the client library says into the adapter's own words.
//!
//! Must never pass on a message's content, nor a URL.

use std::future::Future;
use std::time::Duration;

use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use lapin::types::ShortString;
use lapin::{Error, ErrorKind};
use samhold_adapter_api::AdapterError;

/// What the broker or the wire did wrong, sorted by who must act: the operator (refused) or time (unavailable).
pub(crate) fn explain(system: &str, attempt: &str, error: &Error) -> AdapterError {
    if is_refusal(error) {
        AdapterError::refused(system, attempt, error)
    } else {
        AdapterError::unavailable(system, attempt, error, None)
    }
}

/// Waits at most `limit` for the broker.
pub(crate) async fn within<T>(
    system: &str,
    attempt: &str,
    limit: Duration,
    work: impl Future<Output = lapin::Result<T>> + Send,
) -> Result<T, AdapterError> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done.map_err(|e| explain(system, attempt, &e)),
        Err(_) => Err(AdapterError::unavailable(system, attempt, format!("no answer within {limit:?}"), None)),
    }
}

/// A name on the wire. AMQP allows 255 bytes.
pub(crate) fn name(system: &str, what: &str, text: &str) -> Result<ShortString, AdapterError> {
    ShortString::try_new(text)
        .map_err(|_| AdapterError::settings(system, format!("{what} is {} bytes; AMQP allows 255", text.len())))
}

/// Whether the broker spoke against this one thing and would do so again: its AMQP reply code.
pub(crate) fn soft_code(error: &Error) -> Option<u16> {
    match error.kind() {
        ErrorKind::ProtocolError(e) => match e.kind() {
            AMQPErrorKind::Soft(soft) => Some(soft.get_id()),
            AMQPErrorKind::Hard(_) => None,
        },
        _ => None,
    }
}

fn is_refusal(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::ProtocolError(e) => matches!(
            e.kind(),
            AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED)
        ),
        ErrorKind::AuthProviderError(_) => true,
        _ => false,
    }
}
