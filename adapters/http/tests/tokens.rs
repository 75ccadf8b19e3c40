//! Tokens: fetched once, renewed once after a 401, and not asked for again after a refusal.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeSet;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::Url;
use samhold_adapter_api::AdapterError;
use samhold_adapter_http::{AuthSettings, Call, Client, ClientSettings};
use serde_json::{Value, json};
use support::{Asked, Say, Server, say, secret};

fn token(value: &str, seconds: u64) -> Say {
    say(200, json!({"access_token": value, "token_type": "Bearer", "expires_in": seconds}).to_string())
}

fn oauth(endpoint: &Server, client_auth: &str) -> AuthSettings {
    let place = secret("hemmelig");
    let samhold_adapter_api::SecretRef::File(path) = place else { unreachable!("secret() makes files") };
    serde_json::from_value(json!({
        "kind": "oauth2", "token_url": format!("{}/connect/token", endpoint.base), "client_id": "samhold",
        "client_secret": {"file": path}, "scope": "roster-core.readonly", "client_auth": client_auth,
    }))
    .unwrap()
}

fn client(auth: &AuthSettings) -> Client {
    Client::new("skole", &ClientSettings::default(), auth).unwrap()
}

fn call(api: &Server) -> Call {
    Call::get(Url::parse(&format!("{}/users", api.base)).unwrap())
}

fn authorizations(asked: &[Asked]) -> Vec<String> {
    asked.iter().map(|a| a.header("authorization")).collect()
}

#[tokio::test]
async fn a_token_is_fetched_once_and_kept() {
    let endpoint = Server::start([token("t1", 600), token("t2", 600)]).await;
    let api = Server::start([say(200, "{}")]).await;
    let client = client(&oauth(&endpoint, "post"));
    client.fetch("read", &call(&api)).await.unwrap();
    client.fetch("read", &call(&api)).await.unwrap();
    assert_eq!(authorizations(&api.asked()), ["Bearer t1", "Bearer t1"]);
    let form = endpoint.asked()[0].text();
    for part in
        ["grant_type=client_credentials", "client_id=samhold", "client_secret=hemmelig", "scope=roster-core.readonly"]
    {
        assert!(form.contains(part), "{form}");
    }
    assert_eq!(endpoint.asked().len(), 1);
}

#[tokio::test]
async fn the_client_secret_can_be_shown_as_basic() {
    let endpoint = Server::start([token("t1", 600)]).await;
    let api = Server::start([say(200, "{}")]).await;
    client(&oauth(&endpoint, "basic")).fetch("read", &call(&api)).await.unwrap();
    let asked = endpoint.asked();
    assert_eq!(asked[0].header("authorization"), format!("Basic {}", STANDARD.encode("samhold:hemmelig")));
    assert!(!asked[0].text().contains("hemmelig"));
}

#[tokio::test]
async fn a_token_without_life_left_is_not_used_twice() {
    let endpoint = Server::start([token("t1", 0), token("t2", 600)]).await;
    let api = Server::start([say(200, "{}")]).await;
    let client = client(&oauth(&endpoint, "post"));
    client.fetch("read", &call(&api)).await.unwrap();
    client.fetch("read", &call(&api)).await.unwrap();
    assert_eq!(authorizations(&api.asked()), ["Bearer t1", "Bearer t2"]);
}

#[tokio::test]
async fn a_401_is_tried_once_with_a_fresh_token_and_no_more() {
    let endpoint = Server::start([token("t1", 600), token("t2", 600), token("t3", 600)]).await;
    let api = Server::start([say(401, ""), say(200, "{}"), say(401, "")]).await;
    let client = client(&oauth(&endpoint, "post"));
    client.fetch("read", &call(&api)).await.unwrap();
    assert_eq!(authorizations(&api.asked()), ["Bearer t1", "Bearer t2"]);
    let error = client.fetch("read", &call(&api)).await.unwrap_err();
    assert!(matches!(error, AdapterError::Refused { .. }));
    assert_eq!(authorizations(&api.asked()), ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t3"]);
}

#[tokio::test]
async fn calls_at_the_same_time_share_one_fetch() {
    let endpoint = Server::start([token("t1", 600), token("t2", 600)]).await;
    let api = Server::start([say(200, "{}")]).await;
    let client = client(&oauth(&endpoint, "post"));
    let call = call(&api);
    let (a, b) = tokio::join!(client.fetch("read", &call), client.fetch("read", &call));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(endpoint.asked().len(), 1);
}

#[tokio::test]
async fn a_refusing_token_endpoint_is_asked_once_and_its_words_are_told() {
    let words = json!({"error": "invalid_grant", "error_description": "Invalid JWT claim aud (MP-110), 14821970351"});
    let endpoint = Server::start([say(400, words.to_string())]).await;
    let api = Server::start([say(200, "{}")]).await;
    let client = client(&oauth(&endpoint, "post"));
    for _ in 0..3 {
        let error = client.fetch("read", &call(&api)).await.unwrap_err();
        assert!(matches!(error, AdapterError::Refused { .. }));
        let told = error.to_string();
        assert!(told.contains("MP-110") && !told.contains("14821970351") && !told.contains("hemmelig"), "{told}");
    }
    assert_eq!((endpoint.asked().len(), api.asked().len()), (1, 0));
}

#[tokio::test]
async fn a_busy_token_endpoint_is_asked_again() {
    let endpoint = Server::start([say(503, "").with("retry-after", "7"), token("t1", 600)]).await;
    let api = Server::start([say(200, "{}")]).await;
    let client = client(&oauth(&endpoint, "post"));
    let error = client.fetch("read", &call(&api)).await.unwrap_err();
    assert_eq!(error.retry_after().map(|d| d.as_secs()), Some(7));
    client.fetch("read", &call(&api)).await.unwrap();
}

fn rsa() -> (String, Vec<u8>) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: aws_lc_rs::encoding::Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let body = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = (0..body.len()).step_by(64).map(|i| &body[i..(i + 64).min(body.len())]).collect();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    (pem, pair.public_key().as_ref().to_vec())
}

