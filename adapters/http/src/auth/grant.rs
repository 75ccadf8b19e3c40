//! The form that is posted to a token endpoint, made anew for each try.
//!
//! Must never repeat an assertion: Maskinporten refuses a `jti` it has seen (MP-012).

use jiff::Timestamp;
use reqwest::header::HeaderValue;
use samhold_adapter_api::AdapterError;
use secrecy::{ExposeSecret, SecretString};

use super::maskinporten::Signer;
use super::{basic_value, secret};
use crate::settings::{ClientAuth, OAuth2Settings};

/// What is exchanged for a token.
pub(crate) enum Grant {
    /// RFC 6749 section 4.4.
    ClientCredentials { id: String, secret: SecretString, auth: ClientAuth, more: Vec<(&'static str, String)> },
    /// RFC 7523 section 2.1.
    JwtBearer(Box<Signer>),
}

/// Fields of the form, and the header that goes with it.
type Form<'a> = (Vec<(&'a str, String)>, Option<HeaderValue>);

impl Grant {
    /// Reads the client's secret.
    pub(crate) fn client_credentials(system: &str, settings: &OAuth2Settings) -> Result<Self, AdapterError> {
        let scope = settings.scope.iter().map(|s| ("scope", s.clone()));
        let audience = settings.audience.iter().map(|a| ("audience", a.clone()));
        Ok(Self::ClientCredentials {
            id: settings.client_id.clone(),
            secret: secret(system, &settings.client_secret)?,
            auth: settings.client_auth,
            more: scope.chain(audience).collect(),
        })
    }

    /// The form's fields and, for HTTP Basic, the header.
    pub(crate) fn form(&self, system: &str) -> Result<Form<'_>, AdapterError> {
        match self {
            Self::ClientCredentials { id, secret, auth, more } => {
                let mut form = vec![("grant_type", "client_credentials".to_owned())];
                form.extend(more.iter().map(|(k, v)| (*k, v.clone())));
                if *auth == ClientAuth::Basic {
                    return Ok((form, Some(basic_value(system, id, secret)?)));
                }
                form.push(("client_id", id.clone()));
                form.push(("client_secret", secret.expose_secret().to_owned()));
                Ok((form, None))
            }
            Self::JwtBearer(signer) => {
                let assertion = signer.assertion(system, Timestamp::now())?;
                let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer".to_owned();
                Ok((vec![("grant_type", kind), ("assertion", assertion)], None))
            }
        }
    }
}
