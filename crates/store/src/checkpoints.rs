//! Signs checkpoints over the audit chain. What they say is held against the chain in `verify.rs`.

use samhold_model::Instant;

use crate::args::args;
use crate::dialect::Dialect;
use crate::note::Signer;
use crate::sql::statements;
use crate::tx::Tx;
use crate::{Result, audit, seals};

statements! {
    AT_SIZE = "select text from checkpoints where size = $1";
    INSERT = "insert into checkpoints (size, at, text) values ($1, $2, $3)";
    ALL_TEXTS = "select size, text from checkpoints order by size";
}

/// What signing would give, when it has nothing to do: the checkpoint over everything so far, or that there is nothing.
pub(crate) async fn settled<D: Dialect>(tx: &mut Tx<D>) -> Result<Option<Option<String>>> {
    let (size, _) = audit::last(tx).await?;
    if size < 1 {
        return Ok(Some(None));
    }
    let there: Option<(String,)> = tx.opt(AT_SIZE, args![size]).await?;
    Ok(there.map(|(text,)| Some(text)))
}

/// Signs a checkpoint over everything so far. `None` when there is nothing yet; the same one when nothing is new.
pub(crate) async fn sign<D: Dialect>(tx: &mut Tx<D>, signer: &Signer, now: Instant) -> Result<Option<String>> {
    if let Some(settled) = settled(tx).await? {
        return Ok(settled);
    }
    let (size, hash) = audit::last(tx).await?;
    let root = hex::decode(&hash).map_err(|_| tx.corrupt("audit.hash is not hexadecimal"))?;
    let text = signer.sign(size, &root);
    tx.run(INSERT, args![size, now, &text]).await?;
    seals::signed(tx, size, &hash).await?;
    Ok(Some(text))
}

/// All that lie in the store, by size.
pub(crate) async fn all<D: Dialect>(tx: &mut Tx<D>) -> Result<Vec<(i64, String)>> {
    tx.all(ALL_TEXTS, args![]).await
}
