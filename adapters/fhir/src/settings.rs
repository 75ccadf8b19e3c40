//! The FHIR part of a system file.
//!
//! Must never hold a secret, only where it lies.

use std::collections::BTreeMap;

use samhold_adapter_http::{AuthSettings, ClientSettings};
use serde::Deserialize;

/// A FHIR server we read.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Service base URL, e.g. `https://epj.example.no/fhir/r4`.
    pub base: String,
    /// How to authenticate.
    #[serde(default)]
    pub auth: AuthSettings,
    /// Limits, trust and client certificate.
    #[serde(default)]
    pub http: ClientSettings,
    /// Resource types to follow.
    #[serde(default = "types")]
    pub types: Vec<String>,
    /// Extra headers on each call, e.g. `ServiceCodes`. Nothing secret, nothing about a person.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Write resource types in lower case in addresses, as some Norwegian services want.
    #[serde(default)]
    pub lower_case_paths: bool,
    /// Resources asked for per page.
    #[serde(default = "page_size")]
    pub page_size: u32,
    /// Most pages of one read; more is taken for a fault of the server.
    #[serde(default = "max_pages")]
    pub max_pages: usize,
    /// How far behind the server's time the cursor stays, in seconds: longer than its longest transaction.
    #[serde(default = "overlap")]
    pub overlap_seconds: u32,
    /// Time between polls, in seconds.
    #[serde(default = "interval")]
    pub interval_seconds: u64,
    /// Time between full reads that look for what has vanished, in seconds.
    #[serde(default = "sweep_interval")]
    pub sweep_interval_seconds: u64,
    /// The largest part of the units, in percent, that one full read may delete. 100 turns the guard off.
    #[serde(default = "max_deletions")]
    pub max_deletions_percent: u8,
    /// For servers that only search within dates: nothing is ever taken for gone there.
    #[serde(default)]
    pub window: Option<WindowSettings>,
}

/// A span of days around today.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct WindowSettings {
    /// The search parameter, e.g. `date`.
    pub parameter: String,
    /// Days back.
    pub days_back: u16,
    /// Days ahead.
    pub days_ahead: u16,
}

/// What we keep at the peer.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
pub enum ResourceKind {
    /// The child's team; the coordinator is a participant.
    #[default]
    CareTeam,
    /// The duty as a task; the holder is the owner.
    Task,
}

/// A FHIR server we keep informed.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RecipientSettings {
    /// Service base URL.
    pub base: String,
    /// How to authenticate.
    #[serde(default)]
    pub auth: AuthSettings,
    /// Limits, trust and client certificate.
    #[serde(default)]
    pub http: ClientSettings,
    /// Which resource carries the coordination.
    #[serde(default)]
    pub resource: ResourceKind,
    /// `identifier.system` of our opaque child id, a URI of the municipality's own.
    pub identifier_system: String,
    /// `coding.system` of our roles; marks the participants that are ours.
    pub role_system: String,
    /// `meta.tag.system` under which the event's id stands.
    #[serde(default = "tag_system")]
    pub tag_system: String,
}

impl ResourceKind {
    /// The FHIR resource type.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::CareTeam => "CareTeam",
            Self::Task => "Task",
        }
    }
}

fn types() -> Vec<String> {
    ["CareTeam", "CarePlan", "EpisodeOfCare", "Consent"].map(str::to_owned).to_vec()
}
fn page_size() -> u32 {
    100
}
fn max_pages() -> usize {
    10_000
}
fn overlap() -> u32 {
    120
}
fn interval() -> u64 {
    60
}
fn sweep_interval() -> u64 {
    24 * 60 * 60
}
fn max_deletions() -> u8 {
    20
}
fn tag_system() -> String {
    "urn:samhold:event".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_is_enough_and_a_misspelt_setting_is_refused() {
        let s: SourceSettings = toml::from_str("base = 'https://epj.example.no/r4'").unwrap();
        assert_eq!((s.types.len(), s.page_size, s.overlap_seconds, s.max_deletions_percent), (4, 100, 120, 20));
        assert!(toml::from_str::<SourceSettings>("base = 'https://x.no'\nsweep_intervall = 1").is_err());
        let text = "base = 'https://x.no'\nresource = 'Task'\nidentifier_system = 'urn:a'\nrole_system = 'urn:b'";
        assert_eq!(toml::from_str::<RecipientSettings>(text).unwrap().resource.name(), "Task");
        assert!(toml::from_str::<RecipientSettings>(&text.replace("Task", "Patient")).is_err());
    }
}
