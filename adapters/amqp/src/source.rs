//! Reads one queue into the inbox.
//!
//! Must never acknowledge what is not on disk, and never send back what cannot be understood: that is for the
//! mapping to find, later, in our own store.

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions};
use lapin::types::{DeliveryTag, FieldTable, ShortString};
use lapin::{Channel, Connection, Consumer};
use samhold_adapter_api::{AdapterError, Record, SourceContext, Stream};
use samhold_model::SystemName;

use crate::connection;
use crate::delivery;
use crate::fault::{explain, name, within};
use crate::settings::SourceSettings;

/// How long a group waits for more deliveries once it has one.
const GATHER: Duration = Duration::from_millis(5);

/// A queue of a broker, as a source.
#[derive(Clone, Debug)]
pub struct AmqpSource {
    system: SystemName,
    settings: SourceSettings,
}

/// Deliveries that go into one transaction.
#[derive(Default)]
struct Group {
    records: Vec<Record>,
    last: Option<DeliveryTag>,
}

impl AmqpSource {
    /// A source for `system`. Reads no secret and opens no connection yet.
    #[must_use]
    pub fn new(system: SystemName, settings: SourceSettings) -> Self {
        Self { system, settings }
    }

    fn named(&self) -> &str {
        self.system.as_str()
    }

    fn queue(&self) -> Result<ShortString, AdapterError> {
        name(self.named(), "the queue name", &format!("{}{}", self.settings.queue_prefix, self.system))
    }

    async fn consume(&self, connection: &mut Connection, context: &SourceContext) -> Result<(), AdapterError> {
        let (broker, system, queue) = (&self.settings.broker, self.named(), self.queue()?);
        let channel = crate::declare::queue(system, broker, connection, &queue).await?;
        // 0 would mean without limit.
        let limit = channel.basic_qos(self.settings.prefetch.max(1), BasicQosOptions::default());
        within(system, "set the prefetch", broker.timeout(), limit).await?;
        let tag = ShortString::default();
        let start = channel.basic_consume(queue, tag, BasicConsumeOptions::default(), FieldTable::default());
        let mut consumer = within(system, "consume", broker.timeout(), start).await?;
        tracing::info!(system, "consuming");
        self.drain(&channel, &mut consumer, context).await?;
        self.hand_back(&channel, &consumer).await
    }

    /// Takes group after group until told to stop.
    async fn drain(&self, on: &Channel, from: &mut Consumer, context: &SourceContext) -> Result<(), AdapterError> {
        loop {
            let first = tokio::select! {
                biased;
                () = context.stop.cancelled() => return Ok(()),
                next = from.next() => self.delivered(next)?,
            };
            let group = self.gather(first, from, context).await?;
            let Some(last) = group.last else { continue };
            let stored = context.inbox.accept(group.records, None).await;
            stored.map_err(|source| AdapterError::Inbox { system: self.named().to_owned(), source })?;
            let ack = on.basic_ack(last, BasicAckOptions { multiple: true });
            within(self.named(), "acknowledge", self.settings.broker.timeout(), ack).await?;
        }
    }

    /// What is already here, up to the group size; waits only moments for more.
    async fn gather(
        &self,
        first: Delivery,
        from: &mut Consumer,
        context: &SourceContext,
    ) -> Result<Group, AdapterError> {
        let mut group = Group::default();
        let until = tokio::time::Instant::now() + GATHER;
        let mut next = first;
        loop {
            self.take(next, &mut group, context).await?;
            if group.records.len() >= self.settings.group {
                return Ok(group);
            }
            match tokio::time::timeout_at(until, from.next()).await {
                Ok(more) => next = self.delivered(more)?,
                Err(_) => return Ok(group),
            }
        }
    }

    /// One delivery into the group, or away when it is too large.
    async fn take(&self, it: Delivery, group: &mut Group, context: &SourceContext) -> Result<(), AdapterError> {
        if it.data.len() > self.settings.max_body {
            return self.turn_away(&it, context).await;
        }
        group.last = Some(it.delivery_tag);
        group.records.push(delivery::record(&it.properties, it.data, &self.settings.content_type));
        Ok(())
    }

    /// A person is asked first, on disk; only then does the broker drop or dead-letter it.
    async fn turn_away(&self, it: &Delivery, context: &SourceContext) -> Result<(), AdapterError> {
        let found = it.data.len();
        let detail = format!(
            "a message on the queue of {} was turned away: {found} bytes, {} allowed",
            self.system, self.settings.max_body
        );
        let asked = context.inbox.ask_person("message_too_large", &detail).await;
        asked.map_err(|source| AdapterError::Inbox { system: self.named().to_owned(), source })?;
        tracing::warn!(system = self.named(), bytes = found, "a message was turned away: too large");
        let nack = it.acker.nack(BasicNackOptions { multiple: false, requeue: false });
        within(self.named(), "turn away", self.settings.broker.timeout(), nack).await.map(|_| ())
    }

    fn delivered(&self, next: Option<lapin::Result<Delivery>>) -> Result<Delivery, AdapterError> {
        match next {
            Some(Ok(delivery)) => Ok(delivery),
            Some(Err(e)) => Err(explain(self.named(), "consume", &e)),
            None => Err(AdapterError::unavailable(self.named(), "consume", "the broker ended the consumer", None)),
        }
    }

    /// Stops the flow, then gives everything that is not acknowledged back for the next reader.
    async fn hand_back(&self, channel: &Channel, consumer: &Consumer) -> Result<(), AdapterError> {
        let limit = self.settings.broker.timeout();
        let cancel = channel.basic_cancel(consumer.tag(), BasicCancelOptions::default());
        within(self.named(), "stop consuming", limit, cancel).await?;
        let all = channel.basic_nack(0, BasicNackOptions { multiple: true, requeue: true });
        within(self.named(), "hand back", limit, all).await
    }
}

#[async_trait]
impl Stream for AmqpSource {
    async fn run(&self, context: &SourceContext) -> Result<(), AdapterError> {
        let mut connection = connection::open(self.named(), &self.settings.broker, "in").await?;
        let done = self.consume(&mut connection, context).await;
        connection::close(&connection).await;
        done
    }

    async fn check(&self) -> Result<(), AdapterError> {
        let connection = connection::open(self.named(), &self.settings.broker, "check").await?;
        let reached = connection::channel(self.named(), &self.settings.broker, &connection).await;
        connection::close(&connection).await;
        reached.map(|_| ())
    }
}
