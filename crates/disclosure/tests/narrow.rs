//! Two layers: policies hold back what the floor releases, and open nothing that it holds back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod common;

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, Mutex};

use common::{request, rules};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use samhold_disclosure::{
    Decision, FieldFacts, Item, Narrow, Narrowed, Reason, Recipient, Request, Rules, Share, Subject, Verdict, decide,
};
use samhold_model::{Date, Law};

/// Permits a field unless its name stands here.
#[derive(Debug)]
struct AllBut(Vec<&'static str>);

impl Narrow for AllBut {
    fn permits(&self, facts: &FieldFacts<'_>) -> bool {
        !self.0.contains(&facts.field.name.as_ref())
    }
}

/// Permits all, and remembers what it was asked.
#[derive(Debug, Default)]
struct Remembers(Mutex<Vec<FieldFacts<'static>>>);

impl Narrow for Remembers {
    fn permits(&self, facts: &FieldFacts<'_>) -> bool {
        self.0.lock().unwrap().push(facts.clone().into_owned());
        true
    }
}

fn with(rules: Rules, policies: impl Narrow + 'static) -> Narrowed {
    Narrowed { rules, municipality: "9901".into(), policies: Arc::new(policies) }
}

fn bundled() -> Rules {
    Rules { law: Law::bundled(), config: Share::default() }
}

/// A municipal school in the team, asked for the coordinator of a ten-year-old.
fn coordinator(fields: &[&str]) -> Request {
    Request {
        date: Date::constant(2025, 3, 1),
        purpose: "coordination".into(),
        subject: Subject { birth_date: Some(Date::constant(2015, 1, 1)), ..Subject::default() },
        item: Item {
            category: "coordinator_contact".into(),
            from: "kommunal_helse".into(),
            holder_kind: Some("kommunal_helse".into()),
            fields: fields.iter().map(|f| (*f).to_owned()).collect(),
            ..Item::default()
        },
        recipient: Recipient { kind: "skole_kommunal".into(), participant: true, id: None },
        flags: Default::default(),
        consents: vec![],
    }
}

fn answer(fields: &[&str], held_back: &[&'static str]) -> Decision {
    with(bundled(), AllBut(held_back.to_vec())).decide(&coordinator(fields))
}

#[test]
fn where_policies_hold_nothing_back_the_answer_is_the_floors() {
    let asked = coordinator(&["name", "phone"]);
    assert_eq!(answer(&["name", "phone"], &[]), decide(&asked, &bundled()));
}

#[test]
fn a_field_that_the_policies_hold_back_stays_and_the_basis_is_still_the_floors() {
    let told = answer(&["name", "phone"], &["phone"]);
    assert_eq!((told.decision, told.reason), (Verdict::Redact, Reason::RedactLocalPolicy));
    assert_eq!(told.basis, Some(Reason::StatutoryFvl13b5));
    assert_eq!((told.released, told.withheld), (vec!["name".to_owned()], vec!["phone".to_owned()]));
}

#[test]
fn with_every_field_held_back_nothing_goes_and_there_is_no_basis() {
    let told = answer(&["name", "phone"], &["name", "phone"]);
    assert_eq!((told.decision, told.reason, told.basis), (Verdict::Deny, Reason::DenyLocalPolicy, None));
    assert!(told.released.is_empty());
}

#[test]
fn policies_are_told_of_the_municipality_the_settings_and_each_field() {
    let asked = Arc::new(Remembers::default());
    let rules = Narrowed { rules: bundled(), municipality: "9902".into(), policies: Arc::clone(&asked) as _ };
    let _ = rules.decide(&coordinator(&["name", "school_name"]));
    let asked = asked.0.lock().unwrap();
    let names: Vec<_> = asked.iter().map(|f| (f.field.name.as_ref(), f.field.is_location)).collect();
    assert_eq!(names, [("name", false), ("school_name", true)]);
    assert!(asked.iter().all(|f| f.circumstances.municipality == "9902" && f.field.age == 10 && f.recipient.organ));
}

#[test]
fn a_tag_without_a_name_is_not_taken_for_no_tag() {
    let mut asked = coordinator(&["name"]);
    asked.item.field_tags.insert("name".into(), String::new());
    let rules = bundled();
    let facts = FieldFacts::of(&asked, &rules, "9901");
    assert_eq!(facts.iter().map(|f| f.field.tag.as_ref()).collect::<Vec<_>>(), ["?"]);
}

fn hash(facts: &FieldFacts<'_>) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(facts)
}

#[test]
fn facts_that_differ_seldom_share_a_hash_so_that_finding_an_answer_stays_cheap() {
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[5; 32]);
    let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), random);
    let (rules, mut all) = (bundled(), HashSet::new());
    for _ in 0..1_500 {
        let asked = request().new_tree(&mut runner).unwrap().current();
        all.extend(FieldFacts::of(&asked, &rules, "9901").into_iter().map(FieldFacts::into_owned));
    }
    let hashes: HashSet<u64> = all.iter().map(hash).collect();
    assert!(all.len() > 2_000, "only {} different facts", all.len());
    assert!(hashes.len() * 100 >= all.len() * 99, "{} hashes of {} facts", hashes.len(), all.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn policies_never_open_what_the_floor_holds_back(r in request(), rules in rules(), which in 0..3) {
        let held_back = [vec![], vec!["name", "cause"], vec!["coordination_exists", "note", "m_x"]];
        let floor = decide(&r, &rules);
        let both = with(rules, AllBut(held_back[which as usize].clone())).decide(&r);
        prop_assert!(both.released.iter().all(|f| floor.released.contains(f)));
        prop_assert!(both.basis.is_none() || both.basis == floor.basis);
        if both.released.len() == floor.released.len() {
            prop_assert_eq!(both, floor);
        }
    }

    #[test]
    fn policies_are_asked_of_nothing_but_what_the_floor_releases(r in request(), rules in rules()) {
        let floor = decide(&r, &rules);
        let asked = Arc::new(Remembers::default());
        let _ = Narrowed { rules, municipality: "9901".into(), policies: Arc::clone(&asked) as _ }.decide(&r);
        let asked = asked.0.lock().unwrap();
        prop_assert!(asked.iter().all(|f| floor.released.iter().any(|name| *name == f.field.name)));
    }

    #[test]
    fn facts_kept_longer_than_the_question_are_found_again(r in request(), rules in rules()) {
        for facts in FieldFacts::of(&r, &rules, "9901") {
            let kept = facts.clone().into_owned();
            prop_assert_eq!(hash(&kept), hash(&facts));
            prop_assert_eq!(kept, facts);
        }
    }

    #[test]
    fn the_facts_name_no_person(mut r in request(), rules in rules()) {
        let secret = "person-4711";
        r.item.about_person = r.item.about_person.map(|_| secret.to_owned());
        r.recipient.id = Some(secret.to_owned());
        r.subject.guardians.iter_mut().for_each(|g| g.id = secret.to_owned());
        r.subject.care_order_by = r.subject.care_order_by.map(|_| secret.to_owned());
        r.flags.necessary_by = Some(secret.to_owned());
        let told = serde_json::to_string(&FieldFacts::of(&r, &rules, "9901")).unwrap();
        prop_assert!(!told.contains(secret));
    }
}
