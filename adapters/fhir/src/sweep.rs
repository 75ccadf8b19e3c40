//! After a full read: what we hold and the server no longer shows.
//!
//! Must never call a unit gone because it was missing from a list: its own address must say so too.

use samhold_adapter_api::{AdapterError, Record, SourceContext};
use samhold_adapter_http::Answer;
use serde_json::{Value, json};

use crate::bundle::{page, text};
use crate::compose::{is_error, record};
use crate::guard::too_many;
use crate::patients::Patients;
use crate::performers::named;
use crate::source::FhirSource;
use crate::walk::Reading;

/// What a unit's own address says.
#[derive(Debug, PartialEq)]
enum Presence {
    /// 404 or 410.
    Missing,
    /// It is there after all.
    There(Value),
    /// The server does not read by id.
    Unknown,
}

impl FhirSource {
    /// Reports what is gone and stores when this was done. Gives how many records were offered.
    pub(crate) async fn sweep(
        &self,
        context: &SourceContext,
        kind: &str,
        reading: &Reading,
    ) -> Result<usize, AdapterError> {
        let live = self.live(context, kind).await?;
        let lost: Vec<&String> = live.iter().filter(|key| !reading.alive.contains(*key)).collect();
        let held = if too_many(lost.len(), live.len(), self.settings.max_deletions_percent) {
            Some(("mass_deletion_held", self.many(kind, lost.len(), live.len())))
        } else if self.cannot_tell(kind, reading, &lost).await? {
            Some((
                "deletion_unconfirmed",
                format!("{}: {kind} cannot be read by id, so nothing is taken for gone", self.server.system()),
            ))
        } else {
            None
        };
        let mut offered = 0;
        if held.is_none() {
            let records = self.confirmed(kind, reading, &lost).await?;
            offered = self.offer(context, records).await?;
        }
        self.ask(context, kind, held).await?;
        self.store(context, "sweep", kind, (context.now)()).await?;
        Ok(offered)
    }

    fn many(&self, kind: &str, lost: usize, live: usize) -> String {
        format!(
            "{}: {lost} of {live} {kind} have vanished, more than max_deletions_percent; nothing was deleted",
            self.server.system()
        )
    }

    async fn live(&self, context: &SourceContext, kind: &str) -> Result<Vec<String>, AdapterError> {
        let mut live = context.inbox.live_keys().await.map_err(|e| self.inbox(e))?;
        live.retain(|key| id(key, kind).is_some());
        Ok(live)
    }

    /// A server that answers 404 to a unit it has just shown says nothing by answering 404.
    async fn cannot_tell(&self, kind: &str, reading: &Reading, lost: &[&String]) -> Result<bool, AdapterError> {
        let unexplained = lost.iter().any(|key| withdrawn(reading, key).is_none());
        let Some(shown) = reading.alive.iter().find_map(|key| id(key, kind)).filter(|_| unexplained) else {
            return Ok(false);
        };
        Ok(!matches!(self.presence(kind, shown).await?, Presence::There(_)))
    }

    async fn confirmed(&self, kind: &str, reading: &Reading, lost: &[&String]) -> Result<Vec<Record>, AdapterError> {
        let mut patients = Patients::new(&self.server);
        let mut records = Vec::new();
        for key in lost {
            if let Some(known) = withdrawn(reading, key) {
                records.push(known.clone());
                continue;
            }
            let Some(id) = id(key, kind) else { continue };
            match self.presence(kind, id).await? {
                Presence::Missing => records.push(gone(key, kind, id)),
                Presence::There(resource) => {
                    let patient = patients.of(&resource).await?;
                    let resource = named(&resource, &mut patients).await?;
                    records.push(record(key, &resource, &patient, is_error(&resource)));
                }
                Presence::Unknown => {}
            }
        }
        Ok(records)
    }

    async fn presence(&self, kind: &str, id: &str) -> Result<Presence, AdapterError> {
        let (system, attempt) = (self.server.system(), "read by id");
        let answer = self.server.read(attempt, kind, id).await?;
        match answer.status.as_u16() {
            404 | 410 => Ok(Presence::Missing),
            400 | 405 | 422 | 501 => Ok(Presence::Unknown),
            _ => there(&answer.ok(system, attempt, self.server.client().unit())?, system, attempt, kind, id),
        }
    }
}

/// The resource itself, or the only hit where it was searched for.
fn there(answer: &Answer, system: &str, attempt: &str, kind: &str, id: &str) -> Result<Presence, AdapterError> {
    let body: Value = answer.json(system, attempt)?;
    if text(&body, "resourceType") == Some(kind) {
        return Ok(Presence::There(body));
    }
    let found = page(&body, kind).map_err(|why| AdapterError::format(system, attempt, why))?;
    if found.outcome.is_some() {
        return Ok(Presence::Unknown);
    }
    let hit = found.hits.into_iter().find(|r| text(r, "id") == Some(id));
    Ok(hit.map_or(Presence::Missing, Presence::There))
}

fn withdrawn<'a>(reading: &'a Reading, key: &str) -> Option<&'a Record> {
    reading.withdrawn.iter().find(|r| r.key == key)
}

fn gone(key: &str, kind: &str, id: &str) -> Record {
    record(key, &json!({"resourceType": kind, "id": id}), &json!({"identifier": []}), true)
}

fn id<'a>(key: &'a str, kind: &str) -> Option<&'a str> {
    key.strip_prefix(kind)?.strip_prefix('/')
}
