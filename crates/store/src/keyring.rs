//! The keys that must outlive a change of master key: those of the blind index and of the audit signature. They lie
//! in the database, encrypted under the master key, and are encrypted anew when it changes.
//!
//! So a wrong master key is noticed at opening, and not at the first row.

use secrecy::{ExposeSecret, SecretBox};
use sqlx::Pool;

use crate::args::args;
use crate::dialect::Dialect;
use crate::keys::{KEY_LEN, Key, Keys};
use crate::note::Signer;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::{Safe, Vault, place};
use crate::{Result, StoreError};

statements! {
    GET = "select value from keyring where name = $1";
    PUT = "insert into keyring (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
}

const ATTEMPT: &str = "unlock the store with the given key";

/// Takes the keys out of the ring, or puts them in when the store is new.
pub(crate) async fn unlock<D: Dialect>(pool: &Pool<D>, keys: &Keys) -> Result<(Vault, Signer)> {
    let safe = Safe::new(keys)?;
    // For the transaction itself; nothing is looked up by it.
    let scratch = std::sync::Arc::new(Vault::new(Safe::new(keys)?, &keys.current.index));
    let mut tx = Tx::write(pool, scratch, ATTEMPT).await?;
    let index = take(&mut tx, &safe, "index", &keys.current.index).await?;
    let audit = take(&mut tx, &safe, "audit", &keys.current.signing).await?;
    tx.commit().await?;
    Ok((Vault::new(safe, &index), Signer::new(audit.expose_secret())?))
}

async fn take<D: Dialect>(tx: &mut Tx<D>, safe: &Safe, name: &'static str, fresh: &Key) -> Result<Key> {
    let there: Option<(Vec<u8>,)> = tx.opt(GET, args![name]).await?;
    let at = place("keyring", "value", name);
    let key: Key = match &there {
        Some((sealed,)) => {
            let plain = safe.open(at, sealed, ATTEMPT)?;
            let plain: [u8; KEY_LEN] = plain.try_into().map_err(|_| StoreError::Decrypt(ATTEMPT))?;
            SecretBox::new(Box::new(plain))
        }
        None => SecretBox::new(Box::new(*fresh.expose_secret())),
    };
    if !there.is_some_and(|(sealed,)| safe.is_current(&sealed)) {
        tx.run(PUT, args![name, safe.seal(at, key.expose_secret())?]).await?;
    }
    Ok(key)
}
