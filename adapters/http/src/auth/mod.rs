//! The `Authorization` of every call.
//!
//! Must never show a secret in an error or a log, nor hammer a token endpoint that has refused.

mod grant;
mod maskinporten;
mod token;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::HeaderValue;
use samhold_adapter_api::{AdapterError, SecretRef};
use secrecy::{ExposeSecret, SecretString};

use crate::settings::{AuthSettings, BasicSettings, ClientSettings};
pub use token::TokenSource;

/// A way to authenticate, with its secrets read.
pub struct Authenticator {
    system: String,
    way: Way,
}

enum Way {
    Nothing,
    Fixed(HeaderValue),
    Token(Box<TokenSource>),
}

impl Authenticator {
    /// Reads the secrets of the settings.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] names the place of what cannot be used.
    pub fn new(
        system: &str,
        settings: &AuthSettings,
        limits: &ClientSettings,
        client: reqwest::Client,
    ) -> Result<Self, AdapterError> {
        let way = match settings {
            AuthSettings::None => Way::Nothing,
            AuthSettings::Bearer(b) => Way::Fixed(bearer(system, &secret(system, &b.token)?)?),
            AuthSettings::Basic(b) => Way::Fixed(basic(system, b)?),
            AuthSettings::Oauth2(o) => Way::Token(Box::new(TokenSource::oauth2(system, o, limits, client)?)),
            AuthSettings::Maskinporten(m) => {
                Way::Token(Box::new(TokenSource::maskinporten(system, m, limits, client)?))
            }
        };
        Ok(Self { system: system.to_owned(), way })
    }

    /// The header's value; a token is fetched when none is held or it is about to run out.
    ///
    /// # Errors
    /// As [`TokenSource::token`].
    pub async fn header(&self, attempt: &str) -> Result<Option<HeaderValue>, AdapterError> {
        match &self.way {
            Way::Nothing => Ok(None),
            Way::Fixed(value) => Ok(Some(value.clone())),
            Way::Token(source) => bearer(&self.system, &source.token(attempt).await?).map(Some),
        }
    }

    /// Whether a refused value can be exchanged for a fresh one.
    pub(crate) fn renews(&self) -> bool {
        matches!(self.way, Way::Token(_))
    }

    /// A fresh value after `used` was refused; another task's newer one is taken if there is one.
    pub(crate) async fn renew(&self, attempt: &str, used: &HeaderValue) -> Result<HeaderValue, AdapterError> {
        let Way::Token(source) = &self.way else { return Ok(used.clone()) };
        let was_refused = |token: &SecretString| bearer(&self.system, token).is_ok_and(|value| value == *used);
        bearer(&self.system, &source.after(attempt, was_refused).await?)
    }
}

/// Reads a secret, saying where it should lie when it does not.
pub(crate) fn secret(system: &str, reference: &SecretRef) -> Result<SecretString, AdapterError> {
    reference.read().map_err(|e| AdapterError::settings(system, e))
}

fn bearer(system: &str, token: &SecretString) -> Result<HeaderValue, AdapterError> {
    sensitive(system, format!("Bearer {}", token.expose_secret()))
}

/// `Basic` with user and password (RFC 7617, UTF-8).
pub(crate) fn basic_value(system: &str, user: &str, password: &SecretString) -> Result<HeaderValue, AdapterError> {
    let pair = STANDARD.encode(format!("{user}:{}", password.expose_secret()));
    sensitive(system, format!("Basic {pair}"))
}

fn basic(system: &str, settings: &BasicSettings) -> Result<HeaderValue, AdapterError> {
    basic_value(system, &settings.user, &secret(system, &settings.password)?)
}

fn sensitive(system: &str, text: String) -> Result<HeaderValue, AdapterError> {
    let mut value = HeaderValue::from_str(&text)
        .map_err(|_| AdapterError::settings(system, "a credential holds characters that cannot stand in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}
