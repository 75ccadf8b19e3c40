//! SSB Barnevern XML: pushed, dropped as a file, and published on a queue. The whole case is replaced each time.

use samhold_model::dates::add_days;
use samhold_standins::Town;
use serde_json::json;

use crate::common::{Client, Daemon, broker, today, wait_until};
use crate::ledger::Ledger;
use crate::queue::Queue;
use crate::town::{agreed_on, by_number, file_source, number_of, push_source, pushed, queue_source, said, town_folder};

const SYSTEM: &str = "barnevern-fagsystem";
const MAPPING: &str = "ssb-barnevern-4";

/// Oskar's case as it is sent on a day, 1 or 4.
fn case(town: &Town, day: u8) -> String {
    let documents = town.day(day).documents;
    let number = number_of(town, "oskar");
    let texts = documents.into_iter().filter(|d| d.system == "barnevern-ssb");
    texts.map(|d| String::from_utf8(d.body).unwrap()).find(|text| text.contains(&number)).unwrap()
}

fn attribute(text: &str, name: &str) -> String {
    let begin = format!("{name}=\"");
    text.split_once(&begin).unwrap().1.split_once('"').unwrap().0.to_owned()
}

/// The same case as a later sending with an id of its own.
fn next_of(text: &str, id: &str, former: &str) -> String {
    let own = attribute(text, "Barnevern Id");
    let link = format!("Barnevern Id=\"{id}\" ForrigeId=\"{former}\"");
    let plain = text
        .split_once(" ForrigeId=\"")
        .map_or(text.to_owned(), |(head, tail)| head.to_owned() + tail.split_once('"').unwrap().1);
    plain.replace(&format!("Barnevern Id=\"{own}\""), &link)
}

/// The case without its measures.
fn without_measures(text: &str) -> String {
    let (head, tail) = text.split_once("    <Tiltak").unwrap();
    head.to_owned() + tail.rsplit_once("</Tiltak>\n").unwrap().1
}

async fn house(town: &Town) -> (Daemon, Client, Ledger) {
    let folder = town_folder(town);
    push_source(&folder, SYSTEM, "barnevern", MAPPING);
    let daemon = Daemon::start(folder).await;
    let (client, ledger) = (daemon.client_as(SYSTEM), Ledger::of(&daemon.folder).await);
    (daemon, client, ledger)
}

async fn send(client: &Client, text: &str) -> serde_json::Value {
    pushed(client, SYSTEM, "application/xml", text).await
}

