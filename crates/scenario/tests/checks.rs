//! What comes out of checks: passed or failed, the lines for people and for machines, the exit code.
#![allow(clippy::unwrap_used, reason = "helpers of tests may stop the test")]

use samhold_duty::Step;
use samhold_model::Law;
use samhold_scenario::{CheckResult, report, run_texts};
use serde_json::{Value, json};

const QUIET_CHILD: &str = r#"[[duty]]
id = "T-1"
title = "Nobody has said that cooperation is needed"
[duty.family]
birth_date = 2014-02-03
[[duty.checks]]
as_of = 2025-02-16
[duty.checks.expect]
alerts_exclude = ["DISPUTE_OPEN"]
samordning = { state = "none_needed", holder = { kind = "none", ref = "" }, basis = "", acting = "", duty_basis = [] }
ip = { state = "none", main = "" }
koordinator = { state = "none" }
[[duty.checks]]
as_of = 2025-02-16
known_at = 2025-02-10
expect = { samordning = { state = "held", holder = { ref = "lia-skole" } }, alerts_include = ["DISPUTE_OPEN"] }
"#;

const UNKNOWN_ITEM: &str = r#"{"sharing": [{
  "id": "T-2", "date": "2025-03-01", "purpose": "coordination",
  "subject": {"birth_date": "2016-01-01", "guardians": [{"id": "mor"}]},
  "item": {"category": "shoe_size", "from": "skole_kommunal", "fields": ["b", "a"]},
  "recipient": {"kind": "ppt_kommunal", "participant": true},
  "expect": {"decision": "deny", "reason": "DENY_UNKNOWN", "released": [], "withheld": ["a", "b"]}
}]}"#;

fn run(text: &str) -> Vec<CheckResult> {
    run_texts(&[("a.toml", text)], &Law::bundled()).unwrap()
}

fn run_json(text: &str) -> Vec<CheckResult> {
    run_texts(&[("a.json", text)], &Law::bundled()).unwrap()
}

fn lines(results: &[CheckResult]) -> Vec<Value> {
    report::json_lines(results).lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn only_what_is_named_decides_and_absence_can_be_expected() {
    let results = run(QUIET_CHILD);
    assert!(results[0].passed(), "{:?}", results[0].differences);
    let keys: Vec<&str> = results[1].differences.iter().map(|d| d.key.as_str()).collect();
    assert_eq!(keys, ["samordning.state", "samordning.holder.ref", "alerts_include DISPUTE_OPEN"]);
}

#[test]
fn a_json_line_carries_the_check_and_the_whole_answer() {
    let out = lines(&run(QUIET_CHILD));
    assert_eq!(out.len(), 3);
    let keys: Vec<&String> = out[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["scenario", "check", "passed", "expected", "actual"]);
    assert_eq!(out[0]["check"], "as_of 2025-02-16");
    assert_eq!(out[1]["check"], "as_of 2025-02-16 known_at 2025-02-10");
    assert_eq!((&out[0]["passed"], &out[1]["passed"]), (&json!(true), &json!(false)));
    assert_eq!(out[1]["expected"]["samordning"]["holder"], json!({"ref": "lia-skole"}));
    let actual = &out[1]["actual"];
    assert_eq!(actual["samordning"], json!({"state": "none_needed", "holder": {"kind": "none"}, "duty_basis": []}));
    assert_eq!(actual["barnekoordinator"], json!({"state": "none"}));
    assert_eq!(actual["koordinator"], json!({"state": "none"}));
    assert_eq!(actual["ip"], json!({"state": "none"}));
    assert!(actual["alerts"].is_array());
    assert_eq!(out[2], json!({"passed": 1, "failed": 1}));
}

#[test]
fn a_sharing_check_compares_lists_as_sets_and_shows_the_decision() {
    let results = run_json(UNKNOWN_ITEM);
    assert!(results[0].passed(), "{:?}", results[0].differences);
    let out = lines(&results);
    assert_eq!(out[0]["check"], "date 2025-03-01");
    assert_eq!(out[0]["actual"]["reason"], "DENY_UNKNOWN");
    assert_eq!(out[0]["actual"]["released"], json!([]));
    assert!(out[0]["actual"].get("basis").is_none());
    assert_eq!(out[1], json!({"passed": 1, "failed": 0}));
}

#[test]
fn a_missing_field_or_a_wrong_reason_fails_a_sharing_check() {
    let short = run_json(&UNKNOWN_ITEM.replace("[\"a\", \"b\"]", "[\"a\"]"));
    assert_eq!(short[0].differences[0].key, "withheld");
    let reason = run_json(&UNKNOWN_ITEM.replace("DENY_UNKNOWN", "DENY_DEFAULT"));
    assert_eq!(reason[0].differences[0].expected, "\"DENY_DEFAULT\"");
    let basis = run_json(&UNKNOWN_ITEM.replace("\"released\"", "\"basis\": \"CONSENT_VALID\", \"released\""));
    assert_eq!(basis[0].differences[0].actual, "absent");
}

#[test]
fn people_get_a_line_per_check_what_differed_and_the_numbers_last() {
    let text = report::human(&run(QUIET_CHILD));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("ok") && lines[0].contains("T-1  as_of 2025-02-16  Nobody has said"), "{text}");
    assert!(lines[1].starts_with("FAILED") && lines[1].contains("known_at 2025-02-10"), "{text}");
    assert!(text.contains("samordning.state: expected \"held\", actual \"none_needed\""), "{text}");
    assert!(text.contains("samordning.holder.ref: expected \"lia-skole\", actual absent"), "{text}");
    assert_eq!(lines.last(), Some(&"1 passed, 1 failed"));
}

