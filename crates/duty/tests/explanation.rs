//! Each answer tells how it was reached: every rule has its words, every fact named is described, and people can read it.
#![allow(clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use samhold_duty::{Answer, answer, words};
use samhold_model::Fact;

/// Every check of every scenario: its name, its facts and the answer.
fn answers() -> Vec<(String, Vec<Fact>, Answer)> {
    let scenarios = support::files().into_iter().flat_map(|(_, file)| file.duty);
    scenarios
        .flat_map(|scenario| {
            let (family, rules, facts) = (scenario.family(), scenario.rules(), scenario.facts());
            let found = |check: &support::Check| answer(&family, &facts, check.as_of, check.known_at, &rules);
            let name = |check: &support::Check| format!("{} as_of {}", scenario.id, check.as_of);
            scenario.checks.iter().map(|check| (name(check), facts.clone(), found(check))).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn every_rule_speaks_in_some_scenario() {
    let spoken: BTreeSet<String> = answers().into_iter().flat_map(|(_, _, a)| a.steps).map(|s| s.rule).collect();
    let silent: Vec<String> = (1..=26).map(|n| format!("R-{n:02}")).filter(|rule| !spoken.contains(rule)).collect();
    assert!(silent.is_empty(), "never explained: {silent:?}");
}

#[test]
fn every_fact_a_step_names_is_described_once_as_it_was_given() {
    for (name, given, answer) in answers() {
        let named: BTreeSet<&String> = answer.steps.iter().flat_map(|s| &s.facts).collect();
        let described: Vec<&String> = answer.facts.iter().map(|f| &f.id).collect();
        assert_eq!(named, described.iter().copied().collect(), "{name}");
        assert_eq!(described.len(), named.len(), "{name}: each once");
        for used in &answer.facts {
            let fact =
                given.iter().find(|f| f.id == used.id).unwrap_or_else(|| panic!("{name}: {} was given", used.id));
            assert_eq!((&used.kind, used.recorded_at), (&fact.body.type_name(), fact.recorded_at), "{name}");
            assert_eq!(used.source, fact.source, "{name}");
        }
    }
}

#[test]
fn the_reasons_are_sentences_without_codes() {
    for (name, _, answer) in answers() {
        assert!(!answer.steps.is_empty(), "{name}: no reason at all");
        for step in &answer.steps {
            let place = format!("{name}: {} {}", step.rule, step.text);
            assert!(step.text.ends_with('.') && !step.text.contains("  "), "{place}");
            assert!(!step.law.is_empty() || step.rule == "R-24", "{place}: rests on nothing");
            let codes = ["kommunedirektor ", "_by_default", "bk_", "holder_", "koordinerende_enhet", "hol-"];
            let bare = codes.iter().find(|code| step.text.contains(**code));
            assert_eq!(bare, None, "{place}");
            assert!(!has_iso_date(&step.text), "{place}");
        }
    }
}

fn has_iso_date(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_digit() || c == '-')).any(|word| word.parse::<samhold_model::Date>().is_ok())
}

#[test]
fn what_holds_has_an_applied_step_and_every_alert_has_words() {
    for (name, _, answer) in answers() {
        assert!(answer.steps.iter().any(|s| s.applied) || answer.samordning.basis.is_none(), "{name}");
        for alert in &answer.alerts {
            assert!(words::alert(*alert).ends_with('.'), "{name}: {alert:?}");
        }
    }
}
