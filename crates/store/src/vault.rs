//! Encryption at rest and the blind index. Everything personal passes here on its way into and out of a row.
//!
//! A ciphertext is `1 | key id (8) | nonce (12) | AES-256-GCM output`. The place it is kept (table, column, row) is
//! authenticated with it, so that a ciphertext moved to another row does not open.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use secrecy::ExposeSecret;

use crate::StoreError;
use crate::keys::{Derived, KEY_ID_LEN, Key, Keys};

const FORMAT: u8 = 1;
const HEADER: usize = 1 + KEY_ID_LEN + NONCE_LEN;

/// Where a ciphertext is kept.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// Id of the row.
    pub row: &'a str,
}

/// A place, in one line.
pub(crate) fn place<'a>(table: &'static str, column: &'static str, row: &'a str) -> Place<'a> {
    Place { table, column, row }
}

impl Place<'_> {
    fn aad(&self) -> Aad<Vec<u8>> {
        Aad::from([self.table, self.column, self.row].join("\u{1f}").into_bytes())
    }
}

struct Sealer {
    id: [u8; KEY_ID_LEN],
    key: LessSafeKey,
}

impl Sealer {
    fn new(derived: &Derived) -> Result<Self, StoreError> {
        let key = UnboundKey::new(&AES_256_GCM, derived.encryption.expose_secret())
            .map_err(|_| StoreError::Encrypt("prepare a key"))?;
        Ok(Self { id: derived.id, key: LessSafeKey::new(key) })
    }
}

/// Opens and seals; holds the encryption keys.
pub(crate) struct Safe {
    current: Sealer,
    older: Vec<Sealer>,
}

impl Safe {
    pub fn new(keys: &Keys) -> Result<Self, StoreError> {
        let older = keys.older.iter().map(Sealer::new).collect::<Result<_, _>>()?;
        Ok(Self { current: Sealer::new(&keys.current)?, older })
    }

    /// Encrypts for one place.
    pub fn seal(&self, at: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        let failed = |_| StoreError::Encrypt("seal a value");
        let mut nonce = [0_u8; NONCE_LEN];
        rand::fill(&mut nonce).map_err(failed)?;
        let mut body = plain.to_vec();
        self.current
            .key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), at.aad(), &mut body)
            .map_err(failed)?;
        let mut out = Vec::with_capacity(HEADER.saturating_add(body.len()));
        out.push(FORMAT);
        out.extend_from_slice(&self.current.id);
        out.extend_from_slice(&nonce);
        out.append(&mut body);
        Ok(out)
    }

    /// Decrypts what was sealed for the same place, with whichever known key made it.
    pub fn open(&self, at: Place<'_>, sealed: &[u8], attempt: &'static str) -> Result<Vec<u8>, StoreError> {
        self.try_open(at, sealed).ok_or(StoreError::Decrypt(attempt))
    }

    /// Whether the current key made it.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        sealed.get(1..=KEY_ID_LEN) == Some(self.current.id.as_slice())
    }

    fn try_open(&self, at: Place<'_>, sealed: &[u8]) -> Option<Vec<u8>> {
        let (format, rest) = sealed.split_first()?;
        let (id, rest) = rest.split_at_checked(KEY_ID_LEN)?;
        let (nonce, body) = rest.split_at_checked(NONCE_LEN)?;
        let sealer = std::iter::once(&self.current).chain(&self.older).find(|s| s.id == id)?;
        if *format != FORMAT {
            return None;
        }
        let mut body = body.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let len = sealer.key.open_in_place(nonce, at.aad(), &mut body).ok()?.len();
        body.truncate(len);
        Some(body)
    }
}

/// The safe and the blind index together.
pub(crate) struct Vault {
    safe: Safe,
    index: hmac::Key,
}

impl Vault {
    pub fn new(safe: Safe, index: &Key) -> Self {
        Self { safe, index: hmac::Key::new(hmac::HMAC_SHA256, index.expose_secret()) }
    }

    /// See [`Safe::seal`].
    pub fn seal(&self, at: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.safe.seal(at, plain)
    }

    /// See [`Safe::open`].
    pub fn open(&self, at: Place<'_>, sealed: &[u8], attempt: &'static str) -> Result<Vec<u8>, StoreError> {
        self.safe.open(at, sealed, attempt)
    }

    /// As [`Vault::open`], for text.
    pub fn open_text(&self, at: Place<'_>, sealed: &[u8], attempt: &'static str) -> Result<String, StoreError> {
        String::from_utf8(self.open(at, sealed, attempt)?).map_err(|_| StoreError::Decrypt(attempt))
    }

    /// Keyed hash of a value for one purpose: equal values can be found, but not guessed without the key.
    pub fn blind(&self, purpose: &str, parts: &[&[u8]]) -> String {
        let mut context = hmac::Context::with_key(&self.index);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            // The length before each part keeps ("ab", "c") apart from ("a", "bc").
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        hex::encode(context.sign().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn safe() -> Safe {
        Safe::new(&Keys::from_master(&[1; 32]).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_in_its_place_only(plain: Vec<u8>, row in "[a-z0-9-]{1,8}") {
            let (safe, at) = (safe(), place("facts", "body", &row));
            let sealed = safe.seal(at, &plain).unwrap();
            prop_assert_eq!(safe.open(at, &sealed, "test").unwrap(), plain);
            let others = [place("facts", "key", &row), place("inbox", "body", &row), place("facts", "body", "another row")];
            for other in others {
                prop_assert!(safe.open(other, &sealed, "test").is_err());
            }
        }

        #[test]
        fn an_altered_or_shortened_ciphertext_does_not_open(
            plain in prop::collection::vec(any::<u8>(), 0..64), where_to: prop::sample::Index, bit in 0..8_u8,
        ) {
            let (safe, at) = (safe(), place("facts", "body", "1"));
            let sealed = safe.seal(at, &plain).unwrap();
            let index = where_to.index(sealed.len());
            let mut altered = sealed.clone();
            altered[index] ^= 1 << bit;
            prop_assert!(safe.open(at, &altered, "test").is_err());
            prop_assert!(safe.open(at, &sealed[..index], "test").is_err());
        }
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time_but_found_by_one_index() {
        let keys = Keys::from_master(&[1; 32]).unwrap();
        let vault = Vault::new(safe(), &keys.current.index);
        let at = place("identifiers", "value", "1");
        assert_ne!(vault.seal(at, b"x").unwrap(), vault.seal(at, b"x").unwrap());
        assert_eq!(vault.blind("identifier", &[b"fnr", b"1"]), vault.blind("identifier", &[b"fnr", b"1"]));
        assert_ne!(vault.blind("identifier", &[b"fnr", b"1"]), vault.blind("identifier", &[b"fnr1", b""]));
        assert_ne!(vault.blind("identifier", &[b"1"]), vault.blind("delivery", &[b"1"]));
    }
}
