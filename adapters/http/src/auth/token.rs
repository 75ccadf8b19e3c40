//! A token that is fetched once, kept until shortly before it runs out, and shared by all calls.
//!
//! Must never ask a token endpoint again at once after it said no: that is a mistake in the settings, for a person.

use std::time::{Duration, Instant};

use reqwest::Url;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use samhold_adapter_api::AdapterError;
use secrecy::SecretString;
use serde::Deserialize;
use tokio::sync::Mutex;

use super::grant::Grant;
use super::maskinporten::Signer;
use crate::address::address;
use crate::answer::Answer;
use crate::classify::{RetryAfterUnit, Verdict, classify};

use crate::settings::{ClientSettings, MaskinportenSettings, OAuth2Settings};
use crate::transport::{network, read};

/// How long a refusal by the token endpoint is believed.
const REFUSAL: Duration = Duration::from_secs(300);
/// A token is exchanged this long before it runs out, or at three quarters of a short life.
const MARGIN: Duration = Duration::from_secs(30);
/// The life of a token whose server does not say.
const UNSAID: u64 = 60;
/// The largest answer of a token endpoint that is read.
const LARGEST: usize = 256 * 1024;

/// Where tokens come from.
pub struct TokenSource {
    system: String,
    client: reqwest::Client,
    endpoint: Url,
    grant: Grant,
    held: Mutex<Held>,
}

enum Held {
    Nothing,
    Token { value: SecretString, until: Instant },
    Refused { cause: String, until: Instant },
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<serde_json::Value>,
}

impl TokenAnswer {
    /// `expires_in` is a number of seconds; some servers write it as text.
    fn life(&self) -> Duration {
        let said = self.expires_in.as_ref().and_then(|v| v.as_u64().or_else(|| v.as_str()?.parse().ok()));
        Duration::from_secs(said.unwrap_or(UNSAID).min(86_400))
    }
}

#[derive(Deserialize)]
struct TokenError {
    error: String,
    error_description: Option<String>,
}

impl TokenSource {
    /// OAuth 2.0 client credentials.
    ///
    /// # Errors
    /// [`AdapterError::Settings`].
    pub fn oauth2(
        system: &str,
        settings: &OAuth2Settings,
        limits: &ClientSettings,
        client: reqwest::Client,
    ) -> Result<Self, AdapterError> {
        let endpoint = address(system, &settings.token_url, limits)?;
        Ok(Self::made(system, client, endpoint, Grant::client_credentials(system, settings)?))
    }

    /// Maskinporten.
    ///
    /// # Errors
    /// [`AdapterError::Settings`].
    pub fn maskinporten(
        system: &str,
        settings: &MaskinportenSettings,
        limits: &ClientSettings,
        client: reqwest::Client,
    ) -> Result<Self, AdapterError> {
        let endpoint = address(system, &settings.token_url, limits)?;
        let signer = Signer::new(system, settings, &endpoint)?;
        Ok(Self::made(system, client, endpoint, Grant::JwtBearer(Box::new(signer))))
    }

    fn made(system: &str, client: reqwest::Client, endpoint: Url, grant: Grant) -> Self {
        Self { system: system.to_owned(), client, endpoint, grant, held: Mutex::new(Held::Nothing) }
    }

    /// The token held, or a fresh one. Calls at the same time share one fetch.
    ///
    /// # Errors
    /// [`AdapterError::Refused`] when the endpoint answered 4xx, now or less than five minutes ago;
    /// [`AdapterError::Unavailable`] when it could not be reached or was busy.
    pub async fn token(&self, attempt: &str) -> Result<SecretString, AdapterError> {
        let mut held = self.held.lock().await;
        match &*held {
            Held::Token { value, until } if Instant::now() < *until => return Ok(value.clone()),
            Held::Refused { cause, until } if Instant::now() < *until => {
                return Err(AdapterError::refused(&self.system, attempt, cause));
            }
            _ => {}
        }
        let answer = self.ask(attempt).await?;
        let (now_held, result) = self.judge(attempt, &answer);
        *held = now_held;
        result
    }

    /// A token other than the one that was answered with 401: another call's newer one, or a fresh one.
    ///
    /// # Errors
    /// As [`TokenSource::token`].
    pub async fn after(
        &self,
        attempt: &str,
        was_refused: impl Fn(&SecretString) -> bool,
    ) -> Result<SecretString, AdapterError> {
        let mut held = self.held.lock().await;
        if matches!(&*held, Held::Token { value, .. } if was_refused(value)) {
            *held = Held::Nothing;
        }
        drop(held);
        self.token(attempt).await
    }

    async fn ask(&self, attempt: &str) -> Result<Answer, AdapterError> {
        let (form, basic) = self.grant.form(&self.system)?;
        let mut request = self.client.post(self.endpoint.clone()).form(&form);
        request = request.header(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(value) = basic {
            request = request.header(AUTHORIZATION, value);
        }
        let response = request.send().await.map_err(|e| network(&self.system, "get a token", e))?;
        read(&self.system, attempt, response, None, LARGEST).await
    }

    fn judge(&self, attempt: &str, answer: &Answer) -> (Held, Result<SecretString, AdapterError>) {
        let code = answer.status.as_u16();
        let verdict = classify(answer.status, &answer.headers, RetryAfterUnit::Seconds);
        match (verdict, code) {
            (Verdict::Ok, _) => self.keep(attempt, answer),
            (Verdict::Retry { after }, 408 | 425 | 429 | 500..=599) => {
                let cause = format!("the token endpoint answered HTTP {code}");
                (Held::Nothing, Err(AdapterError::unavailable(&self.system, attempt, cause, after)))
            }
            _ => {
                let cause = refusal(answer);
                let error = AdapterError::refused(&self.system, attempt, &cause);
                (Held::Refused { cause, until: Instant::now() + REFUSAL }, Err(error))
            }
        }
    }

    fn keep(&self, attempt: &str, answer: &Answer) -> (Held, Result<SecretString, AdapterError>) {
        let token: TokenAnswer = match answer.json(&self.system, "read a token") {
            Ok(token) => token,
            Err(e) => return (Held::Nothing, Err(e)),
        };
        if token.access_token.is_empty() {
            let error = AdapterError::format(&self.system, attempt, "the token endpoint gave an empty token");
            return (Held::Nothing, Err(error));
        }
        let life = token.life();
        let until = Instant::now() + life.saturating_sub(MARGIN.min(life / 4));
        let value = SecretString::from(token.access_token);
        (Held::Token { value: value.clone(), until }, Ok(value))
    }
}

/// The endpoint's own words (RFC 6749 section 5.2); they concern the client, never a person.
fn refusal(answer: &Answer) -> String {
    let code = answer.status.as_u16();
    let words = serde_json::from_slice::<TokenError>(&answer.body).map(|e| {
        let text: String = e.error_description.unwrap_or_default().chars().take(300).collect();
        format!(", {}: {text}", e.error.chars().take(60).collect::<String>())
    });
    crate::scrub(&format!("the token endpoint answered HTTP {code}{}", words.unwrap_or_default()))
}
