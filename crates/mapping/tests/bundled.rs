//! Every mapping that ships loads, has cases, and keeps them.

mod support;

use samhold_mapping::{Outbound, bundled, bundled_schema};
use samhold_model::Law;

#[test]
fn every_case_of_every_bundled_mapping_holds() {
    let law = Law::bundled();
    let mut failures = Vec::new();
    for (name, _) in bundled() {
        let results = support::bundled_mapping(name).test(&law);
        assert!(results.len() >= 2, "{name} has too few cases");
        failures.extend(results.into_iter().filter_map(|r| Some(format!("{name}: {}: {}", r.name, r.failure?))));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_bundled_mapping_is_called_what_its_file_is_called() {
    for (name, _) in bundled() {
        assert_eq!(format!("{}.toml", support::bundled_mapping(name).id), *name);
    }
}

#[test]
fn every_mapping_and_schema_file_is_built_in() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../mappings");
    let names = |folder: &str| -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        entries.filter(|n| n.ends_with(".toml")).collect()
    };
    for name in names(folder) {
        assert!(bundled().iter().any(|(n, _)| *n == name), "{name} is not in bundled.rs");
    }
    for name in names(&format!("{folder}/schemas")) {
        assert!(bundled_schema(&format!("schemas/{name}")).is_some(), "{name} is not in bundled.rs");
    }
}

#[test]
fn an_inbound_mapping_is_no_outbound_one() {
    let (name, text) = bundled().iter().find(|(n, _)| n.starts_with("ssb")).unwrap();
    let bad = Outbound::parse(name, text, &bundled_schema, &Law::bundled()).unwrap_err();
    assert_eq!(bad.problems[0].code, "wrong-direction");
}
