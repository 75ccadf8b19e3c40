//! Events handed out for sending, whether they arrived, and the receipts that came back.
//!
//! Handed out is not delivered, delivered is not read, and read is not accepted.

use samhold_model::{ChildId, Instant, MunicipalityNo, SystemName};
use serde_json::{Map, Value, json};
use sqlx::FromRow;
use uuid::Uuid;

use crate::api::{AuditEntry, Delivered, Delivery, Receipt};
use crate::args::args;
use crate::dialect::Dialect;
use crate::marks;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;
use crate::views::{self, About};
use crate::{Result, audit, canonical, same};

statements! {
    OFFERED = "insert into deliveries (event_id, recipient, child, municipality, version, kind, offered_at, status) \
               values ($1, $2, $3, $4, $5, $6, $7, 'offered') on conflict (event_id) do nothing";
    NEVER_SENT = "delete from deliveries where event_id = $1 and delivered_at is null and status = 'offered'";
    ONE = "select recipient, child, municipality, version from deliveries where event_id = $1";
    UNDER_WAY = "select recipient, child, municipality, version from deliveries \
                 where event_id = $1 and delivered_at is null and status = 'offered'";
    ARRIVED = "update deliveries set delivered_at = coalesce(delivered_at, $1), \
               status = case when status in ('offered', 'tried', 'feed', 'given') then 'delivered' else status end, \
               leaving = null, leaving_sealed = null where event_id = $2";
    LEFT = "update deliveries set status = case status when 'feed' then 'given' else 'tried' end, \
            leaving = null, leaving_sealed = null \
            where event_id = $1 and status in ('offered', 'feed')";
    STAYED = "update deliveries set leaving = null, leaving_sealed = null where event_id = $1 and status = 'offered'";
    LEAVING = "update deliveries set leaving_sealed = $1 where event_id = $2";
    INTERRUPTED = "select event_id, recipient, child, version, kind, leaving, leaving_sealed from deliveries \
                   where status = 'offered' and delivered_at is null and offered_at < $1 \
                   and (leaving is not null or leaving_sealed is not null)";
    OF_CHILD = "select event_id, recipient, child, municipality, version, kind, offered_at, delivered_at, status from deliveries \
                where child = $1 and delivered_at is not null order by delivered_at, version";
    KNOWN = "select child, municipality from deliveries where event_id = $1 and recipient = $2";
    REASON = "select id, reason from receipts where event_id = $1 and status = 'rejected' order by seq desc limit 1";
    RECEIPT = "insert into receipts (id, event_id, status, reason, at) values ($1, $2, $3, $4, $5)";
    SET_STATUS = "update deliveries set delivered_at = coalesce(delivered_at, $1), status = $2 where event_id = $3 \
                  and not ($2 = 'read' and status in ('accepted', 'rejected'))";
}

#[derive(FromRow)]
struct DeliveredRow {
    event_id: String,
    recipient: String,
    child: String,
    municipality: String,
    version: i64,
    kind: String,
    offered_at: i64,
    delivered_at: i64,
    status: String,
}

#[derive(FromRow)]
struct InterruptedRow {
    event_id: String,
    recipient: String,
    child: String,
    version: i64,
    kind: String,
    /// As it was written before it was encrypted.
    leaving: Option<String>,
    leaving_sealed: Option<Vec<u8>>,
}

/// Writes down that an event is about to be sent.
pub(crate) async fn offered<D: Dialect>(tx: &mut Tx<D>, out: &Delivery, now: Instant) -> Result<()> {
    let kind = views::kind_word(out.kind);
    let values = args![out.event_id, &out.recipient, out.child, &out.municipality, out.version, kind, now];
    tx.run(OFFERED, values).await.map(|_| ())
}

/// An event was handed out but decided against before it was sent.
pub(crate) async fn never_sent<D: Dialect>(tx: &mut Tx<D>, event: &str) -> Result<()> {
    tx.run(NEVER_SENT, args![event]).await.map(|_| ())
}

/// The receiver has an event; tells whose it was and its version. `None`: no such event was ever handed out.
pub(crate) async fn arrived<D: Dialect>(tx: &mut Tx<D>, event: Uuid, now: Instant) -> Result<Option<(About, i64)>> {
    tx.run(ARRIVED, args![now, event]).await?;
    one(tx, ONE, event).await
}

/// Whose an event is that was handed out and of whose end nothing was ever heard, and its version.
pub(crate) async fn under_way<D: Dialect>(tx: &mut Tx<D>, event: Uuid) -> Result<Option<(About, i64)>> {
    one(tx, UNDER_WAY, event).await
}

async fn one<D: Dialect>(tx: &mut Tx<D>, sql: &'static str, event: Uuid) -> Result<Option<(About, i64)>> {
    let row: Option<(String, String, String, i64)> = tx.opt(sql, args![event]).await?;
    let Some((recipient, child, number, version)) = row else { return Ok(None) };
    let about = About {
        recipient: SystemName::new(recipient),
        child: tx.parse("child", &child)?,
        municipality: MunicipalityNo::new(number),
    };
    Ok(Some((about, version)))
}

