//! The pull feed: pages, opaque cursors of one's own, and content that is decided when it is read.

use serde_json::Value;

use crate::common::{Answer, Client, Daemon, Folder, wait_until};
use crate::story::{agreed, at_rest, child, consented, withdrawn};
use crate::town::pull_recipient;

async fn page(client: &Client, query: &str) -> Answer {
    client.get(&format!("/api/v1/changes{query}")).await.unwrap()
}

async fn house() -> Daemon {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    pull_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"]);
    pull_recipient(&folder, "barnehagen", "barnehage_privat", &["tussilago"]);
    Daemon::start(folder).await
}

async fn until_events(client: &Client, count: usize) -> Answer {
    let mut last = page(client, "").await;
    wait_until("the feed has them", async || {
        last = page(client, "").await;
        last.count("events") == count as u64
    })
    .await;
    last
}

fn ids(page: &Value) -> Vec<String> {
    page["events"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_is_read_page_by_page_and_the_same_page_may_be_read_again() {
    let daemon = house().await;
    for n in 0..5 {
        daemon.client().must_take(&agreed(&child(n))).await;
    }
    let client = daemon.client_as("skolen");
    let whole = until_events(&client, 5).await;
    let event = &whole.json["events"][0];
    assert_eq!(
        (event["specversion"].as_str(), event["type"].as_str()),
        (Some("1.0"), Some("no.samhold.coordination.assignment.v1"))
    );
    assert_eq!(event["data"]["coordination"]["holder"]["service"], "lia-skole");

    let first = page(&client, "?limit=2").await.json;
    let cursor = first["cursor"].as_str().unwrap().to_owned();
    let second = page(&client, &format!("?limit=2&cursor={cursor}")).await;
    assert_eq!(page(&client, &format!("?limit=2&cursor={cursor}")).await.text, second.text, "the same page again");
    let third = page(&client, &format!("?limit=2&cursor={}", second.json["cursor"].as_str().unwrap())).await.json;
    assert_eq!((&first["more"], &second.json["more"], &third["more"]), (&true.into(), &true.into(), &false.into()));
    let paged = [ids(&first), ids(&second.json), ids(&third)].concat();
    assert_eq!(paged, ids(&whole.json));
    let end = page(&client, &format!("?cursor={}", third["cursor"].as_str().unwrap())).await.json;
    assert_eq!((ids(&end).len(), &end["cursor"]), (0, &third["cursor"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_is_opaque_and_anothers_is_refused() {
    let daemon = house().await;
    daemon.client().must_take(&agreed(&child(0))).await;
    let (school, health) = (daemon.client_as("skolen"), daemon.client_as("helsa"));
    let own = until_events(&school, 1).await.json["cursor"].as_str().unwrap().to_owned();
    until_events(&health, 1).await;
    assert!(!own.contains("skolen") && own.parse::<i64>().is_err(), "{own}");
    let none_of_yours = page(&health, &format!("?cursor={own}")).await;
    assert_eq!((none_of_yours.status, none_of_yours.json["code"].as_str()), (400, Some("invalid_cursor")));
    for wrong in ["?cursor=tull", "?cursor=c2tvbGVuCnR1bGw", "?kursor=1", "?limit=mange"] {
        assert_eq!(page(&school, wrong).await.status, 400, "{wrong}");
    }
    assert_eq!(page(&daemon.client(), "").await.status, 403, "a client without a feed");
    assert_eq!(page(&daemon.client_as("ukjent"), "").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_no_longer_be_known_is_not_in_the_feed_even_if_it_was_not_fetched_in_time() {
    let daemon = house().await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    daemon.client().must_take(&consented(&child)).await;
    let kindergarten = daemon.client_as("barnehagen");
    let told = until_events(&kindergarten, 1).await;
    assert!(told.text.contains("Lia skole"), "{}", told.text);
    daemon.client().must_take(&[withdrawn(&child)]).await;
    wait_until("it is called back", async || page(&kindergarten, "").await.text.contains("retracted.v1")).await;
    at_rest(&daemon, &[]).await;
    let now = page(&kindergarten, "").await;
    assert!(
        !now.text.contains("Lia skole") && !now.text.contains("\"held\""),
        "the old entry is not told any more: {}",
        now.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_is_not_read_again_with_what_was_said_after_it() {
    let daemon = house().await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    let health = daemon.client_as("helsa");
    let first = ids(&until_events(&health, 1).await.json);
    daemon.client().must_take(&[child.agreement(1)]).await;
    wait_until("the new holder is told", async || {
        let read = ids(&page(&health, "").await.json);
        read.len() == 1 && read != first
    })
    .await;
    // Also for who begins again from the start, one entry at a time: each event says what the audit has under it.
    let again = page(&health, "?limit=1").await.json;
    assert_ne!(ids(&again), first);
    assert_eq!(again["more"], false);
    // Who stands on the first one goes on from there.
    let after = page(&health, &format!("?cursor={}", first[0])).await.json;
    assert_eq!(ids(&after), ids(&again));
}
