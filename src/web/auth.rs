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
            .and_then(|v| v.strip_prefix("Bearer "))
            .map(|t| digest(&SHA256, t.trim().as_bytes()));
        let certificate = parts.extensions.get::<ClientCertificate>().map(|c| c.0.clone());
        let mut found = None;
        // Every system is looked at, so that the time tells nothing.
        for system in live.loaded.systems.values() {
            let by_token = token.as_ref().is_some_and(|t| has_token(system, t.as_ref()));
            let by_certificate = certificate.is_some()
                && system.client_certificate_sha256.as_ref().map(|s| s.to_lowercase()) == certificate;
            if by_token || by_certificate {
                found = Some(system.clone());
            }
        }
        found.map(|system| Self(Arc::new(system))).ok_or_else(Problem::unauthenticated)
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
