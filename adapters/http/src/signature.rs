//! The signature a receiver can check: HMAC-SHA256 over `{id}.{t}.{body}`.
//!
//! Must never compare byte by byte: comparison takes the same time whether or not it matches.

use aws_lc_rs::hmac;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

/// The header that carries it.
pub const SIGNATURE_HEADER: &str = "samhold-signature";

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The header is not `t=<unix seconds>,v1=<hex>[,v1=<hex>…]`.
    #[error("the signature header cannot be read; expected t=<unix seconds>,v1=<hex>")]
    Form,
    /// The time is further from ours than allowed.
    #[error("the signature is too old or from the future; check the clocks")]
    Time,
    /// No secret makes any of the signatures.
    #[error("no signature matches; check the shared secret")]
    Mismatch,
}

/// The header's value, with one `v1` for each secret, the newest first.
#[must_use]
pub fn sign(id: &str, time: Timestamp, body: &[u8], secrets: &[SecretString]) -> String {
    let t = time.as_second();
    let marks = secrets.iter().map(|s| format!(",v1={}", hex::encode(mac(s, id, &t.to_string(), body))));
    std::iter::once(format!("t={t}")).chain(marks).collect()
}

/// Checks a header's value, for receivers and tests.
///
/// # Errors
/// [`SignatureError`].
pub fn verify_signature(
    header: &str,
    id: &str,
    body: &[u8],
    secrets: &[SecretString],
    now: Timestamp,
    tolerance_seconds: u64,
) -> Result<(), SignatureError> {
    let t = header.split(',').find_map(|p| p.trim().strip_prefix("t=")).ok_or(SignatureError::Form)?;
    let seconds: i64 = t.parse().map_err(|_| SignatureError::Form)?;
    if now.as_second().abs_diff(seconds) > tolerance_seconds {
        return Err(SignatureError::Time);
    }
    let marks = header.split(',').filter_map(|p| p.trim().strip_prefix("v1="));
    let marks: Vec<Vec<u8>> = marks.map(hex::decode).collect::<Result<_, _>>().map_err(|_| SignatureError::Form)?;
    let signed = content(id, t, body);
    let holds = secrets.iter().map(key).any(|k| marks.iter().any(|m| hmac::verify(&k, &signed, m).is_ok()));
    if holds { Ok(()) } else { Err(SignatureError::Mismatch) }
}

fn mac(secret: &SecretString, id: &str, t: &str, body: &[u8]) -> hmac::Tag {
    hmac::sign(&key(secret), &content(id, t, body))
}

fn key(secret: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes())
}

fn content(id: &str, t: &str, body: &[u8]) -> Vec<u8> {
    [id.as_bytes(), b".", t.as_bytes(), b".", body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|t| SecretString::from((*t).to_owned())).collect()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_signature_is_the_one_anybody_can_compute() {
        // printf '%s' 'e1.1700000000.{}' | openssl dgst -sha256 -hmac hemmelig
        let made = sign("e1", at(1_700_000_000), b"{}", &secrets(&["hemmelig"]));
        assert_eq!(made, "t=1700000000,v1=084456f15c71dfef98a8a70df9db29702eaa49f6b195abc88f121d96e64ab65c");
    }

    #[test]
    fn either_secret_will_do_while_one_is_being_changed() {
        let header = sign("e1", at(1_000), b"{}", &secrets(&["ny", "gammel"]));
        for s in ["ny", "gammel"] {
            assert_eq!(verify_signature(&header, "e1", b"{}", &secrets(&[s]), at(1_100), 300), Ok(()));
        }
        let stranger = verify_signature(&header, "e1", b"{}", &secrets(&["fremmed"]), at(1_000), 300);
        assert_eq!(stranger, Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_changed_body_id_or_time_does_not_hold() {
        let s = secrets(&["hemmelig"]);
        let header = sign("e1", at(1_000), b"{}", &s);
        let check = |header: &str, id: &str, body: &[u8], now| verify_signature(header, id, body, &s, at(now), 300);
        assert_eq!(check(&header, "e1", b"{ }", 1_000), Err(SignatureError::Mismatch));
        assert_eq!(check(&header, "e2", b"{}", 1_000), Err(SignatureError::Mismatch));
        assert_eq!(check(&header, "e1", b"{}", 1_301), Err(SignatureError::Time));
        assert_eq!(check(&header, "e1", b"{}", 699), Err(SignatureError::Time));
        assert_eq!(check(&header.replace("t=1000", "t=1001"), "e1", b"{}", 1_000), Err(SignatureError::Mismatch));
        assert_eq!(check("v1=00", "e1", b"{}", 1_000), Err(SignatureError::Form));
        assert_eq!(check("t=1000,v1=xyz", "e1", b"{}", 1_000), Err(SignatureError::Form));
        assert_eq!(check("t=1000", "e1", b"{}", 1_000), Err(SignatureError::Mismatch));
    }
}
