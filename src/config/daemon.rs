//! `samhold.toml`: the daemon itself, its store, its listener, and the municipalities it serves.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use samhold_adapter_api::SecretRef;
use samhold_model::Realm;
use serde::Deserialize;

/// The daemon's settings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which national identity numbers are accepted: `production` (real) or `test` (synthetic).
    #[serde(default)]
    pub realm: Realm,
    /// The store.
    pub store: StoreSection,
    /// The listener.
    #[serde(default)]
    pub web: WebSettings,
    /// Logging.
    #[serde(default)]
    pub log: LogSettings,
    /// Delivery.
    #[serde(default)]
    pub delivery: DeliverySettings,
    /// Folder of own mapping files; a bundled mapping is used where a system names one that is not there.
    #[serde(default)]
    pub mappings: Option<PathBuf>,
    /// The municipalities, by kommunenummer.
    pub municipality: BTreeMap<String, MunicipalitySettings>,
}

/// Where the memory lies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSection {
    /// A SQLite file (the default kind).
    #[serde(default)]
    pub sqlite: Option<PathBuf>,
    /// A PostgreSQL URL, by reference since it holds a password.
    #[serde(default)]
    pub postgres: Option<SecretRef>,
    /// 32 bytes as 64 hexadecimal digits, by reference. Everything at rest is encrypted under keys made from it.
    pub master_key: SecretRef,
    /// Former master keys, still needed to read what was written under them.
    #[serde(default)]
    pub old_master_keys: Vec<SecretRef>,
}

/// The listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebSettings {
    /// Address and port. Loopback by default: put it behind TLS here or in a proxy before opening it.
    pub listen: SocketAddr,
    /// Largest request body, in bytes; 413 beyond.
    pub max_body_bytes: usize,
    /// A request that takes longer is ended with 408, in seconds.
    pub request_timeout_seconds: u64,
    /// TLS with this certificate chain and key (PEM).
    pub tls: Option<TlsSettings>,
}

/// TLS of the listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// Certificate chain, PEM file.
    pub certificate: PathBuf,
    /// Private key, PEM, by reference.
    pub key: SecretRef,
    /// Clients may show certificates of this authority (PEM file); systems name theirs by SHA-256.
    #[serde(default)]
    pub client_ca: Option<PathBuf>,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8420)),
            max_body_bytes: 8 * 1024 * 1024,
            request_timeout_seconds: 30,
            tls: None,
        }
    }
}

/// Logging.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSettings {
    /// `json` or `text`.
    pub format: LogFormat,
    /// A tracing filter such as `info` or `samhold=debug,info`.
    pub level: String,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For a terminal.
    Text,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { format: LogFormat::Json, level: "info".into() }
    }
}

/// How patient delivery is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliverySettings {
    /// First wait after a failed attempt, in milliseconds.
    pub first_wait_ms: u64,
    /// Longest wait between attempts, in seconds.
    pub longest_wait_seconds: u64,
    /// After this many days of trying, a delivery becomes a dead letter.
    pub give_up_days: u32,
    /// After this many failures in a row a recipient is left alone for the longest wait.
    pub circuit_failures: u32,
    /// Deliveries under way at once per recipient; never two for one child.
    pub concurrency: usize,
    /// A consent that its register confirmed so many seconds ago is not asked about again; 0 asks for each message, and
    /// shows nothing that rests on such a consent to whoever asks a question.
    pub confirm_within_seconds: u64,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            first_wait_ms: 1000,
            longest_wait_seconds: 300,
            give_up_days: 7,
            circuit_failures: 10,
            concurrency: 8,
            confirm_within_seconds: 60,
        }
    }
}

/// One municipality.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MunicipalitySettings {
    /// Its name, shown to people.
    pub name: String,
    /// The koordinerende enhet's contact point: what a recipient gets when it may know no more.
    pub contact_point: String,
    /// Judgement calls on reconciliation that differ from the defaults.
    #[serde(default)]
    pub reconcile: samhold_duty::Reconcile,
    /// Judgement calls on sharing that differ from the defaults.
    #[serde(default)]
    pub share: samhold_disclosure::Share,
    /// After so many days without an answer from the municipality a child moved to, a person is told.
    #[serde(default = "two_weeks")]
    pub handover_reminder_days: u16,
    /// So many days after the last good contact with the population register what it said of address protection still counts;
    /// after that every child counts as strictly protected (folkeregisterloven § 10-4).
    #[serde(default = "a_week")]
    pub protection_max_age_days: u16,
}

fn a_week() -> u16 {
    7
}

fn two_weeks() -> u16 {
    14
}
