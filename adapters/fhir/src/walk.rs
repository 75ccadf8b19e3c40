//! Walks through one resource type, in the best way the server knows.
//!
//! Must never offer what stands as entered in error as content.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use samhold_adapter_api::{AdapterError, Record, SourceContext};
use samhold_adapter_http::Call;
use serde_json::Value;

use crate::bundle::Page;
use crate::compose::{is_error, key, record};
use crate::pages::{NoPage, Pages};
use crate::patients::Patients;
use crate::performers::named;
use crate::source::FhirSource;

/// How a server can be asked, best first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Way {
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
    pub(crate) time: Option<Timestamp>,
    /// What the server said about the search itself.
    pub(crate) outcome: Option<String>,
    /// How many records were offered.
    pub(crate) offered: usize,
}

impl FhirSource {
    /// Tries the ways a server can be asked until one is answered.
    pub(crate) async fn walk(
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
        let patient = patients.of(resource).await?;
        Ok(record(key, &named(resource, patients).await?, &patient, gone))
    }
}
