//! Posting one event and reading the receiver's answer.
//!
//! Must never retry: the outbox decides when.

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Url};
use samhold_adapter_api::{AdapterError, DeliveryOutcome, Outgoing, Recipient};
use secrecy::SecretString;
use uuid::Uuid;

use super::envelope::cloud_event;
use super::outcome::{Exceptions, KEPT, of_answer, of_error};
use super::settings::RecipientSettings;
use crate::address::address;
use crate::call::Call;
use crate::client::Client;
use crate::signature::{SIGNATURE_HEADER, sign};

const CLOUD_EVENT: &str = "application/cloudevents+json";
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Read a little more than is kept, so that what is cut can be seen to be cut.
const READ: usize = KEPT + 256;

/// A recipient that is pushed to over HTTP.
pub struct HttpRecipient {
    client: Client,
    url: Url,
    source: String,
    secrets: Vec<SecretString>,
    exceptions: Exceptions,
}

impl HttpRecipient {
    /// Reads secrets and certificates now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] says what cannot work.
    pub fn new(system: &str, settings: &RecipientSettings) -> Result<Self, AdapterError> {
        let references = settings.signature.as_ref().map(|s| s.secrets.as_slice());
        if references.is_some_and(<[_]>::is_empty) {
            return Err(AdapterError::settings(system, "signature.secrets is empty; give one, or leave signature out"));
        }
        if let Some(code) = settings.retry.iter().find(|c| settings.refuse.contains(c)) {
            return Err(AdapterError::settings(system, format!("status {code} stands in both retry and refuse")));
        }
        let secrets = references.unwrap_or_default().iter().map(|r| crate::auth::secret(system, r));
        Ok(Self {
            client: Client::new(system, &settings.http, &settings.auth)?,
            url: address(system, &settings.url, &settings.http)?,
            source: settings.source.clone(),
            secrets: secrets.collect::<Result<_, _>>()?,
            exceptions: Exceptions { retry: settings.retry.clone(), refuse: settings.refuse.clone() },
        })
    }

    /// Posts a body that is ready. Only [`Recipient::deliver`] and tests of it come here, with what was cleared.
    async fn post(&self, id: Uuid, body: Vec<u8>) -> Result<DeliveryOutcome, AdapterError> {
        let key = header(self.client.system(), &id.to_string())?;
        let mut call = Call::post(self.url.clone(), CLOUD_EVENT, body.clone()).header(IDEMPOTENCY_KEY, key);
        if !self.secrets.is_empty() {
            let mark = sign(&id.to_string(), Timestamp::now(), &body, &self.secrets);
            let mark = header(self.client.system(), &mark)?;
            call = call.header(HeaderName::from_static(SIGNATURE_HEADER), mark);
        }
        let answer = self.client.send("deliver an event", &call.cut_at(READ)).await?;
        Ok(of_answer(&answer, &self.exceptions))
    }
}

#[async_trait]
impl Recipient for HttpRecipient {
    async fn deliver(&self, event: &Outgoing) -> DeliveryOutcome {
        let data = event.data.get();
        let body = cloud_event(event.event_id, event.kind, &self.source, event.subject, event.time, data);
        let outcome = self.post(event.event_id, body.to_string().into_bytes()).await;
        outcome.unwrap_or_else(|e| of_error(&e))
    }

    /// `OPTIONS`: any answer shows that the receiver is there, and 401 or 403 that it does not let us in.
    async fn check(&self) -> Result<(), AdapterError> {
        let attempt = "reach the recipient";
        let call = Call::new(Method::OPTIONS, self.url.clone()).cut_at(READ);
        let answer = self.client.send(attempt, &call).await?;
        let code = answer.status.as_u16();
        if matches!(code, 401 | 403 | 429 | 300..=399 | 500 | 502..=599) {
            answer.ok(self.client.system(), attempt, self.client.unit())?;
        }
        Ok(())
    }
}

fn header(system: &str, text: &str) -> Result<HeaderValue, AdapterError> {
    HeaderValue::from_str(text).map_err(|_| AdapterError::settings(system, "a header value cannot be made"))
}

#[cfg(test)]
#[path = "recipient_tests.rs"]
mod tests;
