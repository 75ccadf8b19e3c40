//! The recipient against the peer.

use std::time::Duration;

use samhold_adapter_api::{DeliveryOutcome, Outgoing, OutgoingKind, Recipient};
use serde_json::{Value, json};

use super::cleared::cleared;
use super::peer::Peer;
use crate::recipient::{FhirRecipient, Order};

const CHILD: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const OURS: &str = "https://kommune.example.no/barn";
const ROLES: &str = "https://kommune.example.no/rolle";

fn recipient(peer: &Peer, resource: &str) -> FhirRecipient {
    let settings = json!({"base": peer.with(|p| p.base.clone()), "resource": resource, "identifier_system": OURS, "role_system": ROLES});
    FhirRecipient::new("epj", &serde_json::from_value(settings).unwrap()).unwrap()
}

fn order<'a>(event: &'a str, kind: OutgoingKind, data: &'a Value) -> Order<'a> {
    Order { event, child: CHILD, kind, when: "2027-03-10T08:00:00Z", data }
}

fn coordinator(name: &str) -> Value {
    json!({"role": [{"coding": [{"system": ROLES, "code": "barnekoordinator"}]}], "member": {"display": name}, "period": {"start": "2027-03-01"}})
}

fn team(name: &str) -> Value {
    json!({"resourceType": "CareTeam", "status": "active", "participant": [coordinator(name)]})
}

/// A team of the peer's own, with things we do not know.
fn theirs() -> Value {
    json!({"identifier": [{"system": OURS, "value": CHILD}, {"system": "urn:lokal", "value": "7"}],
        "status": "active", "extension": [{"url": "urn:ukjent", "valueString": "x"}], "text": {"status": "generated", "div": "Kari"},
        "participant": [{"member": {"display": "Lege"}}, coordinator("Kari"), {"member": {"display": "Sykepleier"}}]})
}

async fn assign(peer: &Peer, event: &str, data: &Value) -> DeliveryOutcome {
    recipient(peer, data["resourceType"].as_str().unwrap()).apply(&order(event, OutgoingKind::Assignment, data)).await
}

#[tokio::test]
async fn a_child_without_a_team_gets_one_and_a_repeat_makes_no_new_version() {
    let peer = Peer::start().await;
    for _ in 0..2 {
        assert_eq!(assign(&peer, "e1", &team("Kari")).await, DeliveryOutcome::Delivered);
    }
    let made = peer.get("CareTeam/ny0");
    assert_eq!(made["meta"]["versionId"], "1");
    assert_eq!(made["meta"]["tag"], json!([{"system": "urn:samhold:event", "code": "e1"}]));
    assert_eq!(made["identifier"], json!([{"system": OURS, "value": CHILD}]));
    assert_eq!((peer.count("POST /r4/CareTeam?") + peer.count("PUT"), peer.with(|p| p.resources.len())), (0, 1));
    assert_eq!(assign(&peer, "e2", &team("Kari")).await, DeliveryOutcome::Delivered);
    assert_eq!(peer.get("CareTeam/ny0")["meta"]["versionId"], "1", "the same content is not written again");
}

#[tokio::test]
async fn only_our_participants_are_replaced_and_the_rest_stays() {
    let peer = Peer::start().await;
    peer.put("CareTeam/a", theirs());
    assert_eq!(assign(&peer, "e1", &team("Ola")).await, DeliveryOutcome::Delivered);
    let now = peer.get("CareTeam/a");
    let names: Vec<_> = now["participant"].as_array().unwrap().iter().map(|p| p["member"]["display"].clone()).collect();
    assert_eq!(names, ["Lege", "Ola", "Sykepleier"]);
    assert_eq!(now["extension"], theirs()["extension"]);
    assert_eq!(now["identifier"], theirs()["identifier"]);
    assert_eq!(now.get("text"), None, "a generated narrative would still say Kari");
}

