//! HTTP push: a signed CloudEvents envelope, one idempotency key for each event, versions in order.

use samhold_model::Instant;
use samhold_standins::Receiver;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Daemon, Folder, SECRET, http_recipient, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, at_rest, child};

#[tokio::test(flavor = "multi_thread")]
async fn a_participant_gets_a_signed_cloud_event_with_what_it_may_know_and_nothing_else() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    wait_until("the school is told", async || receiver.counts().effects == 1).await;

    let request = receiver.server().captured().all().remove(0);
    assert_eq!((request.method.as_str(), request.uri.path(), request.uri.query()), ("POST", "/hendelser", None));
    assert_eq!(request.header("content-type"), "application/cloudevents+json");
    let event: Value = serde_json::from_slice(&request.body).unwrap();
    let names: Vec<&String> = event.as_object().unwrap().keys().collect();
    assert_eq!(names, ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data"]);
    assert_eq!((&event["specversion"], &event["source"]), (&json!("1.0"), &json!("/samhold")));
    assert_eq!(event["type"], "no.samhold.coordination.assignment.v1");
    assert_eq!(event["datacontenttype"], "application/json");
    let id: Uuid = event["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(request.header("idempotency-key"), id.to_string());
    let ledger = Ledger::of(&daemon.folder).await;
    assert_eq!(event["subject"], ledger.child(&child.number).await.unwrap().to_string());
    assert!(event["time"].as_str().unwrap().parse::<Instant>().unwrap() <= Instant::now());
    assert_eq!(
        event["data"],
        json!({
        "child": {"national_id": child.number}, "municipality": "9901", "version": event["data"]["version"],
        "valid_from": child.agreement(0)["at"],
        "coordination": {"state": "held", "holder": {"name": "Lia skole", "service": "lia-skole"},
            "contact_point": "Servicetorget, 99 01 00 00"}})
    );
    assert_eq!(receiver.counts().bad_signatures, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_signed_with_another_secret_is_not_taken_and_tried_again_until_the_secret_is_right() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    folder.secret("skolen-signature", "another secret");
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&agreed(&child(0))).await;
    wait_until("the receiver refuses the signature", async || receiver.counts().bad_signatures > 1).await;
    assert_eq!(receiver.counts().effects, 0);
    daemon.folder.secret("skolen-signature", SECRET);
    daemon.reload();
    wait_until("the event is taken", async || receiver.counts().effects == 1).await;
    let keys: Vec<String> =
        receiver.server().captured().all().iter().map(|r| r.header("idempotency-key").to_owned()).collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "one event, one key over all attempts: {keys:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_rise_and_the_last_event_is_the_state_there_is() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    for round in 1..4 {
        wait_until("the round before is told", async || receiver.counts().effects == round as u64).await;
        daemon.client().must_take(&[child.agreement(round)]).await;
    }
    wait_until("the last round is told", async || receiver.counts().effects == 4).await;
    at_rest(&daemon, &[]).await;
    let told: Vec<(i64, String)> = receiver
        .events()
        .iter()
        .map(|e| (e.version, e.data["coordination"]["holder"]["service"].as_str().unwrap().to_owned()))
        .collect();
    assert!(told.windows(2).all(|w| w[0].0 < w[1].0), "{told:?}");
    let holders: Vec<&str> = told.iter().map(|(_, holder)| holder.as_str()).collect();
    assert_eq!(holders, ["lia-skole", "helsestasjon", "ergo-fysio", "lia-skole"]);
    // Nothing new to say is not said.
    daemon.client().must_take(&[child.fact(1, "objection_withdrawn", &json!({"by": crate::story::PARENTS[0]}))]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_part_is_told_nothing_and_who_stops_taking_part_is_told_that_the_old_is_void() {
    let (school, stranger) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
    let folder = Folder::sqlite();
    http_recipient(&folder, "ergo", "kommunal_helse", &["ergo-fysio"], &school);
    http_recipient(&folder, "nes", "skole_kommunal", &["nes-skole"], &stranger);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    wait_until("the participant is told", async || school.counts().effects == 1).await;
    daemon.client().must_take(&[child.fact(0, "service_ended", &json!({"service": "ergo-fysio"}))]).await;
    wait_until("the former participant is told", async || school.counts().effects == 2).await;
    at_rest(&daemon, &[]).await;
    let last = school.events().remove(1);
    assert_eq!(last.kind, "no.samhold.coordination.superseded.v1");
    assert!(last.data.get("coordination").is_none() && last.data.get("holder").is_none(), "{}", last.data);
    assert_eq!(stranger.server().captured().count(), 0, "nothing at all, not even that there is something");
}
