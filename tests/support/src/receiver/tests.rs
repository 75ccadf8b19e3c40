//! The receiver keeps everything, checks signatures and lets a key take effect once.

use serde_json::json;

use super::*;
use crate::FaultPlan;

const SECRET: &str = "a shared secret";

fn event(id: &str, subject: &str, version: i64) -> String {
    json!({"specversion": "1.0", "id": id, "type": "no.samhold.coordination.assignment.v1", "subject": subject,
        "source": "/samhold", "data": {"version": version}})
    .to_string()
}

async fn push_signed(receiver: &Receiver, id: &str, body: &str, signature: &str) -> Result<u16, reqwest::Error> {
    let request =
        reqwest::Client::new().post(receiver.url()).header("Idempotency-Key", id).header(SIGNATURE_HEADER, signature);
    Ok(request.body(body.to_owned()).send().await?.status().as_u16())
}

async fn push(receiver: &Receiver, id: &str, subject: &str, version: i64) -> Result<u16, reqwest::Error> {
    let body = event(id, subject, version);
    push_signed(receiver, id, &body, &sign(SECRET, id, 1_790_000_000, body.as_bytes())).await
}

#[test]
fn the_signature_is_the_one_described_for_the_wire() {
    // Computed with openssl: printf 'id.1.body' | openssl dgst -sha256 -hmac key
    let expected = "b18037ffef0abf25db7b8280299cb4416285a0b2921c3abf416bb4c5067263bb";
    assert_eq!(sign("key", "id", 1, b"body"), format!("t=1,v1={expected}"));
    let rotated = format!("t=1,v1={},v1={expected}", "00".repeat(32));
    assert!(verify("key", "id", &rotated, b"body"), "any of several signatures is enough");
    for (secret, id, header, body) in [
        ("other", "id", rotated.as_str(), "body"),
        ("key", "di", &rotated, "body"),
        ("key", "id", &rotated, "bodY"),
        ("key", "id", &rotated.replace("t=1", "t=2"), "body"),
        ("key", "id", "v1=00", "body"),
        ("key", "id", "", "body"),
    ] {
        assert!(!verify(secret, id, header, body.as_bytes()));
    }
}

#[tokio::test]
async fn an_event_sent_again_takes_effect_once() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    assert_eq!(push(&receiver, "e1", "c1", 1).await.unwrap(), 202);
    assert_eq!(push(&receiver, "e1", "c1", 1).await.unwrap(), 200);
    assert_eq!(push(&receiver, "e1", "c1", 2).await.unwrap(), 409);
    assert_eq!(receiver.counts(), Counts { effects: 1, duplicates: 1, conflicts: 1, ..Counts::default() });
    assert_eq!(receiver.server().captured().count(), 3);
}

#[tokio::test]
async fn what_is_unsigned_or_no_event_takes_no_effect() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    assert_eq!(push_signed(&receiver, "e1", &event("e1", "c", 1), "").await.unwrap(), 401);
    assert_eq!(push_signed(&receiver, "other", &event("e1", "c", 1), "").await.unwrap(), 422);
    assert_eq!(push_signed(&receiver, "e1", "{", "").await.unwrap(), 422);
    let counts = receiver.counts();
    assert_eq!((counts.effects, counts.bad_signatures, counts.malformed), (0, 1, 2));
}

#[tokio::test]
async fn the_latest_event_of_each_subject_is_told_and_disorder_is_counted() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    for (id, subject, version) in [("a", "c1", 1), ("b", "c2", 1), ("c", "c1", 3), ("d", "c1", 2)] {
        push(&receiver, id, subject, version).await.unwrap();
    }
    let latest = receiver.latest_by_subject();
    assert_eq!((latest["c1"].version, latest["c2"].version), (2, 1));
    assert_eq!(receiver.counts().out_of_order, 1);
}

#[tokio::test]
async fn chosen_subjects_and_chosen_requests_are_always_refused() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    receiver.refuse_subject("c9");
    receiver.refuse_request(2);
    assert_eq!(push(&receiver, "a", "c9", 1).await.unwrap(), 400);
    assert_eq!(push(&receiver, "b", "c1", 1).await.unwrap(), 400);
    assert_eq!(push(&receiver, "b", "c1", 1).await.unwrap(), 400, "the same event stays refused");
    assert_eq!(push(&receiver, "c", "c1", 1).await.unwrap(), 202);
    assert_eq!(receiver.counts().refused, 3);
}

#[tokio::test]
async fn every_fifth_request_fails_before_and_a_lost_answer_after_the_effect() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    receiver.server().faults().set(FaultPlan::failing(5, 503));
    let mut answers = Vec::new();
    for i in 0..10 {
        answers.push(push(&receiver, &format!("e{i}"), "c", i).await.unwrap());
    }
    assert_eq!(answers.iter().filter(|a| **a == 503).count(), 2);
    assert_eq!(receiver.counts().effects, 8);
    receiver.server().faults().set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    assert!(push(&receiver, "lost", "c", 11).await.is_err());
    receiver.server().faults().clear();
    assert_eq!(push(&receiver, "lost", "c", 11).await.unwrap(), 200);
    assert_eq!((receiver.counts().effects, receiver.counts().duplicates), (9, 1));
}

#[tokio::test]
async fn every_byte_that_came_can_be_searched() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    push(&receiver, "the-key", "the-subject", 1).await.unwrap();
    let all = String::from_utf8(receiver.captured_bytes()).unwrap();
    assert!(all.contains("POST /hendelser") && all.contains("idempotency-key: the-key") && all.contains("the-subject"));
    let heads = String::from_utf8(receiver.server().captured().head_bytes()).unwrap();
    assert!(heads.contains("samhold-signature: t=") && !heads.contains("the-subject"));
}

#[tokio::test]
async fn a_receiver_can_come_back_on_the_same_port() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let (port, url) = (receiver.server().port(), receiver.url());
    receiver.server.stop().await;
    let back = Receiver::start_on(port, SECRET).await.unwrap();
    assert_eq!(back.url(), url);
    assert_eq!(push(&back, "e", "c", 1).await.unwrap(), 202);
}
