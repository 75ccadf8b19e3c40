//! One poll of the register: look up everybody who is followed, then read events.
//!
//! Must never move a position before its records are on disk.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use samhold_adapter_api::{AdapterError, InboxError, Poll, Polled, Record, SourceContext};
use samhold_model::national_id::IdKind;
use samhold_model::{Date, NationalId, dates};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::events::{Stream, window};
use super::lookup::{look_up, try_role};
use super::trouble::Trouble;
use crate::connection::Fiks;
use crate::settings::FolkeregisterSettings;

/// The population register through Fiks.
pub struct FolkeregisterSource {
    fiks: Fiks,
    settings: FolkeregisterSettings,
    trouble: Mutex<Trouble>,
}

/// Persons of this poll, by the number they are followed under.
type Known = HashMap<String, Value>;

impl FolkeregisterSource {
    /// Reads secrets now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`].
    pub fn new(system: &str, settings: &FolkeregisterSettings) -> Result<Self, AdapterError> {
        let four_digits = |m: &String| m.len() == 4 && m.bytes().all(|b| b.is_ascii_digit());
        if settings.municipalities.is_empty() || !settings.municipalities.iter().all(four_digits) {
            return Err(AdapterError::settings(system, "municipalities must be municipality numbers of four digits"));
        }
        if settings.batch_size == 0 {
            return Err(AdapterError::settings(system, "batch_size must be at least 1"));
        }
        let fiks = Fiks::new(system, &settings.connection)?;
        Ok(Self { fiks, settings: settings.clone(), trouble: Mutex::default() })
    }

    async fn read(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        let mut followed = context.inbox.followed().await.map_err(|e| self.inbox(e))?;
        // A DUF number is not one the register can be asked about.
        followed.retain(|id| matches!(id.kind(), IdKind::Foedselsnummer | IdKind::DNumber));
        if followed.is_empty() {
            // How fresh its word is counts from the last time it was reached: a round that asked nothing would be no contact.
            self.check().await?;
            self.trouble.lock().await.went_well(&HashSet::new());
            return Ok(Polled::default());
        }
        let (known, mut records) = self.look_up_all(context, &followed).await?;
        records += self.events(context, &followed, &known).await?;
        if context.stop.is_cancelled() {
            return Ok(Polled { records, more: false });
        }
        records += self.tell_missing(context, &followed, &known).await?;
        Ok(Polled { records, more: false })
    }

    async fn look_up_all(
        &self,
        context: &SourceContext,
        followed: &[NationalId],
    ) -> Result<(Known, usize), AdapterError> {
        let (mut known, mut count) = (Known::new(), 0);
        for batch in followed.chunks(self.settings.batch_size) {
            if context.stop.is_cancelled() {
                break;
            }
            let answered = look_up(&self.fiks, self.settings.fiks_org_id, self.settings.rolle_id, batch).await?;
            let records: Vec<Record> = answered.values().map(|p| record(p.number.clone(), &p.body)).collect();
            count += records.len();
            self.accept(context, records, None).await?;
            known.extend(answered.into_iter().map(|(asked, person)| (asked, person.body)));
        }
        Ok((known, count))
    }

    async fn events(
        &self,
        context: &SourceContext,
        followed: &[NationalId],
        known: &Known,
    ) -> Result<usize, AdapterError> {
        let today = dates::date_of((context.now)());
        let numbers: HashSet<&str> = followed.iter().map(NationalId::reveal).collect();
        let mut count = 0;
        for kind in &self.settings.events {
            for municipality in &self.settings.municipalities {
                if context.stop.is_cancelled() {
                    return Ok(count);
                }
                count += self.stream(context, &Stream { kind: *kind, municipality }, &numbers, known, today).await?;
            }
        }
        Ok(count)
    }

