//! Whatever happens on the way, in the end the recipient holds what it should, and no version says two things.
//!
//! A recipient stands in here as the contract wants it: it ignores a version older than the one it has, and takes the
//! same event twice as once.

use std::collections::HashMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use samhold_model::ChildId;
use samhold_store::{Attempt, AuditEntry, Delivery, Store};
use serde_json::Value;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::support::{House, at, here, stories, system, want};

stories!(in_the_end_the_recipient_holds_what_it_should);

/// Something that happens.
#[derive(Clone, Debug)]
enum Event {
    /// It should see this now.
    Want(Option<u8>),
    /// What is due is handed out, and reaches the recipient or not.
    Send { reaches: bool },
    /// The recipient's answer to one that is under way comes back, if it ever got it.
    Answer(prop::sample::Index),
    /// One under way is given up for now.
    Lose(prop::sample::Index),
    /// One under way is known to have reached nobody.
    NotReached(prop::sample::Index),
    /// One under way was refused, if it did not reach the recipient.
    Refuse(prop::sample::Index),
    /// One under way was decided anew before it was sent.
    Change(prop::sample::Index, Option<u8>),
    /// One under way was handed back before it was sent.
    HandBack(prop::sample::Index),
    /// The process dies: nothing under way is ever heard of again.
    Crash,
    /// Someone tries all dead letters again.
    Replay,
}

fn event() -> impl Strategy<Value = Event> {
    let content = || prop::option::weighted(0.7, 0..2_u8);
    prop_oneof![
        4 => content().prop_map(Event::Want),
        4 => any::<bool>().prop_map(|reaches| Event::Send { reaches }),
        4 => any::<prop::sample::Index>().prop_map(Event::Answer),
        2 => any::<prop::sample::Index>().prop_map(Event::Lose),
        2 => any::<prop::sample::Index>().prop_map(Event::NotReached),
        1 => any::<prop::sample::Index>().prop_map(Event::Refuse),
        1 => (any::<prop::sample::Index>(), content()).prop_map(|(which, hash)| Event::Change(which, hash)),
        1 => any::<prop::sample::Index>().prop_map(Event::HandBack),
        1 => Just(Event::Crash),
        1 => Just(Event::Replay),
    ]
}

/// The recipient, and what is under way to it.
#[derive(Default)]
struct World {
    holds: Option<String>,
    version: i64,
    under_way: Vec<(Delivery, bool)>,
    /// Version → the one event and content it ever stood for to the recipient.
    said: HashMap<i64, (Uuid, Option<String>)>,
    newest: i64,
}

impl World {
    fn hand_out(&mut self, delivery: Delivery, reaches: bool) {
        let meaning = (delivery.event_id, delivery.content_hash.clone());
        if reaches {
            let first = self.said.entry(delivery.version).or_insert_with(|| meaning.clone());
            assert_eq!(*first, meaning, "version {} says two things", delivery.version);
        }
        assert!(delivery.version >= self.newest, "version {} after {}", delivery.version, self.newest);
        self.newest = delivery.version;
        if reaches && delivery.version > self.version {
            self.version = delivery.version;
            self.holds = delivery.content_hash.clone();
        }
        self.under_way.push((delivery, reaches));
    }

    fn take(&mut self, which: prop::sample::Index, may: impl Fn(bool) -> bool) -> Option<Delivery> {
        let fitting: Vec<usize> =
            self.under_way.iter().enumerate().filter(|(_, (_, reached))| may(*reached)).map(|(n, _)| n).collect();
        let chosen = *fitting.get(which.index(fitting.len().max(1)))?;
        Some(self.under_way.remove(chosen).0)
    }
}

fn delivered(delivery: &Delivery) -> Attempt {
    let (kind, actor) = ("release".to_owned(), "nav".to_owned());
    let audit = AuditEntry { at: at(1), kind, child: Some(delivery.child), actor, detail: Value::Null };
    Attempt::Delivered { content_hash: delivery.content_hash.clone(), audit }
}