async fn assert_oskar_is_served(town: &Town, ledger: &Ledger) {
    let started = ledger.until(&number_of(town, "oskar"), SYSTEM, "service_started", 1).await.remove(0);
    assert_eq!(started.at, add_days(town.start(), -60));
    assert_eq!((&started.body["service"], &started.body["kind"]), (&json!("barnevern"), &json!("barnevern")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measure_means_that_child_welfare_serves_the_child_and_can_hold_the_duty() {
    let town = Town::new(today());
    let (daemon, client, ledger) = house(&town).await;
    assert_eq!(send(&client, &case(&town, 1)).await["status"], "DONE");
    assert_oskar_is_served(&town, &ledger).await;
    let (oskar, kasper) = (number_of(&town, "oskar"), number_of(&town, "kasper"));
    let child = by_number(&oskar);
    let mut facts = agreed_on(&child, &["barnevern", "nes-skole"]);
    facts.push(said(&child, 60, "service_started", &json!({"service": "nes-skole", "kind": "skole_kommunal"})));
    daemon.client().must_take(&facts).await;
    ledger.until_held(&daemon, &oskar, "held", "barnevern").await;
    assert!(ledger.child(&kasper).await.is_none(), "another case, another child");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measure_that_is_gone_from_the_next_version_never_was() {
    let town = Town::new(add_days(today(), -3));
    let (_daemon, client, ledger) = house(&town).await;
    let oskar = number_of(&town, "oskar");
    send(&client, &case(&town, 1)).await;
    let first = ledger.until(&oskar, SYSTEM, "service_started", 1).await.remove(0);
    assert_eq!(send(&client, &without_measures(&case(&town, 4))).await["status"], "DONE");
    wait_until("the measure is void", async || ledger.is_void(&oskar, &first).await).await;
    let again =
        next_of(&case(&town, 4), "a0000000-0000-4000-8000-000000000001", &attribute(&case(&town, 4), "Barnevern Id"));
    assert_eq!(send(&client, &again).await["status"], "DONE");
    ledger.until(&oskar, SYSTEM, "service_started", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_whose_predecessor_never_came_waits_as_a_dead_letter_until_it_has_come() {
    let town = Town::new(add_days(today(), -3));
    let (daemon, client, ledger) = house(&town).await;
    let oskar = number_of(&town, "oskar");
    let (first, second) = (case(&town, 1), case(&town, 4));
    let third = next_of(
        &without_measures(&second),
        "a0000000-0000-4000-8000-000000000003",
        &attribute(&second, "Barnevern Id"),
    );
    send(&client, &first).await;
    let gap = send(&client, &third).await;
    assert_eq!((gap["status"].as_str(), gap["code"].as_str()), (Some("DEAD_LETTER"), Some("chain_gap")), "{gap}");
    let started = ledger.until(&oskar, SYSTEM, "service_started", 1).await.remove(0);
    assert!(!ledger.is_void(&oskar, &started).await, "what cannot be placed is not applied");

    assert_eq!(send(&client, &second).await["status"], "DONE");
    let letter = daemon.folder.dead_letters().remove(0);
    daemon.folder.cli_text(&["dead-letters", "replay", letter["id"].as_str().unwrap()]);
    wait_until("the third version is applied", async || ledger.is_void(&oskar, &started).await).await;
    assert!(daemon.folder.dead_letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_left_as_a_file_is_taken_once_and_put_aside() {
    let town = Town::new(today());
    let drop_folder = tempfile::tempdir().unwrap();
    let folder = town_folder(&town);
    file_source(&folder, SYSTEM, "barnevern", MAPPING, drop_folder.path());
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    std::fs::write(drop_folder.path().join("sak.xml"), case(&town, 1)).unwrap();
    assert_oskar_is_served(&town, &ledger).await;
    wait_until("the file is put aside", async || !drop_folder.path().join("sak.xml").exists()).await;
    assert_eq!(std::fs::read_dir(drop_folder.path().join("done")).unwrap().count(), 1);
    // Half a file is no case.
    let text = case(&town, 4);
    std::fs::write(drop_folder.path().join("halv.xml"), &text[..text.len() / 2]).unwrap();
    wait_until("the half file is a dead letter", async || daemon.folder.dead_letters().len() == 1).await;
    assert_eq!(daemon.folder.dead_letters()[0]["code"], "unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_published_on_the_queue_is_taken_once_however_often_it_is_sent() {
    let Some(url) = broker() else { return };
    let town = Town::new(today());
    let queue = Queue::new(&url, SYSTEM).await;
    let folder = town_folder(&town);
    queue_source(&folder, SYSTEM, "barnevern", MAPPING, (&url, queue.prefix()));
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    queue.until_read().await;
    queue.publish("sak-1", "application/xml", &case(&town, 1)).await;
    queue.publish("sak-1", "application/xml", &case(&town, 1)).await;
    queue.publish("skrap", "application/xml", "<Barnevern").await;
    assert_oskar_is_served(&town, &ledger).await;
    // What cannot be mapped is ours to keep, not the broker's.
    wait_until("the rubbish is a dead letter", async || daemon.folder.dead_letters().len() == 1).await;
    wait_until("the queue is empty", async || queue.waiting().await == Some(0)).await;
    assert_eq!(ledger.facts(&number_of(&town, "oskar")).await.len(), 1);
    drop(daemon);
    queue.clear().await;
}
