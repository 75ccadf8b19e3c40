//! What the tests of this crate share.

#![allow(clippy::expect_used, clippy::panic, reason = "a helper of tests may stop the test")]

use samhold_mapping::{BadFile, Mapping, bundled, bundled_schema};
use samhold_model::Law;

/// A bundled mapping by file name.
pub fn bundled_mapping(name: &str) -> Mapping {
    let text = bundled().iter().find(|(n, _)| *n == name).expect("a bundled mapping").1;
    parse(name, text).unwrap_or_else(|bad| panic!("{}", bad.report()))
}

/// Reads a mapping against the bundled schemas.
pub fn parse(name: &str, text: &str) -> Result<Mapping, BadFile> {
    Mapping::parse(name, text, &bundled_schema, &Law::bundled())
}
