//! Compares an answer with what a scenario expects of it.

use samhold_duty::{Answer, answer};
use serde_json::{Map, Value, json};

use super::{Check, Scenario};

/// What differs from the answer written down; nothing when the check passes.
pub fn failed(scenario: &Scenario, check: &Check) -> Vec<String> {
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
