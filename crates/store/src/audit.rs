//! The audit log: each entry is chained to the one before it by SHA-256, so that no entry can be removed, changed or
//! moved without breaking every later hash. Holds codes, bases and field names; must never hold values.
//!
//! The detail lies encrypted: a field can bear the name of a service, and beside a child that tells of the child. What is hashed is
//! the text itself, so that the chain outlives a change of key.
//!
//! `hash = SHA-256(previous hash, 32 bytes | canonical JSON of {seq, at, kind, child, actor, detail})`, the first over
//! 32 zero bytes; `at` is in microseconds since 1970-01-01 UTC.

use aws_lc_rs::digest::{SHA256, digest};
use samhold_model::ChildId;
use serde_json::{Value, json};
use sqlx::FromRow;

use crate::api::{AuditEntry, ChainedEntry};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::{Place, place};
use crate::{Result, canonical, same, seals};

statements! {
    LAST = "select seq, hash from audit order by seq desc limit 1";
    INSERT = "insert into audit (seq, at, kind, child, actor, detail, sealed, hash) \
              values ($1, $2, $3, $4, $5, '', $6, $7)";
    PAGE = "select seq, at, kind, child, actor, detail, sealed, hash from audit where seq > $1 order by seq limit $2";
    FROM = "select seq, at, kind, child, actor, detail, sealed, hash from audit where seq >= $1 order by seq limit $2";
    PAGE_OF = "select seq, at, kind, child, actor, detail, sealed, hash from audit where child = $1 and seq > $2 \
               order by seq limit $3";
    KIND_OF = "select seq, at, kind, child, actor, detail, sealed, hash from audit where child = $1 and kind = $2 and seq > 0 \
               order by seq";
}

/// What the first entry is chained to, hex.
pub(crate) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An entry as kept.
#[derive(Clone, FromRow)]
pub(crate) struct Row {
    pub seq: i64,
    pub at: i64,
    kind: String,
    child: Option<String>,
    actor: String,
    /// As it was written before details were encrypted; else empty.
    detail: String,
    sealed: Option<Vec<u8>>,
    pub hash: String,
}

impl Row {
    /// What it says.
    ///
    /// # Errors
    /// When it does not open, or says two things.
    pub fn detail<D: Dialect>(&self, tx: &Tx<D>) -> Result<Value> {
        let text = match &self.sealed {
            Some(sealed) if self.detail.is_empty() => tx.open_text(sealed_at(&self.seq.to_string()), sealed)?,
            Some(_) => return Err(tx.corrupt("audit.detail stands beside what was encrypted")),
            None => self.detail.clone(),
        };
        serde_json::from_str(&text).map_err(|_| tx.corrupt("audit.detail is not JSON"))
    }

    /// What its hash must be after `previous`, when this is what it says.
    pub fn expected_hash(&self, previous: &str, detail: &Value) -> String {
        let entry = json!({
            "seq": self.seq, "at": self.at, "kind": self.kind, "child": self.child, "actor": self.actor, "detail": detail,
        });
        let mut input = hex::decode(previous).unwrap_or_default();
        input.extend_from_slice(canonical::text(&entry).as_bytes());
        hex::encode(digest(&SHA256, &input))
    }
}

/// Appends entries. Only ever called in a writing transaction, of which there is one at a time.
pub(crate) async fn append<D: Dialect>(tx: &mut Tx<D>, entries: &[AuditEntry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let begun = last(tx).await?;
    let (mut seq, mut previous) = begun.clone();
    for entry in entries {
        seq = seq.saturating_add(1);
        let mut row = Row {
            seq,
            at: entry.at.as_microsecond(),
            kind: entry.kind.clone(),
            child: entry.child.map(|child| child.to_string()),
            actor: entry.actor.clone(),
            detail: String::new(),
            sealed: None,
            hash: String::new(),
        };
        row.hash = row.expected_hash(&previous, &entry.detail);
        let sealed = tx.seal(sealed_at(&seq.to_string()), canonical::text(&entry.detail).as_bytes())?;
        previous.clone_from(&row.hash);
        let values = args![row.seq, row.at, row.kind, row.child, row.actor, sealed, row.hash];
        tx.run(INSERT, values).await?;
    }
    seals::follow(tx, (begun.0, &begun.1), (seq, &previous)).await
}

/// Number and hash of the last entry.
pub(crate) async fn last<D: Dialect>(tx: &mut Tx<D>) -> Result<(i64, String)> {
    let row: Option<(i64, String)> = tx.opt(LAST, args![]).await?;
    Ok(row.unwrap_or_else(|| (0, GENESIS.to_owned())))
}

/// A page of rows as kept, from a number on.
pub(crate) async fn page<D: Dialect>(tx: &mut Tx<D>, from: i64, limit: i64) -> Result<Vec<Row>> {
    tx.all(FROM, args![from, limit]).await
}

/// The chain from a place on, of one child or of all.
pub(crate) async fn entries<D: Dialect>(
    tx: &mut Tx<D>,
    child: Option<ChildId>,
    after: i64,
    limit: i64,
) -> Result<Vec<ChainedEntry>> {
    let rows = match child {
        Some(child) => page_of(tx, child, after, limit).await?,
        None => tx.all(PAGE, args![after, limit]).await?,
    };
    rows.into_iter().map(|row| chained(tx, row)).collect()
}

/// A page about a child, and about those who are the same child.
async fn page_of<D: Dialect>(tx: &mut Tx<D>, child: ChildId, after: i64, limit: i64) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> = Vec::new();
    for member in same::group(tx, child).await? {
        rows.extend(tx.all::<Row>(PAGE_OF, args![member, after, limit]).await?);
    }
    rows.sort_by_key(|row| row.seq);
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

/// Entries of one kind about a child, and about those who are the same child.
pub(crate) async fn of_kind<D: Dialect>(tx: &mut Tx<D>, child: ChildId, kind: &str) -> Result<Vec<ChainedEntry>> {
    let mut rows: Vec<Row> = Vec::new();
    for member in same::group(tx, child).await? {
        rows.extend(tx.all::<Row>(KIND_OF, args![member, kind]).await?);
    }
    rows.sort_by_key(|row| row.seq);
    rows.into_iter().map(|row| chained(tx, row)).collect()
}

fn sealed_at(seq: &str) -> Place<'_> {
    place("audit", "detail", seq)
}

fn chained<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<ChainedEntry> {
    let detail = row.detail(tx)?;
    let entry = AuditEntry {
        at: tx.instant("at", row.at)?,
        kind: row.kind,
        child: row.child.map(|child| tx.parse("child", &child)).transpose()?,
        actor: row.actor,
        detail,
    };
    Ok(ChainedEntry { seq: row.seq, entry, hash: row.hash })
}
