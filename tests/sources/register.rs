//! The population register and digisos through Fiks.

use samhold_model::dates::add_days;
use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{Fiks, Town};
use serde_json::json;

use crate::common::{Daemon, today, wait_until};
use crate::ledger::Ledger;
use crate::town::{agreed_on, by_number, digisos_source, number_of, register_source, said, town_folder};

const REGISTER: &str = "folkeregister";
const NAV: &str = "digisos";

async fn house(town: &Town) -> (Fiks, Daemon, Ledger) {
    let grant = GrantKey::generate().unwrap();
    let fiks = Fiks::start(town, Some(grant.public_der.clone())).await.unwrap();
    let folder = town_folder(town);
    register_source(&folder, REGISTER, &fiks.server().base_url(), &grant);
    digisos_source(&folder, NAV, &fiks.server().base_url(), &grant);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    (fiks, daemon, ledger)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_register_is_asked_about_children_of_the_municipality_alone_and_tells_birth_guardians_and_protection() {
    let town = Town::new(today());
    let (fiks, daemon, ledger) = house(&town).await;
    let (nora, frida) = (number_of(&town, "nora"), number_of(&town, "frida"));
    let serves = |number: &str| {
        said(&by_number(number), 90, "service_started", &json!({"service": "nes-skole", "kind": "skole_kommunal"}))
    };
    daemon.client().must_take(&[serves(&nora), serves(&frida)]).await;
    let born = ledger.until(&nora, REGISTER, "birth_date", 1).await.remove(0);
    assert_eq!(born.body["date"], town.child("nora").unwrap().birth_date.unwrap().to_string());
    let protection = |facts: Vec<samhold_store::StoredFact>| facts[0].body["value"].clone();
    assert_eq!(protection(ledger.until(&nora, REGISTER, "address_protection", 1).await), "strengt_fortrolig");
    assert_eq!(protection(ledger.until(&frida, REGISTER, "address_protection", 1).await), "none");
    let guardians = ledger.until(&frida, REGISTER, "guardians_changed", 1).await.remove(0);
    assert_eq!(guardians.body["guardians"].as_array().unwrap().len(), 2);
    // Nobody else was asked about, and the register's address stays there.
    let asked = String::from_utf8_lossy(&fiks.server().captured_bytes()).into_owned();
    assert!(!asked.contains(&number_of(&town, "oskar")));
    for fact in ledger.facts(&nora).await {
        assert!(!fact.body.to_string().to_lowercase().contains("vika"), "{}", fact.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_that_moves_away_ends_the_duty() {
    let town = Town::new(add_days(today(), -2));
    let (fiks, daemon, ledger) = house(&town).await;
    let amira = number_of(&town, "amira");
    let child = by_number(&amira);
    let serves = |s: &str, k: &str| said(&child, 90, "service_started", &json!({"service": s, "kind": k}));
    let mut facts = agreed_on(&child, &["helsestasjon", "ergo-fysio"]);
    facts.extend([serves("helsestasjon", "helsestasjon"), serves("ergo-fysio", "kommunal_helse")]);
    daemon.client().must_take(&facts).await;
    ledger.until_held(&daemon, &amira, "held", "helsestasjon").await;
    ledger.until(&amira, REGISTER, "birth_date", 1).await;
    fiks.set_day(3);
    let moved = ledger.until(&amira, REGISTER, "moved", 1).await.remove(0);
    assert_eq!((moved.at, &moved.body["to"]), (today(), &json!("9902")));
    let answer = ledger.until_held(&daemon, &amira, "ended", "").await;
    assert_eq!(answer["samordning"]["end_reason"], "moved_out", "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parent_known_only_to_nav_is_linked_when_the_register_tells_the_children() {
    let town = Town::new(today());
    let (_fiks, daemon, ledger) = house(&town).await;
    let (oskar, nora) = (number_of(&town, "oskar"), number_of(&town, "nora"));
    // The cases are in, and wait: nobody knows a child of the applicants.
    let mother = town.child("oskar").unwrap().guardians[0].national_id.clone();
    wait_until("NAV's case has been looked at", async || ledger.knows_person(&mother).await).await;
    assert!(ledger.child(&oskar).await.is_none());
    let serves = |number: &str| {
        said(&by_number(number), 90, "service_started", &json!({"service": "nes-skole", "kind": "skole_kommunal"}))
    };
    daemon.client().must_take(&[serves(&oskar), serves(&nora)]).await;
    let started = ledger.until(&oskar, NAV, "service_started", 1).await.remove(0);
    assert_eq!((started.at, &started.body["service"]), (add_days(town.start(), -20), &json!("nav")));
    assert_eq!(started.body["kind"], "nav_kommunal");
    ledger.until(&nora, REGISTER, "guardians_changed", 1).await;
    wait_until("nothing waits any more", async || daemon.folder.status()["backlog"]["inbox"] == json!([])).await;
    assert!(ledger.of_type(&nora, NAV, "service_started").await.is_empty(), "a case NAV keeps hidden gives nothing");
    assert!(daemon.folder.dead_letters().is_empty(), "{:?}", daemon.folder.dead_letters());
}
