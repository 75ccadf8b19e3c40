//! One poll: look, offer every complete file to the inbox, then set it aside.
//!
//! Must never move a file before the inbox has it on disk. Names stay out of logs: a name may hold a person's number.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use samhold_adapter_api::{AdapterError, Poll, Polled, Record, SourceContext};
use tokio::sync::Mutex;

use crate::folder::{self, Content};
use crate::look::{Look, Seen};
use crate::settings::SourceSettings;

/// At most this many files in one poll, so that a stop is never far away.
const BATCH: usize = 100;

/// A watched folder.
pub struct FileSource {
    system: String,
    settings: SourceSettings,
    before: Mutex<Look>,
}

impl FileSource {
    /// Takes the settings; the folder is looked at when it is polled.
    ///
    /// # Errors
    /// [`AdapterError::Settings`] when the pattern is empty or the path is not absolute.
    pub fn new(system: &str, settings: &SourceSettings) -> Result<Self, AdapterError> {
        if settings.pattern.is_empty() {
            return Err(AdapterError::settings(system, "pattern is empty and takes no file; use * for all"));
        }
        if !settings.path.is_absolute() {
            return Err(AdapterError::settings(system, "path must be absolute, since the program may start anywhere"));
        }
        Ok(Self { system: system.to_owned(), settings: settings.clone(), before: Mutex::default() })
    }

    fn away(&self, attempt: &str, error: &std::io::Error) -> AdapterError {
        AdapterError::unavailable(&self.system, attempt, error.kind(), None)
    }

    async fn take(&self, context: &SourceContext, file: &Seen) -> Result<usize, AdapterError> {
        let (path, max, wanted) = (self.settings.path.clone(), self.settings.max_bytes, file.clone());
        match self.blocking("read a file", move || Ok(folder::read(&path, &wanted, max))).await? {
            Content::Whole(body) => {
                let taken = context.inbox.accept(vec![self.record(file, body)], None).await;
                taken.map_err(|source| AdapterError::Inbox { system: self.system.clone(), source })?;
                self.set_aside(file, "done").await?;
                Ok(1)
            }
            Content::Changed => Ok(0),
            Content::TooLarge => {
                let why = format!("a file is larger than max_bytes ({max}) and was moved to failed/");
                self.fail(context, file, "file_too_large", &why).await
            }
            Content::Unreadable(kind) => {
                let why = format!("a file cannot be read ({kind}) and was moved to failed/");
                self.fail(context, file, "file_unreadable", &why).await
            }
        }
    }

    fn record(&self, file: &Seen, body: Vec<u8>) -> Record {
        let key = file.name.to_string_lossy().into_owned();
        let content_type = self.settings.content_type.clone().unwrap_or_else(|| content_type(&key).to_owned());
        Record { key, content_type, body: body.into(), gone: false, delivery_id: None }
    }

    /// Asks first and moves then, so that a stop in between asks twice rather than never.
    async fn fail(&self, context: &SourceContext, file: &Seen, kind: &str, why: &str) -> Result<usize, AdapterError> {
        let asked = context.inbox.ask_person(kind, why).await;
        asked.map_err(|source| AdapterError::Inbox { system: self.system.clone(), source })?;
        self.set_aside(file, "failed").await?;
        Ok(0)
    }

    async fn set_aside(&self, file: &Seen, to: &'static str) -> Result<(), AdapterError> {
        let (path, name) = (self.settings.path.clone(), file.name.clone());
        self.blocking("move a file aside", move || folder::set_aside(&path, &name, to)).await
    }

    async fn look(&self) -> Result<Look, AdapterError> {
        let path: PathBuf = self.settings.path.clone();
        self.blocking("look in the folder", move || folder::look(&path)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        attempt: &str,
        work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, AdapterError> {
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|e| AdapterError::unavailable(&self.system, attempt, e, None))?.map_err(|e| self.away(attempt, &e))
    }
}

#[async_trait]
impl Poll for FileSource {
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        let mut before = self.before.lock().await;
        let now = self.look().await?;
        let complete = now.complete(&before, &self.settings.pattern);
        *before = now;
        let mut polled = Polled { records: 0, more: complete.len() > BATCH };
        for file in complete.iter().take(BATCH) {
            if context.stop.is_cancelled() {
                break;
            }
            polled.records += self.take(context, file).await?;
        }
        Ok(polled)
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.settings.interval_seconds.max(1))
    }

    async fn check(&self) -> Result<(), AdapterError> {
        let path = self.settings.path.clone();
        self.blocking("look in the folder and its done/ and failed/", move || folder::check(&path)).await
    }
}

/// MIME type by the end of the name.
fn content_type(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    match end.as_str() {
        "json" => "application/json",
        "ndjson" | "jsonl" => "application/x-ndjson",
        "xml" => "application/xml",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
