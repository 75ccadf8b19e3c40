//! `POST /api/v1/coordination/query`: as this client may see it, and the same answer for unknown and not allowed.

use reqwest::Method;
use samhold_model::dates::add_days;
use samhold_standins::Receiver;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};
use uuid::Uuid;

use crate::common::{Client, Daemon, Folder, SECRET, today, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, at_rest, child};
use crate::town::{asking_recipient, pull_recipient};

const PATH: &str = "/api/v1/coordination/query";

/// Status, headers but for the date, and body.
async fn whole(client: &Client, question: &Value) -> (u16, Vec<(String, String)>, String) {
    let answer = client.request(Method::POST, PATH).json(question).send().await.unwrap();
    let mut headers: Vec<(String, String)> = answer
        .headers()
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status().as_u16(), headers, answer.text().await.unwrap())
}

async fn coordination(client: &Client, question: Value) -> Value {
    let answer = client.post(PATH, &question).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["coordination"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_sees_by_asking_what_it_was_told_and_nobody_sees_more() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    asking_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    wait_until("it is told", async || receiver.counts().effects == 1).await;
    let told = receiver.events().remove(0);
    let school = daemon.client_as("skolen");
    let by = |reference: Value| json!({"child": reference});
    assert_eq!(coordination(&school, by(json!({"national_id": child.number}))).await, told.data["coordination"]);
    assert_eq!(coordination(&school, by(json!({"child_id": told.subject}))).await, told.data["coordination"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_day_and_another_knowledge_are_answered_as_they_were() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    at_rest(&daemon, &[]).await;
    let school = daemon.client_as("skolen");
    let question = |more: Value| {
        let mut question = json!({"child": {"national_id": child.number}});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        question
    };
    assert_eq!(coordination(&school, question(json!({}))).await["state"], "held");
    // The agreement is of 120 days ago, the need of 150.
    let between = add_days(today(), -130).to_string();
    let then = coordination(&school, question(json!({"as_of": between}))).await;
    assert_eq!(then["state"], "held_by_default", "{then}");
    let known = coordination(&school, question(json!({"as_of": between, "known_at": between}))).await;
    assert_eq!(known, Value::Null, "nothing had been recorded by then");
    let refused = school.post(PATH, &question(json!({"as_of": "i går"}))).await.unwrap();
    assert_eq!((refused.status, refused.json["code"].as_str()), (400, Some("invalid_question")));
    assert!(!refused.text.contains(&child.number));
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_and_not_allowed_are_one_answer_to_the_last_byte() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    pull_recipient(&folder, "annen-skole", "skole_kommunal", &["nes-skole"]);
    pull_recipient(&folder, "privat", "barnehage_privat", &["lia-skole"]);
    pull_recipient(&folder, "drift", "it_operations", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    let (open, strict, unknown) = (child(0), child(1), child(2));
    daemon.client().must_take(&agreed(&open)).await;
    daemon.client().must_take(&agreed(&strict)).await;
    daemon.client().must_take(&[strict.fact(5, "address_protection", &json!({"value": "strengt_fortrolig"}))]).await;
    at_rest(&daemon, &[]).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let by_number = |number: &str| json!({"child": {"national_id": number}});
    let nothing = whole(&daemon.client_as("annen-skole"), &by_number(&unknown.number)).await;
    assert_eq!((nothing.0, nothing.2.as_str()), (200, "{\"coordination\":null}"));

    for client in ["annen-skole", "privat", "drift"] {
        let client = daemon.client_as(client);
        for child in [&open, &strict, &unknown] {
            assert_eq!(whole(&client, &by_number(&child.number)).await, nothing);
            let id = ledger.child(&child.number).await.map_or_else(Uuid::new_v4, |id| id.0);
            assert_eq!(whole(&client, &json!({"child": {"child_id": id}})).await, nothing);
        }
    }
    let school = daemon.client_as("skolen");
    assert_ne!(whole(&school, &by_number(&open.number)).await, nothing, "who may know is told");
    for reference in [
        json!({"national_id": strict.number}),
        json!({"national_id": "00000000000"}),
        json!({"national_id": 7}),
        json!({}),
        json!({"local": {}}),
    ] {
        assert_eq!(whole(&school, &json!({"child": reference})).await, nothing, "{reference}");
    }
    // A client that receives nothing has no form to be told in, and learns nothing by that either.
    assert_eq!(
        whole(&daemon.client(), &by_number(&open.number)).await,
        whole(&daemon.client(), &by_number(&unknown.number)).await
    );
    assert!(ledger.child(&unknown.number).await.is_none(), "asking makes nobody known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_whose_facts_cannot_be_read_is_answered_as_nobody() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    let (known, unknown) = (child(0), child(1));
    daemon.client().must_take(&agreed(&known)).await;
    at_rest(&daemon, &[]).await;
    let school = daemon.client_as("skolen");
    let by_number = |number: &str| json!({"child": {"national_id": number}});
    let nothing = whole(&school, &by_number(&unknown.number)).await;
    assert_ne!(whole(&school, &by_number(&known.number)).await, nothing);
    let file = daemon.folder.sqlite_file();
    let mut database = SqliteConnection::connect(&file.to_string_lossy()).await.unwrap();
    database.execute("update facts set body = x'00'").await.unwrap();
    assert_eq!(whole(&school, &by_number(&known.number)).await, nothing);
    assert!(daemon.log().contains("a child cannot be read"), "a person is told");
}