/// Appends the entry of each event that may have left, unless that of the event is written down already.
pub(crate) async fn left<D: Dialect>(tx: &mut Tx<D>, events: &[(Uuid, AuditEntry)]) -> Result<usize> {
    let mut first = Vec::new();
    for (event, entry) in events {
        if tx.run(LEFT, args![*event]).await? > 0 {
            first.push(entry.clone());
        }
    }
    audit::append(tx, &first).await?;
    Ok(first.len())
}

/// An attempt reached nobody, so nothing of it has left. What an earlier one may have told has an entry by now.
pub(crate) async fn stayed<D: Dialect>(tx: &mut Tx<D>, event: &str) -> Result<()> {
    tx.run(STAYED, args![event]).await.map(|_| ())
}

/// Writes down what an event is about to tell, before it is sent.
pub(crate) async fn leaving<D: Dialect>(tx: &mut Tx<D>, event: Uuid, detail: &Value) -> Result<()> {
    let id = event.to_string();
    let sealed = tx.seal(place("deliveries", "leaving", &id), canonical::text(detail).as_bytes())?;
    tx.run(LEAVING, args![sealed, id]).await.map(|_| ())
}

/// Writes down of each event that began to leave before `now`, and of whose end nothing was ever heard, that it may have
/// reached its receiver, and what it told.
pub(crate) async fn interrupted<D: Dialect>(tx: &mut Tx<D>, now: Instant) -> Result<usize> {
    let rows: Vec<InterruptedRow> = tx.all(INTERRUPTED, args![now]).await?;
    let mut events = Vec::with_capacity(rows.len());
    for row in rows {
        let event: Uuid = tx.parse("event_id", &row.event_id)?;
        let known = json!({"event_id": event, "version": row.version, "kind": row.kind, "interrupted": true});
        let text = match &row.leaving_sealed {
            Some(sealed) => tx.open_text(place("deliveries", "leaving", &row.event_id), sealed)?,
            None => row.leaving.unwrap_or_default(),
        };
        let mut detail: Map<String, Value> =
            serde_json::from_str(&text).map_err(|_| tx.corrupt("deliveries.leaving is not JSON"))?;
        detail.extend(known.as_object().cloned().unwrap_or_default());
        let detail = Value::Object(detail);
        let child = Some(tx.parse("child", &row.child)?);
        events.push((event, AuditEntry { at: now, kind: "tried".to_owned(), child, actor: row.recipient, detail }));
    }
    left(tx, &events).await
}

/// Past deliveries about a child, and about those who are the same child.
pub(crate) async fn of_child<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<Delivered>> {
    let mut rows: Vec<DeliveredRow> = Vec::new();
    for member in same::group(tx, child).await? {
        rows.extend(tx.all::<DeliveredRow>(OF_CHILD, args![member]).await?);
    }
    rows.sort_by_key(|row| (row.delivered_at, row.version));
    let mut past = Vec::with_capacity(rows.len());
    for row in rows {
        let reason = if row.status == "rejected" { reason_of(tx, &row.event_id).await? } else { None };
        past.push(Delivered {
            event_id: tx.parse("event_id", &row.event_id)?,
            recipient: SystemName::new(row.recipient),
            child: tx.parse("child", &row.child)?,
            municipality: MunicipalityNo::new(row.municipality),
            version: row.version,
            kind: views::kind_of(tx, &row.kind)?,
            offered_at: tx.instant("offered_at", row.offered_at)?,
            at: tx.instant("delivered_at", row.delivered_at)?,
            status: row.status,
            reason,
        });
    }
    Ok(past)
}

/// Why an event was rejected, as the receiver said it last.
async fn reason_of<D: Dialect>(tx: &mut Tx<D>, event: &str) -> Result<Option<String>> {
    let last: Option<(String, Option<Vec<u8>>)> = tx.opt(REASON, args![event]).await?;
    let Some((id, Some(sealed))) = last else { return Ok(None) };
    tx.open_text(place("receipts", "reason", &id), &sealed).map(Some)
}

/// Records a receipt. Whoever says it read an event has got it, also when our side never heard the answer.
pub(crate) async fn receipt<D: Dialect>(
    tx: &mut Tx<D>,
    recipient: &SystemName,
    receipt: &Receipt,
    now: Instant,
) -> Result<bool> {
    let known: Option<(String, String)> = tx.opt(KNOWN, args![receipt.event_id, recipient]).await?;
    let Some((child, number)) = known else { return Ok(false) };
    let id = Uuid::new_v4().to_string();
    let seal = |reason: &String| tx.seal(place("receipts", "reason", &id), reason.as_bytes());
    let reason = receipt.reason.as_ref().map(seal).transpose()?;
    tx.run(RECEIPT, args![id, receipt.event_id, &receipt.status, reason, now]).await?;
    tx.run(SET_STATUS, args![now, &receipt.status, receipt.event_id]).await?;
    if receipt.status != "read" {
        // Whether a case was taken over is part of what people are told about the child.
        marks::mark(tx, tx.parse("child", &child)?, &MunicipalityNo::new(number)).await?;
    }
    Ok(true)
}
