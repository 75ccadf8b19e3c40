//! The population register falls silent: what it said of protection counts for so long, then every child is strict, a person is told,
//! and all is told anew when it answers.

use samhold_model::Instant;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{FaultPlan, Fiks, HalfList, Receiver, Town};
use serde_json::{Value, json};

use crate::common::{Daemon, SECRET, http_recipient, today, wait_until};
use crate::ledger::Ledger;
use crate::story::at_rest;
use crate::town::{agreed_on, by_number, number_of, register_source, said, town_folder};

const REGISTER: &str = "folkeregister";

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_is_silent_for_too_long_makes_every_child_strict_until_it_answers() {
    let (town, grant) = (Town::new(today()), GrantKey::generate().unwrap());
    let fiks = Fiks::start(&town, Some(grant.public_der.clone())).await.unwrap();
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = town_folder(&town);
    register_source(&folder, REGISTER, &fiks.server().base_url(), &grant);
    http_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"], &receiver);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let frida = number_of(&town, "frida");
    daemon.client().must_take(&case(&by_number(&frida))).await;
    let told = |word: &str| receiver.events().iter().filter(|e| e.kind.contains(word)).count();
    wait_until("helsestasjonen is told", async || told("assignment") == 1).await;

    fiks.server().faults().set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    wait_until("the register is silent", async || !daemon.folder.last_error_of(REGISTER).is_empty()).await;
    let days_ago = |days: i64| Instant::from_second(Instant::now().as_second() - days * 86_400).unwrap();
    ledger.contact_was(REGISTER, days_ago(5)).await;
    let open = async |kind: &str| ledger.tasks().await.iter().any(|task| task == kind);
    wait_until("a person is told in time", async || open("protection_register_silent").await).await;
    assert!(told("retracted") == 0 && !open("protection_stale").await, "what it said still counts");

    ledger.contact_was(REGISTER, days_ago(8)).await;
    wait_until("what may not be known now is called back", async || told("retracted") == 1).await;
    wait_until("a person is told", async || open("protection_stale").await).await;
    assert!(!open("protection_register_silent").await, "one task, not two");

    fiks.server().faults().set(FaultPlan::default());
    wait_until("it is told anew when the register answers", async || told("assignment") == 2).await;
    wait_until("the task is done", async || !open("protection_stale").await).await;
}

/// Children on the work list whose protection nobody knows.
fn unknown(daemon: &Daemon) -> usize {
    daemon.folder.cli_text(&["duty", "overdue", "--code", "PROTECTION_UNKNOWN", "--json"]).lines().count()
}

