//! `samhold policy explain`: why a recipient gets what it gets, over a real store and from a file.

use serde_json::{Value, json};

use crate::told::{CHILD, Kept, Told};

/// Anything that would tell of a krisesenter: the words for it, the tag, the category and the id of this one.
const TELLING: &[&str] = &["havn", "krisesenteret", "shelter", "reveals_"];

/// A child of ten without address protection, whose school coordinates; one parent has consented, and then withdrawn.
fn coordinated() -> Told {
    let named = |by: &str| {
        json!({"by": by, "categories": ["team_roster"], "recipients": ["skole_kommunal"], "purposes": ["coordination"],
        "evidence": "sak-2025/7", "informed": true})
    };
    Told::new()
        .says("register", "2025-01-05", "address_protection", &json!({"value": "none"}))
        .says("kommunen", "2025-02-01", "holder_agreed", &json!({"service": "lia-skole"}))
        .says("kommunen", "2025-02-02", "consent", &named("mor"))
        .says("kommunen", "2025-02-03", "consent", &named("far"))
        .withdrawn("2025-03-01")
}

impl Told {
    /// The consent that was said last, withdrawn.
    fn withdrawn(self, at: &str) -> Self {
        let consent = self.last_fact();
        self.says("kommunen", at, "consent_withdrawn", &json!({"consent": consent}))
    }
}

impl Kept {
    /// What `samhold policy explain` prints about the child towards the school.
    fn explains(&self, more: &str) -> String {
        let id = CHILD.to_string();
        let mut words = vec!["policy", "explain", "--child", &id, "--recipient", "skolen"];
        words.extend(more.split(' '));
        self.runs(&words)
    }

