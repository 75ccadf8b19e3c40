//! What the audit says of deliveries: every release once, what may have arrived though no answer came, every change of what
//! is held back.

use samhold_standins::{FaultPlan, Receiver};
use samhold_store::AuditEntry;
use serde_json::{Value, json};

use crate::common::{Daemon, Folder, SECRET, http_recipient, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, at_rest, child, consented, withdrawn};
use crate::town::pull_recipient;

async fn of(ledger: &Ledger, kind: &str, actor: &str) -> Vec<AuditEntry> {
    ledger.audited(kind).await.into_iter().filter(|entry| entry.actor == actor).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_without_an_answer_and_changed_meanwhile_is_told_as_possibly_received() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    receiver.server().faults().set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    wait_until("it was sent twice and never answered", async || receiver.server().captured().count() > 1).await;
    daemon.client().must_take(&[child.fact(0, "address_protection", &json!({"value": "strengt_fortrolig"}))]).await;
    let called_back = || String::from_utf8_lossy(&receiver.captured_bytes()).contains("retracted.v1");
    wait_until("it is called back", async || called_back()).await;
    receiver.server().faults().set(FaultPlan::default());
    at_rest(&daemon, &[]).await;

    let ledger = Ledger::of(&daemon.folder).await;
    assert!(of(&ledger, "release", "skolen").await.is_empty(), "nothing was ever confirmed");
    let tried = of(&ledger, "tried", "skolen").await;
    let events: std::collections::BTreeSet<String> =
        tried.iter().map(|entry| entry.detail["event_id"].to_string()).collect();
    assert_eq!(events.len(), tried.len(), "once for each event: {tried:?}");
    let told = |entry: &AuditEntry| entry.detail["type"].as_str().unwrap_or_default().contains("assignment");
    assert_eq!(tried.iter().filter(|entry| told(entry)).count(), 1, "{tried:?}");
    assert_eq!(of(&ledger, "retraction", "skolen").await.len(), 1);
    let id = ledger.child(&child.number).await.unwrap().to_string();
    let report = daemon.folder.cli_text(&["audit", "report", "--child", &id]);
    assert!(report.contains("kommunal skole kan ha mottatt, uten å ha bekreftet det: at noen samordner"), "{report}");
    assert!(daemon.folder.cli(&["audit", "verify"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_power_cut_left_without_an_answer_may_have_been_received() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    let mut daemon = Daemon::start(folder).await;
    receiver.server().faults().set(FaultPlan { delay: std::time::Duration::from_secs(60), ..FaultPlan::default() });
    daemon.client().must_take(&agreed(&child(0))).await;
    wait_until("it was sent", async || receiver.server().captured().count() > 0).await;
    daemon.kill9();
    receiver.server().faults().set(FaultPlan::default());
    daemon.restart().await;
    at_rest(&daemon, &[]).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let tried = of(&ledger, "tried", "skolen").await;
    assert_eq!((tried.len(), &tried[0].detail["interrupted"]), (1, &json!(true)));
    assert_eq!(reason_for_holder(&tried[0]), "STATUTORY_FVL_13B_5", "what it told was kept before it was sent");
    let released = of(&ledger, "release", "skolen").await;
    assert_eq!(released.len(), 1);
    assert_eq!(released[0].detail["event_id"], tried[0].detail["event_id"], "the same event, then confirmed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_fetched_is_one_release_however_often_it_is_read() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&agreed(&child(0))).await;
    let client = daemon.client_as("skolen");
    let page = async |query: &str| client.get(&format!("/api/v1/changes{query}")).await.unwrap();
    let ledger = Ledger::of(&daemon.folder).await;
    wait_until("it is in the feed", async || page("").await.count("events") == 1).await;
    let cursor = page("").await.json["cursor"].as_str().unwrap().to_owned();
    page(&format!("?cursor={cursor}")).await;
    page("").await;
    let released = of(&ledger, "release", "skolen").await;
    assert_eq!(released.len(), 1, "{released:?}");
}

/// What is held back of who holds the duty, and why.
fn reason_for_holder(entry: &AuditEntry) -> Value {
    let decisions = entry.detail["decisions"].as_array().unwrap();
    decisions.iter().find(|d| d["category"] == "holder_service").map_or(Value::Null, |d| d["reason"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_of_what_is_held_back_is_one_entry_when_it_begins_changes_and_ends() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "barnehagen", "barnehage_privat", &["tussilago"]);
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    let ledger = Ledger::of(&daemon.folder).await;
    let steps = [
        ([agreed(&child), consented(&child)[..2].to_vec()].concat(), json!("DENY_NO_CONSENT")),
        (consented(&child)[2..].to_vec(), json!("CONSENT_VALID")),
        (vec![withdrawn(&child)], json!("DENY_CONSENT_WITHDRAWN")),
    ];
    let mut expected = Vec::new();
    for (facts, reason) in steps {
        daemon.client().must_take(&facts).await;
        expected.push(reason);
        wait_until("it is written down", async || {
            of(&ledger, "withheld", "barnehagen").await.last().map(reason_for_holder).as_ref() == expected.last()
        })
        .await;
    }
    at_rest(&daemon, &[]).await;
    let before = of(&ledger, "withheld", "barnehagen").await;
    assert!(before.windows(2).all(|two| two[0].detail != two[1].detail), "{before:?}");
    // Asked in between, and worked out again: nothing new.
    daemon.folder.cli_text(&["duty", "rebuild"]);
    daemon.reload();
    at_rest(&daemon, &[]).await;
    assert_eq!(of(&ledger, "withheld", "barnehagen").await, before);
    assert!(of(&ledger, "withheld_ended", "barnehagen").await.is_empty());
    daemon.client().must_take(&[child.fact(0, "died", &json!({}))]).await;
    wait_until("nothing is held back any more", async || of(&ledger, "withheld_ended", "barnehagen").await.len() == 1)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_signed_without_being_asked_and_each_note_leaves_with_the_programs_own_log() {
    let folder = Folder::sqlite();
    pull_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"]);
    let mut daemon = Daemon::start(folder).await;
    daemon.client().must_take(&agreed(&child(0))).await;
    let client = daemon.client_as("skolen");
    wait_until("it is in the feed", async || client.get("/api/v1/changes").await.unwrap().count("events") == 1).await;
    let notes = |daemon: &Daemon| -> Vec<String> {
        let log = daemon.log();
        let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter_map(|line| line["fields"]["note"].as_str().map(str::to_owned)).collect()
    };
    wait_until("the log is signed", async || !notes(&daemon).is_empty()).await;
    daemon.terminate().await;
    let last = notes(&daemon).pop().unwrap();
    let file = daemon.folder.path().join("elsewhere.note");
    std::fs::write(&file, &last).unwrap();
    let said = daemon.folder.cli_text(&["audit", "verify", "--checkpoint", file.to_str().unwrap()]);
    let entries = last.lines().nth(1).unwrap();
    assert!(said.ends_with(&format!("entries 1 to {entries} are sealed by signed checkpoints\n")), "{said}");
}
