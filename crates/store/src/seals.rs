//! Marks where the audit log ends, and up to where it was signed, under a keyed hash: nothing that comes later tells that the
//! end of a chain was cut off.
//!
//! A mark only ever moves on from the place where it stood. It must never be set to what is found, or it would make good what
//! somebody did to the log. Only the mark of an older day, put back with the log of that day, is not found by it.

use sqlx::FromRow;

use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::Vault;
use crate::{Result, audit};

statements! {
    ALL_SEALS = "select name, size, hash, mac from seals";
    BEGIN = "insert into seals (name, size, hash, mac) values ($1, $2, $3, $4) on conflict (name) do nothing";
    FOLLOW = "update seals set size = $1, hash = $2, mac = $3 where name = 'end' and mac = $4";
    SIGNED = "insert into seals (name, size, hash, mac) values ('signed', $1, $2, $3) on conflict (name) do update \
              set size = excluded.size, hash = excluded.hash, mac = excluded.mac where excluded.size > seals.size";
    LAST_SIGNED = "select c.size, a.hash from checkpoints c join audit a on a.seq = c.size order by c.size desc limit 1";
}

const END: &str = "end";
const SIGNED_UPTO: &str = "signed";

/// A place in the log, as somebody with the keys wrote it down.
pub(crate) struct Mark {
    /// Number of the entry.
    pub size: i64,
    /// Its hash.
    pub hash: String,
}

/// Both marks.
pub(crate) struct Marks {
    pub end: Mark,
    pub signed: Option<Mark>,
}

#[derive(FromRow)]
struct Row {
    name: String,
    size: i64,
    hash: String,
    mac: String,
}

/// Marks the end of a log that was never marked: a new one, or one from before there were marks.
pub(crate) async fn begin<D: Dialect>(tx: &mut Tx<D>, vault: &Vault) -> Result<()> {
    let (size, hash) = audit::last(tx).await?;
    tx.run(BEGIN, args![END, size, &hash, mac(vault, END, size, &hash)]).await?;
    let signed: Option<(i64, String)> = tx.opt(LAST_SIGNED, args![]).await?;
    if let Some((size, hash)) = signed {
        tx.run(BEGIN, args![SIGNED_UPTO, size, &hash, mac(vault, SIGNED_UPTO, size, &hash)]).await?;
    }
    Ok(())
}

/// Moves the mark of the end on; one that stands elsewhere stays, and tells.
pub(crate) async fn follow<D: Dialect>(tx: &mut Tx<D>, from: (i64, &str), to: (i64, &str)) -> Result<()> {
    let (before, after) = (mac(tx.vault(), END, from.0, from.1), mac(tx.vault(), END, to.0, to.1));
    tx.run(FOLLOW, args![to.0, to.1, after, before]).await.map(|_| ())
}

/// Notes that a checkpoint was signed; never one before the last.
pub(crate) async fn signed<D: Dialect>(tx: &mut Tx<D>, size: i64, hash: &str) -> Result<()> {
    let mac = mac(tx.vault(), SIGNED_UPTO, size, hash);
    tx.run(SIGNED, args![size, hash, mac]).await.map(|_| ())
}

/// The marks; or in words why there are none to go by.
pub(crate) async fn read<D: Dialect>(tx: &mut Tx<D>) -> Result<std::result::Result<Marks, String>> {
    let rows: Vec<Row> = tx.all(ALL_SEALS, args![]).await?;
    let (mut end, mut signed) = (None, None);
    for row in rows {
        if row.mac != mac(tx.vault(), &row.name, row.size, &row.hash) {
            return Ok(Err("the mark of where the log ends was not written by this store".to_owned()));
        }
        let mark = Some(Mark { size: row.size, hash: row.hash });
        match row.name.as_str() {
            END => end = mark,
            _ => signed = mark,
        }
    }
    let gone =
        || "the mark of where the log ends is gone: somebody took it away, and perhaps entries with it".to_owned();
    Ok(end.map(|end| Marks { end, signed }).ok_or_else(gone))
}

fn mac(vault: &Vault, name: &str, size: i64, hash: &str) -> String {
    vault.blind("audit seal", &[name.as_bytes(), &size.to_be_bytes(), hash.as_bytes()])
}