#[test]
fn the_exit_code_says_whether_all_passed() {
    let law = Law::bundled();
    assert_eq!(report::exit_code(&run_texts(&[("a.json", UNKNOWN_ITEM)], &law)), 0);
    assert_eq!(report::exit_code(&run_texts(&[("a.toml", QUIET_CHILD)], &law)), 1);
    assert_eq!(report::exit_code(&run_texts(&[("a.toml", "duty = 1")], &law)), 2);
}

#[test]
fn toml_and_json_of_the_same_shape_give_the_same_results() {
    let same = r#"{"duty": [{"id": "T-1", "title": "Nobody has said that cooperation is needed",
      "family": {"birth_date": "2014-02-03"},
      "checks": [{"as_of": "2025-02-16", "expect": {"samordning": {"state": "none_needed"}}}]}]}"#;
    let toml = run(QUIET_CHILD);
    let json = run_json(same);
    assert_eq!((&toml[0].check, &toml[0].actual, &toml[0].title), (&json[0].check, &json[0].actual, &json[0].title));
}

#[test]
fn a_person_number_in_a_scenario_does_not_reach_the_output() {
    let number = "13116900216";
    let text = QUIET_CHILD.replace("lia-skole", number).replace("Nobody", number);
    let results = run(&text);
    assert!(!results[1].passed());
    assert!(!report::human(&results).contains(number));
    assert!(!report::json_lines(&results).contains(number));
}

#[test]
fn a_failed_duty_check_shows_how_the_answer_was_reached() {
    let step = |rule: &str, applied, facts: &[&str]| Step {
        rule: rule.into(),
        applied,
        text: "Ingen tjeneste er utpekt".into(),
        facts: facts.iter().map(|f| (*f).to_owned()).collect(),
        ..Step::default()
    };
    let mut result = run(QUIET_CHILD).remove(1);
    result.steps = vec![step("R-04", false, &[]), step("R-02", true, &["e3", "e4"])];
    let text = report::human(std::slice::from_ref(&result));
    assert!(text.contains("R-04 passed over: Ingen tjeneste er utpekt\n"), "{text}");
    assert!(text.contains("R-02 applied: Ingen tjeneste er utpekt [e3, e4]\n"), "{text}");
    result.differences.clear();
    assert!(!report::human(&[result]).contains("R-02"));
}
