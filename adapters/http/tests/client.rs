//! The bounded client against a server that misbehaves.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::time::Duration;

use reqwest::Url;
use samhold_adapter_api::AdapterError;
use samhold_adapter_http::{AuthSettings, Call, Client, ClientSettings, RetryAfterUnit};
use serde_json::Value;
use support::{Server, say};

const NUMBER: &str = "14821970351";

fn client(limits: &ClientSettings) -> Client {
    Client::new("skole", limits, &AuthSettings::None).unwrap()
}

fn call(server: &Server) -> Call {
    Call::get(Url::parse(&format!("{}/users?navn=hemmelig", server.base)).unwrap())
}

fn never_tells(error: &AdapterError) {
    let told = format!("{error} {error:?}");
    assert!(!told.contains(NUMBER) && !told.contains("hemmelig"), "{told}");
}

#[tokio::test]
async fn a_good_answer_is_read_whole() {
    let server = Server::start([say(200, "\u{feff}{\"a\": 1}")]).await;
    let answer = client(&ClientSettings::default()).fetch("read", &call(&server)).await.unwrap();
    assert_eq!(answer.json::<Value>("skole", "read").unwrap()["a"], 1);
}

#[tokio::test]
async fn a_busy_server_is_unavailable_with_its_own_wish_in_both_units() {
    for (unit, wait) in [
        (RetryAfterUnit::Seconds, Duration::from_secs(1500)),
        (RetryAfterUnit::Milliseconds, Duration::from_millis(1500)),
    ] {
        let server = Server::start([say(429, NUMBER).with("retry-after", "1500"), say(503, NUMBER)]).await;
        let client = client(&ClientSettings::default()).counting_in(unit);
        let error = client.fetch("read", &call(&server)).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(wait));
        never_tells(&error);
        let error = client.fetch("read", &call(&server)).await.unwrap_err();
        assert!(matches!(error, AdapterError::Unavailable { retry_after: None, .. }));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([say(200, "{}")]).await;
    let server = Server::start([say(302, "").with("location", format!("{}/{NUMBER}", elsewhere.base))]).await;
    let error = client(&ClientSettings::default()).fetch("read", &call(&server)).await.unwrap_err();
    assert!(error.to_string().contains("not followed"));
    never_tells(&error);
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused_unless_a_part_is_enough() {
    let server = Server::start([say(200, NUMBER.repeat(1000))]).await;
    let client = client(&ClientSettings { max_response_bytes: 5000, ..ClientSettings::default() });
    let error = client.fetch("read", &call(&server)).await.unwrap_err();
    assert!(matches!(error, AdapterError::Format { .. }) && error.to_string().contains("5000"));
    never_tells(&error);
    let cut = client.fetch("read", &call(&server).cut_at(100)).await.unwrap();
    assert_eq!(cut.body.len(), 100);
}

#[tokio::test]
async fn an_answer_that_breaks_off_may_be_tried_again() {
    let server = Server::start([say(200, format!("[\"{NUMBER}\",")).breaking_off()]).await;
    let error = client(&ClientSettings::default()).fetch("read", &call(&server)).await.unwrap_err();
    assert!(matches!(error, AdapterError::Unavailable { .. }), "{error}");
    never_tells(&error);
}

#[tokio::test]
async fn truncated_and_wrong_json_are_told_by_place_and_never_quoted() {
    let cut = format!("[{{\"navn\":\"hemmelig\",\"nr\":\"{NUMBER}\"}}");
    let server = Server::start([say(200, cut), say(200, format!("\"hemmelig {NUMBER}\""))]).await;
    let client = client(&ClientSettings::default());
    let answer = client.fetch("read", &call(&server)).await.unwrap();
    let error = answer.json::<Vec<Value>>("skole", "read").unwrap_err();
    assert!(error.to_string().contains("ends too early"), "{error}");
    never_tells(&error);
    let answer = client.fetch("read", &call(&server)).await.unwrap();
    never_tells(&answer.json::<Vec<u8>>("skole", "read").unwrap_err());
    assert!(!format!("{answer:?}").contains(NUMBER));
}

#[tokio::test]
async fn a_silent_server_costs_at_most_the_time_limit() {
    let server = Server::start([say(200, "{}").hanging()]).await;
    let error = client(&ClientSettings { timeout_seconds: 1, ..ClientSettings::default() });
    let error = error.fetch("read", &call(&server)).await.unwrap_err();
    assert!(error.to_string().contains("time limit"), "{error}");
    never_tells(&error);
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let url = Url::parse("http://127.0.0.1:1/users?navn=hemmelig").unwrap();
    let error = client(&ClientSettings::default()).fetch("read", &Call::get(url)).await.unwrap_err();
    assert!(
        matches!(error, AdapterError::Unavailable { .. }) && error.to_string().contains("cannot connect"),
        "{error}"
    );
    never_tells(&error);
}

#[tokio::test]
async fn rights_and_wrong_addresses_are_told_apart() {
    let server = Server::start([say(403, NUMBER), say(404, NUMBER)]).await;
    let client = client(&ClientSettings::default());
    let rights = client.fetch("read", &call(&server)).await.unwrap_err();
    assert!(matches!(rights, AdapterError::Refused { .. }));
    let address = client.fetch("read", &call(&server)).await.unwrap_err();
    assert!(address.to_string().contains("HTTP 404") && address.to_string().contains("check the address"));
    never_tells(&rights);
    never_tells(&address);
}

#[tokio::test]
async fn bad_certificates_are_found_when_the_client_is_made() {
    let limits = ClientSettings { client_certificate: Some(support::secret("ikke PEM")), ..ClientSettings::default() };
    let error = Client::new("skole", &limits, &AuthSettings::None).err().unwrap();
    assert!(error.to_string().contains("client_certificate must be PEM"), "{error}");
    let limits = ClientSettings { ca_file: Some("/finnes/ikke.pem".into()), ..ClientSettings::default() };
    assert!(Client::new("skole", &limits, &AuthSettings::None).err().unwrap().to_string().contains("ca_file"));
}
