//! Who is told nothing is told it in the same way: the same bytes, after the same work, at a step of the same grid.
//!
//! What is compared is the work itself, statement by statement as the daemon's own log has it; how long it took decides nothing
//! here. The ignored test measures that, for whoever wants to see it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Child, Client, Daemon, Folder, children, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, at_rest};
use crate::town::pull_recipient;

const QUESTION: &str = "/api/v1/coordination/query";
const CONSENTS: &str = "/api/v1/consents/query";
/// Answers that tell nothing go out at multiples of this.
const STEP: Duration = Duration::from_millis(100);

/// The house, and what is asked about in it, each class by its name.
struct House {
    daemon: Daemon,
    classes: Vec<(&'static str, Value)>,
    /// Of one child who was joined to another.
    joined: Value,
}

fn by_number(child: &Child) -> Value {
    json!({"national_id": child.number})
}

/// The same facts, of the neighbouring municipality.
fn of_the_neighbour(child: &Child) -> Vec<Value> {
    let mut facts = agreed(child);
    facts.iter_mut().for_each(|fact| fact["municipality"] = json!("9902"));
    facts
}

async fn house(level: &str) -> House {
    let mut folder = Folder::sqlite();
    folder.set(&format!(
        "log.level = \"{level}\"\nmunicipality.9902.name = \"Naboby kommune\"\nmunicipality.9902.contact_point = \"99 02 00 00\""
    ));
    pull_recipient(&folder, "annen-skole", "skole_kommunal", &["nes-skole"]);
    let token = folder.token("naboen");
    let may = "acts_as = [\"*\"]\nmay = [\"facts\", \"consents\"]";
    folder.system(
        "naboen",
        &format!("kind = \"koordinerende_enhet\"\nmunicipalities = [\"9902\"]\n{may}\ntoken = {token}\n"),
    );
    let daemon = Daemon::start(folder).await;
    let [denied, strict, elsewhere, one, other, unknown] = <[Child; 6]>::try_from(children(6)).unwrap();
    for child in [&denied, &strict, &one] {
        daemon.client().must_take(&agreed(child)).await;
    }
    daemon.client().must_take(&[strict.fact(5, "address_protection", &json!({"value": "strengt_fortrolig"}))]).await;
    daemon.client_as("naboen").must_take(&of_the_neighbour(&elsewhere)).await;
    join(&daemon, &one, &other).await;
    at_rest(&daemon, &[]).await;
    let classes = vec![
        ("nobody knows the child", by_number(&unknown)),
        ("the asker takes no part", by_number(&denied)),
        ("the address is strictly confidential", by_number(&strict)),
        ("another municipality's child", by_number(&elsewhere)),
        ("a number that is none", json!({"national_id": "00000000000"})),
        ("no text", json!({"national_id": 7})),
        ("no reference", json!({})),
    ];
    House { daemon, classes, joined: by_number(&other) }
}

/// A person says that these two are one.
async fn join(daemon: &Daemon, one: &Child, other: &Child) {
    let local = json!({"system": "kommunen", "id": "elev-1"});
    let mut named = other.fact(1, "address_protection", &json!({"value": "none"}));
    named["child"]["local"] = local.clone();
    daemon.client().must_take(&other.opening()).await;
    daemon.client().must_take(&[named]).await;
    let mut both = one.fact(0, "address_protection", &json!({"value": "none"}));
    both["child"]["local"] = local;
    let refused = daemon.client().post_facts(&[both]).await.unwrap();
    assert_eq!(refused.json["rejected"][0]["code"], "identity_conflict", "{}", refused.text);
    let listed = daemon.folder.cli_text(&["tasks", "list", "--json"]);
    let tasks = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let task = tasks.into_iter().find(|task| task["kind"] == "possible_same_child").unwrap();
    daemon.folder.cli_text(&["tasks", "answer", task["id"].as_str().unwrap(), "same_child"]);
}

/// One answer: everything of it but its date, the statements that were run for it, and how long it took.
struct Told {
    bytes: (u16, Vec<(String, String)>, String),
    work: Vec<String>,
    took: Duration,
}

async fn ask(daemon: &Daemon, client: &Client, path: &str, child: &Value) -> Told {
    let before = daemon.log_bytes().len();
    let begun = Instant::now();
    let answer = client.request(Method::POST, path).json(&json!({"child": child})).send().await.unwrap();
    let status = answer.status().as_u16();
    let of = |(name, value): (&reqwest::header::HeaderName, &reqwest::header::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let mut headers: Vec<_> = answer.headers().iter().filter(|(name, _)| *name != "date").map(of).collect();
    headers.sort();
    let body = answer.text().await.unwrap();
    let took = begun.elapsed();
    Told { bytes: (status, headers, body), work: statements(&daemon.log_bytes()[before..]), took }
}

/// What was read and written about children, as the log has it: the statements, in their order. What the daemon does by itself
/// meanwhile touches none of these tables while everything is at rest.
fn statements(log: &[u8]) -> Vec<String> {
    let lines = log.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Value>(line).ok());
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    let sql = |line: Value| {
        let (whole, summary) = (text(&line["fields"]["db.statement"]), text(&line["fields"]["summary"]));
        if whole.is_empty() { summary } else { whole }
    };
    let tables = ["identifiers", "same_child", "facts", "persons", "into audit"];
    lines.map(sql).filter(|sql| tables.iter().any(|table| sql.contains(table))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn for_whoever_is_told_nothing_the_same_is_read_whether_there_was_a_child_or_not() {
    let house = house("info,sqlx::query=debug").await;
    let asking = [("annen-skole", QUESTION), ("naboen", CONSENTS)];
    for (system, path) in asking {
        let client = house.daemon.client_as(system);
        let nobody = ask(&house.daemon, &client, path, &house.classes[0].1).await;
        assert!(nobody.work.len() >= 6, "the log tells what was read: {:?}", nobody.work);
        assert!(nobody.work.last().unwrap().starts_with("insert into audit"), "{:?}", nobody.work);
        for (class, child) in &house.classes {
            if path == CONSENTS && *class == "another municipality's child" {
                continue; // That one is the asker's own here.
            }
            let told = ask(&house.daemon, &client, path, child).await;
            assert_eq!(told.bytes, nobody.bytes, "{path}: {class}");
            assert_eq!(told.work, nobody.work, "{path}: {class}");
            assert!(told.took >= STEP, "{path}: {class}: answered before its step, after {:?}", told.took);
        }
        // Who is one with another is read with the other: more of the same, and no other thing.
        let joined = ask(&house.daemon, &client, path, &house.joined).await;
        assert_eq!(joined.bytes, nobody.bytes, "{path}: a joined child");
        let kinds = |work: &[String]| work.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(kinds(&joined.work), kinds(&nobody.work), "{path}: a joined child");
        assert!(joined.work.len() <= nobody.work.len() + 4, "{path}: {:#?}", joined.work);
        assert!(joined.took >= STEP, "{path}: a joined child");
        by_our_own_id(&house, &client, path).await;
    }
}

/// Asked about by the opaque id, which a recipient has of messages it got.
async fn by_our_own_id(house: &House, client: &Client, path: &str) {
    let ledger = Ledger::of(&house.daemon.folder).await;
    let nobody = ask(&house.daemon, client, path, &json!({"child_id": Uuid::new_v4()})).await;
    for class in ["the asker takes no part", "the address is strictly confidential"] {
        let child = &house.classes.iter().find(|(name, _)| *name == class).unwrap().1;
        let id = ledger.child(child["national_id"].as_str().unwrap()).await.unwrap();
        let told = ask(&house.daemon, client, path, &json!({"child_id": id})).await;
        assert_eq!((told.bytes, told.work), (nobody.bytes.clone(), nobody.work.clone()), "{path} by id: {class}");
    }
    let none = ask(&house.daemon, client, path, &json!({"child_id": "ikke en id"})).await;
    assert_eq!((none.bytes, none.work), (nobody.bytes, nobody.work), "{path}: no id");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_sender_may_say_of_a_child_is_taken_alike_whether_others_know_the_child_or_not() {
    let house = house("info").await;
    let folder = &house.daemon.folder;
    let token = folder.token("nes-skole");
    let head = "kind = \"skole_kommunal\"\nmunicipalities = [\"9901\"]\nservices = [\"nes-skole\"]\nmay = [\"facts\"]";
    folder.system("nes-skole", &format!("{head}\ntoken = {token}\n"));
    house.daemon.reload();
    wait_until("the settings are read", async || house.daemon.log().contains("settings and mappings reloaded")).await;
    let school = house.daemon.client_as("nes-skole");
    let mut answers = BTreeSet::new();
    for (class, child) in house.classes.iter().take(4) {
        let fact = json!({"id": Uuid::new_v4(), "type": "service_started", "at": "2026-01-15", "municipality": "9901", "child": child,
            "service": "nes-skole", "kind": "skole_kommunal"});
        let told = school.post("/api/v1/facts", &fact).await.unwrap();
        assert_eq!(told.status, 200, "{class}: {}", told.text);
        answers.insert(told.text);
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    // A receipt for an event that is another's, and for one that is not there.
    let receipt = json!([{"event_id": Uuid::new_v4(), "status": "read"}]);
    let none = house.daemon.client_as("annen-skole").post("/api/v1/receipts", &receipt).await.unwrap();
    assert_eq!(none.json["rejected"][0]["code"], "unknown_event", "{}", none.text);
}

/// Information, no verdict: `cargo test --test wire how_long -- --ignored --nocapture`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures; decides nothing"]
async fn how_long_each_class_takes() {
    let house = house("info").await;
    let client = house.daemon.client_as("annen-skole");
    let joined = ("a joined child", house.joined.clone());
    for (class, child) in house.classes.iter().chain([&joined]) {
        let mut took = Vec::new();
        for _ in 0..50 {
            took.push(ask(&house.daemon, &client, QUESTION, child).await.took.as_micros());
        }
        took.sort_unstable();
        let at = |share: usize| took[(took.len() - 1) * share / 100] as f64 / 1000.0;
        println!("{class:40} least {:.1}  median {:.1}  95 % {:.1}  most {:.1} ms", at(0), at(50), at(95), at(100));
    }
}
