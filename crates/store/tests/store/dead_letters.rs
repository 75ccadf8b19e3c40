//! What could not be mapped or delivered waits for a person.

use samhold_model::ChildId;
use samhold_store::{Attempt, DeadLetter, Direction, Outcome, RecordState};

use crate::support::{House, at, from_school, here, stories, system, want};

stories!(
    a_record_that_cannot_be_mapped_waits_and_can_be_tried_again,
    a_refused_delivery_waits_and_is_not_tried_by_itself,
    a_replayed_delivery_is_due_again,
    other_content_gets_its_own_chance,
    what_is_given_up_stays_given_up,
);

async fn waiting(house: &House) -> Vec<DeadLetter> {
    house.store.dead_letters("waiting", 10).await.unwrap()
}

fn unmappable() -> Outcome {
    Outcome::Dead { code: "SAM0101".to_owned(), detail: "field `born` is missing".to_owned() }
}

/// Queues content for NAV, which refuses it.
async fn refused(house: &House, child: ChildId, hash: &str) {
    want(&*house.store, child, &[("nav", Some(hash))]).await;
    let due = house.store.due(&system("nav"), at(1_000), 10).await.unwrap();
    let refused = Attempt::Refused { code: "SAM0301".to_owned(), detail: "400: unknown unit".to_owned() };
    house.store.attempted(due[0].id, due[0].event_id, refused, at(7)).await.unwrap();
}

async fn a_record_that_cannot_be_mapped_waits_and_can_be_tried_again(house: &House) {
    let store = &house.store;
    let record = store.accept(vec![from_school("elev-1", "A")], None, at(0)).await.unwrap()[0].id;
    store.finish(record, unmappable(), at(1)).await.unwrap();
    store.finish(record, unmappable(), at(2)).await.unwrap();
    let letters = waiting(house).await;
    assert_eq!(letters.len(), 1, "one record is one dead letter");
    let letter = &letters[0];
    assert_eq!((letter.direction, letter.record, letter.at), (Direction::In, Some(record), at(2)));
    assert_eq!((letter.code.as_str(), letter.detail.as_str()), ("SAM0101", "field `born` is missing"));
    let (same, raw) = store.dead_letter(letter.id).await.unwrap().unwrap();
    assert_eq!(&same, letter);
    assert_eq!(raw.unwrap().state, RecordState::Dead);
    assert!(store.unmapped(10).await.unwrap().is_empty());
    assert!(store.replay(letter.id, "kari", at(3)).await.unwrap());
    assert!(!store.replay(letter.id, "kari", at(3)).await.unwrap());
    assert_eq!(store.unmapped(10).await.unwrap()[0].id, record);
    assert!(waiting(house).await.is_empty());
    assert_eq!(store.dead_letters("replayed", 10).await.unwrap().len(), 1);
    let deed = &store.audit_entries(None, 0, 10).await.unwrap()[0].entry;
    assert_eq!((deed.kind.as_str(), deed.actor.as_str()), ("replay", "kari"));
}

async fn a_refused_delivery_waits_and_is_not_tried_by_itself(house: &House) {
    let store = &house.store;
    let child = ChildId::new();
    refused(house, child, "a").await;
    let letter = &waiting(house).await[0];
    assert_eq!((letter.direction, letter.system.clone(), letter.at), (Direction::Out, system("nav"), at(7)));
    assert!(letter.event_id.is_some() && letter.record.is_none());
    want(&**store, child, &[("nav", Some("a"))]).await;
    assert!(store.due(&system("nav"), at(1_000), 10).await.unwrap().is_empty());
    assert_eq!(store.backlog().await.unwrap().recipients, [(system("nav"), 0, 0, 1)]);
}

async fn a_replayed_delivery_is_due_again(house: &House) {
    let child = ChildId::new();
    refused(house, child, "a").await;
    let letter = waiting(house).await.remove(0);
    assert!(house.store.replay(letter.id, "kari", at(8)).await.unwrap());
    let due = house.store.due(&system("nav"), at(8), 10).await.unwrap();
    assert_eq!((due[0].child, due[0].content_hash.as_deref(), due[0].version), (child, Some("a"), 2));
    assert_eq!(house.store.held(&system("nav"), child, &here()).await.unwrap().unwrap().acknowledged, None);
}

async fn other_content_gets_its_own_chance(house: &House) {
    let child = ChildId::new();
    refused(house, child, "a").await;
    want(&*house.store, child, &[("nav", Some("b"))]).await;
    let due = house.store.due(&system("nav"), at(1_000), 10).await.unwrap();
    assert_eq!(due[0].content_hash.as_deref(), Some("b"));
    // The old letter asks for nothing that is not on its way already.
    let letter = waiting(house).await.remove(0);
    assert!(house.store.replay(letter.id, "kari", at(8)).await.unwrap());
    assert_eq!(house.store.due(&system("nav"), at(1_000), 10).await.unwrap()[0].event_id, due[0].event_id);
}

async fn what_is_given_up_stays_given_up(house: &House) {
    let store = &house.store;
    refused(house, ChildId::new(), "a").await;
    let letter = waiting(house).await.remove(0);
    assert!(store.discard(letter.id, "kari", at(8)).await.unwrap());
    assert!(!store.replay(letter.id, "kari", at(9)).await.unwrap());
    assert!(store.due(&system("nav"), at(1_000), 10).await.unwrap().is_empty());
    assert_eq!(store.backlog().await.unwrap().dead, 0);
    assert!(!store.discard(uuid::Uuid::new_v4(), "kari", at(9)).await.unwrap());
}
