//! Settings of a OneRoster source.
//!
//! Must never hold a secret, only where it lies.

use samhold_adapter_http::{AuthSettings, ClientSettings};
use serde::Deserialize;

/// One school system.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Where `/users`, `/enrollments` and `/orgs` lie, e.g. `https://skole.example.no/ims/oneroster/rostering/v1p2`.
    pub base_url: String,
    /// How to authenticate; OAuth 2.0 client credentials at most producers.
    #[serde(default)]
    pub auth: AuthSettings,
    /// Limits and trust.
    #[serde(default)]
    pub http: ClientSettings,
    /// Seconds between full reads. Default one hour, which is how often FINT renews its own copy.
    #[serde(default = "hour")]
    pub interval_seconds: u64,
    /// How many to ask for in a page. Default 500; a producer may give fewer.
    #[serde(default = "page_size")]
    pub page_size: u32,
    /// The largest part of the pupils, in percent, that one poll may delete. 100 turns the guard off. Default 20.
    #[serde(default = "twenty")]
    pub max_deletions_percent: u8,
    /// Members of the user that a mapping needs beside the usual ones, e.g. `username`.
    #[serde(default)]
    pub keep_user_fields: Vec<String>,
}

fn hour() -> u64 {
    3600
}

fn page_size() -> u32 {
    500
}

fn twenty() -> u8 {
    20
}
