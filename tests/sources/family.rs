//! Families: an expected child who is born, two registrations of one child, siblings, and a parent's own koordinator. A person
//! says who is who; the program only asks.

use samhold_model::dates::add_days;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::numbers::synthetic_number;
use samhold_standins::{Fiks, Receiver, Town};
use serde_json::{Value, json};

use crate::common::{Answer, Daemon, SECRET, children, http_recipient, today, wait_until};
use crate::ledger::Ledger;
use crate::town::{by_number, number_of, push_source, pushed, register_source, said, town_folder};

/// Ylva, expected the day after tomorrow and born today, with a barnekoordinator since before the birth.
struct Birth {
    daemon: Daemon,
    ledger: Ledger,
    receiver: Receiver,
    register: Fiks,
    unborn: Value,
    number: String,
}

async fn birth() -> Birth {
    let town = Town::new(add_days(today(), -1));
    let grant = GrantKey::generate().unwrap();
    let register = Fiks::start(&town, Some(grant.public_der.clone())).await.unwrap();
    register.set_day(2);
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = town_folder(&town);
    register_source(&folder, "folkeregister", &register.server().base_url(), &grant);
    http_recipient(&folder, "helsestasjonen", "helsestasjon", &["helsestasjon"], &receiver);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let ylva = town.child("ylva").unwrap();
    let parents: Vec<String> = ylva.guardians.iter().map(|g| g.national_id.clone()).collect();
    let unborn = json!({"unborn": {"mother": parents[0], "due_date": ylva.due_date.unwrap().to_string()}});
    let number = number_of(&town, "ylva");
    daemon.client().must_take(&before_birth(&unborn, &parents)).await;
    daemon.client().must_take(&[served(&by_number(&number), 0)]).await;
    Birth { daemon, ledger, receiver, register, unborn, number }
}

fn served(child: &Value, days: i64) -> Value {
    said(child, days, "service_started", &json!({"service": "helsestasjon", "kind": "helsestasjon"}))
}

fn before_birth(unborn: &Value, parents: &[String]) -> Vec<Value> {
    let appointed = json!({"person": "kari-moen", "service": "helsestasjon", "by": "koordinerende_enhet"});
    let contact = json!({"person": "kari-moen", "name": "Kari Moen", "unit": "Fjellvik helsestasjon"});
    let mut facts = vec![
        said(unborn, 60, "guardians_changed", &json!({"guardians": parents})),
        said(unborn, 60, "address_protection", &json!({"value": "none"})),
        served(unborn, 60),
        said(unborn, 50, "service_started", &json!({"service": "ergo-fysio", "kind": "kommunal_helse"})),
        said(unborn, 45, "cooperation_needed", &json!({"participants": ["helsestasjon", "ergo-fysio"]})),
        said(unborn, 35, "bk_appointed", &appointed),
        said(unborn, 35, "worker_contact", &contact),
    ];
    facts.extend(parents.iter().map(|p| said(unborn, 40, "bk_wish", &json!({"by": p, "wish": "yes"}))));
    facts
}

async fn only_task(daemon: &Daemon, ledger: &Ledger, kind: &str) -> Value {
    wait_until("a person is asked", async || ledger.tasks().await == [kind]).await;
    daemon.client().get("/api/v1/worklist").await.unwrap().json["tasks"][0].clone()
}

async fn answer(daemon: &Daemon, task: &Value, word: &str) -> Answer {
    let path = format!("/api/v1/tasks/{}", task["id"].as_str().unwrap());
    daemon.client().post(&path, &json!({"answer": word})).await.unwrap()
}