    fn explains_json(&self, more: &str) -> Value {
        serde_json::from_str(&self.explains(&format!("{more} --json"))).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_is_told_with_what_decided_it() {
    let child = coordinated().kept().await;
    insta::assert_snapshot!(child.explains("--at 2025-02-20"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_consent_is_told_with_its_day_and_every_step() {
    let child = coordinated().kept().await;
    insta::assert_snapshot!(child.explains("--at 2025-03-10 --category team_roster"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_consent_counts_until_the_day_it_is_withdrawn() {
    let child = coordinated().kept().await;
    let reason = |at: &str| {
        let told = child.explains_json(&format!("--category team_roster --at {at}"));
        told["explanations"][0]["decision"]["reason"].as_str().unwrap().to_owned()
    };
    assert_eq!(reason("2025-02-28"), "CONSENT_VALID");
    assert_eq!(reason("2025-03-01"), "DENY_CONSENT_WITHDRAWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_get_facts_steps_consents_and_fields_but_no_value() {
    let child = coordinated().kept().await;
    let told = child.explains_json("--at 2025-03-10 --category team_roster");
    let one = &told["explanations"][0];
    assert_eq!(one["facts"]["age"], 10);
    assert_eq!(one["steps"].as_array().unwrap().len(), 23);
    assert_eq!(one["steps"][22]["outcome"], "decides");
    assert_eq!(one["consents"][0]["who"], "guardians");
    assert_eq!(one["consents"][0]["records"][1]["standing"], "withdrawn");
    assert_eq!(one["consents"][0]["records"][1]["on"], "2025-03-01");
    assert_eq!(one["fields"][0]["goes"], false);
    assert!(!told.to_string().contains("Lia skole"), "a value: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_krisesenter_is_nowhere_in_an_explanation_and_who_asks_is_remembered() {
    let child = coordinated().at_a_krisesenter().kept().await;
    for more in ["--at 2025-02-20", "--at 2025-02-20 --json"] {
        let text = child.explains(more);
        for word in TELLING {
            assert!(!text.contains(word), "`{word}` in {text}");
        }
        assert!(text.contains("(skjermet)"), "{text}");
    }
    assert!(child.explains("--at 2025-02-20 --unmask --category team_roster").contains("havn"));
    let details: Vec<Value> = child.looked().await.into_iter().map(|entry| entry.detail).collect();
    let asked = |category: Option<&str>, unmasked: bool| {
        let asked = json!({"recipient": "skolen", "category": category, "at": "2025-02-20"});
        json!({"command": "policy explain", "asked": asked, "unmasked": unmasked})
    };
    assert_eq!(details, [asked(None, false), asked(None, false), asked(Some("team_roster"), true)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_tell_of_a_krisesenter_is_refused_alike_for_every_child_and_before_anything_is_read() {
    let (with, without) = (coordinated().at_a_krisesenter().kept().await, coordinated().kept().await);
    let id = CHILD.to_string();
    let refused = |child: &Kept| {
        let words =
            ["policy", "explain", "--child", &id, "--recipient", "skolen", "--category", "crisis_shelter_contact"];
        let out = child.tries(&words);
        (out.status.code(), out.stdout, String::from_utf8(out.stderr).unwrap())
    };
    let (first, second) = (refused(&with), refused(&without));
    assert_eq!(first, second);
    assert_eq!(first.0, Some(1));
    assert!(first.2.starts_with("only-unmasked: "), "{}", first.2);
    assert_eq!(with.looked().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_is_not_connected_is_said_so() {
    let child = coordinated().kept().await;
    let id = CHILD.to_string();
    let out = child.tries(&["policy", "explain", "--child", &id, "--recipient", "ingen"]);
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.starts_with("no-such-system: ") && said.contains("skolen"), "{said}");
}

/// A scenario of the workspace's own, a strictly protected child towards the coordinators, from the file alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_scenario_of_a_file_is_explained_without_any_store() {
    let out = explained_file("one.toml", REDACTED);
    insta::assert_snapshot!(out);
}

#[test]
fn a_request_in_json_is_explained_and_a_slip_in_it_is_told_without_the_number_in_it() {
    let request = json!({"date": "2026-08-17", "purpose": "coordination", "subject": {"birth_date": "2016-01-01"},
        "item": {"category": "placement", "fields": ["school_name"]}, "recipient": {"kind": "ngo"}});
    let told = explained_file("one.json", &request.to_string());
    assert!(told.contains("placement til ngo for coordination: gis ikke ut (DENY_NOT_PARTICIPANT)"), "{told}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("slip.json");
    std::fs::write(&file, request.to_string().replace("\"kind\":\"ngo\"", "\"13116900216\":\"ngo\"")).unwrap();
    let out = run(&file);
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(2));
    assert!(said.starts_with("request-unreadable: ") && !said.contains("13116900216"), "{said}");
}

const REDACTED: &str = r#"
[[sharing]]
id = "egen-1"
title = "Samordneren sitter i barnevernet"
rules = ["S-07"]
why = "bvl 13-1: navnet ville røpe forholdet."
date = 2026-08-17
purpose = "coordination"
subject = { birth_date = 2016-01-01, guardians = [{ id = "mor" }] }
item = { category = "coordinator_contact", from = "koordinerende_enhet", holder_kind = "barnevern", fields = ["name", "contact_point"] }
recipient = { kind = "skole_kommunal", participant = true }
consents = [
    { by = "mor", categories = ["barnevern_case_exists"], recipients = ["skole_kommunal"], purposes = ["coordination"], given = 2024-01-01 },
]
expect = { decision = "redact", reason = "REDACT_SENSITIVE_HOLDER", basis = "STATUTORY_FVL_13B_5", released = ["contact_point"], withheld = ["name"] }
"#;

fn explained_file(name: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    let out = run(&file);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let printed = String::from_utf8(out.stdout).unwrap();
    printed.replace(&file.display().to_string(), name)
}

fn run(file: &std::path::Path) -> std::process::Output {
    let program = env!("CARGO_BIN_EXE_samhold");
    std::process::Command::new(program).args(["policy", "explain", "--request"]).arg(file).output().unwrap()
}
