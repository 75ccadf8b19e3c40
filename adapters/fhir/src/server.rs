//! A FHIR server: its addresses, its search by form, its reads.
//!
//! Must never put a search value in a URL.

use std::collections::BTreeMap;

use reqwest::Url;
use reqwest::header::{ACCEPT, CACHE_CONTROL, HeaderName, HeaderValue};
use samhold_adapter_api::AdapterError;
use samhold_adapter_http::address::address;
use samhold_adapter_http::{Answer, AuthSettings, Call, Client, ClientSettings};
use samhold_model::national_id::looks_like_number;

/// MIME type of FHIR JSON (R4, section 2.6.1).
pub(crate) const FHIR_JSON: &str = "application/fhir+json";
const FORM: &str = "application/x-www-form-urlencoded";

/// One server.
pub(crate) struct Server {
    client: Client,
    base: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    lower_case: bool,
}

impl Server {
    /// Reads secrets and certificates now.
    pub(crate) fn new(
        system: &str,
        base: &str,
        auth: &AuthSettings,
        http: &ClientSettings,
    ) -> Result<Self, AdapterError> {
        let base = address(system, base, http)?;
        Ok(Self { client: Client::new(system, http, auth)?, base, headers: Vec::new(), lower_case: false })
    }

    /// With headers on each call, and types in lower case in addresses.
    pub(crate) fn with(mut self, headers: &BTreeMap<String, String>, lower_case: bool) -> Result<Self, AdapterError> {
        let bad = |name: &str| AdapterError::settings(self.client.system(), format!("{name:?} cannot be a header"));
        for (name, value) in headers {
            let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(name))?;
            let value = HeaderValue::from_str(value).map_err(|_| bad(name))?;
            self.headers.push((key, value));
        }
        self.lower_case = lower_case;
        Ok(self)
    }

    /// The configured system.
    pub(crate) fn system(&self) -> &str {
        self.client.system()
    }

    /// The service base.
    pub(crate) fn base(&self) -> &Url {
        &self.base
    }

    /// The client below.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// `{base}/{Type}` and further segments.
    pub(crate) fn at(&self, kind: &str, more: &[&str]) -> Result<Url, AdapterError> {
        let kind = if self.lower_case { kind.to_lowercase() } else { kind.to_owned() };
        let segments: Vec<&str> = std::iter::once(kind.as_str()).chain(more.iter().copied()).collect();
        let refused = || AdapterError::format(self.system(), "make an address", "an id cannot stand in an address");
        if segments.iter().any(|s| s.is_empty() || *s == "." || *s == ".." || names_a_person(s)) {
            return Err(refused());
        }
        let mut url = self.base.clone();
        url.set_query(None);
        url.path_segments_mut().map_err(|()| refused())?.pop_if_empty().extend(segments);
        Ok(url)
    }

    /// A search with its values in the body.
    pub(crate) fn search(&self, kind: &str, pairs: &[(&str, String)]) -> Result<Call, AdapterError> {
        Ok(Call::post(self.at(kind, &["_search"])?, FORM, form(pairs)))
    }

    /// A search by address, for servers without the other; only for values that are about nobody.
    pub(crate) fn open_search(&self, kind: &str, pairs: &[(&str, String)]) -> Result<Call, AdapterError> {
        let mut url = self.at(kind, &[])?;
        url.set_query(Some(&form(pairs)));
        Ok(Call::get(url))
    }

    /// A read by id. An id that could be a person's number goes in a body instead of the address.
    pub(crate) async fn read(&self, attempt: &str, kind: &str, id: &str) -> Result<Answer, AdapterError> {
        if names_a_person(id) {
            return self.send(attempt, self.search(kind, &[("_id", id.to_owned())])?).await;
        }
        self.send(attempt, Call::get(self.at(kind, &[id])?)).await
    }

    /// Sends as FHIR JSON is asked for.
    pub(crate) async fn send(&self, attempt: &str, call: Call) -> Result<Answer, AdapterError> {
        let mut call = call.header(ACCEPT, HeaderValue::from_static(FHIR_JSON));
        // Some servers answer the same search from memory for a minute; an answer from before our write misleads.
        call = call.header(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        for (name, value) in &self.headers {
            call = call.header(name.clone(), value.clone());
        }
        self.client.send(attempt, &call).await
    }
}

/// Whether an id could be a person's number. A UUID may hold eleven digits in a row and is none.
fn names_a_person(id: &str) -> bool {
    id.split(|c: char| !c.is_ascii_alphanumeric()).any(looks_like_number_alone)
        || looks_like_number_alone(&id.replace(' ', ""))
}

fn looks_like_number_alone(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_digit()) && looks_like_number(token)
}

/// The pairs as a form, which is also the form of a query.
pub(crate) fn form(pairs: &[(&str, String)]) -> String {
    let Ok(mut scratch) = Url::parse("http://localhost/") else { return String::new() };
    scratch.query_pairs_mut().extend_pairs(pairs);
    scratch.query().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_digits_is_not_a_person_unless_it_is_a_number() {
        for id in ["14821970351", "p-14821970351", "148219 70351"] {
            assert!(names_a_person(id), "{id}");
        }
        for id in ["0198f0aa-7c3e-7d2b-9f00-a14821970351", "pas1", "148219703511"] {
            assert!(!names_a_person(id), "{id}");
        }
    }

    #[test]
    fn a_form_escapes_what_means_something_in_it() {
        let pairs = [("identifier", "urn:a|b c&d=æ".to_owned()), ("_count", "2".to_owned())];
        assert_eq!(form(&pairs), "identifier=urn%3Aa%7Cb+c%26d%3D%C3%A6&_count=2");
    }
}
