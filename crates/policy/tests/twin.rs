//! The twin: policies 10 to 40 permit exactly the fields that the floor releases, for every question.
//!
//! Two independent writings of one rulebook, in Rust and in Cedar; where they differ, one of them is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

#[path = "../../disclosure/tests/common/mod.rs"]
mod common;
#[path = "../../disclosure/tests/common/files.rs"]
mod files;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use common::{request, rules};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use samhold_disclosure::{Decision, FieldFacts, Request, Rules, decide};
use samhold_policy::PolicySet;

/// How many questions from each seed; each has up to five fields.
const QUESTIONS: usize = 5_500;

/// The bundled policies without those that go beyond the floor.
fn twin() -> PolicySet {
    let mut files = PolicySet::bundled().unwrap().files().to_vec();
    files.retain(|file| !file.name.starts_with("90"));
    assert_eq!(files.len(), 4);
    PolicySet::from_sources(files).unwrap()
}

/// The policies, asked once for facts that come again.
struct Asked {
    set: PolicySet,
    answers: HashMap<FieldFacts<'static>, (bool, Vec<String>)>,
}

impl Asked {
    fn new() -> Self {
        Self { set: twin(), answers: HashMap::new() }
    }

    fn permits(&mut self, facts: FieldFacts<'_>) -> &(bool, Vec<String>) {
        let set = &self.set;
        self.answers.entry(facts.into_owned()).or_insert_with_key(|facts| {
            let ruling = set.rule(facts);
            assert!(ruling.failed.is_empty(), "{:?}\n{facts:?}", ruling.failed);
            (ruling.permitted, ruling.because)
        })
    }

    /// Where the policies and the floor differ on a question, in words.
    fn difference(&mut self, question: &Request, rules: &Rules, floor: &Decision) -> Option<String> {
        let facts = FieldFacts::of(question, rules, "9901");
        let differs = |one: FieldFacts<'_>| {
            let released = floor.released.iter().any(|f| *f == one.field.name);
            let told = serde_json::to_string(&one).unwrap();
            let (permitted, because) = self.permits(one);
            (*permitted != released)
                .then(|| format!("floor {released} ({:?}), policies {permitted} {because:?}\n{told}", floor.reason))
        };
        facts.into_iter().find_map(differs)
    }
}

macro_rules! seeds {
    ($($name:ident => $seed:literal),+) => { $(
        #[test]
        fn $name() {
            exactly_what_the_floor_releases($seed);
        }
    )+ };
}

// Four at once, so that four cores share them.
seeds! {
    the_twin_permits_exactly_what_the_floor_releases_from_seed_1 => 1,
    the_twin_permits_exactly_what_the_floor_releases_from_seed_2 => 2,
    the_twin_permits_exactly_what_the_floor_releases_from_seed_3 => 3,
    the_twin_permits_exactly_what_the_floor_releases_from_seed_4 => 4
}

fn exactly_what_the_floor_releases(seed: u8) {
    let mut asked = Asked::new();
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let questions = (request(), rules());
    let (mut reasons, mut fields, mut wrong) = (BTreeMap::new(), 0, BTreeMap::new());
    for _ in 0..QUESTIONS {
        let (question, rules) = questions.new_tree(&mut runner).unwrap().current();
        let floor = decide(&question, &rules);
        *reasons.entry(floor.reason).or_insert(0) += 1;
        fields += floor.released.len() + floor.withheld.len();
        if let Some(difference) = asked.difference(&question, &rules, &floor) {
            wrong.entry(floor.reason).or_insert_with(Vec::new).push(difference);
        }
    }
    let told: Vec<_> =
        wrong.iter().map(|(reason, all)| format!("{reason:?} {} times, as\n{}", all.len(), all[0])).collect();
    assert!(wrong.is_empty(), "{}", told.join("\n\n"));
    println!(
        "{QUESTIONS} questions, {fields} fields, {} different facts, {} reasons",
        asked.answers.len(),
        reasons.len()
    );
    assert!(reasons.len() >= 35, "too few kinds of answers to say anything: {reasons:?}");
}

#[test]
fn the_twin_permits_exactly_what_the_floor_releases_in_every_scenario() {
    let (mut asked, mut ids, mut wrong) = (Asked::new(), BTreeSet::new(), Vec::new());
    for (_, scenario) in files::scenarios() {
        let id = scenario["id"].as_str().unwrap().to_owned();
        let (question, rules) = files::question(scenario).unwrap_or_else(|e| panic!("{id}: {e}"));
        let floor = decide(&question, &rules);
        wrong.extend(asked.difference(&question, &rules, &floor).map(|d| format!("{id}: {d}")));
        ids.insert(id);
    }
    assert!(wrong.is_empty(), "{} of {} differ\n{}", wrong.len(), ids.len(), wrong.join("\n"));
    assert!(ids.len() >= 600, "only {} scenarios", ids.len());
}
