//! A page of the feed of events (`ConsentStatusChangeDto` in Altinn's published contracts).
//!
//! Must never skip an event it cannot read: behind it may stand a withdrawal.

use reqwest::Url;
use samhold_adapter_api::AdapterError;
use samhold_model::Instant;
use serde::Deserialize;

use crate::connection::Altinn;
use crate::position::Position;

const READ: &str = "read the events of consent requests";
/// All that can be asked for but `used`, which changes nothing. That a consent has expired is never told.
const KINDS: [&str; 4] = ["rejected", "accepted", "revoked", "deleted"];

/// Something happened to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// The request, in small letters.
    pub(crate) request: String,
    /// What happened, in small letters: the feed writes `Accepted`, its own documentation `accepted`.
    pub(crate) kind: String,
    /// When.
    pub(crate) at: Instant,
    /// When, as Altinn wrote it.
    pub(crate) written: String,
}

/// Some events, oldest first, and where the next page lies.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) events: Vec<Event>,
    /// As it was written; to be followed when the events are taken.
    pub(crate) next: Option<String>,
}

#[derive(Deserialize)]
struct Answered {
    data: Vec<Change>,
    #[serde(default)]
    links: Option<Links>,
}

#[derive(Default, Deserialize)]
struct Links {
    #[serde(default)]
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    consent_request_id: String,
    event_type: String,
    changed_date: String,
}

/// Where the events behind a position begin.
pub(crate) fn first(altinn: &Altinn, position: &Position) -> Result<Url, AdapterError> {
    since(altinn, &position.after)
}

/// An empty page as far as one knows: what has just happened is not told yet.
pub(crate) fn nothing(altinn: &Altinn, now: Instant) -> Result<Url, AdapterError> {
    since(altinn, &now.to_string())
}

fn since(altinn: &Altinn, time: &str) -> Result<Url, AdapterError> {
    let mut url = altinn.feed()?;
    let mut query = url.query_pairs_mut();
    if !time.is_empty() {
        query.append_pair("createdAfter", time);
    }
    for kind in KINDS {
        query.append_pair("eventType", kind);
    }
    drop(query);
    Ok(url)
}

/// Reads one page.
pub(crate) async fn page(altinn: &Altinn, url: Url) -> Result<Page, AdapterError> {
    let answered: Answered = altinn.get(READ, url).await?.json(altinn.system(), READ)?;
    let events = answered.data.into_iter().map(|change| event(altinn, change)).collect::<Result<_, _>>()?;
    let next = answered.links.unwrap_or_default().next.filter(|next| !next.is_empty());
    Ok(Page { events, next })
}

fn event(altinn: &Altinn, change: Change) -> Result<Event, AdapterError> {
    let at = change.changed_date.parse().map_err(|_| {
        AdapterError::format(altinn.system(), READ, "an event has a changedDate that is no moment with a zone")
    })?;
    Ok(Event {
        request: change.consent_request_id.to_ascii_lowercase(),
        kind: change.event_type.to_ascii_lowercase(),
        at,
        written: change.changed_date,
    })
}

/// Where a next page lies.
pub(crate) fn follow(altinn: &Altinn, here: &Url, next: &str) -> Result<Url, AdapterError> {
    altinn.follow(READ, here, next)
}

/// Pages that lead in a ring, or have no end.
pub(crate) fn endless(altinn: &Altinn) -> AdapterError {
    AdapterError::format(altinn.system(), READ, "the pages lead back to one that was read before, or have no end")
}
