//! The decision is made again at the moment of delivery: what may no longer be known is never told, however long it waited.

use samhold_standins::Receiver;
use samhold_standins::receiver::ReceivedEvent;
use serde_json::json;

use crate::common::{Child, Daemon, Folder, SECRET, free_port, http_recipient, wait_until};
use crate::story::{agreed, at_rest, child, consented, withdrawn};

const PRIVATE: &str = "barnehagen";

/// A receiver where one was before, as soon as the port is free.
async fn back_on(port: u16) -> Receiver {
    loop {
        if let Ok(receiver) = Receiver::start_on(port, SECRET).await {
            return receiver;
        }
        tokio::task::yield_now().await;
    }
}

/// A private kindergarten that is away, and an event that waits for it.
async fn queued_while_away(child: &Child) -> (Daemon, u16) {
    // Not one that the system gives out by itself: another test's would answer there while this one is away.
    let port = free_port();
    let receiver = Receiver::start_on(port, SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, PRIVATE, "barnehage_privat", &["tussilago"], &receiver);
    receiver_stopped(receiver).await;
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&agreed(child)).await;
    daemon.client().must_take(&consented(child)).await;
    wait_until("the event waits for a kindergarten that is away", async || {
        !daemon.folder.last_error_of(PRIVATE).is_empty() && queued(&daemon) == 1
    })
    .await;
    (daemon, port)
}

async fn receiver_stopped(receiver: Receiver) {
    let address = receiver.server().base_url().trim_start_matches("http://").to_owned();
    drop(receiver);
    wait_until("the port is closed", async || tokio::net::TcpStream::connect(&address).await.is_err()).await;
}

fn queued(daemon: &Daemon) -> i64 {
    daemon.folder.status()["backlog"]["recipients"].as_array().unwrap().iter().map(|r| r[1].as_i64().unwrap()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_sent_when_the_recipient_comes_back_if_it_still_may_know() {
    let child = child(0);
    let (_daemon, port) = queued_while_away(&child).await;
    let receiver = back_on(port).await;
    wait_until("it is told", async || receiver.counts().effects == 1).await;
    assert_eq!(receiver.events()[0].data["coordination"]["holder"]["service"], "lia-skole");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_never_sent_when_consent_was_withdrawn_meanwhile() {
    let child = child(0);
    let (daemon, port) = queued_while_away(&child).await;
    daemon.client().must_take(&[withdrawn(&child)]).await;
    never_told(&daemon, port, &child).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_never_sent_when_the_address_was_protected_meanwhile() {
    let child = child(0);
    let (daemon, port) = queued_while_away(&child).await;
    daemon.client().must_take(&[child.fact(0, "address_protection", &json!({"value": "strengt_fortrolig"}))]).await;
    never_told(&daemon, port, &child).await;
}

/// The kindergarten comes back, and another child's event shows that it is reached again; nothing of this child's came.
async fn never_told(daemon: &Daemon, port: u16, withheld: &Child) {
    // An attempt may be under way that was decided on before. The queue is empty when that too has come to its end, since until
    // then what it may have told would have to be called back.
    wait_until("nothing waits for the kindergarten", async || queued(daemon) == 0).await;
    let receiver = back_on(port).await;
    let other = child(1);
    daemon.client().must_take(&agreed(&other)).await;
    daemon.client().must_take(&consented(&other)).await;
    let of = |number: &str| -> Vec<ReceivedEvent> {
        receiver.events().into_iter().filter(|e| e.data["child"]["national_id"] == number).collect()
    };
    wait_until("the other child's event came", async || !of(&other.number).is_empty()).await;
    at_rest(daemon, &[]).await;
    assert!(of(&withheld.number).is_empty(), "it had nothing, so there is nothing to call back");
    let told = receiver.events().iter().filter(|e| e.data.to_string().contains("lia-skole")).count();
    assert_eq!(told, 1, "the other child's holder and no other");
    assert!(daemon.folder.dead_letters().is_empty(), "withheld is no failure");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_consent_calls_back_what_was_sent_and_a_new_one_sends_it_again() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, PRIVATE, "barnehage_privat", &["tussilago"], &receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), 0, "a private kindergarten needs consent");
    daemon.client().must_take(&consented(&child)).await;
    wait_until("it is told", async || receiver.counts().effects == 1).await;
    daemon.client().must_take(&[withdrawn(&child)]).await;
    wait_until("it is called back", async || receiver.counts().effects == 2).await;
    let called_back = receiver.events().remove(1);
    assert_eq!(called_back.kind, "no.samhold.coordination.retracted.v1");
    assert!(called_back.data.get("coordination").is_none(), "{}", called_back.data);
    let mut again = consented(&child).remove(2);
    again["id"] = json!(uuid::Uuid::new_v4());
    again["at"] = json!(crate::common::today().to_string());
    daemon.client().must_take(&[again]).await;
    wait_until("it is told again", async || receiver.counts().effects == 3).await;
    let events = receiver.events();
    assert_eq!(events[2].kind, "no.samhold.coordination.assignment.v1");
    assert!(events.windows(2).all(|w| w[0].version < w[1].version), "{events:?}");
    assert_eq!(events[2].data["coordination"], events[0].data["coordination"]);
}
