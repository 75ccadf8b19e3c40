//! Bufdir Henvisning XML, pushed: an individuell plan and its coordinator.

use samhold_model::dates::add_days;
use samhold_standins::Town;
use serde_json::json;

use crate::common::{Daemon, today, wait_until};
use crate::ledger::Ledger;
use crate::town::{by_number, number_of, push_source, pushed, said, town_folder};

const SYSTEM: &str = "barnevern-henvisning";

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_that_names_the_plans_coordinator_settles_who_holds_and_one_withdrawn_takes_it_back() {
    let town = Town::new(add_days(today(), -1));
    let folder = town_folder(&town);
    push_source(&folder, SYSTEM, "barnevern", "bufdir-henvisning-1.0");
    let daemon = Daemon::start(folder).await;
    let (client, ledger) = (daemon.client_as(SYSTEM), Ledger::of(&daemon.folder).await);
    let kasper = number_of(&town, "kasper");
    let child = by_number(&kasper);
    let serves =
        |service: &str, kind: &str| said(&child, 130, "service_started", &json!({"service": service, "kind": kind}));
    let mut facts = vec![
        serves("nes-skole", "skole_kommunal"),
        serves("barnevern", "barnevern"),
        said(&child, 120, "cooperation_needed", &json!({"participants": ["nes-skole", "barnevern"]})),
    ];
    let guardians: Vec<String> =
        town.child("kasper").unwrap().guardians.iter().map(|g| g.national_id.clone()).collect();
    facts.push(said(&child, 110, "guardians_changed", &json!({"guardians": guardians})));
    facts.extend(guardians.iter().map(|g| said(&child, 100, "ip_consent", &json!({"by": g, "value": "given"}))));
    daemon.client().must_take(&facts).await;
    ledger.until_held(&daemon, &kasper, "held_by_default", "").await;

    let referral = town.day(2).documents.into_iter().find(|d| d.system == "barnevern-bufdir").unwrap();
    assert_eq!(pushed(&client, SYSTEM, referral.content_type, referral.body.clone()).await["status"], "DONE");
    let appointed = ledger.until(&kasper, SYSTEM, "koordinator_appointed", 1).await.remove(0);
    assert_eq!(appointed.at, add_days(today(), -30));
    assert_eq!((&appointed.body["person"], &appointed.body["service"]), (&json!("Berit Ås"), &json!("barnevern")));
    let plan = ledger.until(&kasper, SYSTEM, "ip_started", 1).await.remove(0);
    assert_eq!(plan.at, appointed.at);
    let answer = ledger.until_held(&daemon, &kasper, "held", "barnevern").await;
    assert_eq!(
        (&answer["samordning"]["basis"], &answer["koordinator"]["person"]),
        (&json!("hol-7-2"), &json!("Berit Ås"))
    );

    let text = String::from_utf8(referral.body).unwrap();
    let withdrawn = "<m:OppfolgingAvMelding><m:Id>a0000000-0000-4000-8000-000000000009</m:Id>\
        <m:MeldingsForbindelse>Trukket</m:MeldingsForbindelse></m:OppfolgingAvMelding></m:Meldingshode>";
    let text = text.replacen("</m:Meldingshode>", withdrawn, 1);
    let ended = pushed(&client, SYSTEM, "application/xml", text).await;
    assert_eq!(ended["status"], "DONE", "{ended}");
    wait_until("what the referral said never was", async || ledger.is_void(&kasper, &appointed).await).await;
    ledger.until_held(&daemon, &kasper, "held_by_default", "").await;
}