#[tokio::test]
async fn a_change_by_others_in_between_is_merged_and_not_lost() {
    let peer = Peer::start().await;
    peer.put("CareTeam/a", theirs());
    let mut changed = theirs();
    changed["participant"].as_array_mut().unwrap().push(json!({"member": {"display": "Fysioterapeut"}}));
    peer.with(|p| p.races.push_back(("CareTeam/a".into(), changed)));
    assert_eq!(assign(&peer, "e1", &team("Ola")).await, DeliveryOutcome::Delivered);
    let text = peer.get("CareTeam/a").to_string();
    assert!(text.contains("Fysioterapeut") && text.contains("Ola") && !text.contains("Kari"));
    assert_eq!(peer.count("PUT"), 2);
}

#[tokio::test]
async fn after_three_changes_by_others_it_gives_way() {
    let peer = Peer::start().await;
    peer.put("CareTeam/a", theirs());
    for status in [412, 409, 412] {
        peer.with(|p| p.next_answers.push_back(("PUT", status)));
    }
    assert!(matches!(assign(&peer, "e1", &team("Ola")).await, DeliveryOutcome::Later { .. }));
    assert_eq!(peer.count("PUT"), 3);
    assert_eq!(peer.get("CareTeam/a")["meta"]["versionId"], "1");
    assert_eq!(assign(&peer, "e1", &team("Ola")).await, DeliveryOutcome::Delivered);
}

#[tokio::test]
async fn several_of_ours_are_refused_and_none_is_touched() {
    let peer = Peer::start().await;
    peer.put("CareTeam/a", theirs());
    peer.put("CareTeam/b", theirs());
    let told = assign(&peer, "e1", &team("Ola")).await;
    assert!(matches!(&told, DeliveryOutcome::Refused { code, .. } if code == "fhir_several"), "{told:?}");
    assert_eq!(peer.count("PUT"), 0);
}

#[tokio::test]
async fn a_retraction_ends_what_is_ours_and_nothing_else() {
    let peer = Peer::start().await;
    let retract = order("e9", OutgoingKind::Retracted, &Value::Null);
    assert_eq!(recipient(&peer, "CareTeam").apply(&retract).await, DeliveryOutcome::Delivered, "nothing there to end");
    peer.put("CareTeam/a", theirs());
    for _ in 0..2 {
        assert_eq!(recipient(&peer, "CareTeam").apply(&retract).await, DeliveryOutcome::Delivered);
    }
    let now = peer.get("CareTeam/a");
    assert_eq!(now["participant"][1]["period"], json!({"start": "2027-03-01", "end": "2027-03-10T08:00:00Z"}));
    assert_eq!(now["participant"][0], theirs()["participant"][0]);
    assert_eq!(now["meta"]["versionId"], "2", "a repeat changes nothing");
}

/// A team that we made, with how the coordinator is reached.
fn reached(name: &str, phone: &str) -> Value {
    let mut team = team(name);
    team["telecom"] = json!([{"system": "phone", "value": phone}]);
    team["note"] = json!([{"text": "Servicetorget"}]);
    team
}

#[tokio::test]
async fn a_new_coordinator_does_not_stand_with_the_telephone_of_the_old_one() {
    let peer = Peer::start().await;
    assert_eq!(assign(&peer, "e1", &reached("Kari", "+4799010000")).await, DeliveryOutcome::Delivered);
    let mut theirs = peer.get("CareTeam/ny0");
    theirs["telecom"].as_array_mut().unwrap().push(json!({"system": "phone", "value": "+4799019999"}));
    peer.put("CareTeam/ny0", theirs);
    assert_eq!(assign(&peer, "e2", &team("Ola")).await, DeliveryOutcome::Delivered);
    let now = peer.get("CareTeam/ny0");
    assert_eq!(now["telecom"], json!([{"system": "phone", "value": "+4799019999"}]), "what others wrote stays");
    assert_eq!((now.get("note"), &now["participant"][0]["member"]["display"]), (None, &json!("Ola")));
}

