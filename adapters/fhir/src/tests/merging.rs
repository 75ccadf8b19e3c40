//! What must hold for every merge, whatever the peer has.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::merge::{Marks, MergeError};
use crate::{task, team};

const MARKS: Marks<'static> = Marks { identifier_system: "urn:barn", role_system: "urn:rolle", tag_system: "urn:tag" };

fn participant(ours: bool, name: &str) -> Value {
    let system = if ours { "urn:rolle" } else { "urn:annen" };
    json!({"role": [{"coding": [{"system": system, "code": "k"}]}], "member": {"display": name}})
}

fn others(team: &Value) -> Vec<Value> {
    let all = team["participant"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|p| p["role"][0]["coding"][0]["system"] != "urn:rolle").collect()
}

proptest! {
    #[test]
    fn no_participant_of_others_is_lost_or_moved_and_ours_are_exactly_the_new(
        theirs in prop::collection::vec((any::<bool>(), "[a-z]{1,4}"), 0..8),
        new in prop::collection::vec("[a-z]{1,4}", 0..4),
    ) {
        let theirs = json!({"resourceType": "CareTeam", "id": "1", "ukjent": {"a": [1]},
            "participant": theirs.iter().map(|(o, n)| participant(*o, n)).collect::<Vec<_>>()});
        let new: Vec<Value> = new.iter().map(|n| participant(true, n)).collect();
        let ours = json!({"resourceType": "CareTeam", "participant": new});
        let merged = Value::Object(team::update(&theirs, &ours, &MARKS).unwrap());
        prop_assert_eq!(others(&merged), others(&theirs));
        let all = merged["participant"].as_array().cloned().unwrap_or_default();
        prop_assert_eq!(all.iter().filter(|p| new.contains(p)).count(), all.len() - others(&theirs).len());
        prop_assert_eq!(&merged["ukjent"], &theirs["ukjent"]);
        let again = Value::Object(team::update(&merged, &ours, &MARKS).unwrap());
        prop_assert_eq!(again, merged, "a repeat changes nothing");
    }

    #[test]
    fn nothing_of_a_resource_is_lost_by_a_retraction(names in prop::collection::vec((any::<bool>(), "[a-z]{1,4}"), 0..8)) {
        let theirs = json!({"participant": names.iter().map(|(o, n)| participant(*o, n)).collect::<Vec<_>>(), "x": 1});
        let once = Value::Object(team::retract(&theirs, &MARKS, "2027-03-10T08:00:00Z"));
        prop_assert_eq!(others(&once), others(&theirs));
        prop_assert_eq!(once["participant"].as_array().map_or(0, Vec::len), names.len());
        let twice = Value::Object(team::retract(&once, &MARKS, "2027-04-10T08:00:00Z"));
        prop_assert_eq!(twice, once, "what has ended stays ended when it did");
    }
}

#[test]
fn a_participant_that_had_not_begun_goes_altogether() {
    let mut later = participant(true, "Ola");
    later["period"] = json!({"start": "2027-08-01"});
    let theirs = json!({"participant": [participant(false, "Lege"), later]});
    let merged = team::retract(&theirs, &MARKS, "2027-03-10T08:00:00Z");
    assert_eq!(merged["participant"], json!([participant(false, "Lege")]));
}

#[test]
fn our_contained_resources_come_and_go_with_us_and_never_push_others_aside() {
    let member = |of: &str| json!({"role": [{"coding": [{"system": "urn:rolle"}]}], "member": {"reference": of}});
    let theirs = json!({"contained": [{"resourceType": "Practitioner", "id": "gammel"}, {"resourceType": "Patient", "id": "p"}],
        "subject": {"reference": "#p"}, "participant": [member("#gammel")]});
    let ours = |id: &str| {
        json!({"resourceType": "CareTeam", "participant": [member(&format!("#{id}"))],
        "contained": [{"resourceType": "Practitioner", "id": id}]})
    };
    let merged = team::update(&theirs, &ours("ny"), &MARKS).unwrap();
    let ids: Vec<_> = merged["contained"].as_array().unwrap().iter().map(|c| c["id"].clone()).collect();
    assert_eq!(ids, ["p", "ny"]);
    assert_eq!(team::update(&theirs, &ours("p"), &MARKS), Err(MergeError::Contained));
}

#[test]
fn a_task_that_has_ended_is_not_cancelled_and_one_without_status_is_not_written() {
    let done = json!({"resourceType": "Task", "status": "completed", "intent": "order"});
    assert_eq!(Value::Object(task::retract(&done)), done);
    assert!(task::update(&done, &json!({"resourceType": "Task"}), "barn", &MARKS).is_err());
}
