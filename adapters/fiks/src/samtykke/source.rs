//! One poll of Fiks samtykke: each consent that was asked for, with its history.
//!
//! Must never read a status before its history: then a withdrawal in between would look like a consent. Nor take an answer
//! about another consent for this one, nor an answer that did not come for one that says nothing.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{ACCEPT, HeaderValue};
use samhold_adapter_api::{AdapterError, InboxError, Poll, Polled, Record, Requested, Reread, SourceContext};
use samhold_adapter_http::{Answer, Call};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::reduce::{self, Reduced};
use crate::connection::Fiks;
use crate::settings::SamtykkeSettings;

const CONSENT: &str = "read a consent";
const HISTORY: &str = "read the history of a consent";
const PREFIX: &str = "samtykke/";
/// A consent that cannot be read is tried in this many polls before a person is asked.
const PATIENCE: u32 = 3;
/// A history that does not explain the status is read once more: somebody may have answered in between.
const READINGS: usize = 2;

/// Fiks samtykke.
pub struct SamtykkeSource {
    fiks: Fiks,
    settings: SamtykkeSettings,
    memory: Mutex<Memory>,
}

/// What a poll tells the next one. Forgotten at a restart, which only makes the asking later.
#[derive(Default)]
struct Memory {
    unreadable: HashMap<String, u32>,
    missing: HashSet<String>,
    /// The consent at which the last poll broke off: the next one begins behind it, so that it holds up no other.
    broke_at: Option<String>,
}

/// How one consent was met.
enum Met {
    Read(Value),
    /// The register does not have it.
    Gone,
}

impl SamtykkeSource {
    /// Reads secrets now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`].
    pub fn new(system: &str, settings: &SamtykkeSettings) -> Result<Self, AdapterError> {
        let fiks = Fiks::new(system, &settings.connection)?;
        Ok(Self { fiks, settings: settings.clone(), memory: Mutex::default() })
    }

    async fn read(&self, asked: &Requested) -> Result<Met, AdapterError> {
        let mut last = None;
        for _ in 0..READINGS {
            let history = self.get(HISTORY, "samtykkeHistorikk", &asked.request).await?;
            let Some(answer) = self.get(CONSENT, "hentSamtykke", &asked.request).await? else { return Ok(Met::Gone) };
            let Some(consent) = self.the_one(&answer, &asked.request)? else { return Ok(Met::Gone) };
            let Some(history) = history else { return Err(self.format(HISTORY, "a consent that is there has none")) };
            let history: Value = history.json(self.fiks.system(), HISTORY)?;
            let Reduced { body, clear } =
                reduce::record(asked, &consent, &history).map_err(|why| self.format(CONSENT, why))?;
            if clear {
                return Ok(Met::Read(body));
            }
            last = Some(body);
        }
        last.map(Met::Read).ok_or_else(|| self.format(CONSENT, "was not read"))
    }

