//! What is queued for a recipient, what becomes of it, and what the recipient is known to hold.

use samhold_model::ChildId;
use samhold_store::{Attempt, AuditEntry, Delivery, EventKind, Receipt};
use serde_json::json;
use uuid::Uuid;

use crate::support::{House, at, here, stories, system, want};

stories!(
    what_a_recipient_should_see_is_queued_once_and_then_held,
    a_newer_content_replaces_the_queued_one,
    the_same_content_leaves_the_queued_delivery_and_its_waiting_time_alone,
    what_was_never_handed_out_can_be_taken_back_silently,
    what_was_handed_out_must_be_retracted,
    what_was_replaced_under_way_and_reached_nobody_is_not_called_back,
    what_was_replaced_under_way_and_reached_nobody_leaves_no_gap_in_the_versions,
    what_was_replaced_under_way_is_called_back_when_an_earlier_attempt_may_have_arrived,
    a_delivery_that_ends_after_it_was_replaced_is_remembered,
    content_decided_anew_at_delivery_gets_a_new_event_and_the_number_nobody_saw,
    what_came_and_went_unseen_leaves_no_gap_in_the_versions,
    a_first_delivery_decided_against_at_the_last_moment_leaves_no_trace,
    what_is_handed_back_was_never_under_way,
    going_back_to_what_is_held_after_a_lost_attempt_is_sent_again,
    recipients_that_are_not_mentioned_are_left_alone,
    a_pull_feed_keeps_its_order_and_tells_what_was_fetched,
    what_was_never_shown_is_taken_out_of_the_feed_without_a_trace,
    who_saw_something_in_the_feed_is_told_that_it_is_withdrawn,
    what_cannot_be_shown_yet_is_put_behind_the_rest_and_what_was_shown_keeps_its_place,
    a_receipt_counts_only_from_who_got_the_event,
);

const NAV: &str = "nav";

async fn due(house: &House) -> Vec<Delivery> {
    house.store.due(&system(NAV), at(1_000), 100).await.unwrap()
}

async fn only_due(house: &House) -> Delivery {
    let mut due = due(house).await;
    assert_eq!(due.len(), 1);
    due.remove(0)
}

fn delivered(delivery: &Delivery) -> Attempt {
    let audit = AuditEntry {
        at: at(3),
        kind: "release".to_owned(),
        child: Some(delivery.child),
        actor: NAV.to_owned(),
        detail: json!({ "fields": ["holder"] }),
    };
    Attempt::Delivered { content_hash: delivery.content_hash.clone(), audit }
}

async fn end(house: &House, delivery: &Delivery, attempt: Attempt) {
    house.store.attempted(delivery.id, delivery.event_id, attempt, at(3)).await.unwrap();
}

fn later() -> Attempt {
    Attempt::Later { not_before: at(500), reason: "503".to_owned() }
}

async fn held(house: &House, child: ChildId) -> (Option<String>, Option<String>, i64) {
    let held = house.store.held(&system(NAV), child, &here()).await.unwrap().unwrap();
    (held.wanted, held.acknowledged, held.version)
}

fn text(hash: &str) -> Option<String> {
    Some(hash.to_owned())
}

async fn what_a_recipient_should_see_is_queued_once_and_then_held(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    assert_eq!(held(house, child).await, (text("a"), None, 0));
    assert_eq!(house.store.next_due(&system(NAV)).await.unwrap(), Some(at(0)));
    let first = only_due(house).await;
    assert_eq!((first.kind, first.version, first.attempts), (EventKind::Assignment, 1, 0));
    assert_eq!((first.child, first.municipality.clone(), first.content_hash.clone()), (child, here(), text("a")));
    end(house, &first, delivered(&first)).await;
    assert_eq!(held(house, child).await, (text("a"), text("a"), 1));
    assert!(due(house).await.is_empty());
    assert_eq!(house.store.next_due(&system(NAV)).await.unwrap(), None);
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    assert!(due(house).await.is_empty());
    let past = house.store.deliveries_of(child).await.unwrap();
    assert_eq!((past[0].event_id, past[0].at, past[0].status.as_str()), (first.event_id, at(3), "delivered"));
    assert_eq!(house.store.audit_entries(Some(child), 0, 10).await.unwrap()[0].entry.kind, "release");
    assert_eq!(house.store.backlog().await.unwrap().recipients, [(system(NAV), 0, 1, 0)]);
}

