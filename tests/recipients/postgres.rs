//! The whole road once more with the memory on a PostgreSQL server: in by push and by facts, out by push and feed, receipts,
//! a power cut, and a call back.

use samhold_standins::push::kindergarten::list;
use samhold_standins::{Receiver, Town};
use serde_json::{Value, json};

use crate::common::{Daemon, Folder, SECRET, today, wait_until};
use crate::ledger::Ledger;
use crate::story::at_rest;
use crate::town::{
    agreed_on, asking_recipient, by_number, list_services, number_of, pull_recipient, push_source, pushed, said,
};

const LISTS: &str = "barnehagesystem";
const KINDERGARTEN: &str = "bjork-barnehage";

fn connect(folder: &Folder, town: &Town, receiver: &Receiver) {
    list_services(folder, town);
    push_source(folder, LISTS, "barnehage_kommunal", "nav-barnehagelister-v1");
    asking_recipient(folder, KINDERGARTEN, "barnehage_kommunal", &[KINDERGARTEN], receiver);
    pull_recipient(folder, "helsestasjon", "helsestasjon", &["helsestasjon"]);
}

/// What the municipality knows besides the list: Live's kindergarten and helsestasjon agreed on the kindergarten.
fn facts_about(child: &Value, town: &Town) -> Vec<Value> {
    let born = town.child("live").unwrap().birth_date.unwrap().to_string();
    let mut facts = agreed_on(child, &[KINDERGARTEN, "helsestasjon"]);
    facts.push(said(child, 90, "service_started", &json!({"service": "helsestasjon", "kind": "helsestasjon"})));
    facts.push(said(child, 900, "birth_date", &json!({"date": born})));
    facts.push(said(child, 900, "address_protection", &json!({"value": "none"})));
    facts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_is_followed_from_the_list_to_the_receipt_through_a_power_cut() {
    let Some(folder) = Folder::postgres().await else { return };
    let (town, receiver) = (Town::new(today()), Receiver::start(SECRET).await.unwrap());
    connect(&folder, &town, &receiver);
    let mut daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let live = number_of(&town, "live");
    let child = by_number(&live);

    assert_eq!(
        pushed(&daemon.client_as(LISTS), LISTS, "application/json", list(&town, 1).to_string()).await["status"],
        "DONE"
    );
    let facts = facts_about(&child, &town);
    daemon.client().must_take(&facts).await;
    wait_until("the kindergarten is told", async || receiver.counts().effects == 1).await;
    let told = receiver.events().remove(0);
    assert_eq!(told.data["coordination"]["holder"]["service"], KINDERGARTEN);
    ledger.until_held(&daemon, &live, "held", KINDERGARTEN).await;
    at_rest(&daemon, &[]).await;

    daemon.kill9();
    daemon.restart().await;
    let again = daemon.client().post_facts(&facts).await.unwrap();
    assert_eq!(again.count("duplicates"), facts.len() as u64, "{}", again.text);
    let receipt = json!([{"event_id": told.key, "status": "accepted"}]);
    let noted = daemon.client_as(KINDERGARTEN).post("/api/v1/receipts", &receipt).await.unwrap();
    assert_eq!(noted.json["accepted"], 1, "{}", noted.text);
    assert_eq!(ledger.delivery_status(&live, KINDERGARTEN).await, "accepted");

    // What was never read is not called back: the feed is fetched, and said to be, before anything is withdrawn.
    let page = daemon.client_as("helsestasjon").get("/api/v1/changes").await.unwrap();
    let cursor = page.json["cursor"].as_str().unwrap().to_owned();
    daemon.client_as("helsestasjon").get(&format!("/api/v1/changes?cursor={cursor}")).await.unwrap();
    daemon.client().must_take(&[said(&child, 0, "address_protection", &json!({"value": "strengt_fortrolig"}))]).await;
    wait_until("it is called back", async || receiver.counts().effects == 2).await;
    assert_eq!(receiver.events()[1].kind, "no.samhold.coordination.retracted.v1");
    at_rest(&daemon, &[]).await;
    let feed = daemon.client_as("helsestasjon").get("/api/v1/changes").await.unwrap();
    assert!(!feed.text.contains(KINDERGARTEN) && feed.text.contains("retracted.v1"), "{}", feed.text);
    let chain = daemon.folder.cli_text(&["audit", "verify", "--json"]);
    assert!(chain.contains("\"broken\":null"), "{chain}");
    assert_eq!(receiver.counts().conflicts + receiver.counts().out_of_order, 0);
}
