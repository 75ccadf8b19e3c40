//! Checkpoints as signed notes in the text form of C2SP `tlog-checkpoint` and `signed-note`, so that outside tools can
//! check them: `origin`, size, root (base64), an empty line, then `— name base64(key hash | Ed25519 signature)`.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::StoreError;

/// Signature type of Ed25519 in C2SP `signed-note`.
const ED25519_TYPE: u8 = 1;
const KEY_HASH_LEN: usize = 4;

/// Signs and checks checkpoints under one name.
pub(crate) struct Signer {
    pair: Ed25519KeyPair,
    origin: String,
}

/// What a checkpoint says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Checkpoint {
    /// Number of entries it covers.
    pub size: i64,
    /// Hash of the last of them.
    pub root: Vec<u8>,
}

impl Signer {
    pub fn new(seed: &[u8]) -> Result<Self, StoreError> {
        let pair =
            Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| StoreError::Encrypt("prepare the audit key"))?;
        let public = digest(&SHA256, pair.public_key().as_ref());
        let short = public.as_ref().get(..KEY_HASH_LEN).map(hex::encode).unwrap_or_default();
        Ok(Self { origin: format!("samhold/audit/{short}"), pair })
    }

    /// The public key in C2SP `vkey` form (`name+hash+base64`), for whoever checks from outside.
    pub fn verifier(&self) -> String {
        let mut key = vec![ED25519_TYPE];
        key.extend_from_slice(self.pair.public_key().as_ref());
        format!("{}+{}+{}", self.origin, hex::encode(self.key_hash()), STANDARD.encode(key))
    }

    pub fn sign(&self, size: i64, root: &[u8]) -> String {
        let body = format!("{}\n{size}\n{}\n", self.origin, STANDARD.encode(root));
        let mut signature = self.key_hash();
        signature.extend_from_slice(self.pair.sign(body.as_bytes()).as_ref());
        format!("{body}\n\u{2014} {} {}\n", self.origin, STANDARD.encode(signature))
    }

    /// What a checkpoint says, when its signature is ours.
    pub fn verify(&self, text: &str) -> Option<Checkpoint> {
        let (body, signatures) = text.rsplit_once("\n\n")?;
        let body = format!("{body}\n");
        let signature = signatures.lines().find_map(|line| self.signature_of(line))?;
        let key = UnparsedPublicKey::new(&ED25519, self.pair.public_key().as_ref());
        key.verify(body.as_bytes(), &signature).ok()?;
        let mut lines = body.lines();
        if lines.next() != Some(self.origin.as_str()) {
            return None;
        }
        let size = lines.next()?.parse().ok()?;
        Some(Checkpoint { size, root: STANDARD.decode(lines.next()?).ok()? })
    }

    fn signature_of(&self, line: &str) -> Option<Vec<u8>> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let raw = STANDARD.decode(encoded).ok()?;
        let (hash, signature) = raw.split_at_checked(KEY_HASH_LEN)?;
        (name == self.origin && hash == self.key_hash()).then(|| signature.to_vec())
    }

    fn key_hash(&self) -> Vec<u8> {
        let mut input = self.origin.clone().into_bytes();
        input.extend_from_slice(&[b'\n', ED25519_TYPE]);
        input.extend_from_slice(self.pair.public_key().as_ref());
        digest(&SHA256, &input).as_ref().iter().take(KEY_HASH_LEN).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_says_what_was_signed_and_nothing_else() {
        let signer = Signer::new(&[7; 32]).unwrap();
        let text = signer.sign(42, &[1; 32]);
        assert_eq!(signer.verify(&text), Some(Checkpoint { size: 42, root: vec![1; 32] }));
        assert_eq!(signer.verify(&text.replace("\n42\n", "\n41\n")), None);
        assert_eq!(signer.verify(&text.replace("\u{2014} ", "- ")), None);
        assert_eq!(Signer::new(&[8; 32]).unwrap().verify(&text), None);
    }

    #[test]
    fn the_form_is_that_of_a_signed_note() {
        let signer = Signer::new(&[7; 32]).unwrap();
        let text = signer.sign(1, &[0; 32]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 5);
        assert_eq!(lines[1], "1");
        assert_eq!(lines[2], "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        assert_eq!(lines[3], "");
        assert_eq!(lines[4].split(' ').nth(1), Some(lines[0]));
        assert_eq!(signer.verifier().split('+').next(), Some(lines[0]));
    }
}
