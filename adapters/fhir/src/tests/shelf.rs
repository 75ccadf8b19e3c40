//! An inbox in memory that keeps cursors and knows which units are live.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use samhold_adapter_api::{Inbox, InboxError, Record, SourceContext};
use samhold_model::{Instant, NationalId, SystemName};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

#[derive(Default)]
pub(super) struct Shelf {
    pub(super) records: Mutex<Vec<Record>>,
    pub(super) cursors: Mutex<BTreeMap<String, String>>,
    pub(super) asked: Mutex<Vec<String>>,
    pub(super) full: AtomicBool,
}

impl Shelf {
    /// Keys taken since last asked, with whether they are gone.
    pub(super) fn taken(&self) -> Vec<(String, bool)> {
        let all = self.records.lock().unwrap();
        let mut keys: Vec<_> = all.iter().map(|r| (r.key.clone(), r.gone)).collect();
        keys.sort();
        keys
    }

    pub(super) fn body(&self, key: &str) -> Value {
        let all = self.records.lock().unwrap();
        serde_json::from_slice(&all.iter().rfind(|r| r.key == key).unwrap().body).unwrap()
    }

    pub(super) fn cursor_of(&self, name: &str) -> Option<String> {
        self.cursors.lock().unwrap().get(name).cloned()
    }
}

/// The shelf at `time` of the local clock.
pub(super) fn at(shelf: &Arc<Shelf>, time: &str) -> SourceContext {
    let now: Instant = time.parse().unwrap();
    SourceContext {
        system: SystemName::new("epj"),
        inbox: shelf.clone(),
        now: Arc::new(move || now),
        stop: CancellationToken::new(),
    }
}

#[async_trait]
impl Inbox for Shelf {
    async fn accept(&self, records: Vec<Record>, cursor: Option<(&str, &str)>) -> Result<(), InboxError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(InboxError("disk full".into()));
        }
        self.records.lock().unwrap().extend(records);
        if let Some((name, at)) = cursor {
            self.cursors.lock().unwrap().insert(name.into(), at.into());
        }
        Ok(())
    }

    async fn cursor(&self, name: &str) -> Result<Option<String>, InboxError> {
        Ok(self.cursor_of(name))
    }

    async fn live_keys(&self) -> Result<Vec<String>, InboxError> {
        let mut last = BTreeMap::new();
        for r in self.records.lock().unwrap().iter() {
            last.insert(r.key.clone(), r.gone);
        }
        Ok(last.into_iter().filter(|(_, gone)| !gone).map(|(key, _)| key).collect())
    }

    async fn followed(&self) -> Result<Vec<NationalId>, InboxError> {
        Ok(Vec::new())
    }

    async fn requested(&self) -> Result<Vec<samhold_adapter_api::Requested>, InboxError> {
        Ok(Vec::new())
    }
    async fn ask_person(&self, kind: &str, _: &str) -> Result<(), InboxError> {
        self.asked.lock().unwrap().push(kind.into());
        Ok(())
    }
}
