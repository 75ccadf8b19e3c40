//! Whole documents of each source, as systems send them, and every fact that comes of them.
//!
//! The snapshots show what the program would keep; numbers are masked by `Debug` itself.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may stop the test")]

mod support;

use samhold_mapping::RunParameters;
use samhold_mapping::tree::Limits;
use samhold_model::{Law, Realm};
use serde_json::{Value, json};

fn document(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/documents/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&document(name)).unwrap()
}

/// One line a fact, without what could be a person's number.
fn facts(mapping: &str, document: &str) -> String {
    let law = Law::bundled();
    let with = RunParameters { realm: Realm::Test, system: "kilde", words: &law, limits: Limits::default() };
    let mapped = support::bundled_mapping(mapping).run(document.as_bytes(), &with);
    let mapped = mapped.unwrap_or_else(|errors| panic!("{errors:?}"));
    let facts = mapped.groups.iter().flat_map(|g| g.facts.iter().map(move |f| format!("{} {f:?}", g.key)));
    facts.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_child_welfare_case_with_an_individuell_plan() {
    insta::assert_snapshot!(facts("ssb-barnevern-4.toml", &document("ssb_v4_even.xml")));
}

#[test]
fn a_report_of_concern_about_an_unborn_child_gives_nothing() {
    assert_eq!(facts("ssb-barnevern-4.toml", &document("ssb_v4_ufodt.xml")), "");
}

#[test]
fn a_referral_that_names_a_coordinator() {
    insta::assert_snapshot!(facts("bufdir-henvisning-1.0.toml", &document("henvisning_fosterhjem_synthetic.xml")));
}

#[test]
fn a_kindergarten_list() {
    insta::assert_snapshot!(facts("nav-barnehagelister-v1.toml", &document("barnehageliste_v1.json")));
}

#[test]
fn a_social_assistance_case() {
    let both = json!({"sak": parsed("digisos_sak_fiks.json"), "soker": parsed("digisos-soker_synthetic.json")});
    insta::assert_snapshot!(facts("digisos-soker-1.toml", &both.to_string()));
}

#[test]
fn children_of_the_population_register() {
    let children = parsed("fiks_oppvekst_response.json");
    let each = children.as_array().unwrap().iter().map(|c| facts("fiks-oppvekst-v1.toml", &c.to_string()));
    insta::assert_snapshot!(each.collect::<Vec<_>>().join("\n"));
}

#[test]
fn pupils_and_others_of_a_school() {
    let users = parsed("oneroster_v1p2_users_synthetic.json");
    let enrollments = parsed("oneroster_v1p2_enrollments_synthetic.json");
    let one = |user: &Value| json!({"user": user, "enrollments": enrollments["enrollments"], "orgs": []}).to_string();
    let each = users["users"].as_array().unwrap().iter().map(|u| facts("oneroster-1.2.toml", &one(u)));
    insta::assert_snapshot!(each.filter(|f| !f.is_empty()).collect::<Vec<_>>().join("\n"));
}
