//! A child moves between two municipalities of one installation: the old one ends, the new one starts clean, and what is
//! handed over goes by consent alone and is answered for.

use samhold_standins::{FaultPlan, Receiver};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Child, Client, Daemon, Folder, SECRET, http_recipient, wait_until};
use crate::ledger::Ledger;
use crate::story::{PARENTS, agreed, at_rest, child};

const NEIGHBOUR: &str = "9902";
const HANDOVER: &str = "no.samhold.coordination.handover.v1";

/// A folder with a second municipality, Elvedal, which has a system of its own.
fn two_municipalities() -> Folder {
    let mut folder = Folder::sqlite();
    folder.set("[municipality.9902]\nname = \"Elvedal kommune\"\ncontact_point = \"Elvedal servicetorg\"\n");
    let token = folder.token("elvedal");
    let head = format!("kind = \"koordinerende_enhet\"\nmunicipalities = [\"{NEIGHBOUR}\"]\ntoken = {token}\n");
    folder.system("elvedal", &(head + "acts_as = [\"*\"]\nmay = [\"facts\", \"query\", \"worklist\"]\n"));
    folder
}

/// The koordinerende enhet of Elvedal, by this road.
fn unit_of_the_neighbour(folder: &Folder, road: &str) {
    let token = folder.token("ke-elvedal");
    let head = format!("kind = \"koordinerende_enhet\"\nmunicipalities = [\"{NEIGHBOUR}\"]\ntoken = {token}\n");
    folder.system("ke-elvedal", &(head + "may = [\"query\"]\n" + road));
}

fn pushed_to(folder: &Folder, to: &Receiver) -> String {
    let secret = folder.secret("ke-elvedal-signature", to.secret());
    format!("[recipient.http]\nurl = \"{}\"\nhttp.timeout_seconds = 20\nsignature.secrets = [{secret}]\n", to.url())
}

/// Two municipalities, and a koordinerende enhet in Elvedal that is pushed to.
async fn house() -> (Daemon, Receiver) {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = two_municipalities();
    unit_of_the_neighbour(&folder, &pushed_to(&folder, &receiver));
    (Daemon::start(folder).await, receiver)
}

fn moved(child: &Child, to: &str) -> Value {
    child.fact(0, "moved", &json!({"to": to}))
}

/// Both parents let the new municipality know.
fn consents(child: &Child) -> Vec<Value> {
    let categories = ["coordination_exists", "holder_service", "coordinator_contact", "team_roster", "plan_goals"];
    let one = |parent: &&str| {
        let fields = json!({"by": parent, "categories": categories, "recipients": ["other_municipality"], "purposes": ["transition"],
            "evidence": "sak-2026/8", "informed": true});
        child.fact(3, "consent", &fields)
    };
    PARENTS.iter().map(one).collect()
}

fn withdrawn(child: &Child) -> Value {
    child.fact(0, "consent_withdrawn", &json!({"consent": consents(child)[0]["id"]}))
}

/// The codes of handovers on a work list.
async fn items(client: &Client) -> Vec<String> {
    let list = client.get("/api/v1/worklist").await.unwrap().json;
    let codes = list["items"].as_array().unwrap().iter().map(|i| i["code"].as_str().unwrap().to_owned());
    codes.filter(|code| code.starts_with("HANDOVER_") && code != "HANDOVER_NEEDED").collect()
}

async fn until_items(daemon: &Daemon, expected: &[&str]) {
    let what = format!("the work list says {expected:?}");
    wait_until(&what, async || items(&daemon.client()).await == expected).await;
}

fn handovers(receiver: &Receiver) -> Vec<samhold_standins::receiver::ReceivedEvent> {
    receiver.events().into_iter().filter(|e| e.kind == HANDOVER).collect()
}

