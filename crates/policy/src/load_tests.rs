//! What a reader of policy files is told when one is wrong.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says what is wrong by failing")]

use crate::{Mistake, PolicySet, SCHEMA, Source};

const SAID: &str = r#"@rule("S-15") @step("2") @law("forvaltningsloven § 13") @text("Drift ser aldri innhold.")"#;

fn mistakes(texts: &[&str]) -> Vec<Mistake> {
    let file = |(n, text): (usize, &&str)| Source { name: format!("{n}.cedar"), text: (**text).into() };
    PolicySet::from_sources(texts.iter().enumerate().map(file).collect()).err().unwrap_or_default()
}

fn forbid(id: &str, when: &str) -> String {
    format!("@id(\"{id}\") {SAID}\nforbid (principal, action, resource) when {{ {when} }};\n")
}

/// The words the caret stands under.
fn under(mistake: &Mistake) -> &str {
    &mistake.text[mistake.span.clone().unwrap()]
}

#[test]
fn the_schema_is_one_cedar_reads() {
    let read = cedar_policy::Schema::from_cedarschema_str(SCHEMA);
    assert!(read.is_ok(), "{:?}", read.err());
}

#[test]
fn the_bundled_policies_have_no_mistake() {
    assert_eq!(PolicySet::bundled().err(), None);
}

#[test]
fn a_policy_with_all_it_needs_is_taken_and_told_of() {
    let text = forbid("S-15-drift", "principal.kind == \"it_operations\"");
    let set = PolicySet::from_sources(vec![Source { name: "30.cedar".into(), text: text.into() }]).unwrap();
    let told = set.told("S-15-drift").unwrap();
    assert_eq!((told.step.as_str(), told.forbids, told.file.as_str()), ("2", true, "30.cedar"));
    assert_eq!(set.policies().num_of_policies(), 1);
}

#[test]
fn a_misspelt_attribute_gets_a_caret_and_is_refused() {
    let found = mistakes(&[&forbid("a", "principal.knid == \"it_operations\"")]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(under(&found[0]).contains("knid"), "{found:?}");
}

#[test]
fn what_is_not_cedar_gets_a_caret() {
    let found = mistakes(&["forbid (principal, action, resource) whan { true };"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(under(&found[0]), "whan");
}

#[test]
fn a_policy_without_its_law_is_refused_at_its_place() {
    let text = forbid("a", "resource.care_order") + &forbid("b", "principal.public").replace("@law", "@lov");
    let found = mistakes(&[&text]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].message, "the policy has no `@law(\"…\")`");
    assert!(under(&found[0]).starts_with("@id(\"b\")"), "{}", under(&found[0]));
}

#[test]
fn an_id_used_in_two_files_is_refused_in_the_second() {
    let (one, two) = (forbid("a", "principal.public"), forbid("a", "principal.person"));
    let found = mistakes(&[&one, &two]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].file.as_str(), under(&found[0])), ("1.cedar", "\"a\""));
}

#[test]
fn a_policy_that_can_never_apply_is_refused() {
    let found = mistakes(&[&forbid("a", "principal.public && false")]);
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn mistakes_of_all_files_are_told_at_once() {
    let found = mistakes(&["forbid", &forbid("a", "principal.age > 3"), "permit ("]);
    let files: Vec<_> = found.iter().map(|m| m.file.as_str()).collect();
    assert_eq!(files, ["0.cedar", "1.cedar", "2.cedar"]);
}

#[test]
fn a_folder_without_policies_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let found = PolicySet::load(folder.path()).unwrap_err();
    assert!(found[0].message.contains("holds no policy file"), "{found:?}");
}

#[test]
fn the_fingerprint_follows_the_text_and_not_the_name() {
    let of = |name: &str, when: &str| {
        let text = forbid("a", when).into();
        PolicySet::from_sources(vec![Source { name: name.into(), text }]).unwrap().fingerprint().to_owned()
    };
    assert_eq!(of("x", "principal.public"), of("y", "principal.public"));
    assert_ne!(of("x", "principal.public"), of("x", "principal.person"));
}
