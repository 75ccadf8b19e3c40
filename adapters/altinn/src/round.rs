//! One poll: the feed, what was never read, what the feed tells of, and what is asked for no more.
//!
//! Must never move the position past an event whose request was not read, nor let one request keep the others waiting.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Url;
use samhold_adapter_api::{AdapterError, Polled, Record, Requested, SourceContext};
use uuid::Uuid;

use crate::compose;
use crate::feed::{self, Page};
use crate::position::Position;
use crate::source::AltinnSource;

/// Where the position is kept.
const FEED: &str = "feed";
/// What is kept of a request that must be read again.
const AGAIN: &str = "again";
/// No organisation has this many pages of events; a server that goes on for ever has.
const MOST_PAGES: usize = 10_000;
/// So many requests in one poll that Altinn could not answer are taken for Altinn being away.
const MOST_FAILURES: usize = 3;

/// A poll under way.
pub(crate) struct Round<'a> {
    source: &'a AltinnSource,
    context: &'a SourceContext,
    /// What was asked for here, by its id in small letters.
    asked: BTreeMap<String, Requested>,
    position: Position,
    /// The position as it is kept.
    kept: String,
    /// Read since the page that is being worked on was fetched: its events are in what was read.
    fresh: BTreeSet<String>,
    /// The first request that was not read; from there on the position stands still.
    held: Option<AdapterError>,
    failures: usize,
    offered: usize,
}

/// What came of reading one request.
enum Read {
    Whole(Record),
    /// Not in a form that can be believed; it permits nothing and is read again.
    Bad(Record),
    /// Altinn could not answer; it may later.
    Later,
}

impl<'a> Round<'a> {
    pub(crate) async fn begin(source: &'a AltinnSource, context: &'a SourceContext) -> Result<Self, AdapterError> {
        let kept = context.inbox.cursor(FEED).await.map_err(|e| source.inbox(e))?;
        let all = context.inbox.requested().await.map_err(|e| source.inbox(e))?;
        Ok(Self {
            source,
            context,
            asked: all.into_iter().map(|requested| (requested.request.to_ascii_lowercase(), requested)).collect(),
            position: Position::read(kept.as_deref()),
            kept: kept.unwrap_or_default(),
            fresh: BTreeSet::new(),
            held: None,
            failures: 0,
            offered: 0,
        })
    }

    pub(crate) async fn run(mut self) -> Result<Polled, AdapterError> {
        self.drop_unasked().await?;
        // The feed first: if this is not Altinn at all, no request is taken for gone.
        let mut url = feed::first(&self.source.altinn, &self.position)?;
        let mut page = feed::page(&self.source.altinn, url.clone()).await?;
        self.read_unread().await?;
        let mut visited = BTreeSet::new();
        loop {
            self.take(&page).await?;
            visited.insert(url.to_string());
            let Some(next) = page.next.take().filter(|_| !self.context.stop.is_cancelled()) else { break };
            (url, page) = self.turn(&url, &next, &visited).await?;
        }
        self.held.map_or(Ok(Polled { records: self.offered, more: false }), Err)
    }

    async fn turn(&mut self, here: &Url, next: &str, visited: &BTreeSet<String>) -> Result<(Url, Page), AdapterError> {
        let next = feed::follow(&self.source.altinn, here, next)?;
        if visited.contains(next.as_str()) || visited.len() >= MOST_PAGES {
            return Err(feed::endless(&self.source.altinn));
        }
        self.fresh.clear();
        let page = feed::page(&self.source.altinn, next.clone()).await?;
        Ok((next, page))
    }

    /// Nobody would see the withdrawal of a consent that is not asked about any more.
    async fn drop_unasked(&mut self) -> Result<(), AdapterError> {
        let live = self.context.inbox.live_keys().await.map_err(|e| self.source.inbox(e))?;
        let ids = live.iter().filter_map(|key| compose::request_of(key));
        for id in ids.filter(|id| !self.asked.contains_key(&id.to_ascii_lowercase())) {
            accept(self.source, self.context, vec![compose::gone(id)], Some((&read_as(id), AGAIN))).await?;
            self.offered += 1;
        }
        Ok(())
    }

    /// What was never read, could not be read, or was read when other words were asked for.
    async fn read_unread(&mut self) -> Result<(), AdapterError> {
        for requested in self.asked.values().cloned().collect::<Vec<_>>() {
            if self.context.stop.is_cancelled() {
                return Ok(());
            }
            let (name, mark) = (read_as(&requested.request), compose::mark(&requested));
            let kept = self.context.inbox.cursor(&name).await.map_err(|e| self.source.inbox(e))?;
            if kept.as_deref() == Some(mark.as_str()) {
                continue;
            }
            let (record, mark) = match self.read(&requested).await? {
                Read::Whole(record) => (record, mark),
                Read::Bad(record) => (record, AGAIN.to_owned()),
                Read::Later => continue,
            };
            self.offer(vec![record], Some((&name, &mark))).await?;
            self.fresh.insert(requested.request.to_ascii_lowercase());
        }
        Ok(())
    }

    /// Reads what the page tells of, and journals it with the position behind it.
    async fn take(&mut self, page: &Page) -> Result<(), AdapterError> {
        let mut batch = Vec::new();
        let mut broken = None;
        for event in &page.events {
            if self.position.knows(event) {
                continue;
            }
            if let Some(requested) = self.asked.get(&event.request).cloned()
                && !self.fresh.contains(&event.request)
            {
                match self.read(&requested).await {
                    Ok(Read::Whole(record)) => batch.push(record),
                    Ok(Read::Bad(record)) => {
                        self.offer(vec![record], Some((&read_as(&requested.request), AGAIN))).await?
                    }
                    Ok(Read::Later) => {}
                    Err(error) => {
                        broken = Some(error);
                        break;
                    }
                }
                self.fresh.insert(event.request.clone());
            }
            if self.held.is_none() {
                self.position.pass(event);
            }
        }
        let position = self.position.text();
        if !batch.is_empty() || position != self.kept {
            self.offer(batch, Some((FEED, &position))).await?;
            self.kept = position;
        }
        broken.map_or(Ok(()), Err)
    }

    /// Reads one request. An error when there is no use in asking for more now.
    async fn read(&mut self, requested: &Requested) -> Result<Read, AdapterError> {
        let error = match self.source.read(requested).await {
            Ok(Ok(record)) => return Ok(Read::Whole(record)),
            Ok(Err(_)) => return Ok(Read::Bad(compose::unreadable(requested))),
            Err(error) => error,
        };
        self.failures += 1;
        let passing = matches!(error, AdapterError::Unavailable { .. } | AdapterError::Format { .. });
        let busy = error.retry_after().is_some() || error.never_connected();
        if busy || !passing || self.failures >= MOST_FAILURES {
            return Err(error);
        }
        self.held.get_or_insert(error);
        Ok(Read::Later)
    }

    async fn offer(&mut self, records: Vec<Record>, cursor: Option<(&str, &str)>) -> Result<(), AdapterError> {
        self.offered += records.len();
        accept(self.source, self.context, records, cursor).await
    }
}

async fn accept(
    source: &AltinnSource,
    context: &SourceContext,
    records: Vec<Record>,
    cursor: Option<(&str, &str)>,
) -> Result<(), AdapterError> {
    context.inbox.accept(records, cursor).await.map_err(|e| source.inbox(e))
}

/// Under which name it is kept with which words a request was read. Names lie in clear, so it is derived from the id.
fn read_as(request: &str) -> String {
    format!("read/{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, request.to_ascii_lowercase().as_bytes()))
}
