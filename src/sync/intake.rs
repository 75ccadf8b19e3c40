//! The inbox as one source sees it: bound to that source's name and municipalities.
//!
//! Acknowledge after the commit, never before: `accept` returns when the records are on disk.

use std::sync::Arc;

use async_trait::async_trait;
use samhold_adapter_api::{Inbox, InboxError, Record, Requested};
use samhold_model::{NationalId, SystemName};
use samhold_store::{Cursor, NewRecord};

use super::engine::Engine;
use super::requested as consents;
use crate::telemetry::Counter;

/// One source's inbox.
pub struct SourceInbox {
    engine: Arc<Engine>,
    system: SystemName,
}

impl SourceInbox {
    /// For the system `name`.
    #[must_use]
    pub fn new(engine: Arc<Engine>, name: &str) -> Self {
        Self { engine, system: SystemName::from(name) }
    }
}

fn failed(e: samhold_store::StoreError) -> InboxError {
    InboxError(e.to_string())
}

#[async_trait]
impl Inbox for SourceInbox {
    async fn accept(&self, records: Vec<Record>, cursor: Option<(&str, &str)>) -> Result<(), InboxError> {
        let n = records.len();
        let records = records.into_iter().map(|r| new_record(&self.system, r)).collect();
        let cursor = cursor.map(|(name, value)| Cursor {
            system: self.system.clone(),
            name: name.to_owned(),
            value: value.to_owned(),
        });
        let now = self.engine.clock.now();
        let accepted = self.engine.store.accept(records, cursor, now).await.map_err(failed)?;
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
        consents::requested(&self.engine, &self.system).await.map_err(failed)
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
