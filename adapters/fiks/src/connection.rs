//! The client every Fiks source uses.
//!
//! Must never mix the test environment of one side with production of the other.

use reqwest::Url;
use reqwest::header::{ACCEPT, HeaderValue};
use samhold_adapter_api::AdapterError;
use samhold_adapter_http::address::{address, below};
use samhold_adapter_http::{Answer, AuthSettings, Call, Client, RetryAfterUnit};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::settings::Connection;

/// Fiks, as one integration sees it.
pub(crate) struct Fiks {
    pub(crate) client: Client,
    base: Url,
}

impl Fiks {
    /// Reads secrets now.
    pub(crate) fn new(system: &str, settings: &Connection) -> Result<Self, AdapterError> {
        let base = address(system, &settings.base_url, &settings.http)?;
        let token = address(system, &settings.maskinporten.token_url, &settings.http)?;
        if let (Some(one), Some(other)) = (is_test(&base), is_test(&token))
            && one != other
        {
            return Err(AdapterError::settings(system, "base_url and token_url belong to different environments"));
        }
        let password = settings.integrasjon_passord.read().map_err(|e| AdapterError::settings(system, e))?;
        let auth = AuthSettings::Maskinporten(settings.maskinporten.clone());
        let client = Client::new(system, &settings.http, &auth)?
            .counting_in(RetryAfterUnit::Milliseconds)
            .with_header("integrasjonid", &settings.integrasjon_id.to_string())?
            .with_header("integrasjonpassord", password.expose_secret().trim())?;
        Ok(Self { client, base })
    }

    pub(crate) fn system(&self) -> &str {
        self.client.system()
    }

    /// An address below the base.
    pub(crate) fn at(&self, segments: &[&str]) -> Result<Url, AdapterError> {
        below(self.system(), &self.base, segments)
    }

    /// `POST` of JSON.
    pub(crate) fn post(url: Url, body: &Value) -> Call {
        Call::post(url, "application/json", body.to_string())
    }

    /// `GET`, and 2xx or an error.
    pub(crate) async fn get(&self, attempt: &str, url: Url) -> Result<Answer, AdapterError> {
        let accept = HeaderValue::from_static("application/json");
        self.client.fetch(attempt, &Call::get(url).header(ACCEPT, accept)).await
    }
}

/// Whether a host of KS or Digdir is a test environment. `None` for other hosts, e.g. a stand-in.
fn is_test(url: &Url) -> Option<bool> {
    let host = url.host_str()?;
    let known = host.ends_with(".ks.no") || host == "maskinporten.no" || host.ends_with(".maskinporten.no");
    known.then(|| host.split('.').any(|part| part == "test"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environments_are_told_apart_by_host() {
        let test = |text: &str| is_test(&Url::parse(text).unwrap());
        assert_eq!(test("https://api.fiks.ks.no"), Some(false));
        assert_eq!(test("https://api.fiks.test.ks.no"), Some(true));
        assert_eq!(test("https://api.test.fiks.ks.no"), Some(true));
        assert_eq!(test("https://maskinporten.no/token"), Some(false));
        assert_eq!(test("https://test.maskinporten.no/token"), Some(true));
        assert_eq!(test("http://127.0.0.1:99/token"), None);
    }
}
