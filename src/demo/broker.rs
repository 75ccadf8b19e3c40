//! One source and one recipient over a real broker, when a URL is given. Queue and exchange have names of this run only and
//! are deleted at the end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, ExchangeDeleteOptions,
    QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use samhold_model::SystemName;
use samhold_standins::PushedDocument;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::daemon::Daemon;
use super::secrets::Secrets;
use super::systems::CASES;
use super::world::BY_QUEUE;

/// The longest to wait for the daemon to read a queue.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the broker keeps a queue of ours that nobody uses, in milliseconds.
const UNUSED_MS: i32 = 60 * 60 * 1000;

/// The broker, with this run's queues.
pub(super) struct Broker {
    url: String,
    run: String,
    connection: Connection,
    channel: Channel,
    published: AtomicUsize,
    received: Mutex<Vec<Message>>,
}

/// One message as the recipient took it from its queue.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) kind: String,
    pub(super) subject: String,
    /// Headers, key and properties: what a broker shows to its operators.
    pub(super) head: String,
    pub(super) data: Value,
}

impl Broker {
    /// Connects and makes the queues; nothing without a URL.
    pub(super) async fn open(url: Option<&str>) -> anyhow::Result<Option<Self>> {
        let Some(url) = url else { return Ok(None) };
        // The library's own error may repeat the URL with its password.
        let connecting = Connection::connect(url, ConnectionProperties::default());
        let connection = connecting.await.map_err(|_| anyhow::anyhow!("the broker of --amqp cannot be reached"))?;
        let channel = connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let run = format!("samhold-demo-{}", uuid::Uuid::new_v4().simple());
        let (published, received) = (AtomicUsize::new(0), Mutex::default());
        let broker = Self { url: url.to_owned(), run, connection, channel, published, received };
        broker.declare().await?;
        Ok(Some(broker))
    }

    async fn declare(&self) -> anyhow::Result<()> {
        // Should this program be killed, the broker removes an unused queue, and the exchange after its last queue.
        let mut expires = FieldTable::default();
        expires.insert(short("x-expires"), AMQPValue::LongInt(UNUSED_MS));
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        for queue in [self.source_queue(), self.own_queue()] {
            self.channel.queue_declare(short(&queue), durable, expires.clone()).await?;
        }
        let going = ExchangeDeclareOptions { durable: true, auto_delete: true, ..ExchangeDeclareOptions::default() };
        let exchange = short(&self.exchange());
        self.channel.exchange_declare(exchange.clone(), ExchangeKind::Topic, going, FieldTable::default()).await?;
        let (queue, key) = (short(&self.own_queue()), short(BY_QUEUE));
        Ok(self.channel.queue_bind(queue, exchange, key, QueueBindOptions::default(), FieldTable::default()).await?)
    }

    /// What stands before the system's name in the queue we read.
    pub(super) fn queue_prefix(&self) -> String {
        format!("{}.in.", self.run)
    }

    /// Where events go.
    pub(super) fn exchange(&self) -> String {
        format!("{}.out", self.run)
    }

    fn source_queue(&self) -> String {
        format!("{}{CASES}", self.queue_prefix())
    }

    fn own_queue(&self) -> String {
        format!("{}.{BY_QUEUE}", self.run)
    }

    /// How the daemon reaches it.
    pub(super) fn settings(&self, secrets: &Secrets) -> anyhow::Result<Value> {
        Ok(json!({"url": secrets.keep("broker-url", &self.url)?}))
    }

    /// A case system sends a document, confirmed by the broker.
    pub(super) async fn publish(&self, document: &PushedDocument) -> anyhow::Result<()> {
        let properties = BasicProperties::default()
            .with_content_type(short(document.content_type))
            .with_delivery_mode(2)
            .with_message_id(short(&document.file_name));
        let (queue, options) = (short(&self.source_queue()), BasicPublishOptions::default());
        let sent = self.channel.basic_publish(ShortString::default(), queue, options, &document.body, properties);
        anyhow::ensure!(sent.await?.await?.is_ack(), "the broker did not take a document");
        self.published.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    /// Waits until all that was published is in the daemon's store. Each document is a unit of its own there, since each
    /// has its own message id.
    pub(super) async fn until_read(&self, daemon: &Daemon) -> anyhow::Result<()> {
        let system = SystemName::new(CASES);
        let read = async {
            while daemon.engine.store.latest_records(&system).await?.len() < self.published.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            anyhow::Ok(())
        };
        tokio::time::timeout(PATIENCE, read).await.map_err(|_| anyhow::anyhow!("the queue was not read in time"))?
    }

    /// Everything the recipient has got so far.
    pub(super) async fn received(&self) -> anyhow::Result<Vec<Message>> {
        let mut received = self.received.lock().await;
        let options = BasicGetOptions { no_ack: true };
        while let Some(got) = self.channel.basic_get(short(&self.own_queue()), options).await? {
            let headers = got.delivery.properties.headers().clone().unwrap_or_default();
            let said = |name: &str| {
                headers.inner().get(name).and_then(|v| v.as_long_string()).map(ToString::to_string).unwrap_or_default()
            };
            received.push(Message {
                kind: said("cloudEvents:type"),
                subject: said("cloudEvents:subject"),
                head: format!("{} {:?}", got.delivery.routing_key, got.delivery.properties),
                data: serde_json::from_slice(&got.delivery.data).unwrap_or(Value::Null),
            });
        }
        Ok(received.clone())
    }

    /// Deletes what this run made.
    pub(super) async fn clear(self) {
        for queue in [self.source_queue(), self.own_queue()] {
            // What cannot be deleted now is told by its name; there is nothing more to do here.
            drop(self.channel.queue_delete(short(&queue), QueueDeleteOptions::default()).await);
        }
        drop(self.channel.exchange_delete(short(&self.exchange()), ExchangeDeleteOptions::default()).await);
        drop(self.connection.close(200, short("done")).await);
    }
}

/// Only for names of our own making, all far below the 255 bytes AMQP allows.
fn short(text: &str) -> ShortString {
    ShortString::try_new(text).unwrap_or_default()
}
