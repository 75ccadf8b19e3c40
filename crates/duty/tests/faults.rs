//! The list of faults to sow (`faults/faults.toml`) fits the source as it is, so that `faults/run` can be started at any time.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a list that cannot be read is a failed test")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    id: String,
    breaks: String,
    file: String,
    find: String,
    replace: String,
    equivalent: Option<String>,
}

fn faults() -> Vec<Fault> {
    toml::from_str::<List>(include_str!("../faults/faults.toml")).unwrap_or_else(|e| panic!("{e}")).fault
}

#[test]
fn every_fault_in_the_list_can_be_sown_at_one_place() {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    for fault in faults() {
        let text = std::fs::read_to_string(source.join(&fault.file)).unwrap_or_else(|e| panic!("{}: {e}", fault.id));
        assert_eq!(text.matches(&fault.find).count(), 1, "{}: in {} {:?}", fault.id, fault.file, fault.find);
        assert_ne!(fault.find, fault.replace, "{}", fault.id);
    }
}

#[test]
fn every_rule_is_broken_by_a_fault_that_tests_must_notice() {
    let noticed: Vec<Fault> = faults().into_iter().filter(|f| f.equivalent.is_none()).collect();
    assert!(noticed.len() >= 60, "{} faults", noticed.len());
    for rule in (1..=26).map(|n| format!("R-{n:02}-")).chain(["4.1-".to_owned()]) {
        assert!(noticed.iter().any(|f| f.id.starts_with(&rule)), "no fault breaks {rule}");
    }
}

#[test]
fn every_fault_has_an_id_of_its_own_and_says_what_it_breaks() {
    let mut ids = BTreeSet::new();
    for fault in faults() {
        assert!(!fault.breaks.trim().is_empty(), "{}", fault.id);
        assert!(fault.equivalent.is_none_or(|why| !why.trim().is_empty()), "{}", fault.id);
        assert!(ids.insert(fault.id.clone()), "{} is used twice", fault.id);
    }
}
