//! Every sharing scenario at the workspace root, through `decide`.
//!
//! Must never skip a file or a scenario: an empty folder fails.

#![allow(clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

#[path = "common/files.rs"]
mod files;

use std::collections::BTreeSet;

use samhold_disclosure::{Reason, Request, Rules, Share, Verdict, decide};
use samhold_model::Law;
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

/// TOML keeps its dates as a type of its own; the model reads text.
fn dates_as_text(value: &mut toml::Value) {
    match value {
        toml::Value::Datetime(d) => *value = toml::Value::String(d.to_string()),
        toml::Value::Array(list) => list.iter_mut().for_each(dates_as_text),
        toml::Value::Table(table) => table.iter_mut().for_each(|(_, v)| dates_as_text(v)),
        _ => {}
    }
}

/// The id of one scenario, and what is wrong with its answer if anything is.
fn check(mut table: toml::Table) -> (String, Option<String>) {
    let id = table.remove("id").expect("id").as_str().expect("id is text").to_owned();
    for key in ["title", "rules", "why"] {
        assert!(table.remove(key).is_some(), "{id} has no {key}");
    }
    let config: Share = table.remove("config").map_or_else(Share::default, |c| c.try_into().expect(&id));
    let expect: Expect = table.remove("expect").expect(&id).try_into().expect(&id);
    let mut rest = toml::Value::Table(table);
    dates_as_text(&mut rest);
    let request: Request = rest.try_into().unwrap_or_else(|e| panic!("{id}: {e}"));
    let answer = decide(&request, &Rules { law: Law::bundled(), config });
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
