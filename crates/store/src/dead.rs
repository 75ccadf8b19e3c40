//! Dead letters: what could not be mapped or delivered, kept until a person tries it again or gives it up.

use samhold_model::{Instant, MunicipalityNo, RecordId, SystemName};
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

use crate::api::{AuditEntry, DeadLetter, Direction, StoredRecord};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;
use crate::views::{self, About};
use crate::{Result, audit, inbox};

statements! {
    INSERT = "insert into dead_letters (id, direction, system, record, event_id, child, municipality, code, detail, at, state) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting')";
    SAME_RECORD = "select id from dead_letters where record = $1 and state = 'waiting'";
    AGAIN = "update dead_letters set code = $1, detail = $2, at = $3 where id = $4";
    IN_STATE = "select id, direction, system, record, event_id, child, municipality, code, detail, at, state \
                from dead_letters where state = $1 order by seq desc limit $2";
    ONE = "select id, direction, system, record, event_id, child, municipality, code, detail, at, state \
           from dead_letters where id = $1";
    END = "update dead_letters set state = $1 where id = $2 and state = 'waiting'";
}

#[derive(FromRow)]
struct Row {
    id: String,
    direction: String,
    system: String,
    record: Option<String>,
    event_id: Option<String>,
    child: Option<String>,
    municipality: Option<String>,
    code: String,
    detail: Vec<u8>,
    at: i64,
    state: String,
}

/// A record could not be mapped. One that waits already is not listed twice.
pub(crate) async fn incoming<D: Dialect>(
    tx: &mut Tx<D>,
    record: RecordId,
    system: &SystemName,
    code: &str,
    detail: &str,
    now: Instant,
) -> Result<()> {
    let waiting: Option<(String,)> = tx.opt(SAME_RECORD, args![record]).await?;
    if let Some((id,)) = waiting {
        let sealed = tx.seal(place("dead_letters", "detail", &id), detail.as_bytes())?;
        return tx.run(AGAIN, args![code, sealed, now, id]).await.map(|_| ());
    }
    let id = Uuid::new_v4().to_string();
    let sealed = tx.seal(place("dead_letters", "detail", &id), detail.as_bytes())?;
    let (none, at) = (None::<&str>, now);
    tx.run(INSERT, args![id, "in", system, record, none, none, none, code, sealed, at]).await.map(|_| ())
}

/// A delivery was refused for good.
pub(crate) async fn outgoing<D: Dialect>(
    tx: &mut Tx<D>,
    about: &About,
    event: &str,
    code: &str,
    detail: &str,
    now: Instant,
) -> Result<()> {
    let id = Uuid::new_v4().to_string();
    let sealed = tx.seal(place("dead_letters", "detail", &id), detail.as_bytes())?;
    let (none, number) = (None::<&str>, &about.municipality);
    tx.run(INSERT, args![id, "out", &about.recipient, none, event, about.child, number, code, sealed, now])
        .await
        .map(|_| ())
}

/// Dead letters in a state, newest first.
pub(crate) async fn in_state<D: Dialect>(tx: &mut Tx<D>, state: &str, limit: i64) -> Result<Vec<DeadLetter>> {
    let rows: Vec<Row> = tx.all(IN_STATE, args![state, limit]).await?;
    rows.into_iter().map(|row| letter(tx, row)).collect()
}

/// One dead letter, with its record when it came in.
pub(crate) async fn one<D: Dialect>(tx: &mut Tx<D>, id: Uuid) -> Result<Option<(DeadLetter, Option<StoredRecord>)>> {
    let row: Option<Row> = tx.opt(ONE, args![id]).await?;
    let Some(row) = row else { return Ok(None) };
    let letter = letter(tx, row)?;
    let record = match letter.record {
        Some(record) => inbox::record(tx, record).await?,
        None => None,
    };
    Ok(Some((letter, record)))
}

/// Tries it again: the record is unmapped again, the delivery queued again if it is still wanted.
pub(crate) async fn replay<D: Dialect>(tx: &mut Tx<D>, id: Uuid, actor: &str, now: Instant) -> Result<bool> {
    let Some(row) = end(tx, id, "replayed", "replay", actor, now).await? else { return Ok(false) };
    if let Some(record) = &row.record {
        let record = tx.parse("record", record)?;
        inbox::set_state(tx, record, "received").await?;
    }
    if let (Some(child), Some(number)) = (&row.child, row.municipality) {
        let child = tx.parse("child", child)?;
        let about = About { recipient: SystemName::new(row.system), child, municipality: MunicipalityNo::new(number) };
        let mut view = views::load(tx, &about).await?;
        view.given_up = false;
        views::step(tx, &about, view, now).await?;
    }
    Ok(true)
}

/// Gives it up.
pub(crate) async fn discard<D: Dialect>(tx: &mut Tx<D>, id: Uuid, actor: &str, now: Instant) -> Result<bool> {
    Ok(end(tx, id, "discarded", "discard", actor, now).await?.is_some())
}

/// Ends a waiting dead letter and says so in the audit log.
async fn end<D: Dialect>(
    tx: &mut Tx<D>,
    id: Uuid,
    state: &str,
    deed: &str,
    actor: &str,
    now: Instant,
) -> Result<Option<Row>> {
    if tx.run(END, args![state, id]).await? == 0 {
        return Ok(None);
    }
    let row: Option<Row> = tx.opt(ONE, args![id]).await?;
    let Some(row) = row else { return Ok(None) };
    let child = row.child.as_ref().map(|child| tx.parse("child", child)).transpose()?;
    let detail = json!({ "dead_letter": id, "code": row.code, "system": row.system });
    let entry = AuditEntry { at: now, kind: deed.to_owned(), child, actor: actor.to_owned(), detail };
    audit::append(tx, &[entry]).await?;
    Ok(Some(row))
}

fn letter<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<DeadLetter> {
    let direction = match row.direction.as_str() {
        "in" => Direction::In,
        "out" => Direction::Out,
        _ => return Err(tx.corrupt("dead_letters.direction holds an unknown word")),
    };
    Ok(DeadLetter {
        detail: tx.open_text(place("dead_letters", "detail", &row.id), &row.detail)?,
        id: tx.parse("id", &row.id)?,
        direction,
        system: SystemName::new(row.system),
        record: row.record.map(|id| tx.parse("record", &id)).transpose()?,
        event_id: row.event_id.map(|id| tx.parse("event_id", &id)).transpose()?,
        code: row.code,
        at: tx.instant("at", row.at)?,
        state: row.state,
    })
}
