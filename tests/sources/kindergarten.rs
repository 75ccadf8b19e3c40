//! NAV barnehagelister, pushed.

use samhold_model::dates::add_days;
use samhold_standins::Town;
use samhold_standins::push::kindergarten::list;
use serde_json::{Value, json};

use crate::common::{Client, Daemon, today};
use crate::ledger::Ledger;
use crate::town::{number_of, push_source, pushed, town_folder};

const SYSTEM: &str = "barnehagesystem";

async fn house(town: &Town) -> (Daemon, Client, Ledger) {
    let folder = town_folder(town);
    push_source(&folder, SYSTEM, "barnehage_kommunal", "nav-barnehagelister-v1");
    let daemon = Daemon::start(folder).await;
    let (client, ledger) = (daemon.client_as(SYSTEM), Ledger::of(&daemon.folder).await);
    (daemon, client, ledger)
}

async fn send(client: &Client, list: &Value) -> Value {
    pushed(client, SYSTEM, "application/json", list.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_tells_who_goes_where_and_a_later_list_who_has_left() {
    let town = Town::new(add_days(today(), -2));
    let (daemon, client, ledger) = house(&town).await;
    assert_eq!(send(&client, &list(&town, 1)).await["status"], "DONE");
    let of = async |key: &str| ledger.until(&number_of(&town, key), SYSTEM, "service_started", 1).await.remove(0);
    let (live, iben) = (of("live").await, of("iben").await);
    assert_eq!(live.at, add_days(town.start(), -300));
    assert_eq!((&live.body["service"], &live.body["kind"]), (&json!("bjork-barnehage"), &json!("barnehage_kommunal")));
    assert_eq!(iben.body["kind"], "barnehage_privat");

    let amira = number_of(&town, "amira");
    assert!(ledger.of_type(&amira, SYSTEM, "service_ended").await.is_empty());
    assert_eq!(send(&client, &list(&town, 3)).await["status"], "DONE");
    // Her last day was the second; the first day without is the third.
    assert_eq!(ledger.until(&amira, SYSTEM, "service_ended", 1).await[0].at, town.date(3));
    assert_eq!(ledger.facts(&number_of(&town, "live")).await.len(), 1, "the same words again are no news");
    assert!(daemon.folder.dead_letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_no_longer_on_the_list_no_longer_goes_there_and_may_come_back() {
    let town = Town::new(today());
    let (_daemon, client, ledger) = house(&town).await;
    let (whole, live) = (list(&town, 1), number_of(&town, "live"));
    send(&client, &whole).await;
    let mut without = whole.clone();
    for kindergarten in without["kindergartens"].as_array_mut().unwrap() {
        let children = kindergarten["childrenInformation"].as_array_mut().unwrap();
        children.retain(|c| c["child"]["socialSecurityNumber"] != live.as_str());
    }
    without["id"] = json!("another-submission");
    assert_eq!(send(&client, &without).await["status"], "DONE");
    assert_eq!(ledger.until(&live, SYSTEM, "service_ended", 1).await[0].at, today());
    let mut back = whole.clone();
    back["id"] = json!("a-third-submission");
    send(&client, &back).await;
    ledger.until(&live, SYSTEM, "service_started", 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_read_is_a_dead_letter_that_says_where_and_changes_nothing() {
    let town = Town::new(today());
    let (daemon, client, ledger) = house(&town).await;
    let mut leaking = list(&town, 1);
    let address = &mut leaking["kindergartens"][0]["childrenInformation"][0]["child"]["address"];
    address["confidentialAddress"] = json!(true);
    let refused = send(&client, &leaking).await;
    assert_eq!(
        (refused["status"].as_str(), refused["code"].as_str()),
        (Some("DEAD_LETTER"), Some("refused")),
        "{refused}"
    );
    assert!(
        refused["detail"].as_str().unwrap().contains("/kindergartens/0/childrenInformation/0/child/address"),
        "{refused}"
    );

    let whole = list(&town, 1).to_string();
    let cut = pushed(&client, SYSTEM, "application/json", &whole.as_bytes()[..whole.len() / 2]).await;
    assert_eq!((cut["status"].as_str(), cut["code"].as_str()), (Some("DEAD_LETTER"), Some("unreadable")), "{cut}");
    assert_eq!(daemon.folder.dead_letters().len(), 2);
    assert!(ledger.child(&number_of(&town, "live")).await.is_none(), "nothing of a refused list is taken");
}
