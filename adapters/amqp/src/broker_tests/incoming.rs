//! The source against a real broker.

use std::sync::atomic::Ordering;

use samhold_adapter_api::{AdapterError, Stream};
use samhold_model::SystemName;
use tokio::sync::Semaphore;

use super::bench::{Bench, PATIENCE, Shelf, context};
use super::proxy::Proxy;
use crate::source::AmqpSource;

fn source(bench: &Bench, port: Option<u16>) -> AmqpSource {
    AmqpSource::new(SystemName::new("skole"), bench.source_settings(port))
}

fn small(n: usize) -> Vec<u8> {
    format!("{{\"n\":{n}}}").into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_leaves_the_broker_only_after_it_is_on_disk() {
    let Some(bench) = Bench::open().await else { return };
    bench.fill(3, small).await;
    let mut shelf = Shelf::stopping_at(3);
    std::sync::Arc::get_mut(&mut shelf).unwrap().gate = Semaphore::new(0);
    let (reader, seen) = (source(&bench, None), context(&shelf));
    let running = tokio::spawn(async move { reader.run(&seen).await });
    shelf.begun.acquire().await.unwrap().forget();
    // The program dies while the inbox is still writing: everything comes back.
    running.abort();
    bench.until_ready(3).await;
    shelf.gate.add_permits(Semaphore::MAX_PERMITS / 2);
    source(&bench, None).run(&context(&shelf)).await.unwrap();
    assert_eq!(shelf.keys().len(), 3);
    assert_eq!(shelf.records.lock().unwrap()[0].delivery_id.as_deref(), Some("m-0"));
    bench.until_ready(0).await;
    bench.clear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_inbox_refuses_is_delivered_again() {
    let Some(bench) = Bench::open().await else { return };
    bench.fill(5, small).await;
    let shelf = Shelf::stopping_at(5);
    shelf.refusals.store(1, Ordering::SeqCst);
    let failed = source(&bench, None).run(&context(&shelf)).await;
    assert!(matches!(failed, Err(AdapterError::Inbox { .. })), "{failed:?}");
    assert!(shelf.keys().is_empty());
    source(&bench, None).run(&context(&shelf)).await.unwrap();
    assert_eq!(shelf.keys().len(), 5);
    bench.until_ready(0).await;
    bench.clear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_the_wire_is_cut_again_and_again() {
    let Some(bench) = Bench::open().await else { return };
    bench.fill(400, |n| format!("{{\"n\":{n},\"fyll\":\"{}\"}}", "x".repeat(200)).into_bytes()).await;
    let proxy = Proxy::cutting_after(30_000, bench.upstream()).await;
    let (shelf, reader) = (Shelf::stopping_at(400), source(&bench, Some(proxy.port)));
    let drained = tokio::time::timeout(PATIENCE, async {
        let seen = context(&shelf);
        while reader.run(&seen).await.is_err() {}
    });
    assert!(drained.await.is_ok(), "{} of 400", shelf.keys().len());
    assert!(proxy.cuts() >= 3, "the wire was cut only {} times", proxy.cuts());
    assert_eq!(shelf.keys(), (0..400).map(|n| format!("m-{n}")).collect());
    bench.until_ready(0).await;
    bench.clear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_large_a_body_is_turned_away_once_and_a_person_asked() {
    let Some(bench) = Bench::open().await else { return };
    bench.fill(4, |n| if n == 1 { vec![b'x'; 1025] } else { small(n) }).await;
    let shelf = Shelf::stopping_at(3);
    source(&bench, None).run(&context(&shelf)).await.unwrap();
    assert_eq!(shelf.keys(), ["m-0", "m-2", "m-3"].map(String::from).into());
    let asked = shelf.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].contains("message_too_large") && asked[0].contains("1025"), "{asked:?}");
    bench.until_ready(0).await;
    bench.clear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_hands_back_what_is_not_acknowledged() {
    let Some(bench) = Bench::open().await else { return };
    bench.fill(12, small).await;
    let shelf = Shelf::stopping_at(1);
    let mut settings = bench.source_settings(None);
    settings.group = 1;
    AmqpSource::new(SystemName::new("skole"), settings).run(&context(&shelf)).await.unwrap();
    assert_eq!(shelf.keys().len(), 1);
    bench.until_ready(11).await;
    bench.clear().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_is_made_when_it_is_missing_and_survives_more_returns_than_twenty() {
    let Some(bench) = Bench::open().await else { return };
    let shelf = Shelf::stopping_at(0);
    shelf.stop.cancel();
    source(&bench, None).run(&context(&shelf)).await.unwrap();
    source(&bench, None).check().await.unwrap();
    let properties = lapin::BasicProperties::default().with_delivery_mode(2).with_message_id("m-0".into());
    let options = lapin::options::BasicPublishOptions::default();
    let sent = bench.channel.basic_publish("".into(), bench.queue().into(), options, b"{}", properties).await;
    assert!(sent.unwrap().await.unwrap().is_ack());
    let shelf = Shelf::stopping_at(1);
    shelf.refusals.store(25, Ordering::SeqCst);
    for _ in 0..25 {
        assert!(source(&bench, None).run(&context(&shelf)).await.is_err());
    }
    source(&bench, None).run(&context(&shelf)).await.unwrap();
    assert_eq!(shelf.keys().len(), 1);
    bench.clear().await;
}
