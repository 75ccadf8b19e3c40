//! Altinn answers as its published contracts have it, and tells no more than it does.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;

const MOTHER: &str = "12858841044";

fn noon() -> Timestamp {
    "2026-11-02T12:00:00Z".parse().unwrap()
}

async fn started() -> (Altinn, String) {
    let altinn = Altinn::start(noon(), None).await.unwrap();
    let token = grant(&altinn, SCOPE).await["access_token"].as_str().unwrap().to_owned();
    (altinn, token)
}

async fn grant(altinn: &Altinn, scope: &str) -> Value {
    let base = altinn.server().base_url();
    let claims =
        json!({"aud": format!("{base}/"), "iss": "client", "scope": scope, "iat": 1000, "exp": 1120, "jti": scope});
    let part = |v: &Value| URL_SAFE_NO_PAD.encode(v.to_string());
    let jwt =
        format!("{}.{}.{}", part(&json!({"alg": "RS256", "kid": "k"})), part(&claims), URL_SAFE_NO_PAD.encode("s"));
    let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &jwt)];
    let answer = reqwest::Client::new().post(format!("{base}{TOKEN_PATH}")).form(&form).send().await.unwrap();
    answer.json().await.unwrap()
}

async fn ask(altinn: &Altinn, token: &str, path: &str) -> (u16, Value) {
    let url =
        if path.starts_with("http") { path.to_owned() } else { format!("{}{ROOT}{path}", altinn.server().base_url()) };
    let answer = reqwest::Client::new().get(url).bearer_auth(token).send().await.unwrap();
    let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
    let marked = text.strip_prefix('\u{feff}').unwrap_or(&text);
    assert!(status != 200 || marked.len() < text.len(), "an answer begins with a byte order mark");
    (status, serde_json::from_str(marked).unwrap_or_default())
}

async fn kinds(altinn: &Altinn, token: &str, query: &str) -> Vec<String> {
    let page = ask(altinn, token, &format!("/events{query}")).await.1;
    page["data"].as_array().unwrap().iter().map(|e| e["eventType"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn nobody_is_answered_without_a_token_of_the_right_scope() {
    let (altinn, _) = started().await;
    assert_eq!(ask(&altinn, "none", "/events").await.0, 401);
    assert_eq!(ask(&altinn, "none", "/1").await.0, 401);
    assert_eq!(grant(&altinn, "ks:fiks").await["error"], "invalid_grant");
}

#[tokio::test]
async fn what_happened_is_told_after_five_minutes_oldest_first_and_only_the_kinds_asked_for() {
    let (altinn, token) = started().await;
    let id = altinn.ask(&Request::to(MOTHER, noon() + SignedDuration::from_hours(1)));
    for kind in ["accepted", "used", "revoked"] {
        altinn.happens(&id, kind);
    }
    assert!(kinds(&altinn, &token, "").await.is_empty());
    altinn.pass_five_minutes();
    assert_eq!(kinds(&altinn, &token, "").await, ["Accepted", "Used", "Revoked"]);
    assert_eq!(kinds(&altinn, &token, "?eventType=revoked&eventType=accepted").await, ["Accepted", "Revoked"]);
    assert_eq!(kinds(&altinn, &token, "?createdAfter=2026-11-02T12:00:00Z").await.len(), 3);
    assert!(kinds(&altinn, &token, "?createdAfter=2026-11-02T12:00:00.1Z").await.is_empty());
    assert_eq!(ask(&altinn, &token, "/events?eventType=expired").await.0, 400);
    assert_eq!(ask(&altinn, &token, "/events?eventType=created").await.0, 400);
}

#[tokio::test]
async fn an_end_is_told_by_nothing_but_the_request_itself() {
    let (altinn, token) = started().await;
    let id = altinn.ask(&Request::to(MOTHER, noon() + SignedDuration::from_hours(1)));
    altinn.happens(&id, "accepted");
    altinn.pass(SignedDuration::from_hours(2));
    assert_eq!(kinds(&altinn, &token, "").await, ["Accepted"]);
    let (status, details) = ask(&altinn, &token, &format!("/{id}")).await;
    assert_eq!(
        (status, &details["status"], &details["consented"]),
        (200, &json!("expired"), &json!("2026-11-02T12:00:00.0000000+00:00"))
    );
    altinn.lose(&id);
    assert_eq!(ask(&altinn, &token, &format!("/{id}")).await.0, 404);
}

#[tokio::test]
async fn a_next_page_is_named_only_by_a_full_one_and_goes_on_behind_it() {
    let (altinn, token) = started().await;
    let id = altinn.ask(&Request::to(MOTHER, noon() + SignedDuration::from_hours(1)));
    for kind in ["accepted", "revoked", "deleted"] {
        altinn.happens(&id, kind);
    }
    altinn.pass_five_minutes();
    altinn.set_page_size(2);
    let first = ask(&altinn, &token, "/events?eventType=accepted&eventType=deleted&eventType=revoked").await.1;
    let next = first["links"]["next"].as_str().unwrap();
    let second = ask(&altinn, &token, next).await.1;
    assert_eq!((second["data"][0]["eventType"].as_str(), &second["links"]["next"]), (Some("Deleted"), &Value::Null));
    assert!(first["data"][0].get("id").is_none());
}
