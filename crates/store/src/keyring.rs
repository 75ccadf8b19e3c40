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
use crate::{Result, StoreError, seals};

statements! {
    GET = "select value from keyring where name = $1";
    PUT = "insert into keyring (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    USED = "select count(*) from (select child from facts union all select kind from audit) as used";
}

const ATTEMPT: &str = "unlock the store with the given key";

const INDEX: &str = "index";
const AUDIT: &str = "audit";
/// What the key of the signature is sealed under once the end of the log is marked (seals.rs). So nobody can make a store look
/// like one from before, in which the end is marked where it is found.
const MARKED: &str = "audit, its end marked";

/// Takes the keys out of the ring, or puts them in when the store is new.
pub(crate) async fn unlock<D: Dialect>(pool: &Pool<D>, keys: &Keys) -> Result<(Vault, Signer)> {
    let safe = Safe::new(keys)?;
    // For the transaction itself; nothing is looked up by it.
    let scratch = std::sync::Arc::new(Vault::new(Safe::new(keys)?, &keys.current.index));
    let mut tx = Tx::write(pool, scratch, ATTEMPT).await?;
    let (index, audit) = (there(&mut tx, INDEX).await?, there(&mut tx, AUDIT).await?);
    let never_marked = match (&index, &audit) {
        (None, None) => tx.number(USED, args![]).await? == 0,
        (_, Some(sealed)) => opened(&safe, MARKED, sealed).is_err(),
        (Some(_), None) => false,
    };
    let sealed_as = if never_marked { AUDIT } else { MARKED };
    let index_key = key_of(&safe, INDEX, index.as_deref(), &keys.current.index)?;
    let audit_key = key_of(&safe, sealed_as, audit.as_deref(), &keys.current.signing)?;
    keep(&mut tx, &safe, (INDEX, INDEX), &index_key, index.as_deref()).await?;
    keep(&mut tx, &safe, (AUDIT, MARKED), &audit_key, audit.as_deref().filter(|_| !never_marked)).await?;
    let vault = Vault::new(safe, &index_key);
    if never_marked {
        seals::begin(&mut tx, &vault).await?;
    }
    tx.commit().await?;
    Ok((vault, Signer::new(audit_key.expose_secret())?))
}

async fn there<D: Dialect>(tx: &mut Tx<D>, name: &'static str) -> Result<Option<Vec<u8>>> {
    let row: Option<(Vec<u8>,)> = tx.opt(GET, args![name]).await?;
    Ok(row.map(|(sealed,)| sealed))
}

fn opened(safe: &Safe, sealed_as: &'static str, sealed: &[u8]) -> Result<Key> {
    let plain = safe.open(place("keyring", "value", sealed_as), sealed, ATTEMPT)?;
    let plain: [u8; KEY_LEN] = plain.try_into().map_err(|_| StoreError::Decrypt(ATTEMPT))?;
    Ok(SecretBox::new(Box::new(plain)))
}

/// The key that lies in the ring, else the one that the master key gives.
fn key_of(safe: &Safe, sealed_as: &'static str, sealed: Option<&[u8]>, fresh: &Key) -> Result<Key> {
    match sealed {
        Some(sealed) => opened(safe, sealed_as, sealed),
        None => Ok(SecretBox::new(Box::new(*fresh.expose_secret()))),
    }
}

/// Seals a key anew unless it lies there already as it should: under the current master key and its present name.
async fn keep<D: Dialect>(
    tx: &mut Tx<D>,
    safe: &Safe,
    (name, sealed_as): (&'static str, &'static str),
    key: &Key,
    good: Option<&[u8]>,
) -> Result<()> {
    if good.is_some_and(|sealed| safe.is_current(sealed)) {
        return Ok(());
    }
    let sealed = safe.seal(place("keyring", "value", sealed_as), key.expose_secret())?;
    tx.run(PUT, args![name, sealed]).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use samhold_model::Instant;
    use serde_json::json;

    use super::*;
    use crate::api::AuditEntry;
    use crate::{audit, open};

    fn entry() -> AuditEntry {
        let (kind, actor) = ("release".to_owned(), "nav".to_owned());
        AuditEntry { at: Instant::default(), kind, child: None, actor, detail: json!({}) }
    }

    /// A store of before its log was marked: once it is opened its end is marked, and from then on it cannot go back.
    #[tokio::test]
    async fn the_end_of_an_older_log_is_marked_where_it_is_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let (pool, _) = open::sqlite(&folder.path().join("samhold.db")).await.unwrap();
        let keys = Keys::from_master(&[1; KEY_LEN]).unwrap();
        let safe = Safe::new(&keys).unwrap();
        let vault = || std::sync::Arc::new(Vault::new(Safe::new(&keys).unwrap(), &keys.current.index));
        let mut tx = Tx::write(&pool, vault(), "test").await.unwrap();
        for (name, key) in [(INDEX, &keys.current.index), (AUDIT, &keys.current.signing)] {
            let sealed = safe.seal(place("keyring", "value", name), key.expose_secret()).unwrap();
            tx.run(PUT, args![name, sealed]).await.unwrap();
        }
        audit::append(&mut tx, &[entry(), entry()]).await.unwrap();
        assert!(seals::read(&mut tx).await.unwrap().is_err());
        tx.commit().await.unwrap();

        unlock(&pool, &keys).await.unwrap();
        let mut tx = Tx::write(&pool, vault(), "test").await.unwrap();
        assert_eq!(seals::read(&mut tx).await.unwrap().unwrap().end.size, 2);
        tx.run("delete from seals", args![]).await.unwrap();
        tx.commit().await.unwrap();

        unlock(&pool, &keys).await.unwrap();
        let mut tx = Tx::read(&pool, vault(), "test").await.unwrap();
        assert!(seals::read(&mut tx).await.unwrap().is_err(), "what was taken away stays away");
    }
}
