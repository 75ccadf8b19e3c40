//! Records come in, once each, and are acknowledged when they are on disk.

use samhold_store::{Cursor, NewRecord, Outcome, RecordState};

use crate::support::{House, at, from_school, stories, system};

stories!(
    a_record_that_comes_again_is_a_duplicate_until_something_else_came_between,
    the_same_delivery_is_a_duplicate_whatever_it_holds,
    a_unit_that_is_gone_is_no_longer_live_but_may_come_back,
    the_position_is_kept_with_the_records_before_it,
    records_are_mapped_in_the_order_they_came,
    many_senders_at_once_lose_nothing,
    what_cannot_be_kept_harms_nobody_else,
    what_was_accepted_is_there_after_opening_again,
);

async fn a_record_that_comes_again_is_a_duplicate_until_something_else_came_between(house: &House) {
    let store = &house.store;
    let (a, b) = (from_school("elev-1", "A"), from_school("elev-1", "B"));
    let sent = vec![a.clone(), a.clone(), b.clone(), a.clone(), from_school("elev-2", "A")];
    let accepted = store.accept(sent, None, at(0)).await.unwrap();
    let duplicates: Vec<bool> = accepted.iter().map(|one| one.duplicate).collect();
    assert_eq!(duplicates, [false, true, false, false, false]);
    assert_eq!(accepted[0].id, accepted[1].id);
    assert_ne!(accepted[0].id, accepted[3].id);
    assert_eq!(store.unmapped(10).await.unwrap().len(), 4);
}

async fn the_same_delivery_is_a_duplicate_whatever_it_holds(house: &House) {
    let delivery = |pupil, body| NewRecord { delivery_id: Some("liste-7".to_owned()), ..from_school(pupil, body) };
    let first = house.store.accept(vec![delivery("elev-1", "A")], None, at(0)).await.unwrap();
    let again = house.store.accept(vec![delivery("elev-1", "B"), delivery("elev-2", "B")], None, at(1)).await.unwrap();
    assert!(again[0].duplicate);
    assert_eq!(again[0].id, first[0].id);
    assert!(!again[1].duplicate, "another unit of the same delivery is no duplicate");
}

async fn a_unit_that_is_gone_is_no_longer_live_but_may_come_back(house: &House) {
    let store = &house.store;
    let gone = NewRecord { gone: true, ..from_school("elev-1", "A") };
    store.accept(vec![from_school("elev-1", "A"), from_school("elev-2", "A")], None, at(0)).await.unwrap();
    assert_eq!(store.live_keys(&system("skole")).await.unwrap(), ["elev-1", "elev-2"]);
    let accepted = store.accept(vec![gone.clone(), gone], None, at(1)).await.unwrap();
    assert!(!accepted[0].duplicate && accepted[1].duplicate);
    assert_eq!(store.live_keys(&system("skole")).await.unwrap(), ["elev-2"]);
    store.accept(vec![from_school("elev-1", "A")], None, at(2)).await.unwrap();
    assert_eq!(store.live_keys(&system("skole")).await.unwrap(), ["elev-2", "elev-1"]);
    let latest = store.latest_records(&system("skole")).await.unwrap();
    assert_eq!(latest.len(), 2);
    assert!(latest.iter().all(|record| !record.gone));
    assert!(store.live_keys(&system("nav")).await.unwrap().is_empty());
}

async fn the_position_is_kept_with_the_records_before_it(house: &House) {
    let store = &house.store;
    let cursor = |value: &str| Cursor { system: system("skole"), name: "elever".to_owned(), value: value.to_owned() };
    assert_eq!(store.cursor(&system("skole"), "elever").await.unwrap(), None);
    store.accept(vec![from_school("elev-1", "A")], Some(cursor("100")), at(0)).await.unwrap();
    store.accept(Vec::new(), Some(cursor("200")), at(0)).await.unwrap();
    assert_eq!(store.cursor(&system("skole"), "elever").await.unwrap().as_deref(), Some("200"));
    assert_eq!(store.cursor(&system("nav"), "elever").await.unwrap(), None);
}

async fn records_are_mapped_in_the_order_they_came(house: &House) {
    let store = &house.store;
    let sent = ["1", "2", "3"].map(|pupil| from_school(pupil, "{}")).to_vec();
    let accepted = store.accept(sent, None, at(5)).await.unwrap();
    let waiting = store.unmapped(2).await.unwrap();
    assert_eq!(waiting.iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(waiting[0].received_at, at(5));
    assert_eq!(waiting[0].body, b"{}");
    store.finish(accepted[0].id, Outcome::Mapped(Vec::new()), at(6)).await.unwrap();
    assert_eq!(store.unmapped(2).await.unwrap()[0].key, "2");
    assert_eq!(store.record(accepted[0].id).await.unwrap().unwrap().state, RecordState::Mapped);
    // SHA-256 of "{}".
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(store.latest_hash(&system("skole"), "3").await.unwrap().as_deref(), Some(hash));
    assert_eq!(store.latest_hash(&system("skole"), "4").await.unwrap(), None);
}

async fn many_senders_at_once_lose_nothing(house: &House) {
    let send = |n: usize| {
        let store = house.store.clone();
        tokio::spawn(async move {
            let records = (0..3).map(|part| from_school(&format!("elev-{n}-{part}"), "A")).collect();
            store.accept(records, None, at(0)).await.unwrap().len()
        })
    };
    let sending: Vec<_> = (0..100).map(send).collect();
    for sender in sending {
        assert_eq!(sender.await.unwrap(), 3);
    }
    let mut keys = house.store.live_keys(&system("skole")).await.unwrap();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 300);
}

async fn what_cannot_be_kept_harms_nobody_else(house: &House) {
    let (good, bad) = (from_school("elev-1", "A"), samhold_model::RecordId::new());
    let accept = house.store.accept(vec![good], None, at(0));
    let finish = house.store.finish(bad, Outcome::Mapped(Vec::new()), at(0));
    let (accepted, finished) = tokio::join!(accept, finish);
    assert!(finished.unwrap_err().to_string().contains(&bad.to_string()));
    assert!(!accepted.unwrap()[0].duplicate);
    assert_eq!(house.store.unmapped(10).await.unwrap().len(), 1);
}

async fn what_was_accepted_is_there_after_opening_again(house: &House) {
    let accepted = house.store.accept(vec![from_school("elev-1", "A")], None, at(0)).await.unwrap();
    let again = house.beside().await;
    let record = again.record(accepted[0].id).await.unwrap().unwrap();
    assert_eq!((record.key.as_str(), record.body.as_slice()), ("elev-1", b"A".as_slice()));
    assert!(again.accept(vec![from_school("elev-1", "A")], None, at(1)).await.unwrap()[0].duplicate);
}
