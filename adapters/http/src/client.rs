//! The bounded client: a limit on time, a limit on size, no redirects, no proxy from the environment.
//!
//! Must never put a URL's query, a header or a body in an error, nor retry except once after a fresh token.

use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use samhold_adapter_api::AdapterError;

use crate::answer::Answer;
use crate::auth::Authenticator;
use crate::call::Call;
use crate::classify::RetryAfterUnit;
use crate::settings::{AuthSettings, ClientSettings};
use crate::transport::{build, network, read};

/// A client of one configured system.
pub struct Client {
    system: String,
    inner: reqwest::Client,
    auth: Authenticator,
    fixed: HeaderMap,
    unit: RetryAfterUnit,
    max_response_bytes: usize,
}

impl Client {
    /// Reads secrets and certificates now; made again on reload.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] names what cannot be used.
    pub fn new(system: &str, settings: &ClientSettings, auth: &AuthSettings) -> Result<Self, AdapterError> {
        let inner = build(system, settings)?;
        let auth = Authenticator::new(system, auth, settings, inner.clone())?;
        Ok(Self {
            system: system.to_owned(),
            inner,
            auth,
            fixed: HeaderMap::new(),
            unit: RetryAfterUnit::Seconds,
            max_response_bytes: settings.max_response_bytes,
        })
    }

    /// How this system counts in `Retry-After`.
    #[must_use]
    pub fn counting_in(mut self, unit: RetryAfterUnit) -> Self {
        self.unit = unit;
        self
    }

    /// A header on every call, marked sensitive.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] when the value cannot stand in a header.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Result<Self, AdapterError> {
        let mut value = HeaderValue::from_str(value).map_err(|_| {
            AdapterError::settings(&self.system, format!("the value of {name} cannot stand in a header"))
        })?;
        value.set_sensitive(true);
        self.fixed.insert(HeaderName::from_static(name), value);
        Ok(self)
    }

    /// The configured system.
    #[must_use]
    pub fn system(&self) -> &str {
        &self.system
    }

    /// Sends and gives back any answer. After a 401 a token is fetched anew and the call repeated, once.
    ///
    /// # Errors
    /// [`AdapterError::Unavailable`] for the network, the time limit or a broken answer, [`AdapterError::Format`] for
    /// an answer above the limit, [`AdapterError::Refused`] when no token is given.
    pub async fn send(&self, attempt: &str, call: &Call) -> Result<Answer, AdapterError> {
        let header = self.auth.header(attempt).await?;
        let answer = self.once(attempt, call, header.clone()).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        match (header, self.auth.renews()) {
            (Some(used), true) => {
                let fresh = self.auth.renew(attempt, &used).await?;
                self.once(attempt, call, Some(fresh)).await
            }
            _ => Ok(answer),
        }
    }

    /// As [`Client::send`], and anything but 2xx is an error.
    ///
    /// # Errors
    /// As [`Client::send`] and [`Answer::ok`].
    pub async fn fetch(&self, attempt: &str, call: &Call) -> Result<Answer, AdapterError> {
        self.send(attempt, call).await?.ok(&self.system, attempt, self.unit)
    }

    /// Fetches a token where tokens are used, to see that the credentials hold.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn check_credentials(&self) -> Result<(), AdapterError> {
        self.auth.header("get a token").await.map(drop)
    }

    /// How this system counts in `Retry-After`.
    #[must_use]
    pub fn unit(&self) -> RetryAfterUnit {
        self.unit
    }

    async fn once(&self, attempt: &str, call: &Call, auth: Option<HeaderValue>) -> Result<Answer, AdapterError> {
        let mut headers = call.headers.clone();
        headers.extend(self.fixed.clone());
        headers.extend(auth.map(|value| (AUTHORIZATION, value)));
        let request =
            self.inner.request(call.method.clone(), call.url.clone()).headers(headers).body(call.body.clone());
        let response = request.send().await.map_err(|e| network(&self.system, attempt, e))?;
        read(&self.system, attempt, response, call.cut_at, self.max_response_bytes).await
    }
}
