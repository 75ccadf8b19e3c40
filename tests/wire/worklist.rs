//! `GET /api/v1/worklist`: what people must look at, most urgent first, by page and by kind.

use std::collections::BTreeSet;

use samhold_model::dates::add_days;
use serde_json::{Value, json};

use crate::common::{Answer, Child, Daemon, Folder, today, wait_until};
use crate::ledger::Ledger;
use crate::story::{PARENTS, child, consented};

async fn list(daemon: &Daemon, query: &str) -> Answer {
    daemon.client().get(&format!("/api/v1/worklist{query}")).await.unwrap()
}

fn rows(answer: &Answer) -> Vec<(u64, String, String)> {
    let text = |item: &Value, key: &str| item[key].as_str().unwrap().to_owned();
    answer.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| (i["urgency"].as_u64().unwrap(), text(i, "code"), text(i, "child")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_sorted_by_urgency_filtered_by_kind_and_read_by_page() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let (overdue, disputed) = (child(0), child(1));
    let mut facts = [overdue.opening(), disputed.opening()].concat();
    facts.push(disputed.fact(2, "dispute_raised", &json!({"parties": ["lia-skole", "helsestasjon"]})));
    daemon.client().must_take(&facts).await;
    wait_until("both are on the list", async || {
        let text = list(&daemon, "").await.text;
        text.contains("NO_HOLDER_OVERDUE") && text.contains("DISPUTE_OPEN")
    })
    .await;
    crate::story::at_rest(&daemon, &[]).await;
    let whole = list(&daemon, "").await;
    let all = rows(&whole);
    assert!(all.windows(2).all(|w| w[0].0 <= w[1].0), "{all:?}");
    assert_eq!(whole.json["total"], all.len());
    assert!(!whole.text.contains(&overdue.number) && !whole.text.contains(&disputed.number), "opaque ids alone");
    for item in whole.json["items"].as_array().unwrap() {
        assert!(
            !item["text"].as_str().unwrap().is_empty() && item["municipality"] == "9901" && item["days"].is_i64(),
            "{item}"
        );
    }

    let disputes = rows(&list(&daemon, "?code=DISPUTE_OPEN").await);
    assert_eq!(disputes.len(), 1);
    assert_ne!(disputes[0].2, all.iter().find(|r| r.1 == "NO_HOLDER_OVERDUE").unwrap().2);
    assert!(rows(&list(&daemon, "?code=FINNES_IKKE").await).is_empty());
    assert!(rows(&list(&daemon, "?municipality=9902").await).is_empty(), "not a municipality of this client");
    assert_eq!(rows(&list(&daemon, "?municipality=9901").await), all);

    let paged: Vec<_> = futures::future::join_all((0..all.len()).map(async |n| {
        let page = list(&daemon, &format!("?limit=1&offset={n}")).await;
        assert_eq!((page.count("items"), page.count("total")), (1, all.len() as u64));
        rows(&page).remove(0)
    }))
    .await;
    assert_eq!(paged, all);
    for wrong in ["?limit=mange", "?side=2", "?offset=-1"] {
        let refused = list(&daemon, wrong).await;
        assert_eq!((refused.status, refused.json["code"].as_str()), (400, Some("invalid_query")), "{wrong}");
    }

    // The command says the same.
    let said = daemon.folder.cli_text(&["duty", "overdue", "--json"]);
    let said: Vec<Value> = said.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(Value::Array(said), whole.json["items"]);

    daemon.client().must_take(&[disputed.agreement(119)]).await;
    wait_until("what is settled is off the list", async || rows(&list(&daemon, "?code=DISPUTE_OPEN").await).is_empty())
        .await;
}

fn item(answer: &Answer, code: &str) -> Value {
    let items = answer.json["items"].as_array().unwrap();
    items.iter().find(|i| i["code"] == code).unwrap_or_else(|| panic!("no {code} in {}", answer.text)).clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn how_long_it_has_stood_is_told_by_the_facts_and_not_by_when_somebody_noticed() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let (alone, disputed, leaving) = (child(0), child(1), child(2));
    let mut facts = [alone.opening(), disputed.opening(), leaving.opening()].concat();
    facts.push(disputed.fact(20, "dispute_raised", &json!({"parties": ["lia-skole", "helsestasjon"]})));
    let kindergarten = json!({"service": "tussilago", "kind": "barnehage_kommunal", "until": day(-30)});
    facts.push(leaving.fact(170, "service_started", &kindergarten));
    facts.push(leaving.fact(149, "cooperation_needed", &json!({"participants": ["tussilago", "helsestasjon"]})));
    facts.push(leaving.fact(100, "holder_agreed", &json!({"service": "tussilago", "parties": []})));
    daemon.client().must_take(&facts).await;
    wait_until("all are on the list", async || {
        let text = list(&daemon, "").await.text;
        ["NO_HOLDER_OVERDUE", "DISPUTE_OVERDUE", "TRANSITION_UPCOMING"].iter().all(|code| text.contains(code))
    })
    .await;
    let whole = list(&daemon, "").await;
    let dates = |code: &str| {
        let item = item(&whole, code);
        ["group", "since", "days", "due", "days_left"].map(|key| item[key].clone())
    };
    let told = |group: &str, since: i64, due: i64| {
        [json!(group), json!(day(since)), json!(since), json!(day(due)), json!(-due)]
    };
    assert_eq!(dates("NO_HOLDER_OVERDUE"), told("no_holder", 150, 136));
    assert_eq!(dates("DISPUTE_OVERDUE"), told("dispute", 20, 6));
    assert_eq!(dates("TRANSITION_UPCOMING"), told("handover", 60, -30));
    let urgent = list(&daemon, "?urgency=1").await;
    assert!(rows(&urgent).len() == 2 && rows(&urgent).iter().all(|row| row.0 == 1), "{}", urgent.text);
    assert_eq!(item(&urgent, "NO_HOLDER_OVERDUE"), urgent.json["items"][0], "of the most urgent, the longest first");

    let printed = daemon.folder.cli_text(&["duty", "overdue", "--urgency", "1"]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!((lines[0], lines[4]), ("Uten navngitt samordner", "Uenighet"), "{printed}");
    let overdue = ["150", "136 d over", "Ingen navngitt samordner, fristen er ute (NO_HOLDER_OVERDUE)", &day(150)];
    assert!(overdue.iter().all(|word| lines[2].contains(word)), "{printed}");
    assert_eq!(lines.last(), Some(&"2 å se på"));
    for (filter, near) in [(["--code", "DISPUTE_OPN"], "DISPUTE_OPEN"), (["--municipality", "9910"], "9901")] {
        let slip = daemon.folder.cli(&[&["duty", "overdue"][..], &filter].concat());
        let told = String::from_utf8_lossy(&slip.stderr).into_owned();
        assert!(slip.status.code() == Some(2) && slip.stdout.is_empty() && told.contains(near), "{told}");
    }
    let first = daemon.folder.cli_text(&["duty", "overdue", "--urgency", "1", "--limit", "1", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&first).unwrap(), urgent.json["items"][0]);
}

/// `days` ago, as text.
fn day(days: i64) -> String {
    add_days(today(), -days).to_string()
}

/// A client that may read the list and nothing else, for these services.
fn reader(folder: &Folder, name: &str, kind: &str, services: &[&str]) {
    let token = folder.token(name);
    let text = format!(
        "kind = \"{kind}\"\nmunicipalities = [\"9901\"]\nservices = {services:?}\ntoken = {token}\nmay = [\"worklist\"]\n"
    );
    folder.system(name, &text);
}

async fn list_as(daemon: &Daemon, client: &str, query: &str) -> Answer {
    daemon.client_as(client).get(&format!("/api/v1/worklist{query}")).await.unwrap()
}

/// Children and total.
fn seen(answer: &Answer) -> (BTreeSet<String>, u64) {
    (rows(answer).into_iter().map(|row| row.2).collect(), answer.count("total"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_sees_only_what_it_may_know_of_its_own_children_and_a_filter_tells_nobody_more() {
    let folder = Folder::sqlite();
    reader(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    reader(&folder, "nes", "skole_kommunal", &["nes-skole"]);
    reader(&folder, "tussilago", "barnehage_privat", &["tussilago"]);
    let daemon = Daemon::start(folder).await;
    let (open, hidden, sheltered) = (child(0), child(1), child(2));
    let mut facts = [open.opening(), sheltered.opening()].concat();
    // Of this one no register has said that the address is open: it counts as strictly protected.
    facts.extend(hidden.opening().into_iter().filter(|fact| fact["type"] != "address_protection"));
    facts.push(open.fact(100, "bk_conditions_assessed", &json!({"met": true, "by": "koordinerende_enhet"})));
    facts.extend(consented(&open).into_iter().take(2));
    let shelter = json!({"service": "krisesenteret", "kind": "krisesenter"});
    facts.push(sheltered.fact(100, "service_started", &shelter));
    facts.push(sheltered.fact(99, "cooperation_needed", &json!({"participants": ["krisesenteret", "ergo-fysio"]})));
    daemon.client().must_take(&facts).await;
    wait_until("all three are on the list of the unit", async || seen(&list(&daemon, "").await).0.len() == 3).await;
    crate::story::at_rest(&daemon, &[]).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let id = async |child: &Child| ledger.child(&child.number).await.unwrap().to_string();
    let (open_id, hidden_id, sheltered_id) = (id(&open).await, id(&hidden).await, id(&sheltered).await);
    assert!(list(&daemon, "").await.text.contains("BK_AWAITING_WISH"));

    // The school: its own children whose address is open, and of them the state alone.
    let school = list_as(&daemon, "skolen", "").await;
    let own = BTreeSet::from([open_id.clone(), sheltered_id.clone()]);
    assert_eq!(seen(&school), (own, 2), "{}", school.text);
    assert!(rows(&school).iter().all(|row| row.1 == "NO_HOLDER_OVERDUE"), "{}", school.text);
    assert_eq!(school.json["tasks"], json!([]));
    assert_eq!(list_as(&daemon, "skolen", "?service=lia-skole").await.json, school.json);
    for other in ["helsestasjon", "krisesenteret", "finnes-ikke"] {
        let refused = list_as(&daemon, "skolen", &format!("?service={other}")).await;
        assert_eq!((refused.status, &refused.json["code"]), (403, &json!("not_your_service")), "{other}");
    }
    // Another school, and a private kindergarten without consent.
    for stranger in ["nes", "tussilago"] {
        assert_eq!(seen(&list_as(&daemon, stranger, "").await), (BTreeSet::new(), 0), "{stranger}");
    }
    daemon.client().must_take(&consented(&open)).await;
    daemon.client().must_take(&[open.fact(198, "guardians_changed", &json!({"guardians": PARENTS}))]).await;
    wait_until("the consent counts", async || seen(&list_as(&daemon, "tussilago", "").await).1 == 1).await;

    // The unit sees all; by service only those of whom it may know that the service takes part.
    let by = async |service: &str| seen(&list(&daemon, &format!("?service={service}")).await).0;
    assert_eq!(by("ergo-fysio").await, BTreeSet::from([open_id.clone(), hidden_id, sheltered_id.clone()]));
    assert_eq!(by("lia-skole").await, BTreeSet::from([open_id, sheltered_id]), "where a hidden child goes is not told");
    assert_eq!(by("krisesenteret").await, BTreeSet::new(), "nor who is at the shelter");
    let refused = daemon.folder.cli(&["duty", "overdue", "--service", "krisesenteret"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(2) && said.starts_with("service-not-listed: "), "{said}");
    assert!(daemon.folder.cli_text(&["duty", "overdue", "--service", "ergo-fysio"]).ends_with("å se på\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_of_the_list_is_one_entry_of_the_audit_without_content() {
    let folder = Folder::sqlite();
    reader(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&child(0).opening()).await;
    wait_until("the school sees one", async || seen(&list_as(&daemon, "skolen", "").await).1 == 1).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let before = ledger.audited("read").await.len();
    list_as(&daemon, "skolen", "?code=NO_HOLDER_OVERDUE").await;
    let entries = ledger.audited("read").await;
    assert_eq!(entries.len(), before + 1);
    let last = entries.last().unwrap();
    assert_eq!((last.actor.as_str(), last.child, &last.detail), ("skolen", None, &json!({"road": "worklist"})));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_must_do_stands_in_the_list_of_the_command_line_as_in_that_of_the_unit() {
    let folder = Folder::sqlite();
    reader(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    let (one, other) = (child(0), child(1));
    daemon.client().must_take(&[one.opening(), other.opening()].concat()).await;
    let both = json!({"id": uuid::Uuid::new_v4(), "type": "died", "at": day(0), "municipality": "9901",
        "child": {"national_id": one.number, "local": {"system": "kommunen", "id": "elev-1"}}});
    let named = json!({"id": uuid::Uuid::new_v4(), "type": "address_protection", "value": "none", "at": day(1),
        "municipality": "9901", "child": {"national_id": other.number, "local": {"system": "kommunen", "id": "elev-1"}}});
    daemon.client().must_take(&[named]).await;
    let refused = daemon.client().post_facts(&[both]).await.unwrap();
    assert_eq!(refused.json["rejected"][0]["code"], "identity_conflict", "{}", refused.text);
    let tasks = list(&daemon, "?code=possible_same_child").await;
    assert_eq!((tasks.count("tasks"), tasks.count("items")), (1, 0), "{}", tasks.text);
    assert_eq!(list_as(&daemon, "skolen", "").await.count("tasks"), 0, "no service is told which children may be one");
    let printed = daemon.folder.cli_text(&["duty", "overdue", "--code", "possible_same_child"]);
    assert!(printed.starts_with("Oppgaver\n") && printed.ends_with("\n1 å se på\n"), "{printed}");
    let lines = daemon.folder.cli_text(&["duty", "overdue", "--code", "possible_same_child", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap()["task"], tasks.json["tasks"][0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_of_whom_neither_birth_nor_due_date_is_known_stands_on_the_list_until_one_is() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let child = child(0);
    let (birth, rest): (Vec<Value>, Vec<Value>) =
        child.opening().into_iter().partition(|fact| fact["type"] == "birth_date");
    daemon.client().must_take(&rest).await;
    ledger.until_held(&daemon, &child.number, "held_by_default", "").await;
    let listed = async || rows(&list(&daemon, "?code=BIRTH_UNKNOWN").await).len();
    wait_until("a person is told", async || listed().await == 1).await;
    daemon.client().must_take(&birth).await;
    wait_until("it is known", async || listed().await == 0).await;
}
