//! Every sentence of the decision procedure is shown by scenarios that exist and answer as it says.
//!
//! Must never hold expectations of its own: those stand in the scenarios.

#![allow(clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

#[path = "common/files.rs"]
mod files;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    step: String,
    says: String,
    reason: String,
    shown_by: Vec<String>,
}

fn sentences() -> Vec<Sentence> {
    let mut file: toml::Table = toml::from_str(include_str!("procedure.toml")).expect("procedure.toml");
    file.remove("sentence").expect("sentences").try_into().expect("sentences")
}

/// The expected reason of each scenario, by id.
fn reasons() -> BTreeMap<String, String> {
    let text = |v: &toml::Value| v.as_str().expect("text").to_owned();
    files::scenarios().iter().map(|(_, s)| (text(&s["id"]), text(&s["expect"]["reason"]))).collect()
}

#[test]
fn every_sentence_is_shown_by_scenarios_that_answer_as_it_says() {
    let reasons = reasons();
    for Sentence { step, says, reason, shown_by } in sentences() {
        let answers: Vec<_> = shown_by.iter().map(|id| reasons.get(id).unwrap_or_else(|| panic!("no {id}"))).collect();
        assert!(answers.contains(&&reason), "step {step}, {says}: {reason} is not among {answers:?}");
    }
}

#[test]
fn no_step_is_without_a_sentence() {
    let steps: BTreeSet<_> = sentences().into_iter().map(|s| s.step).collect();
    let numbered = (1..=23).map(|n| n.to_string());
    let others = ["who", "counts", "failure", "a", "b", "c", "d", "e", "reason", "empty"].map(str::to_owned);
    for step in numbered.chain(others) {
        assert!(steps.contains(&step), "{step}");
    }
}

#[test]
fn every_reason_is_the_answer_of_some_scenario() {
    let seen: BTreeSet<_> = reasons().into_values().collect();
    let missing: Vec<_> =
        samhold_disclosure::Reason::ALL.iter().filter(|r| !r.is_of_policies() && !seen.contains(r.code())).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
