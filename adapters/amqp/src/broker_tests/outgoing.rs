//! The recipient against a real broker.

use std::collections::BTreeSet;
use std::time::Duration;

use lapin::options::{BasicGetOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use samhold_adapter_api::{DeliveryOutcome, Outgoing, OutgoingKind, Recipient};
use samhold_model::{ChildId, SystemName};
use serde_json::json;
use uuid::Uuid;

use super::bench::{Bench, PATIENCE};
use super::cleared::cleared;
use super::proxy::Proxy;
use crate::message::Envelope;
use crate::recipient::AmqpRecipient;
use crate::settings::{RecipientSettings, Unroutable};

fn recipient(bench: &Bench, port: Option<u16>, unroutable: Unroutable) -> AmqpRecipient {
    let settings = RecipientSettings {
        broker: bench.broker(port),
        exchange: exchange(bench),
        routing_key: None,
        source: "/samhold".into(),
        unroutable,
    };
    AmqpRecipient::new(SystemName::new("skole"), settings)
}

fn exchange(bench: &Bench) -> String {
    format!("{}out", bench.prefix)
}

fn event(id: Uuid) -> Envelope<'static> {
    let time = "2027-03-01T08:00:00Z".parse().unwrap();
    Envelope { id, kind: OutgoingKind::Assignment, subject: ChildId::new(), time, source: "/samhold" }
}

async fn bind(bench: &Bench) {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    bench.channel.queue_declare(bench.queue().into(), durable, FieldTable::default()).await.unwrap();
    let (queue, exchange, options) = (bench.queue().into(), exchange(bench).into(), QueueBindOptions::default());
    bench.channel.queue_bind(queue, exchange, "skole".into(), options, FieldTable::default()).await.unwrap();
}

