//! One poll: read everything, offer every pupil, and delete only what is surely gone.
//!
//! Must never offer a pupil whose enrolments may be missing because a list was cut.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use samhold_adapter_api::{AdapterError, InboxError, Poll, Polled, Record, SourceContext};
use samhold_adapter_http::{Call, Client, address};
use serde_json::Value;

use crate::compose::{Roster, gone};
use crate::guard::too_many;
use crate::pages::{End, Pages};
use crate::settings::SourceSettings;

/// Records offered to the inbox at a time.
const BATCH: usize = 200;
/// Where the number of enrolled pupils of the last sound poll is kept.
const ENROLLED: &str = "enrolled";

/// A OneRoster source.
pub struct OneRosterSource {
    client: Client,
    base: Url,
    settings: SourceSettings,
    deletion_asked: AtomicBool,
    enrollment_asked: AtomicBool,
}

impl OneRosterSource {
    /// Reads secrets and certificates now.
    ///
    /// # Errors
    /// [`AdapterError::Settings`].
    pub fn new(system: &str, settings: &SourceSettings) -> Result<Self, AdapterError> {
        Ok(Self {
            client: Client::new(system, &settings.http, &settings.auth)?,
            base: address::address(system, &settings.base_url, &settings.http)?,
            settings: settings.clone(),
            deletion_asked: AtomicBool::new(false),
            enrollment_asked: AtomicBool::new(false),
        })
    }

    fn pages(&self, name: &'static str) -> Result<Pages<'_>, AdapterError> {
        Pages::of(&self.client, &self.base, name, self.settings.page_size)
    }

    /// Organisations and enrolments must be whole: a missing enrolment would read as a pupil who has left.
    async fn read_whole(&self, roster: &mut Roster) -> Result<(), AdapterError> {
        let end = self.pages("orgs")?.read(&mut |id, item| roster.add_org(id, item)).await;
        self.whole("read orgs", end)?;
        let end = self.pages("enrollments")?.read(&mut |_, item| roster.add_enrollment(item)).await;
        self.whole("read enrollments", end)
    }

    fn whole(&self, attempt: &str, end: End) -> Result<(), AdapterError> {
        match end {
            End::Complete => Ok(()),
            End::Broken(e) => Err(e),
            End::Short => {
                let cause = "fewer came than X-Total-Count said, or it changed underway; the list is read again later";
                Err(AdapterError::unavailable(self.client.system(), attempt, cause, None))
            }
        }
    }

    /// Offers every pupil but those who would seem to have left because enrolments are missing.
    async fn offer(
        &self,
        context: &SourceContext,
        roster: &Roster,
        live: &BTreeSet<String>,
    ) -> Result<usize, AdapterError> {
        let held = self.enrollments_missing(context, roster).await?;
        let withheld = |id: &str| held && live.contains(id) && !roster.is_enrolled(id);
        let (mut batch, mut offered) = (Vec::new(), 0);
        for (id, document) in roster.documents().filter(|(id, _)| !withheld(id)) {
            batch.push(record(id, &document, false));
            offered += 1;
            if batch.len() == BATCH {
                self.accept(context, std::mem::take(&mut batch), None).await?;
            }
        }
        let enrolled = roster.enrolled().to_string();
        self.accept(context, batch, (!held).then_some((ENROLLED, enrolled.as_str()))).await?;
        Ok(offered)
    }

    async fn enrollments_missing(&self, context: &SourceContext, roster: &Roster) -> Result<bool, AdapterError> {
        let before = context.inbox.cursor(ENROLLED).await.map_err(|e| self.inbox(e))?;
        let before: usize = before.and_then(|t| t.parse().ok()).unwrap_or(0);
        let lost = before.saturating_sub(roster.enrolled());
        let held = too_many(lost, before, self.settings.max_deletions_percent);
        let why = format!("{lost} of {before} enrolled pupils have no enrolment any more; they are left as they were");
        self.ask(context, &self.enrollment_asked, held, "enrollments_missing_held", &why).await?;
        Ok(held)
    }

    /// Deletes the pupils who are gone, unless the list may have been cut.
    async fn delete(
        &self,
        context: &SourceContext,
        roster: &Roster,
        live: &BTreeSet<String>,
        complete: bool,
    ) -> Result<usize, AdapterError> {
        let leaving = |id: &&String| !roster.holds(id) || roster.leaving.contains(id.as_str());
        let going: Vec<&String> = live.iter().filter(leaving).collect();
        let many = roster.is_empty() || too_many(going.len(), live.len(), self.settings.max_deletions_percent);
        let held = !going.is_empty() && (many || !complete);
        let cause = if complete {
            "that is more than max_deletions_percent, or everybody"
        } else {
            "the list did not come whole"
        };
        let why = format!("{} of {} pupils would go, but {cause}; nothing is deleted", going.len(), live.len());
        self.ask(context, &self.deletion_asked, held, "mass_deletion_held", &why).await?;
        if held {
            return Ok(0);
        }
        let records: Vec<Record> = going.iter().map(|id| record(id, &gone(id), true)).collect();
        let count = records.len();
        if count > 0 {
            self.accept(context, records, None).await?;
        }
        Ok(count)
    }

    /// Asks once when something begins to be held, and again only after it has been well in between.
    async fn ask(
        &self,
        context: &SourceContext,
        asked: &AtomicBool,
        held: bool,
        kind: &str,
        why: &str,
    ) -> Result<(), AdapterError> {
        if held && !asked.load(Ordering::Relaxed) {
            context.inbox.ask_person(kind, why).await.map_err(|e| self.inbox(e))?;
        }
        asked.store(held, Ordering::Relaxed);
        Ok(())
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
        AdapterError::Inbox { system: self.client.system().to_owned(), source }
    }
}

#[async_trait]
impl Poll for OneRosterSource {
    async fn poll(&self, context: &SourceContext) -> Result<Polled, AdapterError> {
        let mut roster = Roster::default();
        self.read_whole(&mut roster).await?;
        let more = &self.settings.keep_user_fields;
        let end = self.pages("users")?.read(&mut |id, item| roster.add_user(id, item, more)).await;
        let live = context.inbox.live_keys().await.map_err(|e| self.inbox(e))?.into_iter().collect();
        let offered = self.offer(context, &roster, &live).await?;
        let complete = match end {
            End::Broken(error) => return Err(error),
            End::Short => false,
            End::Complete => true,
        };
        let deleted = self.delete(context, &roster, &live, complete).await?;
        Ok(Polled { records: offered + deleted, more: false })
    }

    fn interval(&self) -> Duration {
        Duration::from_secs(self.settings.interval_seconds.max(10))
    }

    /// Reads one organisation, which is no personal data.
    async fn check(&self) -> Result<(), AdapterError> {
        let mut url = address::below(self.client.system(), &self.base, &["orgs"])?;
        url.query_pairs_mut().append_pair("limit", "1");
        let answer = self.client.fetch("read one org", &Call::get(url)).await?;
        answer.json::<Value>(self.client.system(), "read one org").map(drop)
    }
}

fn record(id: &str, document: &Value, gone: bool) -> Record {
    Record {
        key: id.to_owned(),
        content_type: "application/json".to_owned(),
        body: document.to_string().into(),
        gone,
        delivery_id: None,
    }
}