/// A case of a child of whose protection nobody has said anything.
fn case(child: &Value) -> Vec<Value> {
    let serves = |s: &str, k: &str| said(child, 90, "service_started", &json!({"service": s, "kind": k}));
    let mut facts = agreed_on(child, &["helsestasjon", "ergo-fysio"]);
    facts.extend([serves("helsestasjon", "helsestasjon"), serves("ergo-fysio", "kommunal_helse")]);
    facts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_the_register_has_said_nothing_of_is_strict_and_stands_on_the_work_list_until_it_does() {
    let (town, grant) = (Town::new(today()), GrantKey::generate().unwrap());
    let fiks = Fiks::start(&town, Some(grant.public_der.clone())).await.unwrap();
    let receiver = Receiver::start(SECRET).await.unwrap();
    fiks.server().faults().set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    let folder = town_folder(&town);
    register_source(&folder, REGISTER, &fiks.server().base_url(), &grant);
    http_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"], &receiver);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&case(&by_number(&number_of(&town, "frida")))).await;
    wait_until("a person is told", async || unknown(&daemon) == 1).await;
    assert_eq!(receiver.server().captured().count(), 0, "nothing is told while nobody knows");
    fiks.server().faults().set(FaultPlan::default());
    wait_until("it is told when the register has answered", async || receiver.counts().effects == 1).await;
    assert_eq!(unknown(&daemon), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_register_the_municipality_gets_one_task_and_not_one_for_each_child() {
    let town = Town::new(today());
    let daemon = Daemon::start(town_folder(&town)).await;
    let ledger = Ledger::of(&daemon.folder).await;
    for name in ["frida", "amira"] {
        daemon.client().must_take(&case(&by_number(&number_of(&town, name)))).await;
    }
    at_rest(&daemon, &[]).await;
    let tasks = ledger.tasks().await;
    assert_eq!(tasks, ["protection_no_register"]);
    assert_eq!(unknown(&daemon), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_the_register_answers_no_more_for_is_called_back_at_once_and_told_anew_when_it_does() {
    let (town, grant) = (Town::new(today()), GrantKey::generate().unwrap());
    let fiks = Fiks::start(&town, Some(grant.public_der.clone())).await.unwrap();
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = town_folder(&town);
    register_source(&folder, REGISTER, &fiks.server().base_url(), &grant);
    http_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"], &receiver);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let frida = number_of(&town, "frida");
    daemon.client().must_take(&case(&by_number(&frida))).await;
    let told = |word: &str| receiver.events().iter().filter(|e| e.kind.contains(word)).count();
    wait_until("helsestasjonen is told", async || told("assignment") == 1).await;
    let words = async || -> Vec<Value> {
        ledger.of_type(&frida, REGISTER, "address_protection").await.iter().map(|f| f.body["value"].clone()).collect()
    };
    let asked = || fiks.server().captured().count();

    // Half a list of one is nobody.
    fiks.server().faults().set(FaultPlan { half_list: HalfList::Silent, ..FaultPlan::default() });
    wait_until("what may not be known now is called back", async || told("retracted") == 1).await;
    wait_until("a person is told of the child", async || unknown(&daemon) == 1).await;
    let before = asked();
    wait_until("the register is asked again", async || asked() > before + 1).await;
    assert_eq!(words().await, ["none", "unknown"], "once, and not at every poll");

    fiks.server().faults().set(FaultPlan::default());
    wait_until("it is told anew when the register answers", async || told("assignment") == 2).await;
    assert_eq!(words().await, ["none", "unknown", "none"]);
    assert_eq!((told("retracted"), unknown(&daemon)), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_nobody_can_reach_is_no_contact_though_there_is_nobody_to_ask_about() {
    let (town, grant) = (Town::new(today()), GrantKey::generate().unwrap());
    let fiks = Fiks::start(&town, Some(grant.public_der.clone())).await.unwrap();
    fiks.server().faults().set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    let folder = town_folder(&town);
    register_source(&folder, REGISTER, &fiks.server().base_url(), &grant);
    let daemon = Daemon::start(folder).await;
    wait_until("it is tried", async || !daemon.folder.last_error_of(REGISTER).is_empty()).await;
    let contact = || daemon.folder.status()["systems"][0]["last_contact"].clone();
    assert_eq!(contact(), Value::Null);
    fiks.server().faults().set(FaultPlan::default());
    wait_until("it is reached", async || contact() != Value::Null).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_register_is_silent_whoever_looks_sees_what_sending_does() {
    let (town, grant) = (Town::new(today()), GrantKey::generate().unwrap());
    let fiks = Fiks::start(&town, Some(grant.public_der.clone())).await.unwrap();
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = town_folder(&town);
    register_source(&folder, REGISTER, &fiks.server().base_url(), &grant);
    http_recipient(&folder, "skolen", "skole_kommunal", &["nes-skole"], &receiver);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let frida = number_of(&town, "frida");
    let child = by_number(&frida);
    let serves = |s: &str, k: &str| said(&child, 90, "service_started", &json!({"service": s, "kind": k}));
    let mut facts = agreed_on(&child, &["nes-skole", "helsestasjon"]);
    facts.extend([serves("nes-skole", "skole_kommunal"), serves("helsestasjon", "helsestasjon")]);
    daemon.client().must_take(&facts).await;
    wait_until("the school is told", async || receiver.counts().effects == 1).await;
    let id = ledger.child(&frida).await.unwrap().to_string();
    let look = |words: &[&str]| daemon.folder.cli_text(&[words, &["--child", &id]].concat());
    let explained =
        || look(&["policy", "explain", "--recipient", "skolen", "--category", "holder_service", "--unmask"]);
    let name = town.services().into_iter().find(|s| s.id == "nes-skole").unwrap().name;
    assert!(look(&["duty", "show"]).contains(name) && look(&["audit", "report"]).contains(name));
    let open = explained();
    assert!(!open.contains("strengt fortrolig adresse"), "{open}");

    fiks.server().faults().set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    wait_until("the register is silent", async || !daemon.folder.last_error_of(REGISTER).is_empty()).await;
    let long_ago = Instant::from_second(Instant::now().as_second() - 20 * 86_400).unwrap();
    ledger.contact_was(REGISTER, long_ago).await;
    for text in [look(&["duty", "show"]), look(&["audit", "report"])] {
        assert!(!text.contains(name) && !text.contains("nes-skole"), "{text}");
    }
    let shut = explained();
    assert!(shut.contains("strengt fortrolig adresse") && shut != open, "{shut}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_told_once_of_a_dated_correction_of_the_law_that_lets_more_be_told() {
    let folder = town_folder(&Town::new(today()));
    let row =
        "\n[[recipient_kind_change]]\nkind = \"skole_privat\"\nfrom = \"2027-01-01\"\npublic = true\nwhy = \"lov\"\n";
    folder.write("laws.toml", &(include_str!("../../config/laws.toml").to_owned() + row));
    let mut daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    daemon.terminate().await;
    daemon.restart().await;
    let told = ledger.audited("law_widened").await;
    assert_eq!(told.len(), 1, "not again at the next start");
    let row = "`[[recipient_kind_change]]` of `skole_privat` from 2027-01-01 lets more be told (public = true): lov";
    assert_eq!(told[0].detail, json!({"row": row}));
}
