//! The inbox as one source sees it: bound to that source's name and municipalities.
//!
//! Acknowledge after the commit, never before: `accept` returns when the records are on disk.

use std::sync::Arc;

use async_trait::async_trait;
use samhold_adapter_api::{Inbox, InboxError, Record, Requested};
use samhold_model::{ChildId, NationalId, SystemName};
use samhold_store::{Accepted, Cursor, NewRecord, StoreError};

use super::confirm::{self, Unit};
use super::engine::Engine;
use super::requested as consents;
use crate::telemetry::Counter;

/// One source's inbox.
pub struct SourceInbox {
    engine: Arc<Engine>,
    system: SystemName,
    /// Only what was asked for about these.
    about: Option<Vec<ChildId>>,
}

impl SourceInbox {
    /// For the system `name`.
    #[must_use]
    pub fn new(engine: Arc<Engine>, name: &str) -> Self {
        Self { engine, system: SystemName::from(name), about: None }
    }

    /// The same, as if nothing had been asked for but about these children, so that asking about one does not read about all.
    #[must_use]
    pub(super) fn about(self, children: &[ChildId]) -> Self {
        Self { about: Some(children.to_vec()), ..self }
    }

    /// Journals what a consent register tells, and takes back what it confirmed before.
    async fn accept_of_register(
        &self,
        records: Vec<NewRecord>,
        cursor: Option<Cursor>,
    ) -> Result<Vec<Accepted>, StoreError> {
        let confirmations = &self.engine.confirmations;
        let unit = |r: &NewRecord| Unit { system: r.system.to_string(), key: r.key.clone() };
        let units: Vec<Unit> = records.iter().map(unit).collect();
        let alone = confirmations.journal.lock().await;
        let accepted = self.engine.store.accept(records, cursor, self.engine.clock.now()).await?;
        let news: Vec<Unit> = units.into_iter().zip(&accepted).filter(|(_, a)| !a.duplicate).map(|(u, _)| u).collect();
        let again = confirmations.told(&news);
        drop(alone);
        let live = self.engine.live();
        for (unit, children) in again {
            // It may have been read before the answer that it now stands above: the latest word is fetched once more.
            confirm::in_background(&self.engine, &live, &children, &unit);
        }
        Ok(accepted)
    }
}

fn failed(e: StoreError) -> InboxError {
    InboxError(e.to_string())
}

#[async_trait]
impl Inbox for SourceInbox {
    async fn accept(&self, records: Vec<Record>, cursor: Option<(&str, &str)>) -> Result<(), InboxError> {
        let n = records.len();
        let records: Vec<NewRecord> = records.into_iter().map(|r| new_record(&self.system, r)).collect();
        let cursor = cursor.map(|(name, value)| Cursor {
            system: self.system.clone(),
            name: name.to_owned(),
            value: value.to_owned(),
        });
        let accepted = match self.engine.live().registers.contains_key(self.system.as_str()) {
            true => self.accept_of_register(records, cursor).await,
            false => self.engine.store.accept(records, cursor, self.engine.clock.now()).await,
        };
        let accepted = accepted.map_err(failed)?;
        Counter::RecordsAccepted.add(n);
        if accepted.iter().any(|a| !a.duplicate) {
            self.engine.signals.inbox.notify_one();
        }
        Ok(())
    }

    async fn cursor(&self, name: &str) -> Result<Option<String>, InboxError> {
        self.engine.store.cursor(&self.system, name).await.map_err(failed)
    }

    async fn live_keys(&self) -> Result<Vec<String>, InboxError> {
        self.engine.store.live_keys(&self.system).await.map_err(failed)
    }

    async fn followed(&self) -> Result<Vec<NationalId>, InboxError> {
        let realm = self.engine.live().realm();
        let mut numbers = Vec::new();
        let mut after = None;
        loop {
            let page = self.engine.store.followed(after, 1000).await.map_err(failed)?;
            let Some((last, _)) = page.last() else { return Ok(numbers) };
            after = Some(*last);
            numbers.extend(page.iter().filter_map(|(_, id)| NationalId::parse(&id.value.0, realm).ok()));
        }
    }

    async fn requested(&self) -> Result<Vec<Requested>, InboxError> {
        match &self.about {
            Some(children) => consents::requested_about(&self.engine, &self.system, children).await,
            None => consents::requested(&self.engine, &self.system).await,
        }
        .map_err(failed)
    }

    async fn ask_person(&self, kind: &str, detail: &str) -> Result<(), InboxError> {
        let now = self.engine.clock.now();
        let detail = format!("{}: {detail}", self.system);
        tracing::warn!(system = %self.system, task = kind, "a person must look: {kind}");
        self.engine.store.open_task(kind, &[], &detail, now).await.map(|_| ()).map_err(failed)
    }
}

/// An adapter's record as the store takes it.
#[must_use]
pub fn new_record(system: &SystemName, record: Record) -> NewRecord {
    NewRecord {
        system: system.clone(),
        key: record.key,
        content_type: record.content_type,
        body: record.body.to_vec(),
        gone: record.gone,
        delivery_id: record.delivery_id,
    }
}
