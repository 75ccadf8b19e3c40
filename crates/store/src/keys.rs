//! Key material: one master key gives everything else by HKDF-SHA-256. Must never be printed, logged or stored clear.

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::rand;
use secrecy::{ExposeSecret, SecretBox};
use zeroize::Zeroize;

use crate::StoreError;

/// Length of a master key and of each key made from it, in bytes.
pub const KEY_LEN: usize = 32;
/// Length of the name by which a ciphertext tells its key, in bytes.
pub(crate) const KEY_ID_LEN: usize = 8;

pub(crate) type Key = SecretBox<[u8; KEY_LEN]>;

/// The keys of an installation: the current master key, and older ones that may still be needed for reading.
pub struct Keys {
    pub(crate) current: Derived,
    pub(crate) older: Vec<Derived>,
}

/// What one master key gives.
pub(crate) struct Derived {
    /// Says in a ciphertext which key made it; reveals nothing about the key.
    pub id: [u8; KEY_ID_LEN],
    /// AES-256-GCM.
    pub encryption: Key,
    /// HMAC-SHA-256 of the blind index.
    pub index: Key,
    /// Ed25519 seed for audit checkpoints.
    pub signing: Key,
}

impl Keys {
    /// From 32 random bytes kept outside the database.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn from_master(master: &[u8; KEY_LEN]) -> Result<Self, StoreError> {
        Ok(Self { current: Derived::of(master)?, older: Vec::new() })
    }

    /// Adds a master key used before, so that what it encrypted can be read. New data is encrypted with the current one.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn with_older(mut self, master: &[u8; KEY_LEN]) -> Result<Self, StoreError> {
        self.older.push(Derived::of(master)?);
        Ok(self)
    }

    /// Fresh random keys, for demonstrations and tests: what they encrypt is lost with the process.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn generate() -> Result<Self, StoreError> {
        let mut master = [0_u8; KEY_LEN];
        rand::fill(&mut master).map_err(|_| StoreError::Encrypt("make a key"))?;
        let keys = Self::from_master(&master);
        master.zeroize();
        keys
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({} and {} older)", hex::encode(self.current.id), self.older.len())
    }
}

impl Derived {
    fn of(master: &[u8; KEY_LEN]) -> Result<Self, StoreError> {
        let mut id = [0_u8; KEY_ID_LEN];
        let full = expand(master, b"samhold key id")?;
        for (to, from) in id.iter_mut().zip(full.expose_secret()) {
            *to = *from;
        }
        Ok(Self {
            id,
            encryption: expand(master, b"samhold encryption")?,
            index: expand(master, b"samhold blind index")?,
            signing: expand(master, b"samhold audit signing")?,
        })
    }
}

/// A key of its own for one purpose (RFC 5869).
fn expand(master: &[u8; KEY_LEN], purpose: &[u8]) -> Result<Key, StoreError> {
    let made = || {
        let prk = Salt::new(HKDF_SHA256, b"samhold store").extract(master);
        let mut out = Box::new([0_u8; KEY_LEN]);
        prk.expand(&[purpose], HKDF_SHA256)?.fill(out.as_mut_slice())?;
        Ok::<_, aws_lc_rs::error::Unspecified>(SecretBox::new(out))
    };
    made().map_err(|_| StoreError::Encrypt("derive a key"))
}
