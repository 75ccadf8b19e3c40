//! The push recipient against receivers that answer in every way of the table.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use samhold_disclosure::{Cleared, Envelope, EnvelopeKind};
use secrecy::SecretString;
use serde_json::json;

use super::*;

type Kept = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

#[derive(Clone)]
struct Receiver {
    base: String,
    kept: Kept,
    says: (u16, &'static [(&'static str, &'static str)], Arc<str>),
}

async fn receiver(status: u16, headers: &'static [(&'static str, &'static str)], body: &str) -> Receiver {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/hook", listener.local_addr().unwrap());
    let receiver = Receiver { base, kept: Kept::default(), says: (status, headers, body.into()) };
    let app = Router::new().fallback(take).with_state(receiver.clone());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    receiver
}

async fn take(State(r): State<Receiver>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap, String) {
    r.kept.lock().unwrap().push((headers, body));
    let told = r.says.1.iter().map(|(k, v)| (HeaderName::from_static(k), HeaderValue::from_static(v))).collect();
    (StatusCode::from_u16(r.says.0).unwrap(), told, r.says.2.to_string())
}

fn push(receiver: &Receiver, more: serde_json::Value) -> HttpRecipient {
    let mut settings = json!({"url": receiver.base, "http": {"timeout_seconds": 5}});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    HttpRecipient::new("barnehage", &serde_json::from_value(settings).unwrap()).unwrap()
}

async fn outcome(status: u16, headers: &'static [(&'static str, &'static str)], body: &str) -> DeliveryOutcome {
    let receiver = receiver(status, headers, body).await;
    push(&receiver, json!({})).post(Uuid::new_v4(), b"{}".to_vec()).await.unwrap()
}

#[tokio::test]
async fn an_event_is_posted_with_its_id_as_key_and_a_signature_for_each_secret() {
    let places: Vec<_> = ["ny", "gammel"].map(kept_secret).into_iter().collect();
    let receiver = receiver(202, &[], "").await;
    let push = push(&receiver, json!({"signature": {"secrets": places}}));
    let id = Uuid::new_v4();
    let body = json!({"id": id.to_string(), "data": {"child": "14821970351"}}).to_string();
    assert_eq!(push.post(id, body.clone().into_bytes()).await.unwrap(), DeliveryOutcome::Delivered);
    let kept = receiver.kept.lock().unwrap().clone();
    let (headers, sent) = &kept[0];
    assert_eq!(sent, body.as_bytes());
    assert_eq!(headers["content-type"], "application/cloudevents+json");
    assert_eq!(headers["idempotency-key"], id.to_string());
    let mark = headers[SIGNATURE_HEADER].to_str().unwrap();
    for secret in ["ny", "gammel"] {
        let secrets = [SecretString::from(secret.to_owned())];
        crate::verify_signature(mark, &id.to_string(), sent, &secrets, Timestamp::now(), 300).unwrap();
    }
    assert!(!format!("{headers:?}").contains("14821970351"));
}

fn kept_secret(text: &str) -> serde_json::Value {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    json!({"file": file.keep().unwrap().1})
}

#[tokio::test]
async fn a_refusal_is_told_with_status_and_a_starred_reason() {
    let body = format!("barnet 14821970351 finnes ikke {}", "x".repeat(9000));
    for status in [400, 404, 409, 410, 413, 415, 422] {
        let DeliveryOutcome::Refused { code, detail } = outcome(status, &[], &body).await else {
            panic!("{status} is a refusal");
        };
        assert_eq!(code, format!("http_{status}"));
        assert!(detail.starts_with("barnet *********** finnes ikke xxx") && detail.len() <= 2048, "{}", detail.len());
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_later_with_the_receivers_own_wish() {
    for status in [301, 401, 403, 408, 425, 429, 500, 502, 503, 504] {
        let DeliveryOutcome::Later { after, reason } = outcome(status, &[("retry-after", "9")], "14821970351").await
        else {
            panic!("{status} may pass");
        };
        assert_eq!(after.map(|d| d.as_secs()), Some(9), "{status}");
        assert!(!reason.contains("14821970351") && reason.contains(&status.to_string()), "{reason}");
    }
}

#[tokio::test]
async fn a_recipient_can_have_its_own_table() {
    let busy_404 = receiver(404, &[("retry-after", "3")], "").await;
    let told = push(&busy_404, json!({"retry": [404]})).post(Uuid::new_v4(), vec![]).await.unwrap();
    assert!(matches!(told, DeliveryOutcome::Later { after: Some(_), .. }));
    let final_503 = receiver(503, &[], "nei").await;
    let told = push(&final_503, json!({"refuse": [503]})).post(Uuid::new_v4(), vec![]).await.unwrap();
    assert_eq!(told, DeliveryOutcome::Refused { code: "http_503".into(), detail: "nei".into() });
}

#[tokio::test]
async fn a_receiver_that_is_away_or_cannot_be_let_in_to_is_tried_later() {
    let nobody = Receiver { base: "http://127.0.0.1:1/".into(), kept: Kept::default(), says: (200, &[], "".into()) };
    let error = push(&nobody, json!({})).post(Uuid::new_v4(), b"14821970351".to_vec()).await.unwrap_err();
    let DeliveryOutcome::NotReached { reason } = of_error(&error) else { panic!("a network error may pass") };
    assert!(!reason.contains("14821970351") && reason.contains("cannot connect"), "{reason}");
}

#[tokio::test]
async fn a_huge_answer_to_a_delivered_event_is_still_delivered() {
    assert_eq!(outcome(200, &[], &"x".repeat(3_000_000)).await, DeliveryOutcome::Delivered);
}

#[tokio::test]
async fn a_check_delivers_nothing_and_finds_missing_rights() {
    for (status, well) in
        [(204, true), (405, true), (404, true), (401, false), (403, false), (503, false), (302, false)]
    {
        let receiver = receiver(status, &[], "").await;
        assert_eq!(push(&receiver, json!({})).check().await.is_ok(), well, "{status}");
        assert!(receiver.kept.lock().unwrap()[0].1.is_empty());
    }
}

#[test]
fn settings_that_contradict_or_leak_are_refused() {
    let make = |more: serde_json::Value| {
        let mut settings = json!({"url": "https://mottaker.example.no/hook"});
        settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        HttpRecipient::new("barnehage", &serde_json::from_value(settings).unwrap()).map(drop)
    };
    assert!(make(json!({})).is_ok());
    assert!(make(json!({"retry": [500], "refuse": [500]})).is_err());
    assert!(make(json!({"signature": {"secrets": []}})).is_err());
    assert!(make(json!({"url": "https://mottaker.example.no/14821970351"})).is_err());
    assert!(make(json!({"auth": {"kind": "bearer", "token": {"file": "/finnes/ikke"}}})).is_err());
}

#[tokio::test]
async fn a_cleared_event_goes_out_as_a_cloud_event() {
    let envelope = Envelope::new()
        .with(EnvelopeKind::ChildIdentifier, "local_id", "elev-7")
        .and_then(|e| e.with(EnvelopeKind::Version, "version", 2))
        .unwrap();
    let event = Outgoing {
        event_id: Uuid::new_v4(),
        kind: samhold_adapter_api::OutgoingKind::Retracted,
        subject: samhold_model::ChildId::new(),
        version: 2,
        time: "2026-11-22T08:00:00Z".parse().unwrap(),
        data: Cleared::retraction(&envelope).unwrap().into_value(),
    };
    let receiver = receiver(204, &[], "").await;
    let push = push(&receiver, json!({"source": "https://samhold.fjellvik.example"}));
    assert_eq!(push.deliver(&event).await, DeliveryOutcome::Delivered);
    assert_eq!(push.deliver(&event).await, DeliveryOutcome::Delivered);
    let kept = receiver.kept.lock().unwrap().clone();
    assert_eq!(kept[0].1, kept[1].1, "every try sends the same bytes");
    let sent: serde_json::Value = serde_json::from_slice(&kept[0].1).unwrap();
    assert_eq!(sent["source"], "https://samhold.fjellvik.example");
    assert_eq!((&sent["id"], &sent["subject"]), (&json!(event.event_id), &json!(event.subject)));
    assert_eq!(&sent["data"], event.data.get());
}
