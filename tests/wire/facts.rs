//! `POST /api/v1/facts`: what is taken, what is a repeat, what is refused and how it is said.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Answer, Child, Daemon, Folder};
use crate::ledger::Ledger;
use crate::story::{child, opening_of};

async fn house() -> (Daemon, Child) {
    (Daemon::start(Folder::sqlite()).await, child(0))
}

async fn one(daemon: &Daemon, fact: &Value) -> Answer {
    daemon.client().post("/api/v1/facts", fact).await.unwrap()
}

fn altered(fact: &Value, key: &str, value: Value) -> Value {
    let mut fact = fact.clone();
    fact["id"] = json!(Uuid::new_v4());
    fact[key] = value;
    fact
}

/// The one finding about the one refused fact.
fn finding(answer: &Answer) -> (String, String, String, String) {
    let errors = answer.json["rejected"][0]["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 1, "{}", answer.text);
    let text = |key: &str| errors[0][key].as_str().unwrap_or_default().to_owned();
    (text("pointer"), text("found"), text("expected"), text("hint"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_is_counted_and_changes_nothing() {
    let (daemon, child) = house().await;
    let facts = child.opening();
    let count = facts.len();
    let first = daemon.client().post_facts(&facts).await.unwrap();
    assert_eq!((first.status, first.json), (200, json!({"accepted": count, "duplicates": 0, "rejected": []})));
    let again = daemon.client().post_facts(&facts).await.unwrap();
    assert_eq!((again.status, again.json), (200, json!({"accepted": 0, "duplicates": count, "rejected": []})));
    // Twice in one request is a repeat too.
    let twice = daemon.client().post_facts(&[child.agreement(0), child.agreement(0)]).await.unwrap();
    assert_eq!(twice.json, json!({"accepted": 1, "duplicates": 1, "rejected": []}));
    assert_eq!(Ledger::of(&daemon.folder).await.facts(&child.number).await.len(), count + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_stands_for_other_content_is_a_conflict_for_that_fact_alone() {
    let (daemon, child) = house().await;
    daemon.client().must_take(&child.opening()).await;
    let mut other = opening_of(&child, "cooperation_needed");
    other["participants"] = json!(["lia-skole"]);
    let alone = one(&daemon, &other).await;
    assert_eq!((alone.status, alone.json["code"].as_str()), (409, Some("same_id_other_content")), "{}", alone.text);
    assert_eq!(alone.json["errors"][0]["pointer"], "/0/id");
    let among = daemon.client().post_facts(&[child.agreement(0), other.clone()]).await.unwrap();
    assert_eq!((among.status, among.count("accepted")), (200, 1), "{}", among.text);
    let rejected = &among.json["rejected"][0];
    assert_eq!(
        (&rejected["index"], &rejected["status"], &rejected["code"]),
        (&json!(1), &json!(409), &json!("same_id_other_content"))
    );
    let kept = Ledger::of(&daemon.folder).await.of_type(&child.number, "kommunen", "cooperation_needed").await;
    assert_eq!(kept[0].body["participants"].as_array().unwrap().len(), 3, "the first content stands");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_good_ones_are_taken_though_others_are_refused_and_each_refusal_says_which_and_why() {
    let (daemon, child) = house().await;
    let good = child.opening();
    let misspelt = altered(&good[0], "type", json!("cooperation_neded"));
    let no_date = altered(&good[1], "at", json!("2026-02-30"));
    let elsewhere = altered(&good[1], "municipality", json!("9902"));
    let sent = [good[0].clone(), misspelt, good[1].clone(), no_date, elsewhere, json!("tull"), good[2].clone()];
    let answer = daemon.client().post_facts(&sent).await.unwrap();
    assert_eq!((answer.status, answer.count("accepted")), (200, 3), "{}", answer.text);
    let refused: Vec<(u64, &str, u64)> = answer.json["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["index"].as_u64().unwrap(), r["code"].as_str().unwrap(), r["status"].as_u64().unwrap()))
        .collect();
    let wanted = [
        (1, "invalid_fact", 422),
        (3, "invalid_fact", 422),
        (4, "not_your_municipality", 403),
        (5, "invalid_fact", 422),
    ];
    assert_eq!(refused, wanted);
    let hint = answer.json["rejected"][0]["errors"][0]["hint"].as_str().unwrap();
    assert!(hint.contains("cooperation_needed"), "{hint}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_names_place_found_expected_and_never_a_persons_number() {
    let (daemon, child) = house().await;
    // A service that the municipality does not list: of a listed one the municipality says the kind.
    let good = altered(&opening_of(&child, "service_started"), "service", json!("musikkskolen"));
    let cases = [
        ("at", json!("i går"), "/0/at"),
        ("kind", json!("skole_komunal"), "/0/kind"),
        ("municipality", json!("99"), "/0/municipality"),
        ("child", json!({"national_id": "14821970352"}), "/0/child/national_id"),
        ("child", json!({"nasjonal_id": child.number}), "/0/child/nasjonal_id"),
        ("child", json!({}), "/0/child"),
        ("child", json!({"unborn": {"mother": child.number}}), "/0/child/unborn/due_date"),
        ("service", json!(format!("skolen til {}", child.number)), "/0/service"),
        ("servise", json!("lia-skole"), "/0/servise"),
    ];
    for (key, value, place) in cases {
        let answer = one(&daemon, &altered(&good, key, value)).await;
        assert_eq!(
            (answer.status, answer.json["rejected"][0]["code"].as_str()),
            (200, Some("invalid_fact")),
            "{key}: {}",
            answer.text
        );
        let (pointer, found, expected, _) = finding(&answer);
        assert_eq!(pointer, place, "{}", answer.text);
        assert!(!found.is_empty() && !expected.is_empty(), "{}", answer.text);
        assert!(!answer.text.contains(&child.number) && !answer.text.contains("14821970352"), "{}", answer.text);
    }
    let hint = finding(&one(&daemon, &altered(&good, "kind", json!("skole_komunal"))).await).3;
    assert!(hint.contains("skole_kommunal"), "{hint}");
    assert!(Ledger::of(&daemon.folder).await.facts(&child.number).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_a_problem_with_a_place() {
    let (daemon, child) = house().await;
    let request = daemon.client().request(reqwest::Method::POST, "/api/v1/facts");
    let body = format!("[{},\n{{\"child\": \"{}\"", child.agreement(0), child.number);
    let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    assert_eq!((&problem["status"], &problem["code"]), (&json!(400), &json!("not_json")));
    for key in ["type", "title", "detail", "errors"] {
        assert!(problem.get(key).is_some(), "{problem}");
    }
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("line 2") && !detail.contains(&child.number), "{detail}");
    // A bad line among good ones is one bad fact.
    let lines = format!("{}\nikke json\n{}\n", child.opening()[0], child.opening()[1]);
    let request = daemon.client().request(reqwest::Method::POST, "/api/v1/facts");
    let answer = request.header("content-type", "application/x-ndjson").body(lines).send().await.unwrap();
    let taken: Value = answer.json().await.unwrap();
    assert_eq!((&taken["accepted"], &taken["rejected"][0]["index"]), (&json!(2), &json!(1)), "{taken}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_may_be_named_in_every_way_the_contract_has() {
    let (daemon, child) = house().await;
    let client = daemon.client();
    let ledger = Ledger::of(&daemon.folder).await;
    let fact = |reference: Value| altered(&opening_of(&child, "service_started"), "child", reference);
    let local = json!({"local": {"system": "skolesystem", "id": "elev-1"}, "national_id": child.number});
    client.must_take(&[fact(local)]).await;
    let known = ledger.child(&child.number).await.unwrap();
    assert_eq!(ledger.child_by("local:skolesystem", "elev-1").await, Some(known), "two names, one child");
    client.must_take(&[fact(json!({"child_id": known}))]).await;
    client.must_take(&[fact(json!({"local": {"system": "skolesystem", "id": "elev-1"}}))]).await;
    assert_eq!(ledger.facts(&child.number).await.len(), 3);
    client.must_take(&[fact(json!({"duf": "200205705502"}))]).await;
    client
        .must_take(&[fact(
            json!({"unborn": {"mother": crate::story::PARENTS[0], "due_date": "2027-01-20", "ordinal": 1}}),
        )])
        .await;
    assert_eq!(daemon.folder.status()["backlog"]["children"], 3);
    let unknown = one(&daemon, &fact(json!({"child_id": Uuid::new_v4()}))).await;
    assert_eq!(unknown.json["rejected"][0]["code"], "unknown_child", "{}", unknown.text);
}
