//! The topic exchange: binary CloudEvents, and an event that no queue takes is not delivered.

use lapin::options::{
    BasicGetOptions, ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions,
    QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties, ExchangeKind};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Daemon, Folder, amqp_recipient, broker, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, child};

#[tokio::test(flavor = "multi_thread")]
async fn an_event_goes_out_in_the_binary_binding_once_a_queue_takes_it_and_is_not_delivered_before() {
    let Some(url) = broker() else { return };
    let exchange = format!("samhold.test.{}.out", Uuid::new_v4().simple());
    let folder = Folder::sqlite();
    amqp_recipient(&folder, "ke", "koordinerende_enhet", &url, &exchange);
    let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    channel
        .exchange_declare(exchange.as_str().into(), ExchangeKind::Topic, durable, FieldTable::default())
        .await
        .unwrap();
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    let row = || daemon.folder.status()["backlog"]["recipients"][0].clone();
    wait_until("the event came back", async || !daemon.folder.last_error_of("ke").is_empty()).await;
    assert_eq!(row(), json!(["ke", 1, 0, 0]), "queued, not delivered, not rejected");

    let queue = channel.queue_declare(
        "".into(),
        QueueDeclareOptions { exclusive: true, ..QueueDeclareOptions::default() },
        FieldTable::default(),
    );
    let queue = queue.await.unwrap().name().clone();
    let bind = QueueBindOptions::default();
    channel
        .queue_bind(queue.clone(), exchange.as_str().into(), "ke".into(), bind, FieldTable::default())
        .await
        .unwrap();
    let mut got = None;
    wait_until("the queue has it", async || {
        got = channel.basic_get(queue.clone(), BasicGetOptions { no_ack: true }).await.unwrap();
        got.is_some()
    })
    .await;
    let message = got.unwrap().delivery;
    wait_until("it counts as delivered", async || row() == json!(["ke", 0, 1, 0])).await;

    assert_eq!((message.exchange.as_str(), message.routing_key.as_str()), (exchange.as_str(), "ke"));
    let properties = &message.properties;
    assert_eq!(properties.content_type().as_ref().unwrap().as_str(), "application/json");
    assert_eq!(properties.delivery_mode(), &Some(2), "persistent");
    let headers = properties.headers().clone().unwrap();
    let names: Vec<&str> = headers.inner().keys().map(lapin::types::ShortString::as_str).collect();
    let wanted = ["id", "source", "specversion", "subject", "time", "type"].map(|n| format!("cloudEvents:{n}"));
    assert_eq!(names, wanted);
    let header = |name: &str| headers.inner()[&*format!("cloudEvents:{name}")].as_long_string().unwrap().to_string();
    assert_eq!(header("type"), "no.samhold.coordination.assignment.v1");
    assert_eq!(header("id"), properties.message_id().as_ref().unwrap().as_str());
    assert_eq!(header("subject"), Ledger::of(&daemon.folder).await.child(&child.number).await.unwrap().to_string());
    assert!(!format!("{properties:?}").contains(&child.number), "no personal data in any header");
    let data: Value = serde_json::from_slice(&message.data).unwrap();
    assert_eq!(data["coordination"]["holder"]["service"], "lia-skole");
    assert_eq!(data["child"]["national_id"], child.number);
    drop(daemon);
    channel.queue_delete(queue, QueueDeleteOptions::default()).await.unwrap();
    channel.exchange_delete(exchange.as_str().into(), ExchangeDeleteOptions::default()).await.unwrap();
}
