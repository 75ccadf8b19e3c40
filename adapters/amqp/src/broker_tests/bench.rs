//! What the tests share: the broker's address, a side connection, an inbox that can fail.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions};
use lapin::types::FieldTable;
use lapin::uri::AMQPUri;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use samhold_adapter_api::{Inbox, InboxError, Record, SourceContext};
use samhold_model::{Instant, NationalId, SystemName};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::settings::{Broker, SourceSettings};

pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// The broker under test and a connection beside the one the adapter makes.
pub(super) struct Bench {
    pub(super) uri: AMQPUri,
    pub(super) channel: Channel,
    pub(super) prefix: String,
    folder: tempfile::TempDir,
    _connection: Connection,
}

impl Bench {
    /// `None`, said aloud, when there is no broker to test against.
    pub(super) async fn open() -> Option<Self> {
        #[expect(clippy::disallowed_methods, reason = "only the environment can say whether a broker is at hand")]
        let Ok(url) = std::env::var("SAMHOLD_TEST_AMQP") else {
            eprintln!("skipped: SAMHOLD_TEST_AMQP is not set to the URL of a broker");
            return None;
        };
        let uri: AMQPUri = url.parse().unwrap();
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        let prefix = format!("samhold-test-{}.", uuid::Uuid::new_v4());
        Some(Self { uri, channel, prefix, folder: tempfile::tempdir().unwrap(), _connection: connection })
    }

    pub(super) fn upstream(&self) -> String {
        format!("{}:{}", self.uri.authority.host, self.uri.authority.port)
    }

    /// The broker as settings, reached on `port` instead when given.
    pub(super) fn broker(&self, port: Option<u16>) -> Broker {
        let mut uri = self.uri.clone();
        uri.authority.port = port.unwrap_or(uri.authority.port);
        let file = self.folder.path().join(uuid::Uuid::new_v4().to_string());
        std::fs::write(&file, uri.to_string()).unwrap();
        toml::from_str(&format!(
            "url = {{ file = '{}' }}\nallow_plaintext = true\ntimeout_seconds = 10",
            file.display()
        ))
        .unwrap()
    }

    pub(super) fn source_settings(&self, port: Option<u16>) -> SourceSettings {
        SourceSettings {
            broker: self.broker(port),
            queue_prefix: self.prefix.clone(),
            prefetch: 20,
            group: 10,
            max_body: 1024,
            content_type: "application/json".into(),
        }
    }

    pub(super) fn queue(&self) -> String {
        format!("{}skole", self.prefix)
    }

    /// Declares the queue as the adapter would find it, with messages `0..count`.
    pub(super) async fn fill(&self, count: usize, body: impl Fn(usize) -> Vec<u8>) {
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(self.queue().into(), durable, FieldTable::default()).await.unwrap();
        for n in 0..count {
            let properties = BasicProperties::default().with_message_id(format!("m-{n}").into()).with_delivery_mode(2);
            let options = BasicPublishOptions::default();
            let sent = self.channel.basic_publish("".into(), self.queue().into(), options, &body(n), properties).await;
            assert!(sent.unwrap().await.unwrap().is_ack());
        }
    }

    /// Waits until `count` messages are ready in the queue: a broker takes back in its own time.
    pub(super) async fn until_ready(&self, count: u32) {
        let waited = tokio::time::timeout(PATIENCE, async {
            while self.ready().await != count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        assert!(waited.await.is_ok(), "{} ready, {count} expected", self.ready().await);
    }

    async fn ready(&self) -> u32 {
        let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let queue = self.channel.queue_declare(self.queue().into(), passive, FieldTable::default()).await.unwrap();
        queue.message_count()
    }

    pub(super) async fn clear(self) {
        self.channel.queue_delete(self.queue().into(), QueueDeleteOptions::default()).await.unwrap();
    }
}

/// An inbox that shows what it got, and can refuse, wait, or stop the source.
pub(super) struct Shelf {
    pub(super) records: Mutex<Vec<Record>>,
    pub(super) asked: Mutex<Vec<String>>,
    /// How many calls to refuse first.
    pub(super) refusals: AtomicUsize,
    /// A permit lets one call through.
    pub(super) gate: Semaphore,
    /// Calls that have begun.
    pub(super) begun: Semaphore,
    /// Stops the source when the shelf holds this many.
    pub(super) enough: usize,
    pub(super) stop: CancellationToken,
}

impl Shelf {
    pub(super) fn stopping_at(enough: usize) -> Arc<Self> {
        Arc::new(Self {
            records: Mutex::default(),
            asked: Mutex::default(),
            refusals: AtomicUsize::new(0),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            begun: Semaphore::new(0),
            enough,
            stop: CancellationToken::new(),
        })
    }

    pub(super) fn keys(&self) -> std::collections::BTreeSet<String> {
        self.records.lock().unwrap().iter().map(|r| r.key.clone()).collect()
    }
}

pub(super) fn context(shelf: &Arc<Shelf>) -> SourceContext {
    let now: Instant = "2027-03-01T08:00:00Z".parse().unwrap();
    SourceContext {
        system: SystemName::new("skole"),
        inbox: shelf.clone(),
        now: Arc::new(move || now),
        stop: shelf.stop.clone(),
    }
}

#[async_trait]
impl Inbox for Shelf {
    async fn accept(&self, records: Vec<Record>, _: Option<(&str, &str)>) -> Result<(), InboxError> {
        self.begun.add_permits(1);
        self.gate.acquire().await.unwrap().forget();
        if self.refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok() {
            return Err(InboxError("disk full".into()));
        }
        self.records.lock().unwrap().extend(records);
        if self.keys().len() >= self.enough {
            self.stop.cancel();
        }
        Ok(())
    }

    async fn cursor(&self, _: &str) -> Result<Option<String>, InboxError> {
        Ok(None)
    }

    async fn live_keys(&self) -> Result<Vec<String>, InboxError> {
        Ok(Vec::new())
    }

    async fn followed(&self) -> Result<Vec<NationalId>, InboxError> {
        Ok(Vec::new())
    }

    async fn requested(&self) -> Result<Vec<samhold_adapter_api::Requested>, InboxError> {
        Ok(Vec::new())
    }
    async fn ask_person(&self, kind: &str, detail: &str) -> Result<(), InboxError> {
        self.asked.lock().unwrap().push(format!("{kind}: {detail}"));
        Ok(())
    }
}