fn maskinporten(endpoint: &Server, pem: &str, identity: (&str, Value)) -> AuthSettings {
    let samhold_adapter_api::SecretRef::File(path) = secret(pem) else { unreachable!("secret() makes files") };
    let mut settings = json!({
        "kind": "maskinporten", "token_url": format!("{}/token", endpoint.base), "client_id": "klient-1",
        "key": {"file": path}, "consumer_org": "310777005",
    });
    settings[identity.0] = identity.1;
    serde_json::from_value(settings).unwrap()
}

fn assertion(asked: &Asked, public: &[u8]) -> (jsonwebtoken::Header, Value) {
    let form = asked.text();
    assert!(form.contains("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"), "{form}");
    let jwt = form.split("assertion=").nth(1).unwrap();
    let mut rules = Validation::new(Algorithm::RS256);
    rules.validate_aud = false;
    let read = jsonwebtoken::decode::<Value>(jwt, &DecodingKey::from_rsa_der(public), &rules).unwrap();
    (read.header, read.claims)
}

#[tokio::test]
async fn maskinporten_gets_a_signed_assertion_with_a_new_jti_for_each_try() {
    let (pem, public) = rsa();
    let endpoint = Server::start([say(503, ""), token("t1", 599)]).await;
    let api = Server::start([say(200, "{}")]).await;
    let client = client(&maskinporten(&endpoint, &pem, ("kid", json!("2026-key-1"))));
    client.fetch("read", &call(&api)).await.unwrap_err();
    client.fetch("read", &call(&api)).await.unwrap();
    client.fetch("read", &call(&api)).await.unwrap();
    let grants: Vec<_> = endpoint.asked().iter().map(|a| assertion(a, &public)).collect();
    assert_eq!(grants.len(), 2);
    for (header, claims) in &grants {
        assert_eq!(header.kid.as_deref(), Some("2026-key-1"));
        assert_eq!(claims["aud"], format!("{}/", endpoint.base));
        assert_eq!((&claims["iss"], &claims["scope"]), (&json!("klient-1"), &json!("ks:fiks")));
        assert_eq!(claims["consumer_org"], "310777005");
        assert!(claims.get("resource").is_none());
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert!((1..=120).contains(&life));
    }
    let ids: BTreeSet<&str> = grants.iter().map(|(_, c)| c["jti"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 2, "a jti is used once");
}

#[tokio::test]
async fn an_enterprise_certificate_is_sent_as_x5c_instead_of_a_kid() {
    let (pem, public) = rsa();
    let certificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let samhold_adapter_api::SecretRef::File(path) = secret(certificate) else { unreachable!("secret() makes files") };
    let endpoint = Server::start([token("t1", 599)]).await;
    let client = client(&maskinporten(&endpoint, &pem, ("certificate", json!({"file": path}))));
    client.check_credentials().await.unwrap();
    let (header, _) = assertion(&endpoint.asked()[0], &public);
    assert_eq!((header.kid, header.x5c), (None, Some(vec!["AAAA".to_owned()])));
}

#[tokio::test]
async fn a_key_that_cannot_be_used_is_found_when_the_client_is_made() {
    let endpoint = Server::start([token("t1", 599)]).await;
    let auth = maskinporten(&endpoint, "ikke en nøkkel", ("kid", json!("1")));
    let told = Client::new("fiks", &ClientSettings::default(), &auth).err().unwrap().to_string();
    assert!(told.contains("RSA private key in PEM") && !told.contains("ikke en"), "{told}");
}
