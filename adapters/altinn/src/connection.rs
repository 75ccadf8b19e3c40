//! The client of Altinn's access management, as one organisation sees it.
//!
//! Must never mix the test environment of one side with production of the other, nor let a number into an address.

use reqwest::header::{ACCEPT, HeaderValue};
use reqwest::{StatusCode, Url};
use samhold_adapter_api::AdapterError;
use samhold_adapter_http::address::{address, below};
use samhold_adapter_http::{Answer, AuthSettings, Call, Client};
use samhold_model::national_id::looks_like_number;
use serde_json::{Map, Value};

use crate::settings::SourceSettings;

/// What a client must have been given at Maskinporten.
const SCOPE: &str = "altinn:consentrequests.read";
const REQUESTS: [&str; 5] = ["accessmanagement", "api", "v1", "enterprise", "consentrequests"];
const READ: &str = "read a consent request";

/// What Altinn says of one request.
pub(crate) enum Told {
    /// This.
    There(Map<String, Value>),
    /// That it is not there.
    Gone,
    /// What cannot be believed to be about this request; why.
    Strange(AdapterError),
}

/// Altinn, as one Maskinporten client sees it.
pub(crate) struct Altinn {
    client: Client,
    base: Url,
}

impl Altinn {
    /// Reads secrets now.
    pub(crate) fn new(system: &str, settings: &SourceSettings) -> Result<Self, AdapterError> {
        let base = address(system, &settings.base_url, &settings.http)?;
        let token = address(system, &settings.maskinporten.token_url, &settings.http)?;
        if let (Some(one), Some(other)) = (is_test(&base), is_test(&token))
            && one != other
        {
            return Err(AdapterError::settings(system, "base_url and token_url belong to different environments"));
        }
        if !settings.maskinporten.scope.split_whitespace().any(|scope| scope == SCOPE) {
            let cause = format!("the client at Maskinporten needs `scope = \"{SCOPE}\"` to read consents");
            return Err(AdapterError::settings(system, cause));
        }
        let auth = AuthSettings::Maskinporten(settings.maskinporten.clone());
        Ok(Self { client: Client::new(system, &settings.http, &auth)?, base })
    }

    pub(crate) fn system(&self) -> &str {
        self.client.system()
    }

    /// Where the feed of events lies.
    pub(crate) fn feed(&self) -> Result<Url, AdapterError> {
        self.below("events")
    }

    /// One request as Altinn has it. An error says nothing of the request: no answer came, or our credentials do not hold.
    pub(crate) async fn request(&self, id: &str) -> Result<Told, AdapterError> {
        let url = match self.below(id) {
            Ok(url) => url,
            Err(error) => return Ok(Told::Strange(error)),
        };
        let answer = self.client.send(READ, &call(url)).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Told::Gone),
            StatusCode::FORBIDDEN => {
                return Ok(Told::Strange(self.strange("HTTP 403: the request is not ours to read")));
            }
            _ => {}
        }
        match answer.ok(self.system(), READ, self.client.unit()) {
            Ok(answer) => Ok(self.about(id, answer.json(self.system(), READ))),
            Err(error @ AdapterError::Format { .. }) => Ok(Told::Strange(error)),
            Err(error) => Err(error),
        }
    }

    fn about(&self, id: &str, found: Result<Map<String, Value>, AdapterError>) -> Told {
        match found {
            Err(error) => Told::Strange(error),
            Ok(found) => match found.get("id").and_then(Value::as_str) {
                Some(told) if told.eq_ignore_ascii_case(id) => Told::There(found),
                _ => Told::Strange(self.strange("the answer is about another request than was asked for")),
            },
        }
    }

    fn strange(&self, cause: &str) -> AdapterError {
        AdapterError::format(self.system(), READ, cause)
    }

    /// Any page, and 2xx or an error.
    pub(crate) async fn get(&self, attempt: &str, url: Url) -> Result<Answer, AdapterError> {
        self.client.fetch(attempt, &call(url)).await
    }

    /// Where the next page lies: only at the same origin, since the token goes with it.
    pub(crate) fn follow(&self, attempt: &str, here: &Url, next: &str) -> Result<Url, AdapterError> {
        match here.join(next) {
            Ok(url) if url.origin() == here.origin() && !looks_like_number(url.as_str()) => Ok(url),
            _ => Err(AdapterError::format(
                self.system(),
                attempt,
                "the next page lies at another origin, or its address cannot be used; it is not followed",
            )),
        }
    }

    fn below(&self, last: &str) -> Result<Url, AdapterError> {
        let mut segments = REQUESTS.to_vec();
        segments.push(last);
        below(self.system(), &self.base, &segments)
    }
}

fn call(url: Url) -> Call {
    Call::get(url).header(ACCEPT, HeaderValue::from_static("application/json"))
}

/// Whether a host of Altinn or Digdir is a test environment. `None` for other hosts, e.g. a stand-in.
fn is_test(url: &Url) -> Option<bool> {
    let host = url.host_str()?;
    let of = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    (of("altinn.no") || of("maskinporten.no")).then(|| {
        host.split('.').any(|part| part == "test" || part.starts_with("tt") || part.starts_with("at") || part == "yt01")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environments_are_told_apart_by_host() {
        let test = |text: &str| is_test(&Url::parse(text).unwrap());
        assert_eq!(test("https://platform.altinn.no"), Some(false));
        assert_eq!(test("https://platform.tt02.altinn.no"), Some(true));
        assert_eq!(test("https://platform.at22.altinn.cloud"), None);
        assert_eq!(test("https://maskinporten.no/token"), Some(false));
        assert_eq!(test("https://test.maskinporten.no/token"), Some(true));
        assert_eq!(test("https://ikkealtinn.no"), None);
        assert_eq!(test("http://127.0.0.1:99/token"), None);
    }
}
