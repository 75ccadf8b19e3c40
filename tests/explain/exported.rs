//! The log for other systems: FHIR AuditEvents that hold what IHE Basic Audit Log Patterns ask for, and the entries as kept.

use serde_json::{Value, json};

use crate::told::{CHILD, Kept, Told};

const BALP: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";

async fn house() -> Kept {
    let told = Told::new().system("skolen", "skole_kommunal", &["lia-skole"]).system("havn", "krisesenter", &[]);
    let child = told.kept().await;
    let decisions = json!([
        {"category": "holder_service", "decision": "permit", "reason": "STATUTORY_FVL_13B_5", "basis": "STATUTORY_FVL_13B_5", "released": ["service"], "withheld": []},
        {"category": "team_roster", "decision": "deny", "reason": "DENY_NO_CONSENT", "basis": null, "released": [], "withheld": ["team"]}]);
    let event = "0198c0de-0000-4000-8000-000000000001";
    let sent = json!({"event_id": event, "version": 3, "type": "no.samhold.coordination.assignment.v1",
        "recipient_kind": "skole_kommunal", "decisions": decisions});
    child
        .logs(&[
            ("2025-02-01", "release", "skolen", sent.clone()),
            ("2025-02-02", "tried", "skolen", sent.clone()),
            ("2025-02-03", "retraction", "havn", sent),
            ("2025-02-04", "withheld", "skolen", json!({"municipality": "9901", "decisions": decisions})),
            ("2025-02-05", "read", "operator", json!({"command": "duty show"})),
            (
                "2025-02-06",
                "decision",
                "kommunen/kommunedirektor",
                json!({"fact": "0198c0de-0000-4000-8000-000000000002"}),
            ),
        ])
        .await;
    child
}

fn events(child: &Kept, more: &[&str]) -> Vec<Value> {
    let text = child.runs(&[&["audit", "export", "--format", "fhir"], more].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn has_code(coded: &Value, system: &str, code: &str) -> bool {
    let is = |c: &Value| c["system"] == system && c["code"] == code;
    is(coded) || coded["coding"].as_array().is_some_and(|all| all.iter().any(is))
}

fn one<'a>(of: &'a Value, list: &str, fits: impl Fn(&Value) -> bool) -> &'a Value {
    let fitting: Vec<&Value> = of[list].as_array().unwrap().iter().filter(|item| fits(item)).collect();
    assert_eq!(fitting.len(), 1, "one {list} of its kind in {of}");
    fitting[0]
}

/// What FHIR R4 itself asks of every AuditEvent, and who-and-where of the profiles.
fn must_hold_always(event: &Value) {
    assert_eq!(event["resourceType"], "AuditEvent");
    assert!(event["type"]["code"].is_string() && event["recorded"].is_string(), "{event}");
    assert!(event["source"]["observer"].is_object(), "{event}");
    let agents = event["agent"].as_array().unwrap();
    assert!(agents.iter().all(|agent| agent["requestor"].is_boolean()), "{event}");
    assert!(event.get("modifierExtension").is_none());
    for entity in event["entity"].as_array().unwrap() {
        let details = entity["detail"].as_array().into_iter().flatten();
        details.for_each(|d| {
            assert!(d["type"].is_string() && d["valueString"].as_str().is_some_and(|s| !s.is_empty()), "{d}")
        });
    }
}

/// The agents of a profile that has a source and a destination of the data.
fn must_have_both_ends(event: &Value) -> (&Value, &Value) {
    let end = |code: &'static str| one(event, "agent", move |a| has_code(&a["type"], DCM, code));
    let (source, destination) = (end("110153"), end("110152"));
    for agent in [source, destination] {
        assert!(agent["who"].is_object() && agent["network"].is_object() && agent.get("media").is_none(), "{agent}");
    }
    (source, destination)
}

fn must_name_the_child(event: &Value) {
    let entity_type = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    let patient = one(event, "entity", |e| has_code(&e["type"], entity_type, "1"));
    assert!(has_code(&patient["role"], "http://terminology.hl7.org/CodeSystem/object-role", "1"), "{patient}");
    assert_eq!(patient["what"]["type"], "Patient");
    assert_eq!(patient["what"]["identifier"]["value"], format!("urn:uuid:{CHILD}"));
    assert!(event["entity"].as_array().unwrap().len() >= 2, "the patient and some data");
}

/// Each SHALL of `PrivacyDisclosure.Source`.
fn must_be_a_disclosure(event: &Value) {
    assert!(has_code(&event["type"], DCM, "110106"));
    assert_eq!(event["action"], "R");
    assert!(event["outcome"].is_string());
    let lifecycle = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
    one(event, "subtype", |s| has_code(s, lifecycle, "disclose"));
    let (source, _) = must_have_both_ends(event);
    assert_eq!(source["who"], event["source"]["observer"], "the source observes itself");
    must_name_the_child(event);
}