async fn a_newer_content_replaces_the_queued_one(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let first = only_due(house).await;
    want(&*house.store, child, &[(NAV, Some("b"))]).await;
    let second = only_due(house).await;
    assert_eq!((second.content_hash.clone(), second.version, second.attempts), (text("b"), 2, 0));
    assert_ne!(second.event_id, first.event_id);
    end(house, &first, later()).await;
    assert_eq!(only_due(house).await.event_id, second.event_id, "the old attempt says nothing about the new one");
}

async fn the_same_content_leaves_the_queued_delivery_and_its_waiting_time_alone(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let first = only_due(house).await;
    end(house, &first, Attempt::Later { not_before: at(2_000), reason: "503".to_owned() }).await;
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    assert!(due(house).await.is_empty());
    assert_eq!(house.store.next_due(&system(NAV)).await.unwrap(), Some(at(2_000)));
    let again = house.store.due(&system(NAV), at(2_000), 10).await.unwrap();
    assert_eq!((again[0].event_id, again[0].attempts, again[0].version), (first.event_id, 1, 1));
}

async fn what_was_never_handed_out_can_be_taken_back_silently(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    want(&*house.store, child, &[(NAV, None)]).await;
    assert!(due(house).await.is_empty());
    assert_eq!(held(house, child).await, (None, None, 0));
    assert!(house.store.deliveries_of(child).await.unwrap().is_empty());
}

async fn what_was_handed_out_must_be_retracted(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    // Handed out, and then nothing is heard: it may have arrived before the crash.
    only_due(house).await;
    want(&*house.store, child, &[(NAV, None)]).await;
    let retraction = only_due(house).await;
    assert_eq!((retraction.kind, retraction.version, retraction.content_hash.clone()), (EventKind::Retracted, 2, None));
    end(house, &retraction, delivered(&retraction)).await;
    assert_eq!(held(house, child).await, (None, None, 2));
    assert!(due(house).await.is_empty());
}

fn not_reached() -> Attempt {
    Attempt::NotReached { not_before: at(500), reason: "connection refused".to_owned() }
}

/// The consent is withdrawn while an attempt is under way to a recipient that is away.
async fn what_was_replaced_under_way_and_reached_nobody_is_not_called_back(house: &House) {
    for end_of_it in [not_reached(), Attempt::Changed { content_hash: None }] {
        let child = ChildId::new();
        want(&*house.store, child, &[(NAV, Some("a"))]).await;
        let under_way = only_due(house).await;
        want(&*house.store, child, &[(NAV, None)]).await;
        end(house, &under_way, end_of_it).await;
        assert!(due(house).await.is_empty(), "a retraction would tell that there was something");
        assert_eq!(held(house, child).await, (None, None, 0));
        let receipt = Receipt { event_id: under_way.event_id, status: "read".to_owned(), reason: None };
        assert!(!house.store.receipt(&system(NAV), &receipt, at(4)).await.unwrap(), "no event of it was ever sent");
    }
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let under_way = only_due(house).await;
    want(&*house.store, child, &[(NAV, None)]).await;
    house.store.hand_back(&[(under_way.id, under_way.event_id)], at(3)).await.unwrap();
    assert!(due(house).await.is_empty(), "nor when it was handed back");
}

async fn what_was_replaced_under_way_and_reached_nobody_leaves_no_gap_in_the_versions(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let under_way = only_due(house).await;
    want(&*house.store, child, &[(NAV, Some("b"))]).await;
    end(house, &under_way, not_reached()).await;
    let first = only_due(house).await;
    assert_eq!((first.content_hash.clone(), first.version), (text("b"), 1));
    end(house, &first, delivered(&first)).await;
    assert_eq!(held(house, child).await, (text("b"), text("b"), 1));
}

