//! Each answer tells how it was reached: every rule has its words, every fact named is described, and people can read it.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests")]

#[path = "support/history.rs"]
#[allow(dead_code, reason = "each test binary uses its own part")]
mod history;
mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use samhold_duty::answer::{Basis, DutyState};
use samhold_duty::{Alert, Answer, DutyAnswer, HolderKind, Rules, answer, words};
use samhold_model::{Date, Fact};

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

/// A date as such: «21. mars» does not say «1. mars».
fn says(text: &str, date: &str) -> bool {
    text.match_indices(date).any(|(place, _)| !text[..place].ends_with(|c: char| c.is_ascii_digit()))
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

/// The rules that explain each alert, as the table of alerts says.
fn explained_by() -> BTreeMap<Alert, Vec<String>> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/alerts.md")).unwrap();
    let row = |row: &str| {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(|cell| cell.trim_matches([' ', '|'])).collect();
        let alert: Alert = serde_json::from_value(cells[0].trim_matches('`').into()).unwrap();
        (alert, cells[4].split(", ").map(str::to_owned).collect())
    };
    text.lines().filter(|line| line.starts_with("| `")).map(row).collect()
}

/// What an answer raises or says without a step that tells of it.
fn unexplained(answer: &Answer, table: &BTreeMap<Alert, Vec<String>>) -> Vec<String> {
    let told = |rule: &str| answer.steps.iter().any(|step| step.rule == rule);
    let mut missing = Vec::new();
    for alert in &answer.alerts {
        if !table[alert].iter().any(|rule| told(rule)) {
            missing.push(format!("{alert:?} has no step of {:?}", table[alert]));
        }
    }
    if let Some(since) = answer.samordning.since
        && !answer.facts.iter().any(|fact| fact.at == since)
        && !answer.steps.iter().any(|step| says(&step.text, &words::date(since)))
    {
        missing.push(format!("nothing tells of {since}"));
    }
    let duty = &answer.samordning;
    let rules = come_to(duty);
    missing.extend(rules.iter().filter(|rule| !told(rule)).map(|rule| format!("{rule} is not told of")));
    // The last one gave the answer, the ones before it were passed over.
    let gave = |rule: &&&str| answer.steps.iter().any(|s| s.rule == **rule && s.applied);
    missing.extend(rules.last().filter(|rule| !gave(rule)).map(|rule| format!("{rule} did not give the answer")));
    if duty.state == DutyState::Held && duty.holder.kind == HolderKind::Service && !told("R-08") {
        missing.push("why the service may hold is not told".into());
    }
    missing
}

/// The rules that the order of evaluation comes to before one gives this answer, and that one.
fn come_to(duty: &DutyAnswer) -> &'static [&'static str] {
    let all = &["R-03", "R-04", "R-09", "R-05", "R-06", "R-07", "R-02"];
    let last = match (duty.state, duty.basis) {
        (DutyState::NoneNeeded | DutyState::Ended, _) => 0,
        (DutyState::Vacant, _) => return &["R-14"],
        (DutyState::Held, Some(Basis::Hol72a)) => 1,
        (DutyState::Held, Some(Basis::Decision)) => 2,
        (DutyState::Disputed, _) => 3,
        (DutyState::Held, Some(Basis::Agreement)) => 4,
        (DutyState::Held, Some(Basis::Hol72)) => 5,
        (DutyState::Held, _) => 6,
        (DutyState::HeldByDefault, _) => 7,
    };
    &all[..last]
}

fn told(answer: &Answer) -> String {
    let steps: Vec<String> = answer.steps.iter().map(|s| format!("  {} {} {:?}", s.rule, s.text, s.facts)).collect();
    steps.join("\n")
}

#[test]
fn every_alert_the_day_since_when_and_every_rule_that_was_come_to_are_told_of() {
    let table = explained_by();
    let of = |(name, _, answer): (String, Vec<Fact>, Answer)| {
        let missing = unexplained(&answer, &table);
        (!missing.is_empty()).then(|| format!("{name}: {missing:?}\n{}", told(&answer)))
    };
    let missing: Vec<String> = answers().into_iter().filter_map(of).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn so_they_are_in_every_history(
        given in history::facts(40), family in history::family(), settings in history::settings(), law in history::law(),
        on in history::day(),
    ) {
        let found = answer(&family, &given, on, Some(Date::MAX), &Rules { law, config: settings });
        let missing = unexplained(&found, &explained_by());
        prop_assert!(missing.is_empty(), "{:?}\n{:?}\n{}", missing, found.samordning, told(&found));
        for step in &found.steps {
            prop_assert!(step.text.ends_with('.') && !step.text.contains("  "), "{}", step.text);
        }
    }
}