    async fn stream(
        &self,
        context: &SourceContext,
        stream: &Stream<'_>,
        followed: &HashSet<&str>,
        known: &Known,
        today: Date,
    ) -> Result<usize, AdapterError> {
        let name = stream.cursor();
        let kept = context.inbox.cursor(&name).await.map_err(|e| self.inbox(e))?;
        let from = window(kept.as_deref(), &self.settings, today);
        let dated = stream.read(&self.fiks, &self.settings, followed, (from, today)).await?;
        let made = dated
            .iter()
            .map(|(number, date)| record(stream.key(number, *date), &stream.body(number, *date, known.get(number))));
        let records: Vec<Record> = made.collect();
        let count = records.len();
        self.accept(context, records, Some((&name, &today.to_string()))).await?;
        Ok(count)
    }

    /// Who has no answer: those it has spoken of before get a record that says so, once, until it speaks of them again; a
    /// person is asked when it lasts.
    async fn tell_missing(
        &self,
        context: &SourceContext,
        followed: &[NationalId],
        known: &Known,
    ) -> Result<usize, AdapterError> {
        let missing: HashSet<NationalId> =
            followed.iter().filter(|id| !known.contains_key(id.reveal())).cloned().collect();
        let told = self.tell_unanswered(context, &missing).await?;
        let lasting = self.trouble.lock().await.went_well(&missing);
        if lasting > 0 {
            let why = format!(
                "{lasting} followed persons have had no answer from the population register in three polls; \
                 they count as protected until it answers"
            );
            context.inbox.ask_person("register_lookup_missing", &why).await.map_err(|e| self.inbox(e))?;
        }
        Ok(told)
    }

    /// Its old word about somebody must not stand when it gives none any more. Of whom it has never spoken there is none.
    async fn tell_unanswered(
        &self,
        context: &SourceContext,
        missing: &HashSet<NationalId>,
    ) -> Result<usize, AdapterError> {
        if missing.is_empty() {
            return Ok(0);
        }
        let spoken_of: HashSet<String> =
            context.inbox.live_keys().await.map_err(|e| self.inbox(e))?.into_iter().collect();
        let silent = missing.iter().map(NationalId::reveal).filter(|number| spoken_of.contains(*number));
        let records: Vec<Record> = silent.map(|number| record(number.to_owned(), &unanswered(number))).collect();
        let count = records.len();
        self.accept(context, records, None).await?;
        Ok(count)
    }

    async fn tell_failed(&self, context: &SourceContext) -> Result<(), AdapterError> {
        if !self.trouble.lock().await.failed() {
            return Ok(());
        }
        let why = "the population register could not be asked in three polls; what it said counts for \
                   `protection_max_age_days`, and then everybody as protected";
        context.inbox.ask_person("register_unreachable", why).await.map_err(|e| self.inbox(e))
    }

    async fn accept(
        &self,
        context: &SourceContext,
        records: Vec<Record>,
        cursor: Option<(&str, &str)>,
    ) -> Result<(), AdapterError> {
        context.inbox.accept(records, cursor).await.map_err(|e| self.inbox(e))
    }

    fn inbox(&self, source: InboxError) -> AdapterError {
        AdapterError::Inbox { system: self.fiks.system().to_owned(), source }
    }
}

#[async_trait]
impl Poll for FolkeregisterSource {
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        let read = self.read(context).await;
        if matches!(&read, Err(e) if !matches!(e, AdapterError::Inbox { .. })) {
            self.tell_failed(context).await?;
        }
        read
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.settings.interval_seconds.max(10))
    }

    /// Asks about nobody: this tries the token, the integration and the role, and reads no personal data. Whether an
    /// empty question is answered or refused as one is all the same.
    async fn check(&self) -> Result<(), AdapterError> {
        try_role(&self.fiks, self.settings.fiks_org_id, self.settings.rolle_id).await
    }
}

/// Says that the register gave no answer about somebody. The same every time, so that the inbox takes it once; in the form of
/// an answer, so that the mapping of the answers reads it.
fn unanswered(number: &str) -> Value {
    json!({"identifikasjonsnummer": {"foedselsEllerDNummer": number}, "ubesvart": true})
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