async fn what_was_replaced_under_way_is_called_back_when_an_earlier_attempt_may_have_arrived(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    end(house, &only_due(house).await, later()).await;
    let under_way = only_due(house).await;
    want(&*house.store, child, &[(NAV, None)]).await;
    end(house, &under_way, not_reached()).await;
    assert_eq!(only_due(house).await.kind, EventKind::Retracted, "the first may have arrived");
}

async fn a_delivery_that_ends_after_it_was_replaced_is_remembered(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let slow = only_due(house).await;
    want(&*house.store, child, &[(NAV, Some("b"))]).await;
    end(house, &slow, delivered(&slow)).await;
    assert_eq!(held(house, child).await, (text("b"), text("a"), 1));
    let newer = only_due(house).await;
    assert_eq!((newer.content_hash.clone(), newer.version), (text("b"), 2));
    end(house, &newer, delivered(&newer)).await;
    // The first answer comes a second time, late: it does not count back.
    end(house, &slow, delivered(&slow)).await;
    assert_eq!(held(house, child).await, (text("b"), text("b"), 2));
    assert!(due(house).await.is_empty());
}

async fn content_decided_anew_at_delivery_gets_a_new_event_and_the_number_nobody_saw(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let first = only_due(house).await;
    end(house, &first, Attempt::Changed { content_hash: text("less") }).await;
    let second = only_due(house).await;
    // Nobody saw the first: a number left out would tell that there was something.
    assert_eq!((second.content_hash.clone(), second.version), (text("less"), 1));
    assert_ne!(second.event_id, first.event_id);
    end(house, &second, later()).await;
    let again = only_due(house).await;
    end(house, &again, Attempt::Changed { content_hash: None }).await;
    assert_eq!(only_due(house).await.kind, EventKind::Retracted, "an earlier attempt may have arrived");
}

async fn a_first_delivery_decided_against_at_the_last_moment_leaves_no_trace(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let first = only_due(house).await;
    end(house, &first, Attempt::Changed { content_hash: None }).await;
    assert!(due(house).await.is_empty());
    let receipt = Receipt { event_id: first.event_id, status: "read".to_owned(), reason: None };
    assert!(!house.store.receipt(&system(NAV), &receipt, at(4)).await.unwrap());
}

async fn what_is_handed_back_was_never_under_way(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let first = only_due(house).await;
    house.store.hand_back(&[(first.id, first.event_id), (first.id, Uuid::new_v4())], at(3)).await.unwrap();
    let receipt = Receipt { event_id: first.event_id, status: "read".to_owned(), reason: None };
    assert!(!house.store.receipt(&system(NAV), &receipt, at(4)).await.unwrap());
    want(&*house.store, child, &[(NAV, None)]).await;
    assert!(due(house).await.is_empty());
    // One that was tried before stays in doubt.
    want(&*house.store, child, &[(NAV, Some("b"))]).await;
    end(house, &only_due(house).await, later()).await;
    let again = only_due(house).await;
    house.store.hand_back(&[(again.id, again.event_id)], at(3)).await.unwrap();
    want(&*house.store, child, &[(NAV, None)]).await;
    assert_eq!(only_due(house).await.kind, EventKind::Retracted);
}

async fn going_back_to_what_is_held_after_a_lost_attempt_is_sent_again(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let first = only_due(house).await;
    end(house, &first, delivered(&first)).await;
    want(&*house.store, child, &[(NAV, Some("b"))]).await;
    let lost = only_due(house).await;
    end(house, &lost, later()).await;
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let again = only_due(house).await;
    assert_eq!((again.content_hash.clone(), again.version), (text("a"), 3));
    assert!(again.event_id != first.event_id && again.event_id != lost.event_id);
}

async fn recipients_that_are_not_mentioned_are_left_alone(house: &House) {
    let child = ChildId::new();
    want(&*house.store, child, &[(NAV, Some("a")), ("skole", Some("a"))]).await;
    want(&*house.store, child, &[("skole", None)]).await;
    assert_eq!(only_due(house).await.content_hash, text("a"));
    assert!(house.store.due(&system("skole"), at(1_000), 10).await.unwrap().is_empty());
    assert_eq!(house.store.held(&system("ppt"), child, &here()).await.unwrap(), None);
    want(&*house.store, child, &[("ppt", None)]).await;
    assert_eq!(house.store.backlog().await.unwrap().recipients, [(system(NAV), 1, 0, 0)]);
}