#[tokio::test]
async fn what_is_taken_back_or_over_leaves_no_name_and_no_telephone() {
    for kind in [OutgoingKind::Retracted, OutgoingKind::Superseded] {
        let peer = Peer::start().await;
        assert_eq!(assign(&peer, "e1", &reached("Kari", "+4799010000")).await, DeliveryOutcome::Delivered);
        let notice = json!({"version": 2, "child": {"id": CHILD}, "state": "void"});
        assert_eq!(recipient(&peer, "CareTeam").apply(&order("e2", kind, &notice)).await, DeliveryOutcome::Delivered);
        let now = peer.get("CareTeam/ny0");
        assert!(
            !now.to_string().contains("Kari") && !now.to_string().contains("+47") && now.get("note").is_none(),
            "{now}"
        );
        assert_eq!((&now["status"], now["participant"][0]["period"]["end"].is_string()), (&json!("inactive"), true));
        assert_eq!(assign(&peer, "e3", &reached("Ola", "+4799010001")).await, DeliveryOutcome::Delivered);
        assert_eq!(peer.get("CareTeam/ny0")["status"], "active", "it may be told anew");

        let mut task = json!({"resourceType": "Task", "status": "requested", "intent": "order"});
        task["input"] = json!([{"type": {"text": "Samordningsplikt"}, "valueString": "Lia skole"}]);
        assert_eq!(assign(&peer, "e4", &task).await, DeliveryOutcome::Delivered);
        assert_eq!(recipient(&peer, "Task").apply(&order("e5", kind, &notice)).await, DeliveryOutcome::Delivered);
        let tasks: Vec<Value> = peer
            .with(|p| p.resources.keys().cloned().collect::<Vec<_>>())
            .into_iter()
            .filter(|id| id.starts_with("Task/"))
            .map(|id| peer.get(&id))
            .collect();
        assert_eq!((tasks.len(), &tasks[0]["status"], tasks[0].get("input")), (1, &json!("cancelled"), None));
    }
}

#[tokio::test]
async fn a_task_keeps_the_owners_answer_until_the_owner_changes() {
    let peer = Peer::start().await;
    let task = |owner: &str| json!({"resourceType": "Task", "status": "requested", "intent": "order", "owner": {"display": owner}});
    assert_eq!(assign(&peer, "e1", &task("PPT")).await, DeliveryOutcome::Delivered);
    let mut answered = peer.get("Task/ny0");
    answered["status"] = "accepted".into();
    answered["note"] = json!([{"text": "Vi tar den"}]);
    peer.put("Task/ny0", answered);
    let mut reminder = task("PPT");
    reminder["priority"] = "urgent".into();
    assert_eq!(assign(&peer, "e2", &reminder).await, DeliveryOutcome::Delivered);
    let now = peer.get("Task/ny0");
    assert_eq!(
        (&now["status"], &now["priority"], &now["note"][0]["text"]),
        (&"accepted".into(), &"urgent".into(), &"Vi tar den".into())
    );
    assert_eq!(assign(&peer, "e3", &task("Helsestasjon")).await, DeliveryOutcome::Delivered);
    assert_eq!(peer.get("Task/ny0")["status"], "requested");
    let gone = order("e4", OutgoingKind::Retracted, &Value::Null);
    assert_eq!(recipient(&peer, "Task").apply(&gone).await, DeliveryOutcome::Delivered);
    assert_eq!(peer.get("Task/ny0")["status"], "cancelled");
}

#[tokio::test]
async fn content_that_could_not_be_found_again_or_names_another_child_is_refused() {
    let peer = Peer::start().await;
    let mut unmarked = team("Ola");
    unmarked["participant"][0]["role"] = json!([{"text": "koordinator"}]);
    let mut other = team("Ola");
    other["identifier"] = json!([{"system": OURS, "value": "14821970351"}]);
    for data in [unmarked, other, json!({"resourceType": "CareTeam", "participant": [{}]})] {
        let told = assign(&peer, "e1", &data).await;
        assert!(matches!(&told, DeliveryOutcome::Refused { code, .. } if code == "fhir_content"), "{told:?}");
        assert!(!format!("{told:?}").contains("14821970351"));
    }
    assert!(peer.with(|p| p.calls.is_empty()));
}

