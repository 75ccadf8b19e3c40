//! One poll of Digisos: the list of cases, then the document of each that has changed.
//!
//! Must never move the position past a case that was not read, unless a person has been asked.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use samhold_adapter_api::{AdapterError, InboxError, Poll, Polled, Record, SourceContext};
use serde_json::{Map, Value};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::reduce;
use crate::connection::Fiks;
use crate::settings::DigisosSettings;

const LIST: &str = "list cases";
const DOCUMENT: &str = "read a case";
const CURSOR: &str = "sist_endret";
/// A document that cannot be read is tried in this many polls.
const PATIENCE: u32 = 3;

/// Digisos through Fiks.
pub struct DigisosSource {
    fiks: Fiks,
    settings: DigisosSettings,
    unreadable: Mutex<HashMap<String, u32>>,
}

/// A case that has changed and has a history.
struct Changed {
    id: String,
    document: String,
    /// Milliseconds since 1970.
    changed: i64,
    case: Map<String, Value>,
}

impl DigisosSource {
    /// Reads secrets now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`].
    pub fn new(system: &str, settings: &DigisosSettings) -> Result<Self, AdapterError> {
        let fiks = Fiks::new(system, &settings.connection)?;
        Ok(Self { fiks, settings: settings.clone(), unreadable: Mutex::default() })
    }

    async fn changed(&self, since: i64) -> Result<Vec<Changed>, AdapterError> {
        let mut url = self.fiks.at(&["digisos", "api", "v1", "soknader", "soknader"])?;
        url.query_pairs_mut().append_pair("sporingsId", &Uuid::new_v4().to_string());
        let cases: Vec<Map<String, Value>> = self.fiks.get(LIST, url).await?.json(self.fiks.system(), LIST)?;
        let mut changed: Vec<Changed> =
            cases.into_iter().filter(|c| self.ours(c)).filter_map(changed).filter(|c| c.changed >= since).collect();
        changed.sort_by(|a, b| (a.changed, &a.id).cmp(&(b.changed, &b.id)));
        Ok(changed)
    }

    fn ours(&self, case: &Map<String, Value>) -> bool {
        let municipality = case.get("kommunenummer").and_then(Value::as_str);
        let named = |m: &str| self.settings.municipalities.iter().any(|ours| ours == m);
        self.settings.municipalities.is_empty() || municipality.is_some_and(named)
    }

    async fn read(&self, case: &Changed) -> Result<Value, AdapterError> {
        let url = self.fiks.at(&["digisos", "api", "v1", "soknader", &case.id, "dokumenter", &case.document])?;
        let document: Value = self.fiks.get(DOCUMENT, url).await?.json(self.fiks.system(), DOCUMENT)?;
        reduce::record(&case.case, &document)
            .ok_or_else(|| AdapterError::format(self.fiks.system(), DOCUMENT, "the document has no list hendelser"))
    }

    /// True when the position must wait for this case.
    async fn note_unreadable(&self, context: &SourceContext, id: &str) -> Result<bool, AdapterError> {
        let times = {
            let mut unreadable = self.unreadable.lock().await;
            let times = unreadable.entry(id.to_owned()).or_default();
            *times = times.saturating_add(1);
            *times
        };
        if times == PATIENCE {
            let why = "the document of one case could not be read in three polls; the others go on";
            context.inbox.ask_person("digisos_document_unreadable", why).await.map_err(|e| self.inbox(e))?;
        }
        Ok(times < PATIENCE)
    }

    fn inbox(&self, source: InboxError) -> AdapterError {
        AdapterError::Inbox { system: self.fiks.system().to_owned(), source }
    }
}

fn changed(case: Map<String, Value>) -> Option<Changed> {
    let id = case.get("fiksDigisosId")?.as_str()?.to_owned();
    let document = case.get("digisosSoker")?.get("metadata")?.as_str()?.to_owned();
    let changed = case.get("sistEndret")?.as_i64()?;
    Some(Changed { id, document, changed, case })
}

#[async_trait]
impl Poll for DigisosSource {
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        let kept = context.inbox.cursor(CURSOR).await.map_err(|e| self.inbox(e))?;
        let since = kept.and_then(|text| text.parse().ok()).unwrap_or(0);
        let (mut records, mut waits) = (0, false);
        for case in self.changed(since).await? {
            if context.stop.is_cancelled() {
                break;
            }
            let body = match self.read(&case).await {
                Ok(body) => body,
                Err(AdapterError::Format { .. }) => {
                    waits |= self.note_unreadable(context, &case.id).await?;
                    continue;
                }
                Err(e) => return Err(e),
            };
            self.unreadable.lock().await.remove(&case.id);
            let position = case.changed.to_string();
            let cursor = (!waits).then_some((CURSOR, position.as_str()));
            context.inbox.accept(vec![record(case.id, &body)], cursor).await.map_err(|e| self.inbox(e))?;
            records += 1;
        }
        Ok(Polled { records, more: false })
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.settings.interval_seconds.max(10))
    }

    /// Fetches a token and the list's address, and reads nothing of the list.
    async fn check(&self) -> Result<(), AdapterError> {
        self.fiks.client.check_credentials().await?;
        let url = self.fiks.at(&["digisos", "api", "v1", "soknader", "soknader"])?;
        let call = samhold_adapter_http::Call::new(reqwest::Method::HEAD, url).cut_at(0);
        let answer = self.fiks.client.send(LIST, &call).await?;
        if matches!(answer.status.as_u16(), 401 | 403 | 500 | 502..=599) {
            answer.ok(self.fiks.system(), LIST, self.fiks.client.unit())?;
        }
        Ok(())
    }
}

fn record(key: String, body: &Value) -> Record {
    Record {
        key,
        content_type: "application/json".to_owned(),
        body: body.to_string().into(),
        gone: false,
        delivery_id: None,
    }
}
