//! OneRoster 1.2 over REST.

use samhold_model::dates::add_days;
use samhold_standins::school::Withdrawal;
use samhold_standins::{School, Town};
use serde_json::json;

use crate::common::{Daemon, oneroster, today, wait_until};
use crate::ledger::Ledger;
use crate::town::{agreed_on, by_number, number_of, said, town_folder};

const SYSTEM: &str = "skolesystem";

async fn house(town: &Town) -> (School, Daemon, Ledger) {
    let school = School::start(town).await.unwrap();
    let folder = town_folder(town);
    oneroster(&folder, SYSTEM, &school.server().base_url());
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    (school, daemon, ledger)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pupil_is_served_by_the_school_that_the_school_system_names_and_that_school_can_hold_the_duty() {
    let town = Town::new(today());
    let (_school, daemon, ledger) = house(&town).await;
    let frida = number_of(&town, "frida");
    let started = ledger.until(&frida, SYSTEM, "service_started", 1).await.remove(0);
    assert_eq!(started.at, add_days(today(), -100));
    assert_eq!((&started.body["service"], &started.body["kind"]), (&json!("nes-skole"), &json!("skole_kommunal")));
    // Teachers and guardians stand in the same list and are nobody's children here.
    assert_eq!(daemon.folder.status()["backlog"]["children"], 8, "the town's eight pupils of day 1");

    let child = by_number(&frida);
    let mut facts = agreed_on(&child, &["nes-skole", "ergo-fysio"]);
    facts.push(said(&child, 60, "service_started", &json!({"service": "ergo-fysio", "kind": "kommunal_helse"})));
    daemon.client().must_take(&facts).await;
    let answer = ledger.until_held(&daemon, &frida, "held", "nes-skole").await;
    assert_eq!(answer["samordning"]["basis"], "agreement", "{answer}");
    // The reasoning names the fact that the school system gave.
    assert!(answer["steps"].to_string().contains(&started.id.to_string()), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pupil_who_leaves_the_school_system_ends_the_service_and_the_school_holds_no_longer() {
    let town = Town::new(today());
    let (school, daemon, ledger) = house(&town).await;
    for (key, how) in [("frida", Withdrawal::Vanished), ("oskar", Withdrawal::ToBeDeleted)] {
        let number = number_of(&town, key);
        ledger.until(&number, SYSTEM, "service_started", 1).await;
        let child = by_number(&number);
        let mut facts = agreed_on(&child, &["nes-skole", "ergo-fysio"]);
        facts.push(said(&child, 60, "service_started", &json!({"service": "ergo-fysio", "kind": "kommunal_helse"})));
        daemon.client().must_take(&facts).await;
        ledger.until_held(&daemon, &number, "held", "nes-skole").await;
        school.withdraw(key, how);
        let ended = ledger.until(&number, SYSTEM, "service_ended", 1).await.remove(0);
        assert_eq!((ended.at, &ended.body["service"]), (today(), &json!("nes-skole")), "{key}");
        ledger.until_held(&daemon, &number, "held_by_default", "").await;
    }
    // Nobody else left.
    assert!(ledger.of_type(&number_of(&town, "tiril"), SYSTEM, "service_ended").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_pupil_comes_in_and_what_only_claims_to_have_changed_gives_nothing_new() {
    let town = Town::new(add_days(today(), -2));
    let (school, daemon, ledger) = house(&town).await;
    let (frida, mille) = (number_of(&town, "frida"), number_of(&town, "mille"));
    ledger.until(&frida, SYSTEM, "service_started", 1).await;
    assert!(ledger.of_type(&mille, SYSTEM, "service_started").await.is_empty());
    school.restamp("2026-11-20T03:00:00.000Z");
    school.set_day(3);
    let started = ledger.until(&mille, SYSTEM, "service_started", 1).await.remove(0);
    assert_eq!((started.at, &started.body["service"]), (today(), &json!("lia-skole")));
    wait_until("everything is mapped", async || daemon.folder.status()["backlog"]["inbox"] == json!([])).await;
    assert_eq!(ledger.facts(&frida).await.len(), 1);
    assert!(daemon.folder.dead_letters().is_empty());
}
