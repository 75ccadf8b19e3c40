//! Maskinporten's token endpoint: checks the JWT grant as Digdir's protocol page has it.
//!
//! Source: felleslosninger, `maskinporten_protocol_jwtgrant`, error codes MP-012 to MP-201. Must never accept a `jti`
//! twice or a grant that lives longer than 120 seconds.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::locked;
use crate::tokens::{TokenDesk, form};

/// The longest a grant may live.
const MAX_SECONDS: i64 = 120;
/// The scope of KS Fiks.
pub const SCOPE: &str = "ks:fiks";

/// A key pair made for one run: the client signs with it, the stand-in checks.
pub struct GrantKey {
    /// PKCS#8 PEM of the private key, for the client's configuration.
    pub private_pem: String,
    /// The public key in DER, for the stand-in.
    pub public_der: Vec<u8>,
}

impl GrantKey {
    /// A new RSA key of 2048 bits; `None` when the system has no randomness to give.
    #[must_use]
    pub fn generate() -> Option<Self> {
        let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
        let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
        let text = STANDARD.encode(der.as_ref());
        let lines: Vec<&str> = text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        let private_pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
        Some(Self { private_pem, public_der: pair.public_key().as_ref().to_vec() })
    }
}

#[derive(Default)]
struct Seen {
    jti: BTreeSet<String>,
    refused: Vec<String>,
}

/// The endpoint; clones share state.
#[derive(Clone, Default)]
pub struct Maskinporten {
    desk: TokenDesk,
    seen: Arc<Mutex<Seen>>,
    public_key: Option<Arc<Vec<u8>>>,
    scope: Option<&'static str>,
}

impl Maskinporten {
    /// With a public key signatures are checked; without, only the shape of the grant.
    #[must_use]
    pub fn new(public_key: Option<Vec<u8>>) -> Self {
        Self { public_key: public_key.map(Arc::new), ..Self::default() }
    }

    /// The client has this scope and no other. Without, [`SCOPE`].
    #[must_use]
    pub fn for_scope(self, scope: &'static str) -> Self {
        Self { scope: Some(scope), ..self }
    }

    /// The tokens it issued.
    #[must_use]
    pub fn tokens(&self) -> &TokenDesk {
        &self.desk
    }

    /// The code of each grant it refused, in order, e.g. `MP-012` for a `jti` used again.
    #[must_use]
    pub fn refused(&self) -> Vec<String> {
        locked(&self.seen).refused.clone()
    }

    /// Answers a form post; `audience` is the issuer's own address with a slash at the end.
    pub(crate) fn grant(&self, audience: &str, body: &str) -> Response {
        match self.check(audience, body) {
            Ok(scope) => Json(
                json!({"access_token": self.desk.issue(), "token_type": "Bearer", "expires_in": 599, "scope": scope}),
            )
            .into_response(),
            Err((code, text)) => {
                locked(&self.seen).refused.push(code.to_owned());
                let description = format!("Invalid assertion. {text} ({code})");
                let body = json!({"error": "invalid_grant", "error_description": description});
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
        }
    }

    fn check(&self, audience: &str, body: &str) -> Result<String, (&'static str, &'static str)> {
        let form = form(body);
        if form.get("grant_type").map(String::as_str) != Some("urn:ietf:params:oauth:grant-type:jwt-bearer") {
            return Err(("MP-000", "Wrong grant_type"));
        }
        let jwt = form.get("assertion").map(String::as_str).unwrap_or_default();
        let (header, claims) = parts(jwt).ok_or(("MP-000", "Not a JWT"))?;
        check_header(&header)?;
        self.check_signature(jwt)?;
        let scope = self.scope.unwrap_or(SCOPE);
        check_claims(&claims, audience, scope)?;
        let jti = claims
            .get("jti")
            .and_then(Value::as_str)
            .filter(|j| !j.is_empty())
            .ok_or(("MP-012", "Claim jti is missing"))?;
        if !locked(&self.seen).jti.insert(jti.to_owned()) {
            return Err(("MP-012", "JWT ID has already been used"));
        }
        Ok(scope.to_owned())
    }

    fn check_signature(&self, jwt: &str) -> Result<(), (&'static str, &'static str)> {
        let Some(key) = &self.public_key else { return Ok(()) };
        let wrong = ("MP-124", "Bad signature");
        let (signed, signature) = jwt.rsplit_once('.').ok_or(wrong)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| wrong)?;
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.as_slice());
        key.verify(signed.as_bytes(), &signature).map_err(|_| wrong)
    }
}

fn parts(jwt: &str) -> Option<(Value, Value)> {
    let mut pieces = jwt.split('.');
    let mut json = || serde_json::from_slice(&URL_SAFE_NO_PAD.decode(pieces.next()?).ok()?).ok();
    let found = (json()?, json()?);
    (!pieces.next()?.is_empty() && pieces.next().is_none()).then_some(found)
}

fn check_header(header: &Value) -> Result<(), (&'static str, &'static str)> {
    if !matches!(header.get("alg").and_then(Value::as_str), Some("RS256" | "RS384" | "RS512")) {
        return Err(("MP-124", "Algorithm not allowed"));
    }
    match (header.get("kid"), header.get("x5c")) {
        (Some(Value::String(_)), None) => Ok(()),
        (None, Some(Value::Array(_))) => Ok(()),
        (None, Some(_)) => Err(("MP-123", "x5c is not an array")),
        _ => Err(("MP-120", "Either kid or x5c")),
    }
}

fn check_claims(claims: &Value, audience: &str, scope: &str) -> Result<(), (&'static str, &'static str)> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("aud") != audience {
        return Err(("MP-110", "Invalid JWT claim aud"));
    }
    if text("iss").is_empty() {
        return Err(("MP-100", "Unknown client"));
    }
    if !text("scope").split(' ').any(|s| s == scope) {
        return Err(("MP-200", "Scope not on client"));
    }
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    match (time("iat"), time("exp")) {
        (Some(iat), Some(exp)) if exp > iat && exp - iat <= MAX_SECONDS => Ok(()),
        _ => Err(("MP-130", "exp must be at most 120 seconds after iat")),
    }
}
