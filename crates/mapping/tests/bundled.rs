//! Every mapping that ships loads, has cases, and keeps them.

mod support;

use samhold_mapping::bundled;
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