/// Each SHALL of `Read` and `PatientRead`.
fn must_be_a_reading(event: &Value) {
    assert!(has_code(&event["type"], "http://terminology.hl7.org/CodeSystem/audit-event-type", "rest"));
    one(event, "subtype", |s| has_code(s, "http://hl7.org/fhir/restful-interaction", "read"));
    assert_eq!((&event["action"], &event["outcome"]), (&json!("R"), &json!("0")));
    must_have_both_ends(event);
    let informed = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
    let user = one(event, "agent", |a| has_code(&a["type"], informed, "IRCP"));
    assert_eq!((&user["requestor"], user.get("network"), user.get("media")), (&json!(true), None, None));
    let entity_type = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    let data = one(event, "entity", |e| has_code(&e["type"], entity_type, "2"));
    assert!(data["what"].is_object());
    assert!(has_code(&data["role"], "http://terminology.hl7.org/CodeSystem/object-role", "4"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_entry_is_an_audit_event_that_holds_what_its_profile_asks_for() {
    let child = house().await;
    let id = CHILD.to_string();
    let events = events(&child, &["--child", &id]);
    assert_eq!(events.len(), 7, "the six, and this reading");
    let mut profiles = Vec::new();
    for event in &events {
        must_hold_always(event);
        let profile = event["meta"]["profile"][0].as_str().unwrap_or_default().trim_start_matches(BALP).to_owned();
        match profile.as_str() {
            "PrivacyDisclosure.Source" => must_be_a_disclosure(event),
            "PatientRead" => {
                must_be_a_reading(event);
                must_name_the_child(event);
            }
            _ => assert!(event.get("meta").is_none(), "claims no profile: {event}"),
        }
        profiles.push(profile);
    }
    let disclosed = "PrivacyDisclosure.Source";
    assert_eq!(profiles, [disclosed, disclosed, disclosed, "", "PatientRead", "", "PatientRead"]);
    assert_eq!(events[1]["outcome"], "4", "not confirmed");
    let label = |event: &Value| event["entity"][0]["securityLabel"][0]["code"].as_str().unwrap().to_owned();
    assert_eq!(
        (label(&events[0]), label(&events[2])),
        ("R".to_owned(), "V".to_owned()),
        "a krisesenter is kept closest"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_reads_like_this() {
    let child = house().await;
    let event = events(&child, &["--to", "2025-02-01"]).remove(0);

    insta::assert_snapshot!(serde_json::to_string_pretty(&event).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn days_choose_entries_and_what_is_kept_comes_out_as_it_is() {
    let child = house().await;
    let kinds = |more: &[&str]| -> Vec<String> {
        let text = child.runs(&[&["audit", "export"], more].concat());
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["entry"]["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds(&["--from", "2025-02-02", "--to", "2025-02-04"]), ["tried", "retraction", "withheld"]);
    let all = child.store().audit_entries(None, 0, 100).await.unwrap();
    let text = child.runs(&["audit", "export", "--to", "2025-02-06"]);
    let kept: Vec<String> = all.iter().take(6).map(|entry| serde_json::to_string(&json!(entry)).unwrap()).collect();
    assert_eq!(text.lines().collect::<Vec<_>>(), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_kept_elsewhere_shows_that_the_log_was_rolled_back() {
    let child = house().await;
    let note = child.runs(&["audit", "checkpoint"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("samhold.note");
    std::fs::write(&file, &note).unwrap();
    let verify = ["audit", "verify", "--checkpoint", file.to_str().unwrap()];
    assert_eq!(
        child.runs(&verify),
        "the audit chain holds: 6 entries, 2 signed checkpoints\nentries 1 to 6 are sealed by signed checkpoints\n"
    );
    child.logs(&[("2025-02-07", "read", "operator", json!({}))]).await;
    let more = child.tries(&verify);
    let more = (more.status.code(), String::from_utf8(more.stdout).unwrap());
    let old = "the audit chain is BROKEN: no checkpoint covers entries 7 to 7, the first of them older than a day\n";
    assert_eq!(more, (Some(1), old.to_owned()));
    let key = child.runs(&["audit", "checkpoint", "--key"]);
    assert_eq!(key.split('+').next(), note.lines().next());

    std::fs::write(&file, note.replace("\n6\n", "\n7\n")).unwrap();
    let forged = child.tries(&verify);
    assert_eq!(forged.status.code(), Some(1));
    assert!(String::from_utf8(forged.stdout).unwrap().contains("kept checkpoint 1 does not bear a valid signature"));
    // The same keys, the same child, another log: what a restored backup with other entries after it looks like.
    std::fs::write(&file, &note).unwrap();
    let other = Told::new().kept().await;
    other.logs(&[("2025-02-01", "read", "operator", json!({}))]).await;
    let found = other.tries(&verify);
    assert_eq!(found.status.code(), Some(1));
    assert!(String::from_utf8(found.stdout).unwrap().contains("the chain ends at entry 1, but a checkpoint covers 6"));
    let missing = child.tries(&["audit", "verify", "--checkpoint", "finnes-ikke.note"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8(missing.stderr).unwrap().contains("checkpoint-unreadable: "));
}
