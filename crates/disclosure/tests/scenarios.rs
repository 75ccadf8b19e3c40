//! Every sharing scenario at the workspace root, through `decide`.
//!
//! Must never skip a file or a scenario: an empty folder fails.

#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

#[path = "common/files.rs"]
mod files;

use std::collections::BTreeSet;

use samhold_disclosure::{Reason, Verdict, decide};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    decision: Verdict,
    reason: Reason,
    basis: Option<Reason>,
    released: BTreeSet<String>,
    withheld: BTreeSet<String>,
}

/// The id of one scenario, and what is wrong with its answer if anything is.
fn check(mut table: toml::Table) -> (String, Option<String>) {
    let id = table.get("id").expect("id").as_str().expect("id is text").to_owned();
    for key in ["title", "rules", "why"] {
        assert!(table.contains_key(key), "{id} has no {key}");
    }
    let expect: Expect = table.remove("expect").expect(&id).try_into().expect(&id);
    let (request, rules) = files::question(table).unwrap_or_else(|e| panic!("{id}: {e}"));
    let answer = decide(&request, &rules);
    let set = |names: &[String]| names.iter().cloned().collect::<BTreeSet<_>>();
    let same = answer.decision == expect.decision
        && answer.reason == expect.reason
        && answer.basis == expect.basis
        && set(&answer.released) == expect.released
        && set(&answer.withheld) == expect.withheld;
    (id, (!same).then(|| format!("expected {expect:?}\n  got {answer:?}")))
}

#[test]
fn every_scenario_gets_its_answer() {
    let (mut ids, mut wrong) = (BTreeSet::new(), Vec::new());
    for (name, scenario) in files::scenarios() {
        let (id, fault) = check(scenario);
        assert!(ids.insert(id.clone()), "{name}: {id} is used twice");
        wrong.extend(fault.map(|f| format!("{name} {id}: {f}")));
    }
    assert!(wrong.is_empty(), "{} of {} are wrong\n{}", wrong.len(), ids.len(), wrong.join("\n"));
    assert!(ids.len() >= 600, "only {} scenarios", ids.len());
}
