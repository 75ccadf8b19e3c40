//! Raw records as they came, each kept once, and the positions of the sources they came from.
//!
//! Must never drop a record without saying so, and never tell a record's unit except to who asks for that record.

use aws_lc_rs::digest;
use samhold_model::{Instant, RecordId, SystemName};
use sqlx::FromRow;

use crate::Result;
use crate::api::{Accepted, Cursor, NewRecord, RecordState, StoredRecord};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;

statements! {
    BY_DELIVERY = "select id from inbox where system = $1 and delivery_ix = $2";
    LATEST_OF_UNIT = "select id, body_ix, gone from inbox where system = $1 and key_ix = $2 order by seq desc limit 1";
    INSERT = "insert into inbox (id, system, key_ix, key, content_type, body_ix, body, gone, delivery_ix, received_at, state) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'received')";
    SET_CURSOR = "insert into cursors (system, name, value) values ($1, $2, $3) \
                  on conflict (system, name) do update set value = excluded.value";
    CURSOR = "select value from cursors where system = $1 and name = $2";
    UNMAPPED = "select id, system, key, content_type, body, gone, received_at, state from inbox \
                where state = 'received' order by seq limit $1";
    RECORD = "select id, system, key, content_type, body, gone, received_at, state from inbox where id = $1";
    LATEST = "select id, system, key, content_type, body, gone, received_at, state from inbox \
              where seq in (select max(seq) from inbox where system = $1 group by key_ix) order by seq";
    LIVE = "select id, key from inbox where gone = 0 \
            and seq in (select max(seq) from inbox where system = $1 group by key_ix) order by seq";
    LATEST_BODY = "select id, body from inbox where system = $1 and key_ix = $2 order by seq desc limit 1";
    SYSTEM_OF = "select system from inbox where id = $1";
    SET_STATE = "update inbox set state = $1 where id = $2";
}

#[derive(FromRow)]
struct Row {
    id: String,
    system: String,
    key: Vec<u8>,
    content_type: String,
    body: Vec<u8>,
    gone: i64,
    received_at: i64,
    state: String,
}

fn unit<D: Dialect>(tx: &Tx<D>, system: &SystemName, key: &str) -> String {
    tx.blind("inbox unit", &[system.as_str().as_bytes(), key.as_bytes()])
}

/// Journals records in order, then the position behind them.
pub(crate) async fn accept<D: Dialect>(
    tx: &mut Tx<D>,
    records: &[NewRecord],
    cursor: Option<&Cursor>,
    now: Instant,
) -> Result<Vec<Accepted>> {
    let mut accepted = Vec::with_capacity(records.len());
    for record in records {
        accepted.push(accept_one(tx, record, now).await?);
    }
    if let Some(cursor) = cursor {
        tx.run(SET_CURSOR, args![&cursor.system, &cursor.name, &cursor.value]).await?;
    }
    Ok(accepted)
}

async fn accept_one<D: Dialect>(tx: &mut Tx<D>, record: &NewRecord, now: Instant) -> Result<Accepted> {
    let key_ix = unit(tx, &record.system, &record.key);
    let body_ix = tx.blind("inbox body", &[&record.body]);
    // One delivery may bring several units, so the unit is part of what makes a delivery the same.
    let delivery_ix = record.delivery_id.as_ref().map(|id| tx.blind("delivery", &[key_ix.as_bytes(), id.as_bytes()]));
    if let Some(first) = known(tx, record, &key_ix, &body_ix, delivery_ix.as_deref()).await? {
        return Ok(Accepted { id: first, duplicate: true });
    }
    let id = RecordId::new();
    let row = id.to_string();
    let key = tx.seal(place("inbox", "key", &row), record.key.as_bytes())?;
    let body = tx.seal(place("inbox", "body", &row), &record.body)?;
    let values =
        args![row, &record.system, key_ix, key, &record.content_type, body_ix, body, record.gone, delivery_ix, now];
    tx.run(INSERT, values).await?;
    Ok(Accepted { id, duplicate: false })
}

