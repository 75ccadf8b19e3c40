//! Settings of an HTTP recipient.
//!
//! Must never hold a secret, only where it lies.

use samhold_adapter_api::SecretRef;
use serde::Deserialize;

use crate::settings::{AuthSettings, ClientSettings};

/// One recipient that is pushed to.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct RecipientSettings {
    /// Where events are posted.
    pub url: String,
    /// How to authenticate. Default: not, which is right with a client certificate.
    #[serde(default)]
    pub auth: AuthSettings,
    /// Limits, trust and client certificate.
    #[serde(default)]
    pub http: ClientSettings,
    /// The CloudEvents `source`, a URI reference that says which installation speaks. Default `/samhold`.
    #[serde(default = "source")]
    pub source: String,
    /// Signs each event when given.
    pub signature: Option<SignatureSettings>,
    /// Statuses that are tried again here, against the table.
    #[serde(default)]
    pub retry: Vec<u16>,
    /// Statuses that are a refusal here, against the table.
    #[serde(default)]
    pub refuse: Vec<u16>,
}

/// Shared secrets of the signature.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct SignatureSettings {
    /// One, or while it is being changed two or more, the newest first.
    pub secrets: Vec<SecretRef>,
}

fn source() -> String {
    "/samhold".to_owned()
}
