//! The source: polled for what has changed, and asked at once about one consent before something sensitive is sent.
//!
//! Must never ask Altinn about a request that nobody here has asked for.

use std::time::Duration;

use async_trait::async_trait;
use samhold_adapter_api::{AdapterError, InboxError, Poll, Polled, Record, Requested, Reread, SourceContext};

use crate::connection::{Altinn, Told};
use crate::round::Round;
use crate::settings::SourceSettings;
use crate::{compose, feed};

/// Consents in Altinn 3.
pub struct AltinnSource {
    pub(crate) altinn: Altinn,
    interval: Duration,
}

impl AltinnSource {
    /// Reads secrets and certificates now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`].
    pub fn new(system: &str, settings: &SourceSettings) -> Result<Self, AdapterError> {
        Ok(Self {
            altinn: Altinn::new(system, settings)?,
            interval: Duration::from_secs(settings.interval_seconds.max(1)),
        })
    }

    /// The record of one request, as Altinn has it now; inside an error the answer cannot be believed, outside there is none.
    pub(crate) async fn read(&self, requested: &Requested) -> Result<Result<Record, AdapterError>, AdapterError> {
        Ok(match self.altinn.request(&requested.request).await? {
            Told::There(answer) => Ok(compose::answered(requested, &answer)),
            Told::Gone => Ok(compose::gone(&requested.request)),
            Told::Strange(error) => Err(error),
        })
    }

    pub(crate) fn inbox(&self, source: InboxError) -> AdapterError {
        AdapterError::Inbox { system: self.altinn.system().to_owned(), source }
    }
}

#[async_trait]
impl Poll for AltinnSource {
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        Round::begin(self, context).await?.run().await
    }

    fn interval(&self) -> Duration {
        self.interval
    }

    async fn check(&self) -> Result<(), AdapterError> {
        // What happens from now on: nothing is told of it before it is five minutes old.
        let url = feed::nothing(&self.altinn, samhold_model::Instant::now())?;
        feed::page(&self.altinn, url).await.map(drop)
    }
}

#[async_trait]
impl Reread for AltinnSource {
    async fn reread(&self, context: &SourceContext, key: &str) -> Result<Record, AdapterError> {
        let all = context.inbox.requested().await.map_err(|e| self.inbox(e))?;
        let id = compose::request_of(key);
        match all.iter().find(|requested| id == Some(requested.request.as_str())) {
            Some(requested) => self.read(requested).await?,
            None => Ok(compose::gone(id.unwrap_or(key))),
        }
    }
}
