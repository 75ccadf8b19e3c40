//! A real broker behind a proxy that cuts every connection while the daemon drains its queue and publishes.
//!
//! Every test has queue and exchange names of its own and removes them.

use std::collections::{BTreeMap, BTreeSet};

use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, ExchangeDeleteOptions,
    QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use samhold_standins::receiver::ReceivedEvent;
use serde_json::Value;
use uuid::Uuid;

use crate::common::{
    Child, Daemon, Folder, Proxy, amqp_recipient, amqp_source, broker, children, flat, told_in, wait_until,
};
use crate::effects::assert_rising;

const CHILDREN: usize = 120;
const CUTS: usize = 4;

/// The broker as the test itself sees it, past every proxy.
pub struct Broker {
    url: String,
    /// Its host and port.
    pub address: String,
    /// What the queues of this test begin with.
    pub prefix: String,
    /// The exchange of this test.
    pub exchange: String,
    connection: Connection,
    channel: Channel,
}

impl Broker {
    /// Connects, with names of its own.
    pub async fn new(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        let address = url.split('@').nth(1).unwrap().split('/').next().unwrap().to_owned();
        let own = format!("samhold.test.{}", Uuid::new_v4().simple());
        let (prefix, exchange) = (format!("{own}.in."), format!("{own}.out"));
        Self { url: url.to_owned(), address, prefix, exchange, connection, channel }
    }

    /// The URL of the same broker behind a proxy on this machine.
    pub fn url_through(&self, port: u16) -> String {
        self.url.replace(&self.address, &format!("127.0.0.1:{port}"))
    }

    /// Waits until the daemon reads the queue of a source.
    pub async fn until_read(&self, source: &str) {
        wait_until("the daemon reads its queue", async || {
            // A refusal closes the channel, so each look has one of its own.
            let looking = self.connection.create_channel().await.unwrap();
            let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
            let queue = looking.queue_declare(self.queue(source).as_str().into(), passive, FieldTable::default()).await;
            queue.is_ok_and(|q| q.consumer_count() > 0)
        })
        .await;
    }

    /// Publishes each fact as one confirmed, persistent message.
    pub async fn publish(&self, source: &str, facts: &[Value]) {
        let mut confirmations = Vec::new();
        for fact in facts {
            let properties = BasicProperties::default()
                .with_content_type("application/json".into())
                .with_delivery_mode(2)
                .with_message_id(fact["id"].as_str().unwrap().into());
            let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
            let (queue, body) = (self.queue(source), fact.to_string());
            let sent =
                self.channel.basic_publish("".into(), queue.as_str().into(), options, body.as_bytes(), properties);
            confirmations.push(sent.await.unwrap());
        }
        for confirmation in confirmations {
            assert!(confirmation.await.unwrap().is_ack());
        }
    }

    /// Makes the exchange and, bound to it, the queue on which a recipient listens.
    pub async fn listen(&self, recipient: &str) {
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let (exchange, queue) = (self.exchange.as_str(), self.out_queue(recipient));
        let none = FieldTable::default;
        self.channel.exchange_declare(exchange.into(), ExchangeKind::Topic, durable, none()).await.unwrap();
        let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        self.channel.queue_declare(queue.as_str().into(), durable, none()).await.unwrap();
        let bind = QueueBindOptions::default();
        self.channel.queue_bind(queue.as_str().into(), exchange.into(), recipient.into(), bind, none()).await.unwrap();
    }

    /// Takes what has come for a recipient, without repeats of an event it has had.
    pub async fn received(&self, recipient: &str, events: &mut Vec<ReceivedEvent>) {
        let mut had: BTreeSet<String> = events.iter().map(|e| e.key.clone()).collect();
        let queue = self.out_queue(recipient);
        let get = || self.channel.basic_get(queue.as_str().into(), BasicGetOptions { no_ack: true });
        while let Some(message) = get().await.unwrap() {
            let event = event(&message.delivery.properties, &message.delivery.data);
            if had.insert(event.key.clone()) {
                events.push(event);
            }
        }
    }

    /// Removes what the test made.
    pub async fn clear(&self, source: &str, recipient: &str) {
        for queue in [self.queue(source), self.out_queue(recipient)] {
            self.channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default()).await.unwrap();
        }
        self.channel.exchange_delete(self.exchange.as_str().into(), ExchangeDeleteOptions::default()).await.unwrap();
    }

    fn queue(&self, source: &str) -> String {
        format!("{}{source}", self.prefix)
    }

    fn out_queue(&self, recipient: &str) -> String {
        format!("{}.{recipient}", self.exchange)
    }
}

fn event(properties: &BasicProperties, body: &[u8]) -> ReceivedEvent {
    let headers = properties.headers().clone().unwrap_or_default();
    let header = |name: &str| {
        let value = headers.inner().get(name).and_then(|v| v.as_long_string()).map(ToString::to_string);
        value.unwrap_or_default()
    };
    let data: Value = serde_json::from_slice(body).unwrap();
    ReceivedEvent {
        key: header("cloudEvents:id"),
        kind: header("cloudEvents:type"),
        subject: header("cloudEvents:subject"),
        version: data["version"].as_i64().unwrap(),
        data,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_though_the_broker_closes_every_connection_again_and_again_and_the_process_is_killed() {
    let Some(url) = broker() else { return };
    let broker = Broker::new(&url).await;
    let proxy = Proxy::start(&broker.address).await.unwrap();
    let folder = Folder::sqlite();
    amqp_source(&folder, "kilde", &broker.url_through(proxy.port()), &broker.prefix);
    let through = broker.url_through(proxy.port());
    amqp_recipient(&folder, "ke", "koordinerende_enhet", &through, &broker.exchange);
    broker.listen("ke").await;
    let mut daemon = Daemon::start(folder).await;

    let all = children(CHILDREN);
    let mut events = Vec::new();
    let rounds = CUTS;
    for round in 0..rounds {
        let of_round = |child: &Child| match round {
            0 => flat(std::slice::from_ref(child), 1),
            _ => vec![child.agreement(round)],
        };
        let facts: Vec<Value> = all.iter().flat_map(of_round).collect();
        broker.until_read("kilde").await;
        broker.publish("kilde", &facts).await;
        let (made, had) = (proxy.connections(), events.len());
        // In the middle of the drain: at once in every other round, else when some has come out and the rest has not.
        wait_until("some of the round has come out", async || {
            broker.received("ke", &mut events).await;
            round % 2 == 1 || events.len() > had
        })
        .await;
        if round == CUTS - 1 {
            daemon.kill9();
            daemon.restart().await;
        }
        proxy.cut_all();
        wait_until("the daemon connects again", async || proxy.connections() > made).await;
    }

    let expected = flat(&all, rounds).len() as u64;
    wait_until("every recipient's last state is the wanted one", async || {
        broker.received("ke", &mut events).await;
        let told = told_in(&latest(&events));
        told.len() == CHILDREN && told.values().all(|said| *said == Child::told_after(rounds - 1))
    })
    .await;
    assert_eq!(crate::absent::facts(&daemon), expected, "every published fact is in the ledger once");
    assert!(daemon.runs());
    assert!(daemon.folder.dead_letters().is_empty());
    assert_rising(&events);
    // Both roads through the proxy were cut: the queue's connection and the exchange's.
    assert!(proxy.connections() >= CUTS + 2, "{}", proxy.connections());
    drop(daemon);
    broker.clear("kilde", "ke").await;
}

/// The last event of each child.
pub fn latest(events: &[ReceivedEvent]) -> BTreeMap<String, ReceivedEvent> {
    events.iter().map(|e| (e.subject.clone(), e.clone())).collect()
}
