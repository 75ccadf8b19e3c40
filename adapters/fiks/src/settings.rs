//! Settings of the Fiks sources.
//!
//! Must never hold a secret, only where it lies.

use samhold_adapter_api::SecretRef;
use samhold_adapter_http::{ClientSettings, MaskinportenSettings};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How to reach Fiks. One integration for each municipality.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// `https://api.fiks.ks.no` (the default), or the test environment's address.
    #[serde(default = "production")]
    pub base_url: String,
    /// The integration's id.
    pub integrasjon_id: Uuid,
    /// The integration's password.
    pub integrasjon_passord: SecretRef,
    /// The Maskinporten client.
    pub maskinporten: MaskinportenSettings,
    /// Limits and trust.
    #[serde(default)]
    pub http: ClientSettings,
}

/// The population register through Fiks.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct FolkeregisterSettings {
    /// How to reach Fiks.
    pub connection: Connection,
    /// The municipality's organisation in Fiks.
    pub fiks_org_id: Uuid,
    /// The role, which carries the legal basis and what may be read.
    pub rolle_id: Uuid,
    /// Municipality numbers whose events are read.
    pub municipalities: Vec<String>,
    /// Which events. Default all four.
    #[serde(default = "every_event")]
    pub events: Vec<EventType>,
    /// How many persons to ask about at once. Default 100.
    #[serde(default = "hundred")]
    pub batch_size: usize,
    /// Days the windows of two polls overlap, for events that are registered late. Default 2.
    #[serde(default = "two")]
    pub overlap_days: u16,
    /// How far back, in days, the first poll looks for events. Default 30.
    #[serde(default = "thirty")]
    pub first_days: u16,
    /// Moves are read only for those born within this many years. Default 20.
    #[serde(default = "twenty")]
    pub born_within_years: u16,
    /// Seconds between polls. Default one hour: address protection must be known soon.
    #[serde(default = "hour")]
    pub interval_seconds: u64,
}

/// Events the list can be asked for.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    /// Moved to the municipality.
    FlyttetTilKommune,
    /// Moved from it.
    FlyttetFraKommune,
    /// Died.
    Doed,
    /// Born.
    Foedt,
}

impl EventType {
    /// The register's own word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FlyttetTilKommune => "FLYTTET_TIL_KOMMUNE",
            Self::FlyttetFraKommune => "FLYTTET_FRA_KOMMUNE",
            Self::Doed => "DOED",
            Self::Foedt => "FOEDT",
        }
    }

    /// Whether the list can be narrowed by date of birth, which only the moves can.
    #[must_use]
    pub fn is_move(self) -> bool {
        matches!(self, Self::FlyttetTilKommune | Self::FlyttetFraKommune)
    }
}

/// Digisos through Fiks.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct DigisosSettings {
    /// How to reach Fiks.
    pub connection: Connection,
    /// Only cases of these municipality numbers; empty for all the integration sees.
    #[serde(default)]
    pub municipalities: Vec<String>,
    /// Seconds between polls. Default 15 minutes.
    #[serde(default = "quarter")]
    pub interval_seconds: u64,
}

/// Fiks samtykke.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SamtykkeSettings {
    /// How to reach Fiks.
    pub connection: Connection,
    /// The municipality's organisation in Fiks.
    pub fiks_org_id: Uuid,
    /// Seconds between polls. Default 5 minutes: a withdrawal counts the same day.
    #[serde(default = "five_minutes")]
    pub interval_seconds: u64,
}

fn production() -> String {
    "https://api.fiks.ks.no".to_owned()
}

fn every_event() -> Vec<EventType> {
    vec![EventType::FlyttetTilKommune, EventType::FlyttetFraKommune, EventType::Doed, EventType::Foedt]
}

fn hundred() -> usize {
    100
}

fn two() -> u16 {
    2
}

fn thirty() -> u16 {
    30
}

fn twenty() -> u16 {
    20
}

fn hour() -> u64 {
    3600
}

fn five_minutes() -> u64 {
    300
}

fn quarter() -> u64 {
    900
}
