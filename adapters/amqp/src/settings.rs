//! The AMQP part of a system file.
//!
//! Must never hold a secret: the password, and a URL that holds one, come by reference.

use std::path::PathBuf;
use std::time::Duration;

use samhold_adapter_api::SecretRef;
use serde::Deserialize;

/// How to reach the broker: a whole URL by reference, or its parts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Broker {
    /// `amqps://user:password@host:port/vhost`, kept as a secret. Excludes `host`, `user` and `password`.
    #[serde(default)]
    pub url: Option<SecretRef>,
    /// Host name of the broker.
    #[serde(default)]
    pub host: Option<String>,
    /// Port; 5671 with TLS, 5672 without.
    #[serde(default)]
    pub port: Option<u16>,
    /// Virtual host.
    #[serde(default = "root_vhost")]
    pub vhost: String,
    /// TLS, on unless switched off.
    #[serde(default = "yes")]
    pub tls: bool,
    /// Allows a connection without TLS to another machine. Only for a network that is encrypted below.
    #[serde(default)]
    pub allow_plaintext: bool,
    /// User name.
    #[serde(default)]
    pub user: Option<String>,
    /// Password.
    #[serde(default)]
    pub password: Option<SecretRef>,
    /// PEM file of certificate authorities to trust beside the machine's own.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Heartbeat asked for, in seconds. The broker may ask for less.
    #[serde(default = "heartbeat")]
    pub heartbeat_seconds: u16,
    /// Longest wait for connecting, declaring, and one publish with its confirmation, each, in seconds.
    #[serde(default = "timeout")]
    pub timeout_seconds: u64,
}

impl Broker {
    /// The longest wait, kept between a second and ten minutes.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.clamp(1, 600))
    }
}

/// A queue we read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// The broker.
    pub broker: Broker,
    /// The queue is this and the system's name.
    #[serde(default = "queue_prefix")]
    pub queue_prefix: String,
    /// How many deliveries the broker may have outstanding with us.
    #[serde(default = "prefetch")]
    pub prefetch: u16,
    /// Most deliveries journalled in one transaction. At most `prefetch` is ever reached.
    #[serde(default = "group")]
    pub group: usize,
    /// Longest body taken, in bytes.
    #[serde(default = "max_body")]
    pub max_body: usize,
    /// MIME type of bodies whose sender names none.
    #[serde(default = "json")]
    pub content_type: String,
}

/// A recipient behind the exchange.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientSettings {
    /// The broker.
    pub broker: Broker,
    /// Topic exchange.
    #[serde(default = "exchange")]
    pub exchange: String,
    /// Routing key; the recipient's name unless set. Never personal data.
    #[serde(default)]
    pub routing_key: Option<String>,
    /// CloudEvents `source`, a URI reference that names this installation.
    #[serde(default = "event_source")]
    pub source: String,
    /// What an event that no queue takes becomes.
    #[serde(default)]
    pub unroutable: Unroutable,
}

/// What an event that no queue takes becomes.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Unroutable {
    /// Tried again: the queue may be missing for a while.
    #[default]
    Later,
    /// A dead letter at once.
    Refuse,
}

fn root_vhost() -> String {
    "/".into()
}
fn yes() -> bool {
    true
}
fn heartbeat() -> u16 {
    20
}
fn timeout() -> u64 {
    15
}
fn queue_prefix() -> String {
    "samhold.in.".into()
}
fn prefetch() -> u16 {
    200
}
fn group() -> usize {
    100
}
fn max_body() -> usize {
    8 * 1024 * 1024
}
fn json() -> String {
    "application/json".into()
}
fn exchange() -> String {
    "samhold.out".into()
}
fn event_source() -> String {
    "/samhold".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_gets_safe_defaults() {
        let s: SourceSettings = toml::from_str(
            "[broker]\nhost = \"mq\"\nuser = \"samhold\"\npassword = { credential = \"mq\" }\nheartbeat_seconds = 30\n",
        )
        .unwrap();
        assert!(s.broker.tls && !s.broker.allow_plaintext);
        assert_eq!((s.broker.vhost.as_str(), s.broker.heartbeat_seconds), ("/", 30));
        assert_eq!((s.queue_prefix.as_str(), s.max_body), ("samhold.in.", 8 << 20));
    }

    #[test]
    fn an_inline_password_or_a_misspelt_setting_is_refused() {
        assert!(toml::from_str::<SourceSettings>("[broker]\nhost = \"mq\"\npassword = \"hemmelig\"\n").is_err());
        assert!(toml::from_str::<SourceSettings>("prefech = 1\n[broker]\nhost = \"mq\"\n").is_err());
        let r: RecipientSettings = toml::from_str("unroutable = \"refuse\"\n[broker]\nhost = \"mq\"\n").unwrap();
        assert_eq!(r.unroutable, Unroutable::Refuse);
    }
}
