//! Every worked scenario of the workspace gives the answer a lawyer wrote down.

mod support;

use std::collections::BTreeSet;

use samhold_duty::{Answer, answer};
use serde_json::{Map, Value, json};
use support::{Check, Scenario};

#[test]
fn every_scenario_gives_the_answer_written_down() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (file, scenarios) in support::files() {
        for scenario in scenarios.duty {
            for check in &scenario.checks {
                count += 1;
                failures.extend(failed(&scenario, check).into_iter().map(|f| format!("{file} {f}")));
            }
        }
    }
    assert!(count > 0, "no scenario was read");
    assert!(failures.is_empty(), "{} of {count} checks:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_scenario_has_a_name_of_its_own_and_a_reason() {
    let mut names = BTreeSet::new();
    for (file, scenarios) in support::files() {
        for scenario in scenarios.duty {
            assert!(names.insert(scenario.id.clone()), "{file}: {} is used twice", scenario.id);
            assert!(!scenario.why.trim().is_empty() && !scenario.title.trim().is_empty(), "{file}: {}", scenario.id);
            assert!(scenario.rules.iter().all(|r| r.starts_with("R-")), "{file}: {}", scenario.id);
        }
    }
}

#[test]
fn every_sentence_of_the_rules_names_scenarios_that_exist() {
    let known: BTreeSet<String> = support::files().into_iter().flat_map(|(_, f)| f.duty).map(|s| s.id).collect();
    let table = include_str!("sentences.md");
    let rows: Vec<(&str, &str)> = table.lines().filter_map(|l| l.strip_prefix("| ")?.rsplit_once(" | ")).collect();
    for (sentence, tried) in rows.iter().skip(1) {
        for id in tried.trim_end_matches(" |").split(", ") {
            assert!(known.contains(id), "{sentence}: no scenario {id}");
        }
    }
    for rule in (1..=26).map(|n| format!("R-{n:02} ")) {
        assert!(rows.iter().any(|(sentence, _)| sentence.starts_with(&rule)), "no scenario for {rule}");
    }
}

fn failed(scenario: &Scenario, check: &Check) -> Vec<String> {
    let (family, rules) = (scenario.family(), scenario.rules());
    let found = answer(&family, &scenario.facts(), check.as_of, check.known_at, &rules);
    let place = format!("{} as_of {}", scenario.id, check.as_of);
    let mut out = differences(&check.expect.samordning, &json!(found.samordning), "samordning");
    out.extend(differences(&check.expect.barnekoordinator, &json!(found.barnekoordinator), "barnekoordinator"));
    out.extend(differences(&check.expect.ip, &json!(found.ip), "ip"));
    out.extend(alerts(check, &found));
    out.into_iter().map(|difference| format!("{place}: {difference}")).collect()
}

fn alerts(check: &Check, found: &Answer) -> Vec<String> {
    let missing = check.expect.alerts_include.iter().filter(|a| !found.alerts.contains(a));
    let unwanted = check.expect.alerts_exclude.iter().filter(|a| found.alerts.contains(a));
    missing.map(|a| format!("misses {a:?}")).chain(unwanted.map(|a| format!("raises {a:?}"))).collect()
}

/// What an expectation may name.
const KEYS: &[&str] =
    &["state", "holder", "kind", "ref", "basis", "duty_basis", "acting", "end_reason", "person", "main"];

fn differences(expected: &Map<String, Value>, found: &Value, at: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (key, want) in expected {
        if !KEYS.contains(&key.as_str()) {
            out.push(format!("{at}.{key}: no such key"));
        }
        let have = &found[key];
        match want {
            Value::Object(inner) => out.extend(differences(inner, have, &format!("{at}.{key}"))),
            Value::String(text) if text.is_empty() && have.is_null() => {}
            _ if want == have => {}
            _ => out.push(format!("{at}.{key}: expected {want}, found {have}")),
        }
    }
    out
}
