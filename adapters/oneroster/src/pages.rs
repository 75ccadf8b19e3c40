//! Reading one collection page by page, and saying honestly whether all of it came.
//!
//! Must never call a list complete that may not be: deletions hang on it.

use std::collections::HashSet;

use reqwest::Url;
use reqwest::header::HeaderMap;
use samhold_adapter_api::AdapterError;
use samhold_adapter_http::{Call, Client, address};
use serde_json::{Map, Value};

use crate::link::{Next, next};

/// No municipality has this many pages; a producer that goes on for ever has.
const MOST_PAGES: usize = 20_000;

/// How a read ended.
#[derive(Debug)]
pub(crate) enum End {
    /// All of it came.
    Complete,
    /// The producer said there were more than came, or the number changed underway.
    Short,
    /// A page failed.
    Broken(AdapterError),
}

/// One item of a collection.
pub(crate) type Item = Map<String, Value>;

/// A collection on its way in.
pub(crate) struct Pages<'a> {
    client: &'a Client,
    name: &'static str,
    attempt: String,
    limit: usize,
    base: Url,
    ids: HashSet<String>,
    visited: HashSet<String>,
    /// Items that came, those without an id and those that came twice with them: a producer counts them too.
    received: usize,
    total: Option<usize>,
    total_changed: bool,
}

/// A page and where to go from it.
struct Page {
    items: Vec<Value>,
    next: Next,
}

impl<'a> Pages<'a> {
    /// The collection `name` below `base`.
    pub(crate) fn of(client: &'a Client, base: &Url, name: &'static str, limit: u32) -> Result<Self, AdapterError> {
        Ok(Self {
            client,
            name,
            attempt: format!("read {name}"),
            limit: usize::try_from(limit.max(1)).unwrap_or(1),
            base: address::below(client.system(), base, &[name])?,
            ids: HashSet::new(),
            visited: HashSet::new(),
            received: 0,
            total: None,
            total_changed: false,
        })
    }

    /// Reads everything, giving each item that has an id to `take`, each id once.
    pub(crate) async fn read(mut self, take: &mut (dyn FnMut(&str, Item) + Send)) -> End {
        match self.walk(take).await {
            Err(e) => End::Broken(e),
            Ok(()) if self.total_changed || self.total.is_some_and(|t| self.received < t) => End::Short,
            Ok(()) => End::Complete,
        }
    }

    async fn walk(&mut self, take: &mut (dyn FnMut(&str, Item) + Send)) -> Result<(), AdapterError> {
        let mut url = self.at(0);
        for _ in 0..MOST_PAGES {
            if !self.visited.insert(url.to_string()) {
                return Err(self.wrong("a page leads back to one that was read before"));
            }
            let page = self.page(&url).await?;
            let count = page.items.len();
            let news = self.take_new(page.items, take);
            self.received += count;
            url = match page.next {
                Next::Elsewhere => return Err(self.wrong("the next page lies at another origin and is not followed")),
                Next::Last => return Ok(()),
                Next::At(next) => next,
                Next::Unsaid if count == 0 || self.total.is_some_and(|t| self.received >= t) => return Ok(()),
                // A page of another size than asked that only repeats: the producer does not page at all.
                Next::Unsaid if news == 0 && count != self.limit && self.total.is_none() => return Ok(()),
                Next::Unsaid if news == 0 => return Err(self.wrong("the same page comes again; offset is ignored")),
                Next::Unsaid => self.at(self.received),
            };
        }
        Err(self.wrong("there is no end to the pages"))
    }

    fn at(&self, offset: usize) -> Url {
        let mut url = self.base.clone();
        url.query_pairs_mut().append_pair("limit", &self.limit.to_string()).append_pair("offset", &offset.to_string());
        url
    }

    async fn page(&mut self, url: &Url) -> Result<Page, AdapterError> {
        let answer = self.client.fetch(&self.attempt, &Call::get(url.clone())).await?;
        let mut body: Item = answer.json(self.client.system(), &self.attempt)?;
        let Some(Value::Array(items)) = body.remove(self.name) else {
            return Err(self.wrong(&format!("the answer has no list named {}", self.name)));
        };
        self.note_total(&answer.headers);
        Ok(Page { items, next: next(&answer.headers, url) })
    }

    fn note_total(&mut self, headers: &HeaderMap) {
        let said = headers.get("x-total-count").and_then(|v| v.to_str().ok()?.trim().parse().ok());
        self.total_changed |= self.total.is_some() && said.is_some() && said != self.total;
        self.total = said.or(self.total);
    }

    /// Gives on the items that have an id not seen before, and counts them.
    fn take_new(&mut self, items: Vec<Value>, take: &mut (dyn FnMut(&str, Item) + Send)) -> usize {
        let mut news = 0;
        for item in items {
            let Value::Object(item) = item else { continue };
            let Some(id) = item.get("sourcedId").and_then(Value::as_str).map(str::to_owned) else { continue };
            if self.ids.insert(id.clone()) {
                news += 1;
                take(&id, item);
            }
        }
        news
    }

    fn wrong(&self, cause: &str) -> AdapterError {
        AdapterError::format(self.client.system(), &self.attempt, cause)
    }
}
