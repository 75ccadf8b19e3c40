//! Makes sure that our own queue and our own exchange exist, and leaves everything else alone.
//!
//! What is there already is used as it is. Must never delete, bind or change anything.

use lapin::options::{ExchangeDeclareOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, Connection, ExchangeKind};
use samhold_adapter_api::AdapterError;

use crate::connection;
use crate::fault::within;
use crate::settings::Broker;

/// RabbitMQ 4 throws a message away after twenty returns unless told otherwise. Its word for "never", -1, makes
/// RabbitMQ 3 throw it away at the first return, so the limit is a number no message reaches.
const NO_LIMIT: i32 = i32::MAX;

/// Ways to get a queue, best first. A refusal closes the channel, so each has a channel of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// It is there already.
    Existing,
    /// Replicated.
    Quorum,
    /// One node.
    Classic,
}

/// A channel on which `queue` is known to exist.
pub(crate) async fn queue(
    system: &str,
    broker: &Broker,
    on: &mut Connection,
    queue: &ShortString,
) -> Result<Channel, AdapterError> {
    let mut last = None;
    for way in [Way::Existing, Way::Quorum, Way::Classic] {
        if !on.status().connected() {
            // Some brokers close the whole connection over a queue type they do not have.
            *on = connection::open(system, broker, "in").await?;
        }
        let channel = connection::channel(system, broker, on).await?;
        let asked = channel.queue_declare(queue.clone(), options(way), arguments(way));
        match tokio::time::timeout(broker.timeout(), asked).await {
            Ok(Ok(_)) => return Ok(channel),
            Ok(Err(e)) if e.is_amqp_error() => last = Some(e),
            Ok(Err(e)) => return Err(crate::fault::explain(system, "declare the queue", &e)),
            Err(_) => return Err(AdapterError::unavailable(system, "declare the queue", "no answer", None)),
        }
    }
    let cause = last.map_or_else(String::new, |e| e.to_string());
    Err(AdapterError::refused(system, "declare the queue", cause))
}

fn options(way: Way) -> QueueDeclareOptions {
    QueueDeclareOptions { passive: way == Way::Existing, durable: true, ..QueueDeclareOptions::default() }
}

fn arguments(way: Way) -> FieldTable {
    let mut table = FieldTable::default();
    let kind = match way {
        Way::Existing => return table,
        Way::Quorum => "quorum",
        Way::Classic => "classic",
    };
    table.insert("x-queue-type".into(), AMQPValue::LongString(kind.into()));
    if way == Way::Quorum {
        table.insert("x-delivery-limit".into(), AMQPValue::LongInt(NO_LIMIT));
    }
    table
}

/// A channel on which the topic exchange is known to exist.
pub(crate) async fn exchange(
    system: &str,
    broker: &Broker,
    on: &Connection,
    exchange: &ShortString,
) -> Result<Channel, AdapterError> {
    let looking = connection::channel(system, broker, on).await?;
    let passive = ExchangeDeclareOptions { passive: true, ..ExchangeDeclareOptions::default() };
    let found = looking.exchange_declare(exchange.clone(), ExchangeKind::Topic, passive, FieldTable::default());
    if matches!(tokio::time::timeout(broker.timeout(), found).await, Ok(Ok(()))) {
        return Ok(looking);
    }
    let channel = connection::channel(system, broker, on).await?;
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let made = channel.exchange_declare(exchange.clone(), ExchangeKind::Topic, durable, FieldTable::default());
    within(system, "declare the exchange", broker.timeout(), made).await?;
    Ok(channel)
}
