//! What the source keeps between polls, on disk and in memory.
//!
//! Must never remember a record as taken before the inbox has it on disk.

use std::collections::{HashMap, HashSet};
use std::sync::{MutexGuard, PoisonError};

use jiff::Timestamp;
use samhold_adapter_api::{AdapterError, InboxError, Record, SourceContext};

use crate::compose::{Print, print};
use crate::source::FhirSource;
use crate::walk::Way;

/// What need not be on disk: losing it costs a read, never a record.
#[derive(Default)]
pub(crate) struct Memory {
    /// How each type is asked for.
    pub(crate) ways: HashMap<String, Way>,
    prints: HashMap<String, Print>,
    asked: HashSet<String>,
}

impl FhirSource {
    pub(crate) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// A position stored earlier.
    pub(crate) async fn stored(
        &self,
        context: &SourceContext,
        what: &str,
        kind: &str,
    ) -> Result<Option<Timestamp>, AdapterError> {
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

    /// The inbox did not take it.
    pub(crate) fn inbox(&self, source: InboxError) -> AdapterError {
        AdapterError::Inbox { system: self.server.system().to_owned(), source }
    }
}
