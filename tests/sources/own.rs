//! The municipality's own facts: one, an array, lines, and over a queue.

use reqwest::Method;
use serde_json::{Value, json};

use crate::common::{Client, Daemon, Folder, broker, children};
use crate::ledger::Ledger;
use crate::queue::Queue;

async fn post(client: &Client, content_type: &str, body: String) -> Value {
    let request = client.request(Method::POST, "/api/v1/facts").header("content-type", content_type).body(body);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_come_in_as_one_as_an_array_and_as_lines_and_give_the_same_answer() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let client = daemon.client();
    for (child, road) in children(3).iter().zip(["one", "array", "lines"]) {
        let mut facts = child.opening();
        facts.push(child.agreement(0));
        let count = facts.len();
        match road {
            "one" => {
                for fact in facts {
                    assert_eq!(post(&client, "application/json", fact.to_string()).await["accepted"], 1);
                }
            }
            "array" => {
                let body = Value::Array(facts).to_string();
                assert_eq!(post(&client, "application/json; charset=utf-8", body).await["accepted"], count);
            }
            _ => {
                let lines: Vec<String> = facts.iter().map(ToString::to_string).collect();
                let taken = post(&client, "application/x-ndjson", lines.join("\n") + "\n\n").await;
                assert_eq!(taken, json!({"accepted": count, "duplicates": 0, "rejected": []}));
            }
        }
        let answer = ledger.until_held(&daemon, &child.number, "held", "lia-skole").await;
        assert_eq!(answer["samordning"]["holder"]["kind"], "service", "{road}");
        assert_eq!(ledger.facts(&child.number).await.len(), count);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_come_in_over_a_queue_and_a_bad_one_is_a_dead_letter_that_says_why() {
    let Some(url) = broker() else { return };
    let queue = Queue::new(&url, "kilde").await;
    let folder = Folder::sqlite();
    crate::common::amqp_source(&folder, "kilde", &url, queue.prefix());
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    queue.until_read().await;
    let child = children(1).remove(0);
    for fact in child.opening() {
        queue.publish(fact["id"].as_str().unwrap(), "application/json", &fact.to_string()).await;
    }
    let agreed = child.agreement(1);
    // An array with a good one and a bad one: the good one is taken.
    let mut bad = child.agreement(2);
    bad["service"] = json!(7);
    queue.publish("to", "application/json", &json!([agreed, bad]).to_string()).await;
    ledger.until_held(&daemon, &child.number, "held", "helsestasjon").await;
    let letters = daemon.folder.dead_letters();
    assert_eq!((letters.len(), letters[0]["code"].as_str()), (1, Some("facts_rejected")), "{letters:?}");
    assert!(letters[0]["detail"].as_str().unwrap().contains("/1/service"), "{letters:?}");
    drop(daemon);
    queue.clear().await;
}
