//! Every worked scenario of the workspace gives the answer a lawyer wrote down.

mod support;

use std::collections::BTreeSet;

use support::compare::failed;

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
