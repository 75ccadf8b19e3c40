//! Who is calling: a configured system, by bearer token or client certificate.
//!
//! What a client says about itself in a body is never trusted over its system file. Tokens are compared by hash in constant
//! time and never logged.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use secrecy::ExposeSecret;

use super::Shared;
use super::problem::Problem;
use crate::config::{Permission, SystemSettings};

/// SHA-256 of the certificate the client showed, put into the request by the listener.
#[derive(Clone, Debug)]
pub struct ClientCertificate(pub String);

/// The calling system.
#[derive(Clone, Debug)]
pub struct Client(pub Arc<SystemSettings>);

impl Client {
    /// Refuses unless the client may call this.
    ///
    /// # Errors
    /// 403 when it may not.
    pub fn must(&self, permission: Permission, what: &str) -> Result<(), Problem> {
        if self.0.may.contains(&permission) { Ok(()) } else { Err(Problem::forbidden(what)) }
    }
}

impl FromRequestParts<Shared> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, engine: &Shared) -> Result<Self, Problem> {
        let live = engine.live();
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.split_once(' '))
            .and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer").then_some(token))
            .map(|t| digest(&SHA256, t.trim().as_bytes()));
        let certificate = parts.extensions.get::<ClientCertificate>().map(|c| c.0.clone());
        let mut found: Vec<&SystemSettings> = Vec::new();
        // Every system is looked at, so that the time tells nothing.
        for system in live.loaded.systems.values() {
            let by_token = token.as_ref().is_some_and(|t| has_token(system, t.as_ref()));
            let by_certificate = certificate.is_some()
                && system.client_certificate_sha256.as_ref().map(|s| s.to_lowercase()) == certificate;
            if by_token || by_certificate {
                found.push(system);
            }
        }
        // The token of one and the certificate of another, or one token for two: nobody can say who is calling.
        match found.as_slice() {
            [one] => Ok(Self(Arc::new((*one).clone()))),
            [] => Err(Problem::unauthenticated()),
            several => {
                let names: Vec<&str> = several.iter().map(|s| s.name.as_str()).collect();
                tracing::error!(systems = ?names, "a caller was refused: its credentials are those of several systems");
                Err(Problem::unauthenticated())
            }
        }
    }
}

fn has_token(system: &SystemSettings, given: &[u8]) -> bool {
    let Some(reference) = &system.token else { return false };
    match reference.read() {
        Ok(secret) => {
            let own = digest(&SHA256, secret.expose_secret().as_bytes());
            verify_slices_are_equal(own.as_ref(), given).is_ok()
        }
        Err(e) => {
            tracing::error!(system = %system.name, error = %e, "the token of `{}` cannot be read", system.name);
            false
        }
    }
}