async fn received(bench: &Bench) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let options = BasicGetOptions { no_ack: true };
    while let Some(m) = bench.channel.basic_get(bench.queue().into(), options).await.unwrap() {
        ids.insert(m.delivery.properties.message_id().as_ref().unwrap().to_string());
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cleared_event_arrives_as_it_was_cleared() {
    let Some(bench) = Bench::open().await else { return };
    let to = recipient(&bench, None, Unroutable::Later);
    to.check().await.unwrap();
    bind(&bench).await;
    let event = Outgoing {
        event_id: Uuid::new_v4(),
        kind: OutgoingKind::Retracted,
        subject: ChildId::new(),
        version: 1,
        time: "2027-03-01T08:00:00Z".parse().unwrap(),
        data: cleared(json!({"child": {"local_id": "elev-7"}})),
    };
    assert_eq!(to.deliver(&event).await, DeliveryOutcome::Delivered);
    let got = bench.channel.basic_get(bench.queue().into(), BasicGetOptions { no_ack: true }).await.unwrap().unwrap();
    assert_eq!(got.delivery.data, br#"{"child":{"local_id":"elev-7"}}"#);
    let headers = got.delivery.properties.headers().clone().unwrap();
    let said = |name: &str| headers.inner().get(name).unwrap().as_long_string().unwrap().to_string();
    assert_eq!(said("cloudEvents:type"), "no.samhold.coordination.retracted.v1");
    assert_eq!(said("cloudEvents:subject"), event.subject.to_string());
    clear(bench).await;
}

async fn clear(bench: Bench) {
    bench.channel.exchange_delete(exchange(&bench).into(), ExchangeDeleteOptions::default()).await.unwrap();
    bench.clear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_no_queue_takes_is_not_delivered_until_one_does() {
    let Some(bench) = Bench::open().await else { return };
    let patient = recipient(&bench, None, Unroutable::Later);
    let id = Uuid::new_v4();
    let first = patient.send(&event(id), &json!({"municipality": "9901"})).await;
    assert!(matches!(&first, DeliveryOutcome::NotReached { reason } if reason.contains("no queue bound")), "{first:?}");
    let strict = recipient(&bench, None, Unroutable::Refuse).send(&event(id), &json!({})).await;
    assert!(matches!(&strict, DeliveryOutcome::Refused { code, .. } if code == "amqp_unroutable"), "{strict:?}");
    bind(&bench).await;
    assert_eq!(patient.send(&event(id), &json!({"municipality": "9901"})).await, DeliveryOutcome::Delivered);
    let got = bench.channel.basic_get(bench.queue().into(), BasicGetOptions { no_ack: true }).await.unwrap().unwrap();
    assert_eq!(got.delivery.data, br#"{"municipality":"9901"}"#);
    assert_eq!(got.delivery.routing_key.as_str(), "skole");
    let headers = got.delivery.properties.headers().clone().unwrap();
    assert_eq!(headers.inner().get("cloudEvents:id").unwrap().as_long_string().unwrap().to_string(), id.to_string());
    clear(bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fates_are_not_exchanged_between_events_sent_at_once() {
    let Some(bench) = Bench::open().await else { return };
    let one = recipient(&bench, None, Unroutable::Later);
    one.check().await.unwrap();
    bind(&bench).await;
    let lost = RecipientSettings {
        routing_key: Some("ingen".into()),
        broker: bench.broker(None),
        exchange: exchange(&bench),
        source: "/samhold".into(),
        unroutable: Unroutable::Later,
    };
    let other = AmqpRecipient::new(SystemName::new("ingen"), lost);
    let content = json!({});
    let sends = (0..40).map(|n| {
        let (to, routed) = if n % 2 == 0 { (&one, true) } else { (&other, false) };
        let content = &content;
        async move { (routed, to.send(&event(Uuid::new_v4()), content).await == DeliveryOutcome::Delivered) }
    });
    for (routed, delivered) in futures::future::join_all(sends).await {
        assert_eq!(routed, delivered);
    }
    assert_eq!(received(&bench).await.len(), 20);
    clear(bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_called_delivered_is_in_the_queue_though_the_wire_was_cut() {
    let Some(bench) = Bench::open().await else { return };
    recipient(&bench, None, Unroutable::Later).check().await.unwrap();
    bind(&bench).await;
    let proxy = Proxy::cutting_after(4_000, bench.upstream()).await;
    let flaky = recipient(&bench, Some(proxy.port), Unroutable::Later);
    let sent: Vec<Uuid> = (0..60).map(|_| Uuid::new_v4()).collect();
    let all = tokio::time::timeout(PATIENCE, async {
        for id in &sent {
            while flaky.send(&event(*id), &json!({"version": 1})).await != DeliveryOutcome::Delivered {}
        }
    });
    assert!(all.await.is_ok(), "not all delivered in time");
    assert!(proxy.cuts() >= 3, "the wire was cut only {} times", proxy.cuts());
    assert_eq!(received(&bench).await, sent.iter().map(Uuid::to_string).collect());
    clear(bench).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_never_answers_is_given_up_on() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let file = std::env::temp_dir().join(format!("samhold-amqp-silent-{}", Uuid::new_v4()));
    std::fs::write(&file, format!("amqp://ola:hemmelig@127.0.0.1:{port}/%2f")).unwrap();
    let settings: RecipientSettings =
        toml::from_str(&format!("[broker]\nurl = {{ file = '{}' }}\ntimeout_seconds = 1", file.display())).unwrap();
    let mute = AmqpRecipient::new(SystemName::new("stum"), settings);
    let content = json!({});
    let given_up = tokio::time::timeout(Duration::from_secs(30), mute.send(&event(Uuid::new_v4()), &content)).await;
    let reason = match given_up.unwrap() {
        DeliveryOutcome::Later { reason, .. } | DeliveryOutcome::NotReached { reason } => reason,
        other => panic!("{other:?}"),
    };
    assert!(reason.contains("no answer within") && !reason.contains("hemmelig"), "{reason}");
    std::fs::remove_file(file).unwrap();
}
