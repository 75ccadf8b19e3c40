//! Walks the pages of a search.
//!
//! Must never follow a link to another machine (the credentials would go along), nor walk in a circle.

use std::collections::HashSet;

use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::DATE;
use samhold_adapter_api::AdapterError;
use samhold_adapter_http::{Answer, Call};
use serde_json::Value;

use crate::bundle::{Page, page};
use crate::server::Server;

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum NoPage {
    /// The server does not do this kind of search; the status.
    NotSupported(u16),
    /// Anything else.
    Failed(AdapterError),
}

impl From<AdapterError> for NoPage {
    fn from(error: AdapterError) -> Self {
        Self::Failed(error)
    }
}

/// A walk that has begun.
pub(crate) struct Pages<'a> {
    server: &'a Server,
    kind: &'a str,
    next: Option<Call>,
    visited: HashSet<String>,
    max: usize,
}

impl<'a> Pages<'a> {
    /// From the first page on.
    pub(crate) fn new(server: &'a Server, kind: &'a str, first: Call, max: usize) -> Self {
        Self { server, kind, next: Some(first), visited: HashSet::new(), max }
    }

    /// The next page, if there is one.
    pub(crate) async fn turn(&mut self) -> Result<Option<Page>, NoPage> {
        let Some(call) = self.next.take() else { return Ok(None) };
        let (system, attempt) = (self.server.system(), "search");
        let answer = self.server.send(attempt, call).await?;
        let status = answer.status.as_u16();
        if self.visited.is_empty() && [400, 404, 405, 422, 501].contains(&status) {
            return Err(NoPage::NotSupported(status));
        }
        if matches!(status, 404 | 410) {
            return Err(AdapterError::unavailable(system, attempt, "the next page has expired", None).into());
        }
        let answer = answer.ok(system, attempt, self.server.client().unit())?;
        let body: Value = answer.json(system, attempt)?;
        let mut page = page(&body, self.kind).map_err(|why| AdapterError::format(system, attempt, why))?;
        page.time = earlier(page.time, date(&answer));
        self.next = page.next.as_deref().map(|link| self.follow(link)).transpose()?;
        Ok(Some(page))
    }

    fn follow(&mut self, link: &str) -> Result<Call, AdapterError> {
        let wrong = |why: &str| AdapterError::format(self.server.system(), "follow the next page", why);
        let url = same_origin(self.server.base(), link).ok_or_else(|| wrong("the link leads to another machine"))?;
        if !self.visited.insert(url.to_string()) {
            return Err(wrong("the pages lead in a circle"));
        }
        if self.visited.len() >= self.max {
            return Err(wrong("there are more pages than max_pages allows"));
        }
        Ok(Call::get(url))
    }
}

/// The link where it stays at the base's origin. Behind a TLS proxy a server may call itself `http`; that is put right.
pub(crate) fn same_origin(base: &Url, link: &str) -> Option<Url> {
    let mut url = base.join(link).ok()?;
    if url.scheme() == "http" && base.scheme() == "https" && url.host_str() == base.host_str() {
        url.set_scheme("https").ok()?;
        url.set_port(base.port()).ok()?;
    }
    let plain = url.username().is_empty() && url.password().is_none();
    (url.origin() == base.origin() && plain).then_some(url)
}

fn date(answer: &Answer) -> Option<Timestamp> {
    let text = answer.headers.get(DATE)?.to_str().ok()?;
    jiff::fmt::rfc2822::parse(text).ok().map(|z| z.timestamp())
}

/// Of two clocks at the server, the one that loses nothing.
fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_followed_at_home_only() {
        let base: Url = "https://epj.example.no/r4".parse().unwrap();
        let ok = |l: &str| same_origin(&base, l).map(String::from);
        assert_eq!(ok("https://epj.example.no/side?x=2").unwrap(), "https://epj.example.no/side?x=2");
        assert_eq!(ok("?_page=2").unwrap(), "https://epj.example.no/r4?_page=2");
        assert_eq!(ok("http://epj.example.no:8080/r4?p=2").unwrap(), "https://epj.example.no/r4?p=2");
        for away in [
            "https://ond.example/r4?p=2",
            "https://epj.example.no:8443/r4",
            "//ond.example/",
            "https://a:b@epj.example.no/",
        ] {
            assert_eq!(ok(away), None, "{away}");
        }
    }

    #[test]
    fn of_two_clocks_the_earlier_counts() {
        let (a, b): (Timestamp, Timestamp) =
            ("2027-01-01T00:00:00Z".parse().unwrap(), "2027-01-02T00:00:00Z".parse().unwrap());
        assert_eq!(earlier(Some(a), Some(b)), Some(a));
        assert_eq!(earlier(None, Some(b)), Some(b));
    }
}