fn hash(content: Option<u8>) -> Option<String> {
    content.map(|letter| format!("hash-{letter}"))
}

async fn end(store: &dyn Store, delivery: Option<Delivery>, attempt: impl Fn(&Delivery) -> Attempt) {
    if let Some(delivery) = delivery {
        store.attempted(delivery.id, delivery.event_id, attempt(&delivery), at(1)).await.unwrap();
    }
}

async fn due(store: &dyn Store, child: ChildId) -> Option<Delivery> {
    let mut due = store.due(&system("nav"), at(1_000), 1_000).await.unwrap();
    due.retain(|delivery| delivery.child == child);
    assert!(due.len() <= 1, "more than one delivery waits for one recipient and child");
    due.pop()
}

async fn happen(store: &dyn Store, child: ChildId, world: &mut World, event: &Event) {
    let later = |_: &Delivery| Attempt::Later { not_before: at(2), reason: String::new() };
    let not_reached = |_: &Delivery| Attempt::NotReached { not_before: at(2), reason: String::new() };
    let refused = |_: &Delivery| Attempt::Refused { code: "SAM0301".to_owned(), detail: String::new() };
    match event {
        Event::Want(content) => want(store, child, &[("nav", hash(*content).as_deref())]).await,
        Event::Send { reaches } => {
            if let Some(delivery) = due(store, child).await {
                world.hand_out(delivery, *reaches);
            }
        }
        Event::Answer(which) => end(store, world.take(*which, |reached| reached), delivered).await,
        Event::Lose(which) => end(store, world.take(*which, |_| true), later).await,
        Event::NotReached(which) => end(store, world.take(*which, |reached| !reached), not_reached).await,
        Event::Refuse(which) => end(store, world.take(*which, |reached| !reached), refused).await,
        Event::Change(which, content) => {
            let anew = |_: &Delivery| Attempt::Changed { content_hash: hash(*content) };
            end(store, world.take(*which, |reached| !reached), anew).await;
        }
        Event::HandBack(which) => {
            if let Some(delivery) = world.take(*which, |reached| !reached) {
                store.hand_back(&[(delivery.id, delivery.event_id)], at(1)).await.unwrap();
            }
        }
        Event::Crash => world.under_way.clear(),
        Event::Replay => replay(store).await,
    }
}

async fn replay(store: &dyn Store) {
    for letter in store.dead_letters("waiting", 1_000).await.unwrap() {
        store.replay(letter.id, "kari", at(1)).await.unwrap();
    }
}

/// At last all goes well: everything is tried again, and everything arrives and is answered.
async fn all_goes_well(store: &dyn Store, child: ChildId, world: &mut World) {
    replay(store).await;
    for _ in 0..10 {
        let Some(delivery) = due(store, child).await else { return };
        world.hand_out(delivery.clone(), true);
        end(store, Some(delivery), delivered).await;
    }
    panic!("deliveries never come to an end");
}

async fn live_through(store: &dyn Store, events: &[Event]) {
    let child = ChildId::new();
    let mut world = World::default();
    for event in events {
        happen(store, child, &mut world, event).await;
    }
    all_goes_well(store, child, &mut world).await;
    let Some(held) = store.held(&system("nav"), child, &here()).await.unwrap() else {
        assert_eq!(world.holds, None);
        return;
    };
    assert_eq!(held.acknowledged, held.wanted, "the store believes something else than it should");
    assert_eq!(world.holds, held.wanted, "the recipient holds something else than it should");
}

async fn in_the_end_the_recipient_holds_what_it_should(house: &House) {
    // A server answers slower than a file, and the rule is the same.
    let cases = if house.folder().is_some() { 200 } else { 40 };
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let store = house.store.clone();
    tokio::task::block_in_place(|| {
        let lives = prop::collection::vec(event(), 0..24);
        TestRunner::new(config).run(&lives, |events| {
            Handle::current().block_on(live_through(&*store, &events));
            Ok(())
        })
    })
    .unwrap();
}