fn code(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.json["code"].as_str().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_born_child_has_the_barnekoordinator_of_before_the_birth_once_a_person_says_it_is_the_expected_one() {
    let Birth { daemon, ledger, receiver, register: _running, unborn, number } = birth().await;
    let task = only_task(&daemon, &ledger, "unborn_may_be_born").await;
    let born = ledger.child(&number).await.unwrap();
    let expected = task["children"].as_array().unwrap().iter().find(|c| **c != json!(born)).unwrap().clone();
    let of = |subject: &Value| receiver.latest_by_subject().get(subject.as_str().unwrap()).cloned();
    wait_until("of the expected child it is told", async || of(&expected).is_some()).await;
    assert!(of(&json!(born)).is_none(), "nobody coordinates for a newborn nobody knows");

    let taken = answer(&daemon, &task, "same_child").await;
    assert_eq!((taken.status, taken.json["status"].as_str()), (200, Some("ANSWERED")), "{}", taken.text);
    let now = ledger.until_held(&daemon, &number, "held", "kari-moen").await;
    assert_eq!(now["barnekoordinator"]["state"], "appointed", "{now}");
    assert!(!now["alerts"].to_string().contains("BK_DUPLICATE"), "{now}");
    assert_eq!(ledger.of_type(&number, "kommunen", "born").await[0].at, today());
    wait_until("it is told of the born child", async || of(&json!(born)).is_some()).await;
    let told = of(&json!(born)).unwrap();
    assert_eq!(told.data["child"]["national_id"], number, "{}", told.data);
    assert!(told.data.to_string().contains("Kari Moen"), "{}", told.data);
    wait_until("and no longer of the expected one", async || {
        of(&expected).is_some_and(|e| !e.kind.contains("assignment"))
    })
    .await;
    assert_eq!(receiver.latest_by_subject().len(), 2, "nothing is doubled");
    assert!(ledger.tasks().await.is_empty());
    // Whoever still calls it by what it was called before birth speaks of the same child.
    daemon
        .client()
        .must_take(&[said(&unborn, 0, "cooperation_needed", &json!({"participants": ["helsestasjon"]}))])
        .await;
    assert_eq!(ledger.of_type(&number, "kommunen", "cooperation_needed").await.len(), 2);
    let shown = daemon.folder.cli_text(&["duty", "show", "--child", expected.as_str().unwrap()]);
    assert!(shown.contains(&format!("er samme barn som {born}")), "{shown}");
    let report = daemon.folder.cli_text(&["audit", "report", "--child", &born.to_string()]);
    assert!(report.contains("to registreringer gjelder samme barn"), "{report}");
    assert!(!report.contains(&number) && !shown.contains(&number), "opaque ids alone");

    // A person may err: the word is taken back, and each has its own again.
    assert_eq!(code(&answer(&daemon, &task, "same_child").await), (409, "task_closed"));
    assert_eq!(answer(&daemon, &task, "not_same").await.status, 200);
    ledger.until_held(&daemon, &number, "none_needed", "").await;
    wait_until("the expected child is told of again", async || {
        of(&expected).is_some_and(|e| e.kind.contains("assignment"))
            && of(&json!(born)).is_some_and(|e| !e.kind.contains("assignment"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_children_that_a_person_told_apart_live_apart_and_are_never_asked_about_again() {
    let Birth { daemon, ledger, receiver: _running, register: _too, number, unborn } = birth().await;
    let task = only_task(&daemon, &ledger, "unborn_may_be_born").await;
    assert_eq!(code(&answer(&daemon, &task, "done").await), (422, "answer_does_not_fit"));
    assert_eq!(code(&answer(&daemon, &task, "kanskje").await), (400, "invalid_answer"));
    let nobody = json!({"id": uuid::Uuid::new_v4()});
    assert_eq!(code(&answer(&daemon, &nobody, "not_same").await), (404, "unknown_task"));
    let stranger = daemon.client_as("helsestasjonen").post("/api/v1/tasks/x", &json!({"answer": "not_same"})).await;
    assert_eq!(stranger.unwrap().status, 401);

    assert_eq!(answer(&daemon, &task, "not_same").await.status, 200);
    assert!(ledger.tasks().await.is_empty());
    let mother = &unborn["unborn"]["mother"];
    let again = said(&by_number(&number), 0, "guardians_changed", &json!({"guardians": [mother]}));
    daemon.client().must_take(&[again]).await;
    let both = json!({"national_id": number, "unborn": unborn["unborn"]});
    let insisted = daemon.client().post_facts(&[served(&both, 1)]).await.unwrap();
    assert!(insisted.text.contains("identity_conflict"), "{}", insisted.text);
    assert!(ledger.tasks().await.is_empty(), "{:?}", ledger.tasks().await);
    ledger.until_held(&daemon, &number, "none_needed", "").await;
    let audit = daemon.folder.cli_text(&["audit", "verify"]);
    assert!(audit.contains("the audit chain holds"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_registered_twice_becomes_one_by_the_command_and_the_record_that_was_refused_is_taken() {
    let town = Town::new(today());
    let folder = town_folder(&town);
    push_source(&folder, "barnevern-fagsystem", "barnevern", "ssb-barnevern-4");
    let daemon = Daemon::start(folder).await;
    let (client, ledger) = (daemon.client_as("barnevern-fagsystem"), Ledger::of(&daemon.folder).await);
    let (oskar, other) = (number_of(&town, "oskar"), children(1).remove(0).number);
    let serves = |number: &str, s: &str| {
        said(&by_number(number), 90, "service_started", &json!({"service": s, "kind": "skole_kommunal"}))
    };
    daemon.client().must_take(&[serves(&oskar, "nes-skole"), serves(&other, "lia-skole")]).await;
    let case = town.day(1).documents.into_iter().find(|d| d.system == "barnevern-ssb").unwrap();
    let text = String::from_utf8(case.body).unwrap();
    let line = text.lines().find(|l| l.contains("<Personalia")).unwrap();
    let second = line.replace(&oskar, &other).replace("Personalia Id=\"", "Personalia Id=\"b");
    let both = text.replace(line, &format!("{line}\n{second}"));
    assert_eq!(pushed(&client, "barnevern-fagsystem", "application/xml", both).await["code"], "identity_conflict");

    let listed = daemon.folder.cli_text(&["tasks", "list", "--json"]);
    let task: Value = serde_json::from_str(listed.lines().next().unwrap()).unwrap();
    let id = task["id"].as_str().unwrap();
    let shown = daemon.folder.cli_text(&["tasks", "show", id]);
    assert!(shown.contains(&format!("samhold tasks answer {id} same_child")), "{shown}");
    assert!(!listed.contains(&oskar) && !shown.contains(&other), "no number");
    daemon.folder.cli_text(&["tasks", "answer", id, "same_child"]);
    assert_eq!(daemon.folder.cli(&["tasks", "answer", id, "same_child"]).status.code(), Some(1), "closed");
    assert_eq!(daemon.folder.cli(&["tasks", "answer", id, "done"]).status.code(), Some(1), "does not fit");

    daemon.folder.cli_text(&["dead-letters", "replay", "--all"]);
    wait_until("the record is taken", async || {
        let own = [ledger.facts(&oskar).await, ledger.facts(&other).await].concat();
        own.iter().any(|f| f.source.as_str() == "barnevern-fagsystem")
    })
    .await;
    let whole = [ledger.facts(&oskar).await, ledger.facts(&other).await];
    assert!(whole.iter().any(Vec::is_empty), "one of them has nothing of its own any more");
    let schools = whole.iter().flatten().filter(|f| f.source.as_str() == "kommunen").count();
    assert_eq!(schools, 2, "and the other has both schools");
    assert!(daemon.folder.dead_letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appointment_covers_the_siblings_it_names_and_a_parents_own_koordinator_is_nobodys_of_them() {
    let daemon = Daemon::start(town_folder(&Town::new(today()))).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let siblings = children(3);
    let mother = synthetic_number(add_days(today(), -12_000), 100);
    let mut facts = Vec::new();
    for child in &siblings {
        facts.extend(child.opening());
        facts.push(child.fact(190, "guardians_changed", &json!({"guardians": [mother]})));
        facts.push(child.fact(100, "bk_wish", &json!({"by": mother, "wish": "yes"})));
    }
    let covers: Vec<Value> = siblings[..2].iter().map(|c| by_number(&c.number)).collect();
    let appointed =
        json!({"person": "kari-moen", "service": "helsestasjon", "by": "koordinerende_enhet", "covers": covers});
    facts.push(siblings[0].fact(90, "bk_appointed", &appointed));
    // A parent with needs of her own: hol 7-2, another right of another person.
    let own = json!({"person": "ola-nes", "service": "ergo-fysio"});
    facts.push(said(&by_number(&mother), 80, "koordinator_appointed", &own));
    daemon.client().must_take(&facts).await;
    for child in &siblings[..2] {
        let answer = ledger.until_held(&daemon, &child.number, "held", "kari-moen").await;
        assert_eq!(answer["koordinator"]["state"], "none", "{answer}");
    }
    let third = ledger.until_held(&daemon, &siblings[2].number, "held_by_default", "").await;
    assert_eq!((&third["barnekoordinator"]["person"], &third["koordinator"]["state"]), (&json!(null), &json!("none")));
    let of_mother = ledger.child(&mother).await.unwrap();
    for child in &siblings {
        assert_ne!(ledger.child(&child.number).await.unwrap(), of_mother);
        assert!(ledger.of_type(&child.number, "kommunen", "koordinator_appointed").await.is_empty());
    }
    assert_eq!(ledger.answer(&daemon, &mother).await["koordinator"]["person"], "ola-nes");
    assert!(ledger.tasks().await.is_empty(), "siblings are never taken for one child");
}