async fn a_pull_feed_keeps_its_order_and_tells_what_was_fetched(house: &House) {
    let store = &house.store;
    let child = ChildId::new();
    for hash in ["a", "b"] {
        want(&**store, child, &[(NAV, Some(hash))]).await;
        let delivery = only_due(house).await;
        store.to_feed(delivery.id, delivery.event_id, at(5)).await.unwrap();
        store.to_feed(delivery.id, delivery.event_id, at(5)).await.unwrap();
        store.left(vec![(delivery.event_id, given())]).await.unwrap();
    }
    want(&**store, child, &[(NAV, Some("b"))]).await;
    assert!(due(house).await.is_empty());
    let other = ChildId::new();
    feed_in(house, other, Some("c")).await;
    let page = store.feed(&system(NAV), 0, 10).await.unwrap();
    let seen: Vec<_> = page.iter().map(|entry| (entry.position, entry.version, entry.child)).collect();
    assert_eq!(seen, [(2, 2, child), (3, 1, other)], "the last of each child");
    assert_eq!(store.feed(&system(NAV), 1, 10).await.unwrap(), page);
    assert_eq!(store.feed(&system(NAV), 2, 10).await.unwrap(), page[1..]);
    assert!(store.feed(&system("skole"), 0, 10).await.unwrap().is_empty());
    assert!(store.deliveries_of(child).await.unwrap().is_empty(), "in the feed is not fetched");
    store.fetched(&system(NAV), 1, at(6)).await.unwrap();
    let fetched: Vec<_> =
        store.deliveries_of(child).await.unwrap().into_iter().map(|one| (one.version, one.at)).collect();
    assert_eq!(fetched, [(1, at(6))]);
}

async fn what_came_and_went_unseen_leaves_no_gap_in_the_versions(house: &House) {
    let child = ChildId::new();
    for hash in [Some("secret"), None, Some("other"), None] {
        want(&*house.store, child, &[(NAV, hash)]).await;
    }
    want(&*house.store, child, &[(NAV, Some("a"))]).await;
    let first = only_due(house).await;
    assert_eq!((first.version, first.content_hash.clone()), (1, text("a")));
    end(house, &first, delivered(&first)).await;
    want(&*house.store, child, &[(NAV, Some("b"))]).await;
    end(house, &only_due(house).await, Attempt::Changed { content_hash: text("a") }).await;
    want(&*house.store, child, &[(NAV, Some("c"))]).await;
    assert_eq!(only_due(house).await.version, 2, "b was decided against before it was sent");
}

fn given() -> AuditEntry {
    let (kind, actor) = ("release".to_owned(), NAV.to_owned());
    AuditEntry { at: at(5), kind, child: None, actor, detail: json!({}) }
}

async fn feed_in(house: &House, child: ChildId, hash: Option<&str>) {
    want(&*house.store, child, &[(NAV, hash)]).await;
    let delivery = only_due(house).await;
    house.store.to_feed(delivery.id, delivery.event_id, at(5)).await.unwrap();
}

async fn what_was_never_shown_is_taken_out_of_the_feed_without_a_trace(house: &House) {
    let (store, child) = (&house.store, ChildId::new());
    feed_in(house, child, Some("a")).await;
    let unshown = store.feed(&system(NAV), 0, 10).await.unwrap().remove(0);
    feed_in(house, child, None).await;
    assert!(store.feed(&system(NAV), 0, 10).await.unwrap().is_empty(), "who saw nothing is told of no retraction");
    store.left(vec![(unshown.event_id, given())]).await.unwrap();
    assert!(store.audit_entries(None, 0, 10).await.unwrap().is_empty(), "nor was it given");
    assert_eq!(store.feed_position(&system(NAV), unshown.event_id).await.unwrap(), None);
    feed_in(house, child, Some("b")).await;
    feed_in(house, child, Some("c")).await;
    let page = store.feed(&system(NAV), 0, 10).await.unwrap();
    assert_eq!(page.iter().map(|e| e.version).collect::<Vec<_>>(), [1]);
    assert_eq!(held(house, child).await, (text("c"), text("c"), 1));
}

