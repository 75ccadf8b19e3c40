//! Polls a FHIR server: what is new since the cursor, and now and then everything.
//!
//! Must never move a cursor past an answer that may be partial, nor before its records are on disk.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use samhold_adapter_api::{AdapterError, InboxError, Poll, Polled, Record, SourceContext};
use samhold_adapter_http::Call;
use serde_json::Value;

use crate::bundle::Page;
use crate::compose::{Print, is_error, key, print, record};
use crate::pages::{NoPage, Pages};
use crate::patients::Patients;
use crate::server::Server;
use crate::settings::SourceSettings;

/// A FHIR server, as a source.
pub struct FhirSource {
    pub(crate) server: Server,
    pub(crate) settings: SourceSettings,
    memory: Mutex<Memory>,
}

/// What need not be on disk: losing it costs a read, never a record.
#[derive(Default)]
struct Memory {
    ways: HashMap<String, Way>,
    prints: HashMap<String, Print>,
    asked: HashSet<String>,
}

/// How a server can be asked, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    /// By `_lastUpdated`.
    #[default]
    Feed,
    /// In full, by form.
    Form,
    /// In full, by address.
    Open,
}

/// One walk through a type.
#[derive(Default)]
pub(crate) struct Reading {
    /// Keys that are there.
    pub(crate) alive: BTreeSet<String>,
    /// Units that stand as entered in error.
    pub(crate) withdrawn: Vec<Record>,
    /// The server's time when the walk began.
    time: Option<Timestamp>,
    /// What the server said about the search itself.
    outcome: Option<String>,
    offered: usize,
}

