//! Settings of the source of consents in Altinn 3.
//!
//! Must never hold a secret, only where it lies.

use samhold_adapter_http::{ClientSettings, MaskinportenSettings};
use serde::Deserialize;

/// One organisation's consent requests.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// `https://platform.altinn.no` (the default), or `https://platform.tt02.altinn.no` for the test environment.
    #[serde(default = "production")]
    pub base_url: String,
    /// The Maskinporten client; its scope must hold `altinn:consentrequests.read`.
    pub maskinporten: MaskinportenSettings,
    /// Limits and trust.
    #[serde(default)]
    pub http: ClientSettings,
    /// Seconds between polls. Default five minutes, which is how old an event is before Altinn tells it.
    #[serde(default = "five_minutes")]
    pub interval_seconds: u64,
}

fn production() -> String {
    "https://platform.altinn.no".to_owned()
}

fn five_minutes() -> u64 {
    300
}