#[tokio::test]
async fn what_we_do_not_understand_or_cannot_write_safely_is_left_alone() {
    let peer = Peer::start().await;
    let mut strange = theirs();
    strange["modifierExtension"] = json!([{"url": "urn:ikke", "valueBoolean": true}]);
    peer.put("CareTeam/a", strange);
    assert!(matches!(assign(&peer, "e1", &team("Ola")).await, DeliveryOutcome::Refused { .. }));
    peer.put("CareTeam/a", theirs());
    peer.with(|p| p.without_versions = true);
    let told = assign(&peer, "e1", &team("Ola")).await;
    assert!(matches!(&told, DeliveryOutcome::Refused { code, .. } if code == "fhir_no_version"), "{told:?}");
    assert_eq!(peer.count("PUT"), 0);
}

#[tokio::test]
async fn busy_is_later_and_a_refusal_is_told_without_a_number() {
    let peer = Peer::start().await;
    recipient(&peer, "CareTeam").check().await.unwrap();
    peer.with(|p| p.next_answers.push_back(("POST", 429)));
    let busy = assign(&peer, "e1", &team("Ola")).await;
    assert!(matches!(busy, DeliveryOutcome::Later { after: Some(d), .. } if d == Duration::from_secs(7)), "{busy:?}");
    peer.put("CareTeam/a", theirs());
    peer.with(|p| p.next_answers.push_back(("PUT", 422)));
    let told = assign(&peer, "e1", &team("Ola")).await;
    assert!(
        matches!(&told, DeliveryOutcome::Refused { code, detail } if code == "http_422" && detail.contains("***") && !detail.contains("14821970351")),
        "{told:?}"
    );
    assert!(peer.with(|p| p.calls.iter().all(|(uri, _)| !uri.contains("14821970351"))));
}

#[tokio::test]
async fn a_cleared_event_is_written_under_its_own_child_and_id() {
    let peer = Peer::start().await;
    let event = Outgoing {
        event_id: uuid::Uuid::new_v4(),
        kind: OutgoingKind::Assignment,
        subject: samhold_model::ChildId::new(),
        version: 1,
        time: "2027-03-10T08:00:00Z".parse().unwrap(),
        data: cleared(team("Kari")),
    };
    assert_eq!(recipient(&peer, "CareTeam").deliver(&event).await, DeliveryOutcome::Delivered);
    let made = peer.get("CareTeam/ny0");
    assert_eq!(made["identifier"][0]["value"], event.subject.to_string());
    assert_eq!(made["meta"]["tag"][0]["code"], event.event_id.to_string());
    assert_eq!(made["participant"], team("Kari")["participant"]);
}

#[tokio::test]
async fn a_team_made_by_another_in_the_same_moment_is_not_made_twice() {
    let peer = Peer::start().await;
    peer.put("CareTeam/a", theirs());
    let hidden = peer.with(|p| p.resources.remove("CareTeam/a").unwrap());
    peer.with(|p| {
        p.next_answers.push_back(("POST CareTeam", 200));
        p.shown_after_create = Some(("CareTeam/a".into(), hidden));
    });
    assert_eq!(assign(&peer, "e1", &team("Ola")).await, DeliveryOutcome::Delivered);
    assert_eq!(peer.with(|p| p.resources.len()), 1);
    assert!(peer.get("CareTeam/a").to_string().contains("Ola"));
    let condition = peer.with(|p| p.headers.iter().find_map(|h| h.get("if-none-exist").cloned())).unwrap();
    assert_eq!(condition, format!("identifier=https%3A%2F%2Fkommune.example.no%2Fbarn%7C{CHILD}"));
}

#[tokio::test]
async fn a_peer_that_never_answers_is_given_up_on() {
    let peer = Peer::start().await;
    peer.with(|p| p.silent = true);
    let settings = json!({"base": peer.with(|p| p.base.clone()), "identifier_system": OURS, "role_system": ROLES,
        "http": {"timeout_seconds": 1}});
    let slow = FhirRecipient::new("epj", &serde_json::from_value(settings).unwrap()).unwrap();
    let told = slow.apply(&order("e1", OutgoingKind::Assignment, &team("Ola"))).await;
    assert!(matches!(told, DeliveryOutcome::Later { .. }), "{told:?}");
}
