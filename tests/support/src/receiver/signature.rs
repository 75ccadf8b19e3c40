//! The signature of a pushed event: HMAC-SHA-256 over `{id}.{t}.{body}`, in `Samhold-Signature: t=…,v1=…`.
//!
//! Written here from the description of the wire, not shared with the sender, so that the two check each other.

use aws_lc_rs::hmac;

/// Header that carries the signature.
pub const SIGNATURE_HEADER: &str = "Samhold-Signature";

/// Whether any `v1` of the header fits. `t` is seconds since 1970; its age is not judged, a stand-in has no clock.
#[must_use]
pub fn verify(secret: &str, id: &str, header: &str, body: &[u8]) -> bool {
    let part = |name: &'static str| {
        header.split(',').filter_map(move |p| p.trim().split_once('=').filter(|(n, _)| *n == name).map(|(_, v)| v))
    };
    let Some(time) = part("t").next().filter(|t| t.parse::<u64>().is_ok()) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let message = message(id, time, body);
    part("v1").filter_map(|v| hex::decode(v).ok()).any(|tag| hmac::verify(&key, &message, &tag).is_ok())
}

/// The header's value for an event.
#[must_use]
pub fn sign(secret: &str, id: &str, time: u64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, &message(id, &time.to_string(), body));
    format!("t={time},v1={}", hex::encode(tag.as_ref()))
}

fn message(id: &str, time: &str, body: &[u8]) -> Vec<u8> {
    [format!("{id}.{time}.").as_bytes(), body].concat()
}
