//! One event as an AMQP message: CloudEvents 1.0, AMQP binding, binary mode.
//!
//! Must never put anything about a person in a property or header: brokers log and show these.

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use samhold_adapter_api::{Outgoing, OutgoingKind};
use samhold_model::{ChildId, Instant};
use serde_json::Value;
use uuid::Uuid;

/// What is said about an event outside its content.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Envelope<'a> {
    /// Stable over retries.
    pub(crate) id: Uuid,
    /// What it says.
    pub(crate) kind: OutgoingKind,
    /// Our opaque child id.
    pub(crate) subject: ChildId,
    /// When it was made.
    pub(crate) time: Instant,
    /// This installation.
    pub(crate) source: &'a str,
}

impl<'a> Envelope<'a> {
    /// The envelope of an outgoing event.
    pub(crate) fn of(event: &Outgoing, source: &'a str) -> Self {
        Self { id: event.event_id, kind: event.kind, subject: event.subject, time: event.time, source }
    }
}

/// Delivery mode of a message that outlives the broker.
const PERSISTENT: u8 = 2;

/// Properties and headers.
pub(crate) fn properties(envelope: &Envelope<'_>) -> BasicProperties {
    BasicProperties::default()
        .with_content_type("application/json".into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id(short(&envelope.id.to_string()))
        .with_headers(headers(envelope))
}

/// The content.
///
/// # Errors
/// When the content cannot be written as JSON, which a `Value` always can.
pub(crate) fn body(data: &Value) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(data)
}

fn headers(envelope: &Envelope<'_>) -> FieldTable {
    let mut table = FieldTable::default();
    for (attribute, value) in [
        ("cloudEvents:specversion", "1.0".to_owned()),
        ("cloudEvents:id", envelope.id.to_string()),
        ("cloudEvents:source", envelope.source.to_owned()),
        ("cloudEvents:type", envelope.kind.event_type().to_owned()),
        ("cloudEvents:subject", envelope.subject.to_string()),
        ("cloudEvents:time", envelope.time.to_string()),
    ] {
        table.insert(short(attribute), AMQPValue::LongString(LongString::from(value)));
    }
    table
}

/// Only for texts of our own making, all far below the 255 bytes AMQP allows.
fn short(text: &str) -> ShortString {
    ShortString::try_new(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_carries_its_cloudevents_attributes_and_nothing_about_a_person() {
        let (id, subject) = (Uuid::new_v4(), ChildId::new());
        let time: Instant = "2027-03-01T08:00:00Z".parse().unwrap();
        let envelope = Envelope { id, kind: OutgoingKind::Superseded, subject, time, source: "/samhold" };
        let properties = properties(&envelope);
        assert_eq!(properties.message_id().as_ref().unwrap().as_str(), id.to_string());
        assert_eq!(properties.delivery_mode(), &Some(2));
        assert_eq!(properties.content_type().as_ref().unwrap().as_str(), "application/json");
        let headers = properties.headers().as_ref().unwrap().inner();
        let of = |k: &str| headers.get(k).and_then(AMQPValue::as_long_string).unwrap().to_string();
        assert_eq!(of("cloudEvents:id"), id.to_string());
        assert_eq!(of("cloudEvents:type"), "no.samhold.coordination.superseded.v1");
        assert_eq!(of("cloudEvents:subject"), subject.to_string());
        assert_eq!(of("cloudEvents:time"), "2027-03-01T08:00:00Z");
        assert_eq!(of("cloudEvents:source"), "/samhold");
        assert_eq!(of("cloudEvents:specversion"), "1.0");
        assert_eq!(headers.len(), 6);
    }
}
