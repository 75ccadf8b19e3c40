//! The words the rules need are those the source uses, and a catalogue without one of them is told of.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::path::Path;

use super::{CATEGORIES, FIELD_TAGS, PURPOSES, RECIPIENT_KINDS, SERVICE_KINDS, missing_words};
use samhold_model::Law;

/// The text of the steps and all they use, but for this list of words.
fn source(folder: &Path) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            all += &source(&entry.path());
        } else if !name.starts_with("needs") {
            all += &std::fs::read_to_string(entry.path()).unwrap();
        }
    }
    all
}

#[test]
fn every_word_of_the_catalogue_that_the_steps_look_for_is_needed_and_no_other() {
    let law = Law::bundled();
    let source = source(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    let looked_for = |word: &&str| source.contains(&format!("\"{word}\""));
    let words = law.category.keys().chain(law.recipient_kind.keys()).chain(&law.purposes).chain(&law.field_tags);
    let mut used: Vec<&str> = words.map(String::as_str).filter(looked_for).collect();
    let mut needed: Vec<&str> = [&CATEGORIES[..], &RECIPIENT_KINDS, &PURPOSES, &FIELD_TAGS].concat();
    for list in [&mut used, &mut needed] {
        list.sort_unstable();
        list.dedup();
    }
    assert_eq!(needed, used);
    assert!(SERVICE_KINDS.iter().all(looked_for));
}

#[test]
fn the_catalogue_that_ships_has_every_word() {
    assert_eq!(missing_words(&Law::bundled()), []);
}

#[test]
fn a_vanished_word_of_each_kind_is_told() {
    let mut law = Law::bundled();
    law.category.shift_remove("address");
    law.recipient_kind.shift_remove("foster_home");
    law.service_kind.shift_remove("krisesenter");
    law.purposes.retain(|word| word != "coordination");
    law.field_tags.retain(|word| word != "child_confidential");
    let told: Vec<String> =
        missing_words(&law).into_iter().map(|p| format!("{}: {}", p.at.join("."), p.message)).collect();
    let gone = "but the rules of disclosure look for it";
    assert_eq!(
        told,
        [
            format!("category: `address` is gone from `category`, {gone}"),
            format!("recipient_kind: `foster_home` is gone from `recipient_kind`, {gone}"),
            format!("service_kind: `krisesenter` is gone from `service_kind`, {gone}"),
            format!("purposes: `coordination` is gone from `purposes`, {gone}"),
            format!("field_tags: `child_confidential` is gone from `field_tags`, {gone}"),
        ]
    );
}
