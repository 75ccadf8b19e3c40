//! What a recipient may not know changes nothing it can see: no message, no version, no entry, no other answer.

use samhold_model::dates::add_days;
use samhold_standins::Receiver;
use serde_json::{Value, json};

use crate::common::{Child, Client, Daemon, Folder, SECRET, http_recipient, today, wait_until};
use crate::story::{PARENTS, agreed, at_rest, child, consented, withdrawn};
use crate::town::{asking_recipient, pull_recipient};

const SHELTER: &str = r#"
[[service]]
id = "krisesenteret"
kind = "krisesenter"
name = "Krisesenteret i Fjellvik"
municipality = "9901"
"#;

async fn page(client: &Client, query: &str) -> Value {
    client.get(&format!("/api/v1/changes{query}")).await.unwrap().json
}

fn with_shelter() -> Folder {
    let folder = Folder::sqlite();
    let services = std::fs::read_to_string(folder.path().join("services.toml")).unwrap();
    folder.write("services.toml", &(services + SHELTER));
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shelter_and_barnevern_that_come_and_go_are_no_message_to_a_school_that_may_not_know() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = with_shelter();
    asking_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    pull_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"]);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    wait_until("the school is told", async || receiver.counts().effects == 1).await;
    at_rest(&daemon, &[]).await;
    let question = json!({"child": {"national_id": child.number}});
    let asked = async || daemon.client_as("skolen").post("/api/v1/coordination/query", &question).await.unwrap().text;
    let (before, feed) = (asked().await, page(&daemon.client_as("helsa"), "").await);
    assert!(before.contains("held"), "{before}");

    for (days, service, kind) in [(20, "krisesenteret", "krisesenter"), (15, "barneverntjenesten", "barnevern")] {
        let began = child.fact(days, "service_started", &json!({"service": service, "kind": kind}));
        daemon.client().must_take(&[began]).await;
        at_rest(&daemon, &[]).await;
        daemon.client().must_take(&[child.fact(days - 10, "service_ended", &json!({"service": service}))]).await;
        at_rest(&daemon, &[]).await;
    }
    assert_eq!(receiver.server().captured().count(), 1, "no message at all, not even one that says the same");
    assert_eq!(asked().await, before);
    assert_eq!(page(&daemon.client_as("helsa"), "").await, feed, "nor an entry, a version or another cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_came_and_went_before_the_feed_was_read_leaves_no_trace_in_it() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "barnehagen", "barnehage_privat", &["tussilago"]);
    pull_recipient(&folder, "annen", "barnehage_privat", &["nes-barnehage"]);
    let daemon = Daemon::start(folder).await;
    let (child, other) = (child(0), crate::story::child(1));
    let nothing = page(&daemon.client_as("annen"), "").await;
    daemon.client().must_take(&agreed(&child)).await;
    daemon.client().must_take(&consented(&child)).await;
    at_rest(&daemon, &[]).await;
    daemon.client().must_take(&[withdrawn(&child)]).await;
    at_rest(&daemon, &[]).await;
    let kindergarten = daemon.client_as("barnehagen");
    assert_eq!(page(&kindergarten, "").await, nothing, "it is told of no child it was never told of");

    daemon.client().must_take(&agreed(&other)).await;
    daemon.client().must_take(&consented(&other)).await;
    at_rest(&daemon, &[]).await;
    let told = page(&kindergarten, "?limit=1").await;
    assert_eq!((told["events"].as_array().unwrap().len(), &told["more"]), (1, &json!(false)), "{told}");
    assert_eq!(told["events"][0]["data"]["version"], 1);
    assert_eq!(told["cursor"], told["events"][0]["id"], "the cursor tells nothing that the event does not");
}

/// A service that is decided on, `days` ago.
fn decided(child: &Child, days: i64, service: &str) -> Value {
    child.fact(days, "holder_decided", &json!({"service": service, "by": "kommunedirektor"}))
}

fn decided_on(days: i64) -> String {
    add_days(today(), -days).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_holder_that_gives_way_to_another_hidden_one_is_no_message_version_or_other_answer() {
    let (receiver, unit) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
    let folder = with_shelter();
    asking_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    pull_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"]);
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &unit);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    let serves =
        |service: &str, kind: &str| child.fact(170, "service_started", &json!({"service": service, "kind": kind}));
    let mut facts = child.opening();
    facts.extend([serves("barneverntjenesten", "barnevern"), serves("krisesenteret", "krisesenter")]);
    facts.push(decided(&child, 100, "barneverntjenesten"));
    daemon.client().must_take(&facts).await;
    wait_until("the school is told", async || receiver.counts().effects == 1).await;
    at_rest(&daemon, &[]).await;
    let question = json!({"child": {"national_id": child.number}});
    let asked = async || daemon.client_as("skolen").post("/api/v1/coordination/query", &question).await.unwrap().text;
    let (before, feed) = (asked().await, page(&daemon.client_as("helsa"), "").await);
    let told = |receiver: &Receiver| receiver.events().last().unwrap().data.clone();
    assert_eq!(
        (&told(&receiver)["coordination"]["holder"], &told(&receiver)["valid_from"]),
        (&Value::Null, &json!(decided_on(100)))
    );

    daemon.client().must_take(&[decided(&child, 80, "krisesenteret")]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), 1, "no message at all, not even one that says the same");
    assert_eq!(asked().await, before);
    assert_eq!(page(&daemon.client_as("helsa"), "").await, feed, "nor an entry, a version or another cursor");
    assert_eq!(told(&unit)["valid_from"], decided_on(80), "who may see the holder is told when it changed");

    // What may be seen comes and goes: each stretch of it has its own first day.
    daemon.client().must_take(&[decided(&child, 60, "lia-skole")]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(
        (&told(&receiver)["coordination"]["holder"]["service"], &told(&receiver)["valid_from"]),
        (&json!("lia-skole"), &json!(decided_on(60)))
    );
    daemon.client().must_take(&[decided(&child, 40, "krisesenteret")]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(
        (&told(&receiver)["coordination"]["holder"], &told(&receiver)["valid_from"]),
        (&Value::Null, &json!(decided_on(40)))
    );
    let messages = receiver.server().captured().count();
    daemon.client().must_take(&[decided(&child, 20, "barneverntjenesten")]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), messages);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_coordinator_that_gives_way_to_a_hidden_service_is_no_message() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = with_shelter();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    let mut facts = child.opening();
    facts.push(child.fact(198, "guardians_changed", &json!({"guardians": PARENTS})));
    facts.push(child.fact(170, "service_started", &json!({"service": "barneverntjenesten", "kind": "barnevern"})));
    facts.extend(PARENTS.iter().map(|by| child.fact(120, "bk_wish", &json!({"by": by, "wish": "yes"}))));
    let appointed = json!({"person": "kari", "service": "barneverntjenesten", "by": "koordinerende_enhet"});
    facts.push(child.fact(110, "bk_appointed", &appointed));
    daemon.client().must_take(&facts).await;
    wait_until("the school is told", async || receiver.counts().effects == 1).await;
    at_rest(&daemon, &[]).await;
    let ended = child.fact(90, "bk_ended", &json!({"person": "kari", "reason": "other"}));
    daemon.client().must_take(&[decided(&child, 90, "barneverntjenesten"), ended]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), 1, "{:?}", receiver.events());
}