/// The record this one repeats.
async fn known<D: Dialect>(
    tx: &mut Tx<D>,
    record: &NewRecord,
    key_ix: &str,
    body_ix: &str,
    delivery_ix: Option<&str>,
) -> Result<Option<RecordId>> {
    if let Some(delivery) = delivery_ix {
        let same: Option<(String,)> = tx.opt(BY_DELIVERY, args![&record.system, delivery]).await?;
        if let Some((id,)) = same {
            return tx.parse("id", &id).map(Some);
        }
    }
    let latest: Option<(String, String, i64)> = tx.opt(LATEST_OF_UNIT, args![&record.system, key_ix]).await?;
    match latest {
        Some((id, body, gone)) if body == body_ix && (gone != 0) == record.gone => tx.parse("id", &id).map(Some),
        _ => Ok(None),
    }
}

/// Oldest records not yet mapped.
pub(crate) async fn unmapped<D: Dialect>(tx: &mut Tx<D>, limit: i64) -> Result<Vec<StoredRecord>> {
    let rows: Vec<Row> = tx.all(UNMAPPED, args![limit]).await?;
    rows.into_iter().map(|row| stored(tx, row)).collect()
}

/// One record.
pub(crate) async fn record<D: Dialect>(tx: &mut Tx<D>, id: RecordId) -> Result<Option<StoredRecord>> {
    let row: Option<Row> = tx.opt(RECORD, args![id]).await?;
    row.map(|row| stored(tx, row)).transpose()
}

/// The latest record of each unit of a system.
pub(crate) async fn latest<D: Dialect>(tx: &mut Tx<D>, system: &SystemName) -> Result<Vec<StoredRecord>> {
    let rows: Vec<Row> = tx.all(LATEST, args![system]).await?;
    rows.into_iter().map(|row| stored(tx, row)).collect()
}

/// Keys of the units that are not gone.
pub(crate) async fn live_keys<D: Dialect>(tx: &mut Tx<D>, system: &SystemName) -> Result<Vec<String>> {
    let rows: Vec<(String, Vec<u8>)> = tx.all(LIVE, args![system]).await?;
    rows.iter().map(|(id, key)| tx.open_text(place("inbox", "key", id), key)).collect()
}

/// SHA-256 of the latest body of a unit, hex. Kept nowhere: a plain hash of little content could be guessed back.
pub(crate) async fn latest_hash<D: Dialect>(tx: &mut Tx<D>, system: &SystemName, key: &str) -> Result<Option<String>> {
    let key_ix = unit(tx, system, key);
    let row: Option<(String, Vec<u8>)> = tx.opt(LATEST_BODY, args![system, key_ix]).await?;
    let Some((id, body)) = row else { return Ok(None) };
    let body = tx.open(place("inbox", "body", &id), &body)?;
    Ok(Some(hex::encode(digest::digest(&digest::SHA256, &body))))
}

/// A source's position.
pub(crate) async fn cursor<D: Dialect>(tx: &mut Tx<D>, system: &SystemName, name: &str) -> Result<Option<String>> {
    let row: Option<(String,)> = tx.opt(CURSOR, args![system, name]).await?;
    Ok(row.map(|(value,)| value))
}

/// The system a record came from.
pub(crate) async fn system_of<D: Dialect>(tx: &mut Tx<D>, id: RecordId) -> Result<Option<SystemName>> {
    let row: Option<(String,)> = tx.opt(SYSTEM_OF, args![id]).await?;
    Ok(row.map(|(system,)| SystemName::new(system)))
}

/// Moves a record on: `received`, `waiting`, `mapped` or `dead`. False when there is no such record.
pub(crate) async fn set_state<D: Dialect>(tx: &mut Tx<D>, id: RecordId, state: &str) -> Result<bool> {
    Ok(tx.run(SET_STATE, args![state, id]).await? > 0)
}

fn stored<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<StoredRecord> {
    let state = match row.state.as_str() {
        // One that waits for a child is durable and not yet mapped.
        "received" | "waiting" => RecordState::Received,
        "mapped" => RecordState::Mapped,
        "dead" => RecordState::Dead,
        _ => return Err(tx.corrupt("inbox.state holds an unknown word")),
    };
    Ok(StoredRecord {
        id: tx.parse("id", &row.id)?,
        system: SystemName::new(row.system),
        key: tx.open_text(place("inbox", "key", &row.id), &row.key)?,
        content_type: row.content_type,
        body: tx.open(place("inbox", "body", &row.id), &row.body)?,
        gone: row.gone != 0,
        received_at: tx.instant("received_at", row.received_at)?,
        state,
    })
}