    /// `None` when Fiks itself says that there is no such consent. A 404 of anything on the way says nothing.
    async fn get(&self, attempt: &str, call: &str, id: &str) -> Result<Option<Answer>, AdapterError> {
        let org = self.settings.fiks_org_id.to_string();
        let url = self.fiks.at(&["samtykke", "api", "v1", "ekstern", &org, call, id])?;
        let call = Call::get(url).header(ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self.fiks.client.send(attempt, &call).await?;
        if answer.status.as_u16() == 404 && says_not_found(&answer) {
            return Ok(None);
        }
        answer.ok(self.fiks.system(), attempt, self.fiks.client.unit()).map(Some)
    }

    /// The consent that was asked for, out of a list that may hold nothing else.
    fn the_one(&self, answer: &Answer, id: &str) -> Result<Option<Map<String, Value>>, AdapterError> {
        let told: Value = answer.json(self.fiks.system(), CONSENT)?;
        let Some(list) = told.get("samtykker").and_then(Value::as_array) else {
            return Err(self.format(CONSENT, "the answer has no list samtykker"));
        };
        match list.as_slice() {
            [] => Ok(None),
            [Value::Object(one)] if one.get("samtykkeId").and_then(Value::as_str) == Some(id) => Ok(Some(one.clone())),
            _ => Err(self.format(CONSENT, "the answer is about something else than the one consent asked for")),
        }
    }

    /// One consent into the inbox, or a person asked about it.
    async fn follow(&self, context: &SourceContext, asked: &Requested) -> Result<usize, AdapterError> {
        let key = key_of(&asked.request);
        let record = match self.read(asked).await {
            Ok(Met::Read(body)) => record(key, body.to_string()),
            Ok(Met::Gone) => {
                self.tell_missing(context, &asked.request).await?;
                gone(key)
            }
            Err(AdapterError::Format { cause, .. }) => {
                self.tell_unreadable(context, &asked.request, &cause).await?;
                return Ok(0);
            }
            Err(e) => return Err(e),
        };
        self.memory.lock().await.unreadable.remove(&asked.request);
        context.inbox.accept(vec![record], None).await.map_err(|e| self.inbox(e))?;
        Ok(1)
    }

    /// What nobody asks for any more permits nothing any more.
    async fn let_go(&self, context: &SourceContext, asked: &[Requested]) -> Result<usize, AdapterError> {
        let live = context.inbox.live_keys().await.map_err(|e| self.inbox(e))?;
        let wanted: HashSet<String> = asked.iter().map(|one| key_of(&one.request)).collect();
        let gone: Vec<Record> = live.into_iter().filter(|key| !wanted.contains(key)).map(gone).collect();
        let count = gone.len();
        if count > 0 {
            context.inbox.accept(gone, None).await.map_err(|e| self.inbox(e))?;
        }
        Ok(count)
    }

    async fn tell_missing(&self, context: &SourceContext, id: &str) -> Result<(), AdapterError> {
        if !self.memory.lock().await.missing.insert(id.to_owned()) {
            return Ok(());
        }
        let why = format!("Fiks has no consent {id}, which was asked for here; it permits nothing");
        context.inbox.ask_person("samtykke_not_found", &why).await.map_err(|e| self.inbox(e))
    }

    async fn tell_unreadable(&self, context: &SourceContext, id: &str, cause: &str) -> Result<(), AdapterError> {
        let times = {
            let mut memory = self.memory.lock().await;
            let times = memory.unreadable.entry(id.to_owned()).or_default();
            *times = times.saturating_add(1);
            *times
        };
        if times != PATIENCE {
            return Ok(());
        }
        let why = format!("the answer about consent {id} could not be read in three polls; the others go on ({cause})");
        context.inbox.ask_person("samtykke_unreadable", &why).await.map_err(|e| self.inbox(e))
    }

    fn format(&self, attempt: &str, cause: &str) -> AdapterError {
        AdapterError::format(self.fiks.system(), attempt, cause)
    }

    fn inbox(&self, source: InboxError) -> AdapterError {
        AdapterError::Inbox { system: self.fiks.system().to_owned(), source }
    }
}

#[async_trait]
impl Poll for SamtykkeSource {
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        let mut asked = context.inbox.requested().await.map_err(|e| self.inbox(e))?;
        let mut records = self.let_go(context, &asked).await?;
        let broke_at = self.memory.lock().await.broke_at.take();
        if let Some(at) = broke_at.and_then(|id| asked.iter().position(|one| one.request == id)) {
            asked.rotate_left(at.saturating_add(1));
        }
        for one in &asked {
            if context.stop.is_cancelled() {
                break;
            }
            match self.follow(context, one).await {
                Ok(count) => records += count,
                Err(e) => {
                    self.memory.lock().await.broke_at = Some(one.request.clone());
                    return Err(e);
                }
            }
        }
        Ok(Polled { records, more: false })
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.settings.interval_seconds.max(1))
    }

    /// Asks for a consent that cannot be: this tries the token, the integration and the organisation, and reads no data.
    async fn check(&self) -> Result<(), AdapterError> {
        self.get(CONSENT, "hentSamtykke", &Uuid::nil().to_string()).await.map(drop)
    }
}

#[async_trait]
impl Reread for SamtykkeSource {
    async fn reread(&self, context: &SourceContext, key: &str) -> Result<Record, AdapterError> {
        let asked = context.inbox.requested().await.map_err(|e| self.inbox(e))?;
        let Some(asked) = asked.iter().find(|one| key_of(&one.request) == key) else { return Ok(gone(key.to_owned())) };
        Ok(match self.read(asked).await? {
            Met::Read(body) => record(key.to_owned(), body.to_string()),
            Met::Gone => gone(key.to_owned()),
        })
    }
}

/// An error in the words of Fiks (`ErrorMessage`), not of a proxy.
fn says_not_found(answer: &Answer) -> bool {
    let told: Option<Value> = serde_json::from_slice(&answer.body).ok();
    told.is_some_and(|t| t.get("errorId").is_some_and(Value::is_string) && t.get("status") == Some(&Value::from(404)))
}

fn key_of(id: &str) -> String {
    format!("{PREFIX}{id}")
}

fn record(key: String, body: String) -> Record {
    let content_type = "application/json".to_owned();
    Record { key, content_type, body: body.into(), gone: false, delivery_id: None }
}

fn gone(key: String) -> Record {
    Record { gone: true, ..record(key, String::new()) }
}
