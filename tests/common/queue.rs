//! A queue of a real broker as the sending system sees it. Its name is the test's own.

use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use uuid::Uuid;

use crate::common::wait_until;

/// A queue that a source of the daemon reads.
pub struct Queue {
    connection: Connection,
    channel: Channel,
    prefix: String,
    name: String,
}

impl Queue {
    /// For the source `system`; the daemon makes the queue itself.
    pub async fn new(url: &str, system: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        let prefix = format!("samhold.test.{}.", Uuid::new_v4().simple());
        let name = format!("{prefix}{system}");
        Self { connection, channel, prefix, name }
    }

    /// What its name begins with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Publishes one confirmed, persistent message.
    pub async fn publish(&self, id: &str, content_type: &str, body: &str) {
        let properties = BasicProperties::default().with_message_id(id.into()).with_delivery_mode(2);
        let properties = properties.with_content_type(content_type.into());
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let (queue, body) = (self.name.as_str(), body.as_bytes());
        let sent = self.channel.basic_publish("".into(), queue.into(), options, body, properties).await.unwrap();
        assert!(sent.await.unwrap().is_ack());
    }

    /// How many messages wait in it, once somebody reads it.
    pub async fn waiting(&self) -> Option<u32> {
        // A refusal closes the channel, so each look has one of its own.
        let channel = self.connection.create_channel().await.unwrap();
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let found = channel.queue_declare(self.name.as_str().into(), passive, FieldTable::default()).await;
        found.ok().filter(|q| q.consumer_count() > 0).map(|q| q.message_count())
    }

    /// Waits until the daemon reads it.
    pub async fn until_read(&self) {
        wait_until("the daemon reads its queue", async || self.waiting().await.is_some()).await;
    }

    /// Removes it.
    pub async fn clear(self) {
        self.channel.queue_delete(self.name.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
    }
}
