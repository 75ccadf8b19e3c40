//! The mappings and schemas that ship with the program, built into it.

/// Name in `mappings/` and text of every bundled mapping, alphabetical.
#[must_use]
pub fn bundled() -> &'static [(&'static str, &'static str)] {
    MAPPINGS
}

/// The text of a bundled schema, by the name mappings use: `schemas/….toml`.
#[must_use]
pub fn bundled_schema(name: &str) -> Option<String> {
    SCHEMAS.iter().find(|(n, _)| *n == name).map(|(_, text)| (*text).to_owned())
}

macro_rules! files {
    ($($name:literal),* $(,)?) => { &[$(($name, include_str!(concat!("../../../mappings/", $name)))),*] };
}

const MAPPINGS: &[(&str, &str)] = files!["nav-barnehagelister-v1.toml", "ssb-barnevern-4.toml"];

const SCHEMAS: &[(&str, &str)] = files!["schemas/nav-barnehagelister-v1.toml", "schemas/ssb-barnevern-4.toml"];
