//! A FHIR R4 health record over REST.

use samhold_model::dates::add_days;
use samhold_standins::{HealthRecord, Town};
use serde_json::json;

use crate::common::{Daemon, today};
use crate::ledger::Ledger;
use crate::town::{agreed_on, by_number, fhir_source, number_of, said, town_folder};

const SYSTEM: &str = "helsejournal";

async fn house(town: &Town) -> (HealthRecord, Daemon, Ledger) {
    let record = HealthRecord::start(town).await.unwrap();
    let mut folder = town_folder(town);
    fhir_source(&mut folder, SYSTEM, &record, town);
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    (record, daemon, ledger)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_tells_episodes_a_plan_its_coordinator_and_consent() {
    let town = Town::new(today());
    let (_record, daemon, ledger) = house(&town).await;
    let frida = number_of(&town, "frida");
    let mut services: Vec<String> = ledger
        .until(&frida, SYSTEM, "service_started", 2)
        .await
        .iter()
        .map(|f| format!("{} {} {}", f.body["service"].as_str().unwrap(), f.body["kind"].as_str().unwrap(), f.at))
        .collect();
    services.sort();
    let from = |days| add_days(town.start(), days);
    assert_eq!(
        services,
        [format!("ergo-fysio kommunal_helse {}", from(-110)), format!("helsestasjon helsestasjon {}", from(-900))]
    );

    let coordinator = ledger.until(&frida, SYSTEM, "koordinator_appointed", 1).await.remove(0);
    assert_eq!((coordinator.at, &coordinator.body["service"]), (from(-90), &json!("ergo-fysio")));
    assert_eq!(ledger.until(&frida, SYSTEM, "ip_started", 1).await[0].at, from(-55));
    let consents = ledger.until(&frida, SYSTEM, "consent", 2).await;
    assert!(consents.iter().all(|c| c.body["by"].as_str().unwrap().starts_with("person:")), "{consents:?}");
    assert!(daemon.folder.dead_letters().is_empty(), "{:?}", daemon.folder.dead_letters());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_barnekoordinator_by_the_records_own_code_holds_once_all_conditions_are_met() {
    let town = Town::new(today());
    let (_record, daemon, ledger) = house(&town).await;
    let (tiril, from) = (number_of(&town, "tiril"), |days| add_days(town.start(), days));
    let appointed = ledger.until(&tiril, SYSTEM, "bk_appointed", 1).await.remove(0);
    assert_eq!(
        (appointed.at, &appointed.body["by"]),
        (from(-230), &json!("koordinerende_enhet")),
        "{}",
        appointed.body
    );
    let person = appointed.body["person"].as_str().unwrap().to_owned();
    let child = by_number(&tiril);
    let guardians: Vec<String> = town.child("tiril").unwrap().guardians.iter().map(|g| g.national_id.clone()).collect();
    let mut facts = agreed_on(&child, &["helsestasjon", "ergo-fysio"]);
    facts.push(said(
        &child,
        300,
        "birth_date",
        &json!({"date": town.child("tiril").unwrap().birth_date.unwrap().to_string()}),
    ));
    facts.push(said(&child, 300, "guardians_changed", &json!({"guardians": guardians})));
    facts.push(said(&child, 250, "bk_conditions_assessed", &json!({"met": true, "by": "koordinerende_enhet"})));
    facts.extend(guardians.iter().map(|g| said(&child, 240, "bk_wish", &json!({"by": g, "wish": "yes"}))));
    daemon.client().must_take(&facts).await;
    let answer = ledger.until_held(&daemon, &tiril, "held", &person).await;
    assert_eq!(
        (&answer["samordning"]["basis"], &answer["samordning"]["holder"]["kind"]),
        (&json!("hol-7-2a"), &json!("barnekoordinator"))
    );
    assert!(daemon.folder.dead_letters().is_empty(), "{:?}", daemon.folder.dead_letters());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_episode_that_is_finished_ends_the_service_and_a_resource_entered_in_error_never_was() {
    let town = Town::new(add_days(today(), -2));
    let (record, daemon, ledger) = house(&town).await;
    let (amira, frida) = (number_of(&town, "amira"), number_of(&town, "frida"));
    ledger.until(&amira, SYSTEM, "service_started", 2).await;
    let plan = ledger.until(&frida, SYSTEM, "ip_started", 1).await.remove(0);
    record.set_day(3);
    let ended = ledger.until(&amira, SYSTEM, "service_ended", 2).await;
    assert!(ended.iter().all(|f| f.at == town.date(3)), "{ended:?}");

    let mut wrong = record.resources("CarePlan").remove(0);
    wrong["status"] = json!("entered-in-error");
    record.put(wrong);
    crate::common::wait_until("the plan is void", async || ledger.is_void(&frida, &plan).await).await;
    assert!(daemon.folder.dead_letters().is_empty());
}
