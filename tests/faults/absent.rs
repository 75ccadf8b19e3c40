//! Systems that are away when the daemon starts, and come up later.

use samhold_standins::{Receiver, School, Town};

use crate::brokers::latest;
use crate::common::{
    Child, Daemon, Folder, Proxy, SECRET, amqp_recipient, amqp_source, broker, children, flat, http_recipient,
    oneroster, today, told_in, wait_until,
};
use crate::effects::{assert_no_doubled_effect, until_all_told};

/// A receiver where one was before, as soon as the port is free.
pub async fn receiver_on(port: u16) -> Receiver {
    loop {
        match Receiver::start_on(port, SECRET).await {
            Ok(receiver) => return receiver,
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
}

/// A port on which nobody listens.
async fn deserted_port() -> u16 {
    Proxy::start("127.0.0.1:9").await.unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recipient_that_is_down_at_start_gets_everything_when_it_comes_up() {
    let first = Receiver::start(SECRET).await.unwrap();
    let port = first.server().port();
    let folder = Folder::sqlite();
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &first);
    drop(first);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&flat(&children(20), 1)).await;
    wait_until("status tells that the recipient is away", async || !daemon.folder.last_error_of("ke").is_empty()).await;
    let ready = daemon.client().get("/readyz").await.unwrap();
    assert_eq!((ready.status, ready.json["systems_away"][0].as_str()), (200, Some("ke")), "{}", ready.text);
    assert!(daemon.folder.dead_letters().is_empty());
    let receiver = receiver_on(port).await;
    until_all_told(&receiver, 20, 0).await;
    assert_no_doubled_effect(&receiver);
    wait_until("status tells that it is back", async || {
        let ready = daemon.client().get("/readyz").await.unwrap();
        ready.json["systems_away"].as_array().unwrap().is_empty()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_down_at_start_is_read_when_it_comes_up() {
    let town = Town::new(today());
    let school = School::start(&town).await.unwrap();
    // One page, since a link to the next page leads past the proxy and is not followed there.
    school.set_max_page(500);
    let port = deserted_port().await;
    let folder = Folder::sqlite();
    oneroster(&folder, "skole", &format!("http://127.0.0.1:{port}"));
    let daemon = Daemon::start(folder).await;
    wait_until("status tells that the school is away", async || !daemon.folder.last_error_of("skole").is_empty()).await;
    assert_eq!(daemon.client().get("/readyz").await.unwrap().status, 200);
    assert_eq!(facts(&daemon), 0);
    let _back = Proxy::start_on(port, school.server().base_url().trim_start_matches("http://")).await.unwrap();
    wait_until("the school's pupils are in the ledger", async || facts(&daemon) > 0).await;
    let status = daemon.folder.status();
    assert!(status["systems"][0]["last_contact"].is_string(), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_down_at_start_is_used_when_it_comes_up() {
    let Some(url) = broker() else { return };
    let broker = crate::brokers::Broker::new(&url).await;
    let port = deserted_port().await;
    let folder = Folder::sqlite();
    amqp_source(&folder, "kilde", &broker.url_through(port), &broker.prefix);
    amqp_recipient(&folder, "ke", "koordinerende_enhet", &broker.url_through(port), &broker.exchange);
    broker.listen("ke").await;
    let daemon = Daemon::start(folder).await;
    let all = children(20);
    daemon.client().must_take(&flat(&all, 1)).await;
    for system in ["kilde", "ke"] {
        wait_until("status tells that the broker is away", async || !daemon.folder.last_error_of(system).is_empty())
            .await;
    }
    assert_eq!(daemon.client().get("/readyz").await.unwrap().status, 200);
    let _back = Proxy::start_on(port, &broker.address).await.unwrap();
    broker.until_read("kilde").await;
    broker.publish("kilde", &all.iter().map(|child| child.agreement(1)).collect::<Vec<_>>()).await;
    let mut events = Vec::new();
    wait_until("both roads over the broker are used", async || {
        broker.received("ke", &mut events).await;
        let told = told_in(&latest(&events));
        told.len() == all.len() && told.values().all(|said| *said == Child::told_after(1))
    })
    .await;
    drop(daemon);
    broker.clear("kilde", "ke").await;
}

/// How many facts stand in the ledger.
pub fn facts(daemon: &Daemon) -> u64 {
    daemon.folder.status()["backlog"]["facts"].as_u64().unwrap()
}
