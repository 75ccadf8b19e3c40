//! The table of borders, settings and rules is true: what it names exists, and each border is one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a table that cannot be read is a failed test"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use samhold_duty::{Reconcile, Rules, answer};
use samhold_model::Date;
use samhold_model::dates::add_days;
use support::compare::failed;
use support::{Check, Scenario};

const TABLE: &str = include_str!("borders.md");

fn scenarios() -> BTreeMap<String, Scenario> {
    support::files().into_iter().flat_map(|(_, file)| file.duty).map(|s| (s.id.clone(), s)).collect()
}

/// The rows under a heading, without the two that name the columns.
fn rows(heading: &str) -> Vec<Vec<&'static str>> {
    let section = TABLE.split("## ").find(|s| s.starts_with(heading)).unwrap();
    let cells = section.lines().filter_map(|l| l.strip_prefix("| ")?.strip_suffix(" |"));
    cells.skip(1).map(|l| l.split(" | ").collect()).collect()
}

fn check_on(scenario: &Scenario, day: Date) -> &Check {
    let plain = |c: &&Check| c.as_of == day && c.known_at.is_none();
    scenario.checks.iter().find(plain).unwrap_or_else(|| panic!("{}: no check on {day}", scenario.id))
}

#[test]
fn at_each_border_the_day_before_has_another_answer_than_the_day() {
    let known = scenarios();
    let rows = rows("Borders");
    assert!(rows.len() >= 50, "{} borders", rows.len());
    for row in rows {
        let scenario = known.get(row[1]).unwrap_or_else(|| panic!("{}: no scenario {}", row[0], row[1]));
        let days: Vec<Date> = row[2..].iter().map(|d| d.parse().unwrap()).collect();
        assert_eq!(days, [add_days(days[1], -1), days[1], add_days(days[1], 1)], "{}", row[0]);
        let [before, on, after] = [0, 1, 2].map(|n| check_on(scenario, days[n]));
        for check in [before, on, after] {
            assert_eq!(failed(scenario, check), Vec::<String>::new(), "{}", row[0]);
        }
        let moved = Check { as_of: days[1], known_at: None, expect: before.expect.clone() };
        assert!(!failed(scenario, &moved).is_empty(), "{}: nothing changes on {}", row[0], days[1]);
    }
}

#[test]
fn every_setting_is_tried_as_it_is_by_default_and_turned() {
    let known = scenarios();
    let defaults = serde_json::to_value(Reconcile::default()).unwrap();
    let settings: BTreeSet<&str> = defaults.as_object().unwrap().keys().map(String::as_str).collect();
    let rows = rows("Settings");
    assert_eq!(rows.iter().map(|row| row[0]).collect::<BTreeSet<_>>(), settings);
    for row in rows {
        let tried: Vec<&Scenario> = row[1].split(", ").map(|id| &known[id]).collect();
        let turned = |s: &&&Scenario| s.config.get(row[0]).is_some_and(|v| *v != defaults[row[0]]);
        assert!(tried.iter().any(|s| turned(&s)), "{} is never turned", row[0]);
        assert!(tried.iter().any(|s| !s.config.contains_key(row[0])), "{} is never left alone", row[0]);
    }
}

#[test]
fn a_turned_setting_gives_another_answer_than_the_default() {
    let known = scenarios();
    for row in rows("Settings") {
        let turned = row[1].split(", ").map(|id| &known[id]).filter(|s| s.config.contains_key(row[0]));
        let mut differs = false;
        for scenario in turned {
            let mut config = scenario.config.clone();
            config.remove(row[0]);
            let (plain, own) = (support::rules(&config), scenario.rules());
            let ask =
                |check: &Check, rules: &Rules| answer(&scenario.family(), &scenario.facts(), check.as_of, None, rules);
            differs |= scenario.checks.iter().any(|c| ask(c, &plain) != ask(c, &own));
        }
        assert!(differs, "{} changes nothing", row[0]);
    }
}

#[test]
fn every_rule_has_three_scenarios_or_more() {
    let known = scenarios();
    let rows = rows("Rules");
    assert_eq!(rows.len(), 26);
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row[0], format!("R-{:02}", n + 1));
        let named: BTreeSet<&str> = row[1].split(", ").collect();
        assert!(named.len() >= 3, "{}: {named:?}", row[0]);
        for id in named {
            assert!(known[id].rules.iter().any(|rule| rule == row[0]), "{id} is not about {}", row[0]);
        }
    }
}
