//! The connection below the client: how it is made, how an answer is read within its limit, how a failure is told.
//!
//! Must never follow a redirect, read a proxy from the environment, or tell an address.

use std::time::Duration;

use reqwest::Response;
use samhold_adapter_api::{AdapterError, SecretRef};
use secrecy::ExposeSecret;

use crate::answer::Answer;
use crate::settings::ClientSettings;

/// Reads an answer within its limit.
pub(crate) async fn read(
    system: &str,
    attempt: &str,
    mut response: Response,
    cut_at: Option<usize>,
    max: usize,
) -> Result<Answer, AdapterError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let limit = cut_at.unwrap_or(max);
    let mut body = Vec::new();
    loop {
        match (response.chunk().await, cut_at) {
            (Ok(None), _) => break,
            (Ok(Some(chunk)), _) => body.extend_from_slice(&chunk),
            // The status has been read; what was cut off anyway may break.
            (Err(_), Some(_)) => break,
            (Err(e), None) => return Err(network(system, attempt, e)),
        }
        if body.len() > limit && cut_at.is_some() {
            body.truncate(limit);
            break;
        }
        if body.len() > limit {
            let cause = format!("the answer is larger than {limit} bytes; raise max_response_bytes if this is right");
            return Err(AdapterError::format(system, attempt, cause));
        }
    }
    Ok(Answer { status, headers, body })
}

/// A network failure in words, without the address.
pub(crate) fn network(system: &str, attempt: &str, error: reqwest::Error) -> AdapterError {
    let error = error.without_url();
    let kind = match () {
        () if error.is_connect() => AdapterError::CANNOT_CONNECT,
        () if error.is_timeout() => "no answer within the time limit",
        () if error.is_body() || error.is_decode() => "the answer broke off",
        () => "the exchange failed",
    };
    let deepest = std::iter::successors(std::error::Error::source(&error), |e| e.source()).last();
    let cause = deepest.map_or_else(|| kind.to_owned(), |e| format!("{kind} ({e})"));
    AdapterError::unavailable(system, attempt, cause, None)
}

/// Makes the connection pool of one system.
pub(crate) fn build(system: &str, settings: &ClientSettings) -> Result<reqwest::Client, AdapterError> {
    let wrong = |what: &str, e: &dyn std::fmt::Display| AdapterError::settings(system, format!("{what}: {e}"));
    let limit = Duration::from_secs(settings.timeout_seconds.clamp(1, 600));
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(limit)
        .connect_timeout(limit.min(Duration::from_secs(10)))
        .user_agent(concat!("samhold/", env!("CARGO_PKG_VERSION")))
        .no_proxy();
    if let Some(proxy) = &settings.proxy {
        builder = builder.proxy(reqwest::Proxy::all(proxy).map_err(|e| wrong("proxy", &e.without_url()))?);
    }
    if let Some(path) = &settings.ca_file {
        let pem = std::fs::read(path).map_err(|e| wrong("ca_file cannot be read", &e))?;
        let trusted = reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| wrong("ca_file is not PEM", &e))?;
        builder = builder.tls_certs_only(trusted);
    }
    if let Some(reference) = &settings.client_certificate {
        builder = builder.identity(identity(system, reference)?);
    }
    builder.build().map_err(|e| wrong("the client cannot be made", &e))
}

fn identity(system: &str, reference: &SecretRef) -> Result<reqwest::Identity, AdapterError> {
    let pem = reference.read().map_err(|e| AdapterError::settings(system, e))?;
    reqwest::Identity::from_pem(pem.expose_secret().as_bytes()).map_err(|_| {
        AdapterError::settings(system, "client_certificate must be PEM with the certificate and its private key")
    })
}