async fn who_saw_something_in_the_feed_is_told_that_it_is_withdrawn(house: &House) {
    let (store, child) = (&house.store, ChildId::new());
    feed_in(house, child, Some("a")).await;
    let shown = store.feed(&system(NAV), 0, 10).await.unwrap().remove(0);
    store.left(vec![(shown.event_id, given())]).await.unwrap();
    assert_eq!(
        store.feed_position(&system("skole"), shown.event_id).await.unwrap(),
        None,
        "another's entry is no cursor"
    );
    feed_in(house, child, Some("b")).await;
    feed_in(house, child, None).await;
    let page = store.feed(&system(NAV), 0, 10).await.unwrap();
    let said: Vec<_> = page.iter().map(|e| (e.version, e.kind)).collect();
    assert_eq!(said, [(2, EventKind::Retracted)], "what it saw is said no more");
    assert_eq!(store.feed_position(&system(NAV), shown.event_id).await.unwrap(), Some(1), "and is a cursor still");
}

async fn a_receipt_counts_only_from_who_got_the_event(house: &House) {
    let store = &house.store;
    let child = ChildId::new();
    want(&**store, child, &[(NAV, Some("a"))]).await;
    let delivery = only_due(house).await;
    let receipt = |status: &str| Receipt { event_id: delivery.event_id, status: status.to_owned(), reason: None };
    assert!(!store.receipt(&system("skole"), &receipt("read"), at(4)).await.unwrap());
    let unknown = Receipt { event_id: Uuid::new_v4(), ..receipt("read") };
    assert!(!store.receipt(&system(NAV), &unknown, at(4)).await.unwrap());
    assert!(store.receipt(&system(NAV), &receipt("accepted"), at(4)).await.unwrap());
    assert!(store.receipt(&system(NAV), &receipt("read"), at(5)).await.unwrap());
    end(house, &delivery, delivered(&delivery)).await;
    let past = store.deliveries_of(child).await.unwrap();
    assert_eq!((past.len(), past[0].status.as_str(), past[0].at), (1, "accepted", at(4)));
    let refusal = Receipt { reason: Some("feil enhet".to_owned()), ..receipt("rejected") };
    assert!(store.receipt(&system(NAV), &refusal, at(6)).await.unwrap());
    assert_eq!(store.deliveries_of(child).await.unwrap()[0].status, "rejected");
    assert_eq!(store.backlog().await.unwrap().recipients, [(system(NAV), 0, 1, 1)]);
}

async fn what_cannot_be_shown_yet_is_put_behind_the_rest_and_what_was_shown_keeps_its_place(house: &House) {
    let store = &house.store;
    let children = [ChildId::new(), ChildId::new(), ChildId::new()];
    for child in children {
        feed_in(house, child, Some("a")).await;
    }
    let order = async || {
        let page = store.feed(&system(NAV), 0, 10).await.unwrap();
        page.into_iter().map(|entry| (entry.child, entry.event_id)).collect::<Vec<_>>()
    };
    let first = order().await;
    assert!(store.feed_last(&system(NAV), first[0].1).await.unwrap());
    assert_eq!(order().await, [first[1], first[2], first[0]]);
    assert!(store.feed_last(&system(NAV), first[0].1).await.unwrap(), "also when it is the last already");
    assert_eq!(order().await, [first[1], first[2], first[0]]);

    store.left(vec![(first[1].1, given())]).await.unwrap();
    assert!(!store.feed_last(&system(NAV), first[1].1).await.unwrap(), "a cursor may stand on it");
    assert!(!store.feed_last(&system("skole"), first[2].1).await.unwrap(), "nobody else's feed");
    assert_eq!(order().await, [first[1], first[2], first[0]]);
    feed_in(house, ChildId::new(), Some("a")).await;
    assert_eq!(order().await.len(), 4);
    assert_eq!(order().await[2], first[0], "what comes later stands behind it");
}