async fn receipt(daemon: &Daemon, given: Value) {
    let answer = daemon.client_as("ke-elvedal").post("/api/v1/receipts", &json!([given])).await.unwrap();
    assert_eq!(answer.json, json!({"accepted": 1, "rejected": []}), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_consent_the_new_municipality_gets_the_last_state_and_its_yes_is_shown_to_the_old_one() {
    let (old, receiver) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
    let folder = two_municipalities();
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &old);
    unit_of_the_neighbour(&folder, &pushed_to(&folder, &receiver));
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child)].concat()).await;
    wait_until("the old unit knows", async || old.events().last().is_some_and(|e| e.kind.contains("assignment"))).await;
    assert!(receiver.events().is_empty(), "before the move it is none of the neighbour's business");

    daemon.client().must_take(&[moved(&child, NEIGHBOUR)]).await;
    until_items(&daemon, &["HANDOVER_OFFERED"]).await;
    at_rest(&daemon, &[]).await;
    assert!(!old.events().last().unwrap().kind.contains("assignment"), "the old unit is told of the end");
    let told = handovers(&receiver);
    assert_eq!(told.len(), 1, "{:?}", receiver.events());
    assert_eq!(
        told[0].data,
        json!({"child": {"national_id": child.number}, "version": 1, "moved": moved(&child, NEIGHBOUR)["at"],
            "handover": {"municipality": "9901", "contact_point": "Servicetorget, 99 01 00 00", "state": "held",
                "holder": {"name": "Lia skole", "service": "lia-skole"},
                "roster": told[0].data["handover"]["roster"]}})
    );
    assert_eq!(told[0].data["handover"]["roster"].as_array().unwrap().len(), 3, "who takes part");

    receipt(&daemon, json!({"event_id": told[0].key, "status": "read"})).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(items(&daemon.client()).await, ["HANDOVER_OFFERED"], "read is not accepted");
    receipt(&daemon, json!({"event_id": told[0].key, "status": "accepted"})).await;
    until_items(&daemon, &[]).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let accepted: Vec<_> =
        ledger.audit(&child.number).await.into_iter().filter(|(kind, _)| kind.starts_with("handover_")).collect();
    assert_eq!(accepted, [("handover_accepted".to_owned(), "ke-elvedal".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_municipality_starts_clean_and_may_not_ask_for_the_case_of_the_old_one() {
    let (daemon, receiver) = house().await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![moved(&child, NEIGHBOUR)]].concat()).await;
    wait_until("it is handed over", async || handovers(&receiver).len() == 1).await;
    at_rest(&daemon, &[]).await;
    let unit = daemon.client_as("ke-elvedal");
    let question = json!({"child": {"national_id": child.number}});
    let asked = async || unit.post("/api/v1/coordination/query", &question).await.unwrap().json;
    assert_eq!(asked().await, json!({"coordination": null}), "a handover makes no case");

    let here = |days: i64, kind: &str, fields: Value| {
        let mut fact = child.fact(days, kind, &fields);
        fact["municipality"] = json!(NEIGHBOUR);
        fact["id"] = json!(Uuid::new_v4());
        fact
    };
    let services = ["elvedal-skole", "elvedal-helsestasjon"];
    daemon
        .client_as("elvedal")
        .must_take(&[
            here(0, "birth_date", json!({"date": child.opening()[0]["date"]})),
            here(0, "address_protection", json!({"value": "none"})),
            here(0, "service_started", json!({"service": services[0], "kind": "skole_kommunal"})),
            here(0, "service_started", json!({"service": services[1], "kind": "helsestasjon"})),
            here(0, "cooperation_needed", json!({"participants": services})),
        ])
        .await;
    wait_until("the new case is told", async || asked().await["coordination"] != Value::Null).await;
    let answer = asked().await;
    assert_eq!(answer["coordination"]["state"], "held_by_default", "no agreement of the old one counts: {answer}");
    assert!(!answer.to_string().contains("Lia"), "{answer}");
    assert!(items(&daemon.client_as("elvedal")).await.is_empty(), "the handover is a task of the old one");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_consent_nothing_goes_and_a_person_asks_with_one_it_goes_and_withdrawn_it_is_called_back() {
    let (daemon, receiver) = house().await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), vec![moved(&child, NEIGHBOUR)]].concat()).await;
    until_items(&daemon, &["HANDOVER_CONSENT_NEEDED"]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), 0, "not even that there is something");

    let [mother, father] = consents(&child).try_into().unwrap();
    daemon.client().must_take(&[mother]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(items(&daemon.client()).await, ["HANDOVER_CONSENT_NEEDED"], "one of two parents is not enough");
    daemon.client().must_take(&[father]).await;
    until_items(&daemon, &["HANDOVER_OFFERED"]).await;
    wait_until("it is handed over", async || handovers(&receiver).len() == 1).await;

    daemon.client().must_take(&[withdrawn(&child)]).await;
    until_items(&daemon, &["HANDOVER_CONSENT_NEEDED"]).await;
    at_rest(&daemon, &[]).await;
    let last = receiver.events().pop().unwrap();
    assert_eq!(last.kind, "no.samhold.coordination.retracted.v1");
    assert!(!last.data.to_string().contains("9901"), "a retraction names nothing but child and version: {}", last.data);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_that_waits_is_never_sent_when_consent_was_withdrawn_meanwhile() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = two_municipalities();
    unit_of_the_neighbour(&folder, &pushed_to(&folder, &receiver));
    let port = receiver.server().port();
    drop(receiver);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![moved(&child, NEIGHBOUR)]].concat()).await;
    wait_until("it waits", async || !daemon.folder.last_error_of("ke-elvedal").is_empty()).await;
    daemon.client().must_take(&[withdrawn(&child)]).await;
    until_items(&daemon, &["HANDOVER_CONSENT_NEEDED"]).await;
    let receiver = loop {
        match Receiver::start_on(port, SECRET).await {
            Ok(receiver) => break receiver,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    at_rest(&daemon, &[]).await;
    assert!(handovers(&receiver).is_empty(), "{:?}", receiver.events());
    assert!(!String::from_utf8_lossy(&receiver.captured_bytes()).contains("Lia"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_and_a_power_cut_hand_over_once_under_one_key() {
    let (mut daemon, receiver) = house().await;
    receiver.server().faults().set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![moved(&child, NEIGHBOUR)]].concat()).await;
    wait_until("it was sent and never answered", async || receiver.server().captured().count() > 1).await;
    daemon.kill9();
    receiver.server().faults().set(FaultPlan::default());
    daemon.restart().await;
    at_rest(&daemon, &[]).await;
    until_items(&daemon, &["HANDOVER_OFFERED"]).await;
    let requests = receiver.server().captured().all();
    let keys: Vec<&str> = requests.iter().map(|r| r.header("idempotency-key")).collect();
    assert!(keys.len() > 2 && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_eq!((receiver.counts().effects, receiver.counts().conflicts), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_that_fetches_finds_the_handover_in_its_feed() {
    let folder = two_municipalities();
    unit_of_the_neighbour(&folder, "[recipient]\npull = {}\n");
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![moved(&child, NEIGHBOUR)]].concat()).await;
    let unit = daemon.client_as("ke-elvedal");
    let feed = async || unit.get("/api/v1/changes").await.unwrap();
    wait_until("it stands in the feed", async || feed().await.count("events") == 1).await;
    let event = feed().await.json["events"][0].clone();
    assert_eq!((&event["type"], &event["data"]["handover"]["municipality"]), (&json!(HANDOVER), &json!("9901")));
    receipt(&daemon, json!({"event_id": event["id"], "status": "accepted"})).await;
    until_items(&daemon, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_strictly_protected_child_nothing_goes_whatever_consents_there_are_and_a_person_decides() {
    let (daemon, receiver) = house().await;
    let child = child(0);
    let protected = child.fact(1, "address_protection", &json!({"value": "strengt_fortrolig"}));
    daemon
        .client()
        .must_take(&[agreed(&child), consents(&child), vec![protected, moved(&child, NEIGHBOUR)]].concat())
        .await;
    until_items(&daemon, &["HANDOVER_PROTECTED"]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), 0, "no trace at the recipient");
    let list = daemon.client().get("/api/v1/worklist").await.unwrap().text;
    assert!(!list.contains(NEIGHBOUR) && !list.contains("Elvedal"), "where it went is not told: {list}");
    assert!(!daemon.log().contains("Elvedal"));
    assert!(items(&daemon.client_as("elvedal")).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_to_where_nobody_can_be_reached_is_for_a_person() {
    let (daemon, receiver) = house().await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![moved(&child, "9903")]].concat()).await;
    until_items(&daemon, &["HANDOVER_ELSEWHERE"]).await;
    at_rest(&daemon, &[]).await;
    assert_eq!(receiver.server().captured().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_waits_for_a_person_with_its_reason_and_is_shown_to_the_old_municipality_alone() {
    let (daemon, receiver) = house().await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![moved(&child, NEIGHBOUR)]].concat()).await;
    wait_until("it is handed over", async || handovers(&receiver).len() == 1).await;
    let key = handovers(&receiver)[0].key.clone();
    receipt(&daemon, json!({"event_id": key, "status": "rejected", "reason": "barnet bor ikke her"})).await;
    until_items(&daemon, &["HANDOVER_REJECTED"]).await;
    let tasks = async |system: &str| {
        let list = daemon.client_as(system).get("/api/v1/worklist").await.unwrap().json;
        list["tasks"].as_array().unwrap().iter().map(|t| t["detail"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tasks("kommunen").await, ["9901: ny kommune har avvist overleveringen: barnet bor ikke her"]);
    assert!(tasks("elvedal").await.is_empty());
    receipt(&daemon, json!({"event_id": key, "status": "accepted"})).await;
    until_items(&daemon, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handover_that_nobody_answers_is_brought_up_when_the_municipality_has_waited_long_enough() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = two_municipalities();
    unit_of_the_neighbour(&folder, &pushed_to(&folder, &receiver));
    // The last table of the file is that of the old municipality.
    let settings = std::fs::read_to_string(folder.path().join("samhold.toml")).unwrap();
    folder.write("samhold.toml", &(settings + "handover_reminder_days = 0\n"));
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![moved(&child, NEIGHBOUR)]].concat()).await;
    until_items(&daemon, &["HANDOVER_UNANSWERED", "HANDOVER_OFFERED"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_moves_back_is_handed_over_no_more() {
    let (daemon, receiver) = house().await;
    let child = child(0);
    let mut away = moved(&child, NEIGHBOUR);
    away["at"] = child.fact(2, "moved", &json!({}))["at"].clone();
    daemon.client().must_take(&[agreed(&child), consents(&child), vec![away]].concat()).await;
    wait_until("it is handed over", async || handovers(&receiver).len() == 1).await;
    daemon.client().must_take(&[moved(&child, "9901")]).await;
    until_items(&daemon, &[]).await;
    at_rest(&daemon, &[]).await;
    let last = receiver.events().pop().unwrap();
    assert!(last.kind != HANDOVER && last.data["handover"].is_null(), "it is void: {last:?}");
}
