//! What must be so of everything a recipient took, whatever failed on the way.

use std::collections::BTreeMap;

use samhold_standins::Receiver;
use samhold_standins::receiver::ReceivedEvent;
use serde_json::Value;

use crate::common::{Child, Client, told_in, wait_until};

/// Waits until every child's last event names the holder of round `round`.
pub async fn until_all_told(receiver: &Receiver, children: usize, round: usize) {
    wait_until("every recipient's last state is the wanted one", async || {
        let told = told_in(&receiver.latest_by_subject());
        told.len() == children && told.values().all(|said| *said == Child::told_after(round))
    })
    .await;
}

/// One version of a child has one content, versions only rise, no content is told twice in a row, no key stands for two
/// events, and every event was signed.
pub fn assert_no_doubled_effect(receiver: &Receiver) {
    let counts = receiver.counts();
    let faults = (counts.conflicts, counts.bad_signatures, counts.malformed, counts.out_of_order);
    assert_eq!(faults, (0, 0, 0, 0), "{counts:?}");
    assert_rising(&receiver.events());
}

/// The same for events in the order they took effect.
pub fn assert_rising(events: &[ReceivedEvent]) {
    let mut last: BTreeMap<&str, &ReceivedEvent> = BTreeMap::new();
    for event in events {
        if let Some(before) = last.insert(&event.subject, event) {
            assert!(before.version < event.version, "version {} came after {}", event.version, before.version);
            assert_ne!(
                content(before),
                content(event),
                "told twice: versions {} and {}",
                before.version,
                event.version
            );
        }
    }
}

/// What an event says, without its number.
fn content(event: &ReceivedEvent) -> Value {
    let mut data = event.data.clone();
    data.as_object_mut().unwrap().shift_remove("version");
    data
}

/// Every one of these facts is in the ledger with the very same content: posted again, each is a duplicate.
pub async fn assert_all_in_ledger(client: &Client, facts: &[Value]) {
    for part in facts.chunks(200) {
        let answer = client.post_facts(part).await.unwrap();
        assert_eq!((answer.status, answer.count("duplicates")), (200, part.len() as u64), "{}", answer.text);
    }
}
