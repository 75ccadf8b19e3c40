//! A FHIR server that is kept informed: one CareTeam for each child, written with `If-Match`, others' parts kept.

use samhold_model::dates::add_days;
use samhold_standins::wire::CapturedRequest;
use samhold_standins::{HealthRecord, Town};
use serde_json::{Value, json};

use crate::common::{Child, Daemon, Folder, today, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, child};
use crate::town::fhir_recipient;

const OURS: &str = "https://fjellvik.example/samhold/barn";

fn team(hospital: &HealthRecord, subject: &str) -> Option<Value> {
    let of = |team: &Value| {
        team["identifier"].as_array().into_iter().flatten().any(|i| i["system"] == OURS && i["value"] == subject)
    };
    hospital.resources("CareTeam").into_iter().find(of)
}

fn participants(team: &Value) -> Vec<String> {
    let all = team["participant"].as_array().cloned().unwrap_or_default();
    all.iter()
        .filter(|p| p["period"]["end"].is_null())
        .map(|p| p["member"]["display"].as_str().unwrap_or_default().to_owned())
        .collect()
}

async fn told(child: &Child) -> (HealthRecord, Daemon, String) {
    let hospital = HealthRecord::start(&Town::new(add_days(today(), -1))).await.unwrap();
    let folder = Folder::sqlite();
    fhir_recipient(&folder, "sykehuset", "spesialisthelse", &["helsestasjon"], &hospital);
    let daemon = Daemon::start(folder).await;
    daemon.client().must_take(&agreed(child)).await;
    let ledger = Ledger::of(&daemon.folder).await;
    wait_until("the child is known", async || ledger.child(&child.number).await.is_some()).await;
    let subject = ledger.child(&child.number).await.unwrap().to_string();
    wait_until("the team is there", async || team(&hospital, &subject).is_some()).await;
    (hospital, daemon, subject)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_made_once_and_changed_with_if_match_though_another_writer_comes_first() {
    let child = child(0);
    let (hospital, daemon, subject) = told(&child).await;
    let first = team(&hospital, &subject).unwrap();
    assert_eq!(
        (first["status"].as_str(), first["subject"]["identifier"]["value"].as_str()),
        (Some("active"), Some(child.number.as_str()))
    );
    assert_eq!(participants(&first), ["Lia skole"]);

    let mut theirs = first.clone();
    theirs["participant"]
        .as_array_mut()
        .unwrap()
        .push(json!({"member": {"display": "Overlege Vik"}, "role": [{"text": "Lege"}]}));
    hospital.put(theirs);
    hospital.interfere_with_next_updates(1);
    daemon.client().must_take(&[child.agreement(1)]).await;
    wait_until("the team is changed", async || {
        participants(&team(&hospital, &subject).unwrap()).contains(&"Fjellvik helsestasjon".to_owned())
    })
    .await;
    let mut now = participants(&team(&hospital, &subject).unwrap());
    now.sort();
    assert_eq!(now, ["Fjellvik helsestasjon", "Overlege Vik"], "ours is replaced, theirs is kept");

    let requests = hospital.server().captured().all();
    let writes: Vec<&CapturedRequest> = requests
        .iter()
        .filter(|r| {
            ["PUT", "POST"].contains(&r.method.as_str())
                && r.uri.path().contains("CareTeam")
                && !r.uri.path().contains("_search")
        })
        .collect();
    let (made, changed): (Vec<_>, Vec<_>) = writes.into_iter().partition(|r| r.method == "POST");
    assert_eq!(made.len(), 1);
    assert!(made[0].header("if-none-exist").contains(&subject), "made only if it is not there");
    assert!(changed.len() >= 2 && changed.iter().all(|r| r.header("if-match").starts_with("W/\"")), "never blind");
    let heads = String::from_utf8_lossy(&hospital.server().captured().head_bytes()).into_owned();
    assert!(!heads.contains(&child.number), "no number in an address or header");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_no_longer_know_finds_our_participants_ended() {
    let child = child(0);
    let (hospital, daemon, subject) = told(&child).await;
    daemon.client().must_take(&[child.fact(0, "address_protection", &json!({"value": "strengt_fortrolig"}))]).await;
    wait_until("ours are ended", async || participants(&team(&hospital, &subject).unwrap()).is_empty()).await;
    wait_until("nothing is queued", async || daemon.folder.status()["backlog"]["recipients"][0][1] == 0).await;
    assert!(daemon.folder.dead_letters().is_empty());
}
