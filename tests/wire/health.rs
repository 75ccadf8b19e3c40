//! Health and metrics, and the program's description of itself.

use serde_json::{Value, json};

use crate::common::{Answer, Daemon, Folder};
use crate::story::{agreed, at_rest, child};
use crate::town::pull_recipient;

async fn get(daemon: &Daemon, path: &str) -> Answer {
    daemon.client().get(path).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn health_is_told_to_everybody_and_readiness_says_what_it_rests_on() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    let anonymous = reqwest::Client::builder().no_proxy().build().unwrap();
    for path in ["/livez", "/readyz", "/metrics", "/openapi.json", "/asyncapi.json", "/schemas/fact.json"] {
        let url = format!("http://127.0.0.1:{}{path}", daemon.folder.port());
        assert_eq!(anonymous.get(url).send().await.unwrap().status(), 200, "{path}");
    }
    let ready = get(&daemon, "/readyz").await.json;
    assert_eq!((&ready["ready"], &ready["store"], &ready["stopping"]), (&json!(true), &json!("ok"), &json!(false)));
    assert!(
        ready["mappings"].as_u64().unwrap() >= 1
            && ready["systems_away"].is_array()
            && ready["policies"].as_u64().unwrap() > 40,
        "{ready}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_and_name_nobody() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    let facts = agreed(&child);
    daemon.client().must_take(&facts).await;
    at_rest(&daemon, &[]).await;
    let text = get(&daemon, "/metrics").await.text;
    let value = |name: &str| {
        let line = text
            .lines()
            .find(|l| l.split([' ', '{']).next() == Some(name))
            .unwrap_or_else(|| panic!("no {name} in\n{text}"));
        line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()
    };
    assert_eq!(value("samhold_facts_appended_total"), facts.len() as f64);
    assert_eq!((value("samhold_outbox_queued"), value("samhold_dead_letters_waiting")), (0.0, 0.0));
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        assert!(!line.contains('{'), "a label may point to a small group: {line}");
    }
    assert!(!text.contains(&child.number) && !text.contains("9901") && !text.contains("lia-skole"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_road_is_in_the_description_and_every_described_road_is_there() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let description = get(&daemon, "/openapi.json").await.json;
    assert_eq!(description["openapi"], "3.1.0");
    let paths = description["paths"].as_object().unwrap();
    let contract = [
        "/api/v1/facts",
        "/in/{system}",
        "/in/{system}/{id}",
        "/api/v1/changes",
        "/api/v1/receipts",
        "/api/v1/coordination/query",
        "/api/v1/worklist",
        "/api/v1/decisions",
        "/livez",
        "/readyz",
        "/metrics",
    ];
    for path in contract {
        assert!(paths.contains_key(path), "{path} is not described");
    }
    for (path, operations) in paths {
        let concrete = path.replace("{system}", "kommunen").replace("{id}", "x").replace("{name}", "fact.json");
        for method in operations.as_object().unwrap().keys() {
            let method = method.to_uppercase().parse().unwrap();
            let answer = daemon.client().request(method, &concrete).send().await.unwrap();
            let status = answer.status().as_u16();
            let code = answer
                .json::<Value>()
                .await
                .map(|p| p["code"].as_str().unwrap_or_default().to_owned())
                .unwrap_or_default();
            assert!(status != 405 && code != "wrong_method", "{path}: {status}");
            assert!(status != 404 || path.contains('{'), "{path} is described but not there");
        }
    }
    // Every reference leads somewhere.
    for reference in references(&description) {
        assert!(description.pointer(reference.trim_start_matches('#')).is_some(), "{reference} leads nowhere");
    }
    let elsewhere = get(&daemon, "/api/v2/facts").await;
    assert_eq!((elsewhere.status, elsewhere.json["code"].as_str()), (404, Some("not_found")));
    let otherwise = get(&daemon, "/api/v1/facts").await;
    assert_eq!((otherwise.status, otherwise.json["code"].as_str()), (405, Some("wrong_method")));
    assert_eq!(get(&daemon, "/schemas/finnes-ikke.json").await.status, 404);
    let queues = get(&daemon, "/asyncapi.json").await.json;
    assert_eq!(
        (&queues["asyncapi"], &queues["channels"]["in"]["address"]),
        (&json!("3.0.0"), &json!("samhold.in.{system}"))
    );
}

fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(map) => map
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "$ref" => vec![text.clone()],
                other => references(other),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}
