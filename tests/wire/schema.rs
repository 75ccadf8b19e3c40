//! What `/schemas/fact.json` says and what the API takes are one and the same.

use samhold_model::dates::add_days;
use samhold_standins::Town;
use samhold_standins::maskinporten::GrantKey;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Daemon, Folder, today};
use crate::town::town_folder;
use crate::validate::valid;

const REGISTER: &str = "altinn-samtykke";

/// A consent register nobody reaches in this test.
fn consent_register(folder: &Folder) {
    let key = folder.secret("altinn-key", &GrantKey::generate().unwrap().private_pem);
    let text = format!(
        "kind = \"it_operations\"\nmunicipalities = [\"9901\"]\n[source]\nmapping = \"altinn-consent\"\n[source.altinn]\n\
         base_url = \"http://127.0.0.1:9\"\n[source.altinn.maskinporten]\ntoken_url = \"http://127.0.0.1:9/token\"\n\
         client_id = \"samhold\"\nscope = \"altinn:consentrequests.read\"\nkey = {key}\nkid = \"k\"\n"
    );
    folder.system(REGISTER, &text);
}

async fn taken(daemon: &Daemon, fact: &Value) -> bool {
    let answer = daemon.client().post("/api/v1/facts", fact).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json["accepted"] == 1
}

/// Ways to spoil a fact, each with what it does.
fn spoilt(fact: &Value) -> Vec<(&'static str, Value)> {
    let with = |key: &str, value: Value| {
        let mut fact = fact.clone();
        fact["id"] = json!(Uuid::new_v4());
        fact[key] = value;
        fact
    };
    let without = |key: &str| {
        let mut fact = with("id", json!(Uuid::new_v4()));
        fact.as_object_mut().unwrap().shift_remove(key);
        fact
    };
    vec![
        ("an unknown member", with("finnes_ikke", json!(1))),
        ("another type", with("type", json!("finnes_ikke"))),
        ("no date", without("at")),
        ("a date that is none", with("at", json!("2026-02-30"))),
        ("an id that is none", with("id", json!("x"))),
        ("a municipality that is none", with("municipality", json!("99"))),
        ("a child that is named by nothing", with("child", json!({}))),
        ("a child named by what is not known", with("child", json!({"navn": "Frida"}))),
        ("a child that is text", with("child", json!("Frida"))),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fact_of_a_town_fits_the_schema_and_is_taken_and_what_is_spoilt_does_neither() {
    let town = Town::new(add_days(today(), -4));
    let folder = town_folder(&town);
    consent_register(&folder);
    let daemon = Daemon::start(folder).await;
    let schema = daemon.client().get("/schemas/fact.json").await.unwrap().json;
    let mut types = std::collections::BTreeSet::new();
    for fact in (1..=5).flat_map(|day| town.day(day).facts) {
        assert!(valid(&schema, &fact), "the schema refuses {fact}");
        assert!(taken(&daemon, &fact).await, "the API refuses {fact}");
        if types.insert(fact["type"].as_str().unwrap().to_owned()) {
            for (how, bad) in spoilt(&fact) {
                let (by_schema, by_api) = (valid(&schema, &bad), taken(&daemon, &bad).await);
                assert_eq!((by_schema, by_api), (false, false), "{how}: {bad}");
            }
        }
    }
    assert!(types.len() >= 12, "{types:?}");
    // What the town does not tell of: every other type, with its required fields alone, is described and read alike.
    let described: Vec<&str> =
        schema["oneOf"].as_array().unwrap().iter().map(|v| v["title"].as_str().unwrap()).collect();
    assert!(types.iter().all(|t| described.contains(&t.as_str())));
    for variant in schema["oneOf"].as_array().unwrap() {
        let fact = least(variant, &town);
        assert!(valid(&schema, &fact), "the schema refuses its own {fact}");
        let answer = daemon.client().post("/api/v1/facts", &fact).await.unwrap();
        assert_eq!(answer.json["accepted"], 1, "the API refuses {fact}: {}", answer.text);
        for key in variant["required"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()) {
            let mut bad = fact.clone();
            bad["id"] = json!(Uuid::new_v4());
            bad.as_object_mut().unwrap().shift_remove(key);
            assert!(!valid(&schema, &bad) && !taken(&daemon, &bad).await, "without {key}: {bad}");
        }
    }
}

/// A fact with the required members alone.
fn least(variant: &Value, town: &Town) -> Value {
    let mut fact = json!({});
    for key in variant["required"].as_array().unwrap().iter().map(|k| k.as_str().unwrap()) {
        fact[key] = match key {
            "id" => json!(Uuid::new_v4()),
            "at" => json!("2026-01-15"),
            "municipality" => json!("9901"),
            "child" => json!({"national_id": crate::town::number_of(town, "frida")}),
            // Only a consent register of the installation is taken.
            "system" => json!(REGISTER),
            _ => some(&variant["properties"][key]),
        };
    }
    fact
}

/// Something the schema takes.
fn some(schema: &Value) -> Value {
    if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()).or(schema.get("const")) {
        return first.clone();
    }
    if let Some(first) = schema["anyOf"].as_array().and_then(|all| all.first()) {
        return some(first);
    }
    match (schema["type"].as_str().unwrap(), schema["format"].as_str(), schema["pattern"].as_str()) {
        ("string", Some("date"), _) => json!("2026-01-15"),
        ("string", Some("uuid"), _) => json!(Uuid::new_v4()),
        ("string", _, Some("^\\d{4}$")) => json!("9902"),
        ("string", ..) => json!("noe"),
        ("boolean", ..) => json!(true),
        ("integer", ..) => json!(1),
        ("array", ..) => json!([some(&schema["items"])]),
        _ => json!({}),
    }
}