impl FhirSource {
    /// Reads secrets and certificates now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] says what cannot work.
    pub fn new(system: &str, settings: &SourceSettings) -> Result<Self, AdapterError> {
        let server = Server::new(system, &settings.base, &settings.auth, &settings.http)?
            .with(&settings.headers, settings.lower_case_paths)?;
        Ok(Self { server, settings: settings.clone(), memory: Mutex::default() })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
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
        if !whole && self.calls_for_sweep(context, &reading, since).await? {
            let offered = reading.offered;
            (reading, way) = self.walk(context, kind, None, patients).await?;
            (reading.offered, whole) = (reading.offered + offered, true);
        }
        if let Some(codes) = reading.outcome {
            return self.partial(kind, &codes, reading.offered);
        }
        let windowed = way != Way::Feed && self.settings.window.is_some();
        if whole && !windowed {
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

    /// Tries the ways a server can be asked until one is answered.
    async fn walk(
        &self,
        context: &SourceContext,
        kind: &str,
        since: Option<Timestamp>,
        patients: &mut Patients<'_>,
    ) -> Result<(Reading, Way), AdapterError> {
        let mut way = self.memory().ways.get(kind).copied().unwrap_or_default();
        loop {
            let status = match self.read(context, kind, self.first(context, kind, way, since)?, patients).await {
                Ok(reading) => return Ok((reading, way)),
                Err(NoPage::Failed(e)) => return Err(e),
                Err(NoPage::NotSupported(status)) => status,
            };
            way = match way {
                Way::Feed => Way::Form,
                Way::Form => Way::Open,
                Way::Open => {
                    self.memory().ways.remove(kind);
                    let cause = format!("HTTP {status} to every kind of search for {kind}; check base and types");
                    return Err(AdapterError::format(self.server.system(), "search", cause));
                }
            };
            self.memory().ways.insert(kind.to_owned(), way);
        }
    }

    fn first(
        &self,
        context: &SourceContext,
        kind: &str,
        way: Way,
        since: Option<Timestamp>,
    ) -> Result<Call, AdapterError> {
        let mut pairs = Vec::new();
        match (way, &self.settings.window) {
            (Way::Feed, _) => {
                pairs.extend(since.map(|t| ("_lastUpdated", format!("ge{t}"))));
                pairs.push(("_sort", "_lastUpdated".to_owned()));
            }
            (_, Some(window)) => {
                let (now, day) = ((context.now)(), SignedDuration::from_hours(24));
                let (back, ahead) = (day * i32::from(window.days_back), day * i32::from(window.days_ahead));
                pairs.push((window.parameter.as_str(), format!("ge{}", now - back)));
                pairs.push((window.parameter.as_str(), format!("le{}", now + ahead)));
            }
            (_, None) => {}
        }
        pairs.push(("_count", self.settings.page_size.to_string()));
        if way == Way::Open { self.server.open_search(kind, &pairs) } else { self.server.search(kind, &pairs) }
    }

    async fn read(
        &self,
        context: &SourceContext,
        kind: &str,
        first: Call,
        patients: &mut Patients<'_>,
    ) -> Result<Reading, NoPage> {
        let mut pages = Pages::new(&self.server, kind, first, self.settings.max_pages);
        let mut reading = Reading::default();
        while let Some(page) = pages.turn().await? {
            reading.time = reading.time.or(page.time);
            let records = self.records(&page, &mut reading, patients).await?;
            reading.outcome = reading.outcome.or(page.outcome);
            reading.offered += self.offer(context, records).await?;
        }
        Ok(reading)
    }

    async fn records(
        &self,
        page: &Page,
        reading: &mut Reading,
        patients: &mut Patients<'_>,
    ) -> Result<Vec<Record>, AdapterError> {
        patients.learn(&page.patients);
        let mut records = Vec::new();
        for resource in &page.hits {
            let Some(key) = key(resource) else {
                tracing::warn!(system = self.server.system(), "a resource without an id cannot be followed");
                continue;
            };
            let wrong = is_error(resource);
            let record = self.made(&key, resource, wrong, patients).await?;
            if wrong {
                reading.withdrawn.push(record);
            } else {
                reading.alive.insert(key);
                records.push(record);
            }
        }
        Ok(records)
    }

    async fn made(
        &self,
        key: &str,
        resource: &Value,
        gone: bool,
        patients: &mut Patients<'_>,
    ) -> Result<Record, AdapterError> {
        Ok(record(key, resource, &patients.of(resource).await?, gone))
    }

    /// Offers what has changed since it was last taken.
    pub(crate) async fn offer(&self, context: &SourceContext, mut records: Vec<Record>) -> Result<usize, AdapterError> {
        records.retain(|r| r.gone || self.memory().prints.get(&r.key) != Some(&print(r)));
        if records.is_empty() {
            return Ok(0);
        }
        let prints: Vec<_> = records.iter().map(|r| (r.key.clone(), (!r.gone).then(|| print(r)))).collect();
        let accepted = context.inbox.accept(records, None).await;
        accepted.map_err(|e| self.inbox(e))?;
        let mut memory = self.memory();
        for (key, print) in &prints {
            match print {
                Some(print) => memory.prints.insert(key.clone(), *print),
                None => memory.prints.remove(key),
            };
        }
        Ok(prints.len())
    }

    /// Something stands as entered in error that we hold, or the server's clock went back: a restore, perhaps.
    async fn calls_for_sweep(
        &self,
        context: &SourceContext,
        reading: &Reading,
        since: Option<Timestamp>,
    ) -> Result<bool, AdapterError> {
        let behind = SignedDuration::from_secs(i64::from(self.settings.overlap_seconds));
        if reading.time.zip(since).is_some_and(|(now, before)| now - behind < before) {
            return Ok(true);
        }
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

    async fn stored(&self, context: &SourceContext, what: &str, kind: &str) -> Result<Option<Timestamp>, AdapterError> {
        let text = context.inbox.cursor(&format!("{what}/{kind}")).await.map_err(|e| self.inbox(e))?;
        Ok(text.and_then(|t| t.parse().ok()))
    }

    /// Stores a position. What lies before it has been accepted already.
    pub(crate) async fn store(
        &self,
        context: &SourceContext,
        what: &str,
        kind: &str,
        at: Timestamp,
    ) -> Result<(), AdapterError> {
        let (name, at) = (format!("{what}/{kind}"), at.to_string());
        context.inbox.accept(Vec::new(), Some((&name, &at))).await.map_err(|e| self.inbox(e))
    }

    /// Asks a person once, and again when it has been otherwise in between.
    pub(crate) async fn ask(
        &self,
        context: &SourceContext,
        kind: &str,
        question: Option<(&str, String)>,
    ) -> Result<(), AdapterError> {
        let Some((what, detail)) = question else {
            self.memory().asked.remove(kind);
            return Ok(());
        };
        if self.memory().asked.insert(kind.to_owned()) {
            context.inbox.ask_person(what, &detail).await.map_err(|e| self.inbox(e))?;
        }
        Ok(())
    }

    pub(crate) fn inbox(&self, source: InboxError) -> AdapterError {
        AdapterError::Inbox { system: self.server.system().to_owned(), source }
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
