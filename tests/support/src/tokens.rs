//! Access tokens of the client-credentials kind (OAuth 2.0, RFC 6749 section 4.4), and reading of form bodies.
//!
//! Tokens are counted, not random, so that a test can say which one it means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use serde_json::json;

use crate::locked;

/// What every stand-in that wants client credentials accepts.
pub const CLIENT_ID: &str = "samhold-fjellvik";
/// Its secret: worth nothing outside a stand-in.
pub const CLIENT_SECRET: &str = "fjellvik-stand-in-only";

#[derive(Default)]
struct State {
    issued: u64,
    live: BTreeSet<String>,
}

/// Issues and checks tokens; clones share them.
#[derive(Clone, Default)]
pub struct TokenDesk(Arc<Mutex<State>>);

impl TokenDesk {
    /// How many tokens were issued.
    #[must_use]
    pub fn issued(&self) -> u64 {
        locked(&self.0).issued
    }

    /// All tokens stop working: the next call is answered 401.
    pub fn revoke_all(&self) {
        locked(&self.0).live.clear();
    }

    /// A fresh token.
    pub(crate) fn issue(&self) -> String {
        let mut state = locked(&self.0);
        state.issued += 1;
        let token = format!("stand-in-token-{}", state.issued);
        state.live.insert(token.clone());
        token
    }

    /// Whether the request carries a live token.
    pub(crate) fn admits(&self, headers: &HeaderMap) -> bool {
        let bearer =
            headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
        bearer.is_some_and(|token| locked(&self.0).live.contains(token))
    }

    /// The token endpoint: id and secret in the form or as basic authentication.
    pub(crate) fn grant(&self, headers: &HeaderMap, body: &str) -> Response {
        let form = form(body);
        let field = |name: &str| form.get(name).cloned().unwrap_or_default();
        if field("grant_type") != "client_credentials" {
            return (StatusCode::BAD_REQUEST, Json(json!({"error": "unsupported_grant_type"}))).into_response();
        }
        let (id, secret) = basic(headers).unwrap_or_else(|| (field("client_id"), field("client_secret")));
        if (id.as_str(), secret.as_str()) != (CLIENT_ID, CLIENT_SECRET) {
            return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
        }
        let answer =
            json!({"access_token": self.issue(), "token_type": "Bearer", "expires_in": 3600, "scope": field("scope")});
        Json(answer).into_response()
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let plain = base64::engine::general_purpose::STANDARD.decode(encoded).ok()?;
    let (id, secret) = std::str::from_utf8(&plain).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Pairs of an `application/x-www-form-urlencoded` text, in order.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let uri = format!("/?{}", text.trim()).parse::<Uri>().ok();
    uri.and_then(|u| Query::<Vec<(String, String)>>::try_from_uri(&u).ok()).map(|q| q.0).unwrap_or_default()
}

/// As [`pairs`], the last of each name.
pub(crate) fn form(text: &str) -> BTreeMap<String, String> {
    pairs(text).into_iter().collect()
}
