//! The settings that every HTTP adapter shares: limits, trust, and how to authenticate.
//!
//! Must never hold a secret, only where it lies.

use std::path::PathBuf;

use samhold_adapter_api::SecretRef;
use serde::Deserialize;

/// Limits and trust of one client.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct ClientSettings {
    /// The longest a whole exchange may take, in seconds. Default 30.
    pub timeout_seconds: u64,
    /// The largest answer that is read, in bytes. Default 32 MiB.
    pub max_response_bytes: usize,
    /// PEM file of the authorities to trust instead of those of the machine.
    pub ca_file: Option<PathBuf>,
    /// Client certificate: PEM with the certificate chain and the private key.
    pub client_certificate: Option<SecretRef>,
    /// A proxy to go through, e.g. `http://proxy.kommune.example:3128`. The environment's proxy variables are not read.
    pub proxy: Option<String>,
    /// Accept `http://` to other machines. Only for tests and for a tunnel that is encrypted otherwise.
    pub allow_plain_http: bool,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            timeout_seconds: 30,
            max_response_bytes: 32 * 1024 * 1024,
            ca_file: None,
            client_certificate: None,
            proxy: None,
            allow_plain_http: false,
        }
    }
}

/// How to authenticate. In a settings file: `auth = { kind = "bearer", token = { file = "…" } }`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuthSettings {
    /// Nothing, or the client certificate alone.
    #[default]
    None,
    /// A fixed bearer token (RFC 6750).
    Bearer(BearerSettings),
    /// User and password (RFC 7617).
    Basic(BasicSettings),
    /// OAuth 2.0 client credentials (RFC 6749 section 4.4).
    Oauth2(OAuth2Settings),
    /// Maskinporten (RFC 7523 grant, as Digdir profiles it).
    Maskinporten(MaskinportenSettings),
}

/// A fixed bearer token.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BearerSettings {
    /// The token.
    pub token: SecretRef,
}

/// User and password.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct BasicSettings {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: SecretRef,
}

/// How the client shows its secret to the token endpoint (RFC 6749 section 2.3.1).
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    /// In the form, as Visma Connect and most others take it.
    #[default]
    Post,
    /// As HTTP Basic.
    Basic,
}

/// OAuth 2.0 client credentials.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct OAuth2Settings {
    /// The token endpoint.
    pub token_url: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretRef,
    /// Scopes, separated by spaces.
    pub scope: Option<String>,
    /// The `audience` parameter some servers want.
    pub audience: Option<String>,
    /// How the secret is shown.
    #[serde(default)]
    pub client_auth: ClientAuth,
}

/// Maskinporten. One of `kid` and `certificate` must be given.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct MaskinportenSettings {
    /// The token endpoint, `https://maskinporten.no/token` or `https://test.maskinporten.no/token`.
    pub token_url: String,
    /// The `aud` claim. Default: the token endpoint's origin with a slash, which is right for both environments.
    pub audience: Option<String>,
    /// The client's id, the `iss` claim.
    pub client_id: String,
    /// Scopes, separated by spaces; `ks:fiks` for Fiks.
    #[serde(default = "ks_fiks")]
    pub scope: String,
    /// The private RSA key, PEM (PKCS#8 or PKCS#1).
    pub key: SecretRef,
    /// Id of a key registered at Maskinporten. Such keys live one year.
    pub kid: Option<String>,
    /// The enterprise certificate (virksomhetssertifikat) and its chain, PEM, sent as `x5c`.
    pub certificate: Option<SecretRef>,
    /// The `resource` claim, where an interface wants it.
    #[serde(default)]
    pub resource: Vec<String>,
    /// The organisation number this is done for, when it has delegated to ours.
    pub consumer_org: Option<String>,
}

fn ks_fiks() -> String {
    "ks:fiks".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Holder {
        #[serde(default)]
        auth: AuthSettings,
        #[serde(default)]
        http: ClientSettings,
    }

    fn read(text: &str) -> Result<Holder, serde_json::Error> {
        serde_json::from_str(text)
    }

    #[test]
    fn every_way_to_authenticate_is_read_and_a_misspelt_one_refused() {
        let auth = |t: &str| read(&format!("{{\"auth\": {t}}}"));
        assert!(matches!(auth(r#"{"kind":"none"}"#).unwrap().auth, AuthSettings::None));
        assert!(auth(r#"{"kind":"bearer","token":{"env":"T"}}"#).is_ok());
        assert!(auth(r#"{"kind":"basic","user":"u","password":{"credential":"p"}}"#).is_ok());
        assert!(
            auth(r#"{"kind":"oauth2","token_url":"https://t","client_id":"c","client_secret":{"env":"S"}}"#).is_ok()
        );
        let m = auth(
            r#"{"kind":"maskinporten","token_url":"https://m/token","client_id":"c","key":{"env":"K"},"kid":"1"}"#,
        );
        assert!(matches!(m.unwrap().auth, AuthSettings::Maskinporten(s) if s.scope == "ks:fiks"));
        assert!(auth(r#"{"kind":"bearer","token":{"env":"T"},"tokne":1}"#).is_err());
        assert!(auth(r#"{"kind":"bearer","token":"hemmelig"}"#).is_err());
        assert!(auth(r#"{"kind":"digest"}"#).is_err());
    }

    #[test]
    fn limits_have_defaults_and_unknown_ones_are_refused() {
        let http = read("{\"http\":{\"timeout_seconds\":5}}").unwrap().http;
        assert_eq!((http.timeout_seconds, http.max_response_bytes), (5, 33_554_432));
        assert!(read("{\"http\":{\"timeout\":5}}").is_err());
    }
}
