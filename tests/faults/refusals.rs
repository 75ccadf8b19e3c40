//! Recipients that are overloaded, that lose answers, or that never take some events.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use samhold_standins::{FaultPlan, Receiver};
use serde_json::Value;

use crate::common::{Child, Daemon, Folder, SECRET, children, flat, http_recipient, wait_until};
use crate::effects::{assert_no_doubled_effect, until_all_told};

const CHILDREN: usize = 60;

async fn house() -> (Daemon, Receiver) {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &receiver);
    (Daemon::start(folder).await, receiver)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_delivered_though_every_fifth_request_is_answered_503() {
    let (daemon, receiver) = house().await;
    receiver.server().faults().set(FaultPlan::failing(5, 503));
    let all = children(CHILDREN);
    for round in 1..4 {
        daemon.client().must_take(&flat(&all, round)).await;
        until_all_told(&receiver, CHILDREN, round - 1).await;
    }
    assert!(receiver.server().faults().injected() >= 3 * CHILDREN as u64 / 5);
    assert_no_doubled_effect(&receiver);
    assert_eq!(receiver.counts().effects, 3 * CHILDREN as u64);
    assert!(daemon.folder.dead_letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_whose_answer_was_lost_is_sent_again_and_takes_effect_once() {
    let (daemon, receiver) = house().await;
    receiver.server().faults().set(FaultPlan { drop_every: 4, cut_every: 7, ..FaultPlan::default() });
    let all = children(CHILDREN);
    daemon.client().must_take(&flat(&all, 1)).await;
    until_all_told(&receiver, CHILDREN, 0).await;
    wait_until("nothing is queued any more", async || queued(&daemon) == 0).await;
    assert_no_doubled_effect(&receiver);
    let counts = receiver.counts();
    assert_eq!(counts.effects, CHILDREN as u64);
    assert!(counts.duplicates >= CHILDREN as u64 / 5, "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_events_that_are_always_refused_end_as_dead_letters_and_go_out_when_the_cause_is_mended() {
    let (daemon, receiver) = house().await;
    let refused_requests = [3, 7, 8, 20, 41];
    refused_requests.iter().for_each(|n| receiver.refuse_request(*n));
    let all = children(CHILDREN);
    daemon.client().must_take(&flat(&all, 1)).await;
    let well = (CHILDREN - refused_requests.len()) as u64;
    wait_until("the others flow", async || receiver.counts().effects == well).await;
    wait_until("the refused ones wait", async || daemon.folder.dead_letters().len() == refused_requests.len()).await;

    let letters = daemon.folder.dead_letters();
    let waiting: BTreeSet<String> = letters.iter().map(|d| text(&d["event_id"])).collect();
    assert_eq!(waiting, keys_without_effect(&receiver));
    for letter in &letters {
        assert_eq!((text(&letter["system"]), text(&letter["code"])), ("ke".into(), "http_400".into()));
        assert!(text(&letter["detail"]).contains("this receiver does not take this event"), "{letter}");
    }
    assert_eq!(receiver.counts().refused, refused_requests.len() as u64, "a refusal is not tried again by itself");

    let port = receiver.server().port();
    drop(receiver);
    let mended = crate::absent::receiver_on(port).await;
    daemon.folder.cli_text(&["dead-letters", "replay", "--all"]);
    until_all_told(&mended, refused_requests.len(), 0).await;
    wait_until("no dead letter waits", async || daemon.folder.dead_letters().is_empty()).await;
    assert_no_doubled_effect(&mended);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_says_when_to_come_back_is_left_alone_until_then() {
    let (daemon, receiver) = house().await;
    let retry_after = Some("4".to_owned());
    receiver.server().faults().set(FaultPlan { retry_after, fail_at_most: 1, ..FaultPlan::failing(1, 429) });
    let begun = Instant::now();
    daemon.client().must_take(&flat(&children(1), 1)).await;
    until_all_told(&receiver, 1, 0).await;
    // Our own longest wait is one second; more than that is the recipient's word.
    assert!(begun.elapsed() >= Duration::from_secs(4), "{:?}", begun.elapsed());
    assert_eq!(receiver.server().captured().count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_recipient_that_hangs_does_not_hold_up_another() {
    let (hanging, well) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
    hanging.server().faults().set(FaultPlan { delay: Duration::from_secs(3600), ..FaultPlan::default() });
    let folder = Folder::sqlite();
    http_recipient(&folder, "hanging", "koordinerende_enhet", &["ke"], &hanging);
    http_recipient(&folder, "well", "koordinerende_enhet", &["ke"], &well);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&flat(&children(CHILDREN), 1)).await;
    until_all_told(&well, CHILDREN, 0).await;
    assert_eq!(hanging.counts().effects, 0);
    assert_eq!(Child::holder_after(0), "lia-skole");
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// How many deliveries wait, over all recipients.
pub fn queued(daemon: &Daemon) -> i64 {
    let status = daemon.folder.status();
    status["backlog"]["recipients"].as_array().unwrap().iter().map(|r| r[1].as_i64().unwrap()).sum()
}

/// The idempotency keys that came and took no effect.
fn keys_without_effect(receiver: &Receiver) -> BTreeSet<String> {
    let came = receiver.server().captured().all().iter().map(|r| r.header("idempotency-key").to_owned()).collect();
    let took: BTreeSet<String> = receiver.events().into_iter().map(|e| e.key).collect();
    BTreeSet::difference(&came, &took).cloned().collect()
}
