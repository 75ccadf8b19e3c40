//! Polls a FHIR server: what is new since the cursor, and now and then everything.
//!
//! Must never move a cursor past an answer that may be partial, nor before its records are on disk.

use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use samhold_adapter_api::{AdapterError, Poll, Polled, SourceContext};

use crate::memory::Memory;
use crate::patients::Patients;
use crate::server::Server;
use crate::settings::SourceSettings;
use crate::walk::{Reading, Way};

/// A FHIR server, as a source.
pub struct FhirSource {
    pub(crate) server: Server,
    pub(crate) settings: SourceSettings,
    pub(crate) kept: Mutex<Memory>,
}

impl FhirSource {
    /// Reads secrets and certificates now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] says what cannot work.
    pub fn new(system: &str, settings: &SourceSettings) -> Result<Self, AdapterError> {
        let server = Server::new(system, &settings.base, &settings.auth, &settings.http)?
            .with(&settings.headers, settings.lower_case_paths)?;
        Ok(Self { server, settings: settings.clone(), kept: Mutex::default() })
    }

    /// Reads one type: what is new, or everything when that is due.
    async fn follow(
        &self,
        context: &SourceContext,
        kind: &str,
        patients: &mut Patients<'_>,
    ) -> Result<usize, AdapterError> {
        let since = self.stored(context, "since", kind).await?;
        let full = since.is_none() || self.sweep_is_due(context, kind).await?;
        let (mut reading, mut way) = self.walk(context, kind, since.filter(|_| !full), patients).await?;
        let mut whole = full || way != Way::Feed;
        // `since` lies behind the time it was taken by the overlap, so a clock may waver by that much.
        let restored = reading.time.zip(since).is_some_and(|(now, since)| now < since);
        if !whole && (restored || self.holds_withdrawn(context, &reading).await?) {
            let offered = reading.offered;
            (reading, way) = self.walk(context, kind, None, patients).await?;
            (reading.offered, whole) = (reading.offered + offered, true);
        }
        if let Some(codes) = reading.outcome {
            return self.partial(kind, &codes, reading.offered);
        }
        let windowed = way != Way::Feed && self.settings.window.is_some();
        // What a server lacks just after it was restored may be put back; the next full read on schedule decides.
        if whole && !windowed && !restored {
            reading.offered += self.sweep(context, kind, &reading).await?;
        }
        if let Some(time) = reading.time {
            let behind = SignedDuration::from_secs(i64::from(self.settings.overlap_seconds));
            self.store(context, "since", kind, time - behind).await?;
        }
        Ok(reading.offered)
    }

    /// A server that has trouble is an error; one that only remarks on the search is not, but the cursor stays.
    fn partial(&self, kind: &str, codes: &str, offered: usize) -> Result<usize, AdapterError> {
        if codes.contains("error/") || codes.contains("fatal/") {
            let cause = format!("the answer for {kind} may be partial ({codes}); the cursor stays");
            return Err(AdapterError::unavailable(self.server.system(), "search", cause, None));
        }
        tracing::warn!(
            system = self.server.system(),
            kind,
            codes,
            "the server remarks on the search; the cursor stays"
        );
        Ok(offered)
    }

    /// Whether something that we hold stands as entered in error.
    async fn holds_withdrawn(&self, context: &SourceContext, reading: &Reading) -> Result<bool, AdapterError> {
        if reading.withdrawn.is_empty() {
            return Ok(false);
        }
        let live = context.inbox.live_keys().await.map_err(|e| self.inbox(e))?;
        Ok(reading.withdrawn.iter().any(|r| live.contains(&r.key)))
    }

    async fn sweep_is_due(&self, context: &SourceContext, kind: &str) -> Result<bool, AdapterError> {
        let every = SignedDuration::try_from(Duration::from_secs(self.settings.sweep_interval_seconds));
        let last = self.stored(context, "sweep", kind).await?;
        Ok(last.is_none_or(|last| every.is_ok_and(|every| (context.now)().duration_since(last) >= every)))
    }
}

#[async_trait]
impl Poll for FhirSource {
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        let mut patients = Patients::new(&self.server);
        let (mut records, mut failed) = (0, None);
        for kind in &self.settings.types {
            if context.stop.is_cancelled() {
                break;
            }
            // One type that fails must not keep the others from being read.
            match self.follow(context, kind, &mut patients).await {
                Ok(offered) => records += offered,
                Err(e) => failed = failed.or(Some(e)),
            }
        }
        failed.map_or(Ok(Polled { records, more: false }), Err)
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.settings.interval_seconds.max(1))
    }

    async fn check(&self) -> Result<(), AdapterError> {
        let kind = self.settings.types.first().map_or("Patient", String::as_str);
        let call = self.server.search(kind, &[("_summary", "count".to_owned())])?;
        let answer = self.server.send("check the search", call).await?;
        match answer.status.as_u16() {
            // It answers as a FHIR server that is asked too plainly; the poll finds another way.
            400 | 405 | 422 | 501 => Ok(()),
            _ => answer.ok(self.server.system(), "check the search", self.server.client().unit()).map(drop),
        }
    }
}
