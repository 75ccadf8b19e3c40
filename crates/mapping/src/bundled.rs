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

const MAPPINGS: &[(&str, &str)] = files![
    "altinn-consent.toml",
    "bufdir-henvisning-1.0.toml",
    "digisos-soker-1.toml",
    "fhir-careplan-r4.toml",
    "fhir-careteam-out-r4.toml",
    "fhir-careteam-r4.toml",
    "fhir-consent-pcf.toml",
    "fhir-consent-r4.toml",
    "fhir-episodeofcare-r4.toml",
    "fhir-patient-r4.toml",
    "fhir-task-out-r4.toml",
    "fiks-hendelse-v1.toml",
    "fiks-oppvekst-v1.toml",
    "fiks-samtykke.toml",
    "nav-barnehagelister-v1.toml",
    "oneroster-1.2.toml",
    "samhold-assignment-v1.toml",
    "samhold-handover-v1.toml",
    "ssb-barnevern-4.toml",
];

const SCHEMAS: &[(&str, &str)] = files![
    "schemas/altinn-consent.toml",
    "schemas/bufdir-henvisning-1.0.toml",
    "schemas/digisos-soker-1.toml",
    "schemas/fhir-careplan-r4.toml",
    "schemas/fhir-careteam-r4.toml",
    "schemas/fhir-consent-pcf.toml",
    "schemas/fhir-consent-r4.toml",
    "schemas/fhir-episodeofcare-r4.toml",
    "schemas/fhir-patient-r4.toml",
    "schemas/fiks-hendelse-v1.toml",
    "schemas/fiks-oppvekst-v1.toml",
    "schemas/fiks-samtykke.toml",
    "schemas/nav-barnehagelister-v1.toml",
    "schemas/oneroster-1.2.toml",
    "schemas/ssb-barnevern-4.toml",
    "schemas/view.toml",
];
