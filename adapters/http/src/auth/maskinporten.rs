//! The Maskinporten assertion: a JWT signed with RS256 that lives less than two minutes.
//!
//! Must never use the same `jti` twice, nor the simulated clock: the other side compares with real time (within 10 s).

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Url;
use samhold_adapter_api::AdapterError;
use secrecy::ExposeSecret;
use serde::Serialize;
use uuid::Uuid;

use super::secret;
use crate::settings::MaskinportenSettings;

/// How long an assertion lives, in seconds. Maskinporten takes at most 120.
const LIFETIME: i64 = 100;

/// Signs assertions.
pub(crate) struct Signer {
    key: EncodingKey,
    header: Header,
    audience: String,
    issuer: String,
    scope: String,
    resource: Vec<String>,
    consumer_org: Option<String>,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    scope: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    resource: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer_org: Option<&'a str>,
}

impl Signer {
    /// Reads key and certificate.
    pub(crate) fn new(system: &str, settings: &MaskinportenSettings, endpoint: &Url) -> Result<Self, AdapterError> {
        let pem = secret(system, &settings.key)?;
        let key = EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes()).map_err(|_| {
            AdapterError::settings(system, "the Maskinporten key must be an unencrypted RSA private key in PEM")
        })?;
        Ok(Self {
            key,
            header: header(system, settings)?,
            audience: settings.audience.clone().unwrap_or_else(|| origin(endpoint)),
            issuer: settings.client_id.clone(),
            scope: settings.scope.clone(),
            resource: settings.resource.clone(),
            consumer_org: settings.consumer_org.clone(),
        })
    }

    /// A new assertion with a new `jti`.
    pub(crate) fn assertion(&self, system: &str, now: Timestamp) -> Result<String, AdapterError> {
        let iat = now.as_second();
        let claims = Claims {
            aud: &self.audience,
            iss: &self.issuer,
            scope: &self.scope,
            iat,
            exp: iat + LIFETIME,
            jti: Uuid::new_v4().to_string(),
            resource: &self.resource,
            consumer_org: self.consumer_org.as_deref(),
        };
        jsonwebtoken::encode(&self.header, &claims, &self.key)
            .map_err(|_| AdapterError::settings(system, "the Maskinporten key cannot sign; check that it is RSA"))
    }
}

fn origin(endpoint: &Url) -> String {
    format!("{}/", endpoint.origin().ascii_serialization())
}

fn header(system: &str, settings: &MaskinportenSettings) -> Result<Header, AdapterError> {
    let mut header = Header::new(Algorithm::RS256);
    match (&settings.kid, &settings.certificate) {
        (Some(kid), None) => header.kid = Some(kid.clone()),
        (None, Some(place)) => header.x5c = Some(chain(system, secret(system, place)?.expose_secret())?),
        _ => return Err(AdapterError::settings(system, "give Maskinporten either kid or certificate, not both")),
    }
    Ok(header)
}

/// The base64 bodies of every certificate in a PEM text, first the enterprise's own.
fn chain(system: &str, pem: &str) -> Result<Vec<String>, AdapterError> {
    let bodies: Vec<String> = pem
        .split("-----BEGIN CERTIFICATE-----")
        .skip(1)
        .filter_map(|part| part.split_once("-----END CERTIFICATE-----"))
        .map(|(body, _)| body.split_whitespace().collect())
        .collect();
    if bodies.is_empty() {
        return Err(AdapterError::settings(system, "the Maskinporten certificate file holds no PEM certificate"));
    }
    Ok(bodies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chain_keeps_every_certificate_in_order_without_line_breaks() {
        let pem = "Subject: x\n-----BEGIN CERTIFICATE-----\nAAAA\nBBBB\n-----END CERTIFICATE-----\n\
                   -----BEGIN CERTIFICATE-----\r\nCCCC\r\n-----END CERTIFICATE-----\n";
        assert_eq!(chain("fiks", pem).unwrap(), ["AAAABBBB", "CCCC"]);
        assert!(chain("fiks", "-----BEGIN PRIVATE KEY-----").is_err());
    }

    #[test]
    fn the_audience_is_the_origin_of_the_endpoint() {
        let endpoint = Url::parse("https://test.maskinporten.no/token").unwrap();
        assert_eq!(origin(&endpoint), "https://test.maskinporten.no/");
    }
}
