//! Who a record is about: numbers that change, and numbers that are two children's.

use axum::routing::post;
use axum::{Json, Router};
use samhold_model::dates::add_days;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::numbers::synthetic_number;
use samhold_standins::{Server, Town};
use serde_json::{Value, json};

use crate::common::{Daemon, children, today, wait_until};
use crate::ledger::Ledger;
use crate::town::{by_number, number_of, push_source, pushed, register_source, said, town_folder};

/// A D-number from the samples of synthetic numbers, and the fødselsnummer that replaced it.
const D_NUMBER: &str = "70831760174";
const NEW_NUMBER: &str = "05922165523";

/// A register that knows one person, under the new number, with the former one beside it.
async fn register() -> Server {
    let person = json!([{"identifikasjonsnummer": {"foedselsEllerDNummer": NEW_NUMBER, "identifikatortype": "foedselsnummer"},
        "tidligereIdentifikasjonsnummer": {"foedselsEllerDNummer": D_NUMBER, "identifikatortype": "dNummer"},
        "foedselsdato": "2017-03-30", "personstatus": "bosatt", "adressebeskyttelse": "ugradert"}]);
    let token = json!({"access_token": "t", "token_type": "Bearer", "expires_in": 100, "scope": "ks:fiks"});
    let answer = |value: Value| post(move || async move { Json(value) });
    Server::start(|_, _| {
        Router::new()
            .route("/token", answer(token))
            .route("/folkeregister/api/v1/oppvekst/{org}/{role}", answer(person))
            .route("/folkeregister/api/v1/hendelser/liste", answer(json!({"fnr": []})))
    })
    .await
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_whose_d_number_becomes_a_foedselsnummer_stays_the_same_child() {
    let (register, grant) = (register().await, GrantKey::generate().unwrap());
    let folder = town_folder(&Town::new(today()));
    register_source(&folder, "folkeregister", &register.base_url(), &grant);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let serves = |number: &str, service: &str, kind: &str| {
        said(&by_number(number), 90, "service_started", &json!({"service": service, "kind": kind}))
    };
    daemon.client().must_take(&[serves(D_NUMBER, "nes-skole", "skole_kommunal")]).await;
    let before = ledger.child(D_NUMBER).await.unwrap();
    wait_until("the new number is known", async || ledger.child(NEW_NUMBER).await.is_some()).await;
    assert_eq!(ledger.child(NEW_NUMBER).await, Some(before));
    // What is said under the new number is about the same child.
    daemon.client().must_take(&[serves(NEW_NUMBER, "ppt", "ppt_kommunal")]).await;
    assert_eq!(ledger.of_type(D_NUMBER, "kommunen", "service_started").await.len(), 2);
    assert_eq!(daemon.folder.status()["backlog"]["children"], 1);
    assert!(ledger.tasks().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_with_the_numbers_of_two_children_is_a_task_for_a_person_and_merges_nobody() {
    let town = Town::new(today());
    let folder = town_folder(&town);
    push_source(&folder, "barnevern-fagsystem", "barnevern", "ssb-barnevern-4");
    let daemon = Daemon::start(folder).await;
    let (client, ledger) = (daemon.client_as("barnevern-fagsystem"), Ledger::of(&daemon.folder).await);
    let (oskar, other) = (number_of(&town, "oskar"), children(1).remove(0).number);
    let serves = |number: &str| {
        said(&by_number(number), 90, "service_started", &json!({"service": "nes-skole", "kind": "skole_kommunal"}))
    };
    daemon.client().must_take(&[serves(&oskar), serves(&other)]).await;
    let case = town.day(1).documents.into_iter().find(|d| d.system == "barnevern-ssb").unwrap();
    let text = String::from_utf8(case.body).unwrap();
    let line = text.lines().find(|l| l.contains("<Personalia")).unwrap();
    let second = line.replace(&oskar, &other).replace("Personalia Id=\"", "Personalia Id=\"b");
    let both = text.replace(line, &format!("{line}\n{second}"));

    let ended = pushed(&client, "barnevern-fagsystem", "application/xml", both).await;
    assert_eq!(
        (ended["status"].as_str(), ended["code"].as_str()),
        (Some("DEAD_LETTER"), Some("identity_conflict")),
        "{ended}"
    );
    let (a, b) = (ledger.child(&oskar).await.unwrap(), ledger.child(&other).await.unwrap());
    assert_ne!(a, b, "never merged");
    assert_eq!((ledger.facts(&oskar).await.len(), ledger.facts(&other).await.len()), (1, 1));
    assert_eq!(ledger.tasks().await, ["possible_same_child"]);
    let list = daemon.client().get("/api/v1/worklist").await.unwrap();
    let named = list.json["tasks"][0]["children"].to_string();
    assert!(named.contains(&a.to_string()) && named.contains(&b.to_string()), "{}", list.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expected_child_and_a_registered_one_are_asked_about_and_become_one_only_when_a_person_says_so() {
    let daemon = Daemon::start(town_folder(&Town::new(today()))).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let mother = synthetic_number(add_days(today(), -12_000), 100);
    let born = add_days(today(), -3);
    let unborn = json!({"unborn": {"mother": mother, "due_date": today().to_string()}});
    let number = synthetic_number(born, 600);
    let serves =
        |child: &Value| said(child, 2, "service_started", &json!({"service": "helsestasjon", "kind": "helsestasjon"}));
    let guardian = |child: &Value, days| said(child, days, "guardians_changed", &json!({"guardians": [mother]}));
    daemon.client().must_take(&[guardian(&unborn, 60), serves(&unborn)]).await;
    let registered = by_number(&number);
    let birth = said(&registered, 3, "birth_date", &json!({"date": born.to_string()}));
    daemon.client().must_take(&[birth, guardian(&registered, 3)]).await;
    wait_until("a person is asked", async || ledger.tasks().await == ["unborn_may_be_born"]).await;
    assert_eq!(daemon.folder.status()["backlog"]["children"], 2, "two until somebody says otherwise");
}
