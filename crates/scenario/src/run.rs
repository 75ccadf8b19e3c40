//! Asks the rules what a scenario asks, and compares.
//!
//! Must never decide anything: the answers are those of `samhold-duty` and `samhold-disclosure`.

use samhold_duty::{Answer, Step};
use samhold_model::Law;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::compare::{Difference, Lists, differences};
use crate::load::{DutyCheck, DutyScenario, Scenario, SharingScenario};

/// What became of one check.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// The scenario's id.
    pub scenario: String,
    /// The scenario's title; may be empty.
    pub title: String,
    /// Which check, e.g. `as_of 2025-02-16`.
    pub check: String,
    /// What had to come out, as written in the file.
    pub expected: Value,
    /// The whole answer, in the shape of `expect`.
    pub actual: Value,
    /// What is not as expected; empty when the check passed.
    pub differences: Vec<Difference>,
    /// How the duty was worked out; empty for sharing.
    pub steps: Vec<Step>,
}

impl CheckResult {
    /// Whether the answer is as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Every check of one scenario.
pub(crate) fn run(scenario: Scenario, law: &Law) -> Vec<CheckResult> {
    match scenario {
        Scenario::Duty(scenario) => duty(&scenario, law),
        Scenario::Sharing(scenario) => vec![sharing(&scenario, law)],
    }
}

fn duty(scenario: &DutyScenario, law: &Law) -> Vec<CheckResult> {
    let rules = samhold_duty::Rules { law: law.clone(), config: scenario.config.clone() };
    scenario.checks.iter().map(|check| duty_check(scenario, check, &rules)).collect()
}

fn duty_check(scenario: &DutyScenario, check: &DutyCheck, rules: &samhold_duty::Rules) -> CheckResult {
    let answer = samhold_duty::answer(&scenario.family, &scenario.facts, check.as_of, check.known_at, rules);
    let known_at = check.known_at.map(|d| format!(" known_at {d}")).unwrap_or_default();
    let actual = in_shape(&answer);
    CheckResult {
        scenario: scenario.id.clone(),
        title: scenario.title.clone(),
        check: format!("as_of {}{known_at}", check.as_of),
        differences: differences(&check.expect, &actual, Lists::Ordered),
        expected: check.expect.clone(),
        actual,
        steps: answer.steps,
    }
}

/// The answer with the keys `expect` may name.
fn in_shape(answer: &Answer) -> Value {
    let samordning = ["state", "holder", "basis", "duty_basis", "acting", "end_reason"];
    json!({
        "samordning": only(&answer.samordning, &samordning),
        "barnekoordinator": only(&answer.barnekoordinator, &["state", "person"]),
        "koordinator": only(&answer.koordinator, &["state", "person"]),
        "ip": only(&answer.ip, &["state", "main"]),
        "alerts": answer.alerts,
    })
}

fn only(track: &impl Serialize, keys: &[&str]) -> Value {
    let whole = serde_json::to_value(track).unwrap_or_default();
    let present = keys.iter().filter_map(|k| whole.get(k).map(|v| ((*k).to_owned(), v.clone())));
    Value::Object(present.collect::<Map<_, _>>())
}

fn sharing(scenario: &SharingScenario, law: &Law) -> CheckResult {
    let rules = samhold_disclosure::Rules { law: law.clone(), config: scenario.config.clone() };
    let decision = samhold_disclosure::decide(&scenario.request, &rules);
    let actual = only(&decision, &["decision", "reason", "basis", "released", "withheld"]);
    CheckResult {
        scenario: scenario.id.clone(),
        title: scenario.title.clone(),
        check: format!("date {}", scenario.request.date),
        differences: differences(&with_basis(&scenario.expect), &actual, Lists::Sets),
        expected: scenario.expect.clone(),
        actual,
        steps: Vec::new(),
    }
}

/// A refusal rests on no rule that lets something out, so expecting one expects that there is no basis.
fn with_basis(expect: &Value) -> Value {
    let mut expect = expect.clone();
    if let Some(map) = expect.as_object_mut().filter(|m| m.get("decision").is_some_and(|d| d == "deny")) {
        map.entry("basis").or_insert_with(|| "".into());
    }
    expect
}
