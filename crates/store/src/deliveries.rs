//! Events handed out for sending, whether they arrived, the pull feed, and the receipts that came back.
//!
//! Handed out is not delivered, delivered is not read, and read is not accepted.

use samhold_model::{ChildId, Instant, MunicipalityNo, SystemName};
use sqlx::FromRow;
use uuid::Uuid;

use crate::Result;
use crate::api::{Delivered, Delivery, FeedEntry, Receipt};
use crate::args::args;
use crate::dialect::Dialect;
use crate::outbox;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;
use crate::views::{self, About};

statements! {
    OFFERED = "insert into deliveries (event_id, recipient, child, municipality, version, kind, offered_at, status) \
               values ($1, $2, $3, $4, $5, $6, $7, 'offered') on conflict (event_id) do nothing";
    NEVER_SENT = "delete from deliveries where event_id = $1 and delivered_at is null and status = 'offered'";
    ONE = "select recipient, child, municipality, version from deliveries where event_id = $1";
    ARRIVED = "update deliveries set delivered_at = coalesce(delivered_at, $1), \
               status = case when status in ('offered', 'feed') then 'delivered' else status end where event_id = $2";
    IN_FEED = "update deliveries set status = 'feed' where event_id = $1 and status = 'offered'";
    OF_CHILD = "select event_id, recipient, child, version, kind, delivered_at, status from deliveries \
                where child = $1 and delivered_at is not null order by delivered_at, version";
    INTO_FEED = "insert into feed (recipient, position, event_id, made_at) \
                 select $1, coalesce(max(position), 0) + 1, $2, $3 from feed where recipient = $1";
    FEED = "select f.position, f.event_id, d.child, d.municipality, d.version, d.kind, f.made_at from feed f \
            join deliveries d on d.event_id = f.event_id \
            where f.recipient = $1 and f.position > $2 order by f.position limit $3";
    UNCONFIRMED = "select f.event_id from feed f join deliveries d on d.event_id = f.event_id \
                   where f.recipient = $1 and f.position <= $2 and d.status = 'feed'";
    KNOWN = "select version from deliveries where event_id = $1 and recipient = $2";
    RECEIPT = "insert into receipts (id, event_id, status, reason, at) values ($1, $2, $3, $4, $5)";
    SET_STATUS = "update deliveries set delivered_at = coalesce(delivered_at, $1), status = $2 where event_id = $3 \
                  and not ($2 = 'read' and status in ('accepted', 'rejected'))";
}

#[derive(FromRow)]
struct DeliveredRow {
    event_id: String,
    recipient: String,
    child: String,
    version: i64,
    kind: String,
    delivered_at: i64,
    status: String,
}

#[derive(FromRow)]
struct FeedRow {
    position: i64,
    event_id: String,
    child: String,
    municipality: String,
    version: i64,
    kind: String,
    made_at: i64,
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
    let row: Option<(String, String, String, i64)> = tx.opt(ONE, args![event]).await?;
    let Some((recipient, child, number, version)) = row else { return Ok(None) };
    let about = About {
        recipient: SystemName::new(recipient),
        child: tx.parse("child", &child)?,
        municipality: MunicipalityNo::new(number),
    };
    Ok(Some((about, version)))
}

/// Moves a due delivery into the pull feed. From there the recipient sees it whenever it asks, so the view counts as
/// held; that the recipient really fetched it is known when it asks for what comes after.
pub(crate) async fn to_feed<D: Dialect>(tx: &mut Tx<D>, id: i64, event: Uuid, now: Instant) -> Result<()> {
    let Some(row) = outbox::row(tx, id, event).await? else { return Ok(()) };
    let about = outbox::about(tx, &row)?;
    let mut view = views::load(tx, &about).await?;
    tx.run(INTO_FEED, args![&about.recipient, event, now]).await?;
    tx.run(IN_FEED, args![event]).await?;
    outbox::remove(tx, row.id).await?;
    view.acknowledge(view.issued, row.content_hash);
    view.in_doubt = false;
    views::step(tx, &about, view, now).await
}

/// Entries of a pull feed after a position.
pub(crate) async fn feed<D: Dialect>(
    tx: &mut Tx<D>,
    recipient: &SystemName,
    after: i64,
    limit: i64,
) -> Result<Vec<FeedEntry>> {
    let rows: Vec<FeedRow> = tx.all(FEED, args![recipient, after, limit]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(FeedEntry {
                position: row.position,
                event_id: tx.parse("event_id", &row.event_id)?,
                child: tx.parse("child", &row.child)?,
                municipality: MunicipalityNo::new(row.municipality),
                version: row.version,
                kind: views::kind_of(tx, &row.kind)?,
                made_at: tx.instant("made_at", row.made_at)?,
            })
        })
        .collect()
}

/// Events up to a position of which it is not yet noted that the recipient fetched them.
pub(crate) async fn unconfirmed<D: Dialect>(tx: &mut Tx<D>, recipient: &SystemName, upto: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<(String,)> = tx.all(UNCONFIRMED, args![recipient, upto]).await?;
    rows.iter().map(|(event,)| tx.parse("event_id", event)).collect()
}

/// The recipient asked for what comes after these: it has them.
pub(crate) async fn fetched<D: Dialect>(tx: &mut Tx<D>, events: &[Uuid], now: Instant) -> Result<()> {
    for event in events {
        tx.run(ARRIVED, args![now, *event]).await?;
    }
    Ok(())
}

/// Past deliveries about a child.
pub(crate) async fn of_child<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<Delivered>> {
    let rows: Vec<DeliveredRow> = tx.all(OF_CHILD, args![child]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Delivered {
                event_id: tx.parse("event_id", &row.event_id)?,
                recipient: SystemName::new(row.recipient),
                child: tx.parse("child", &row.child)?,
                version: row.version,
                kind: views::kind_of(tx, &row.kind)?,
                at: tx.instant("delivered_at", row.delivered_at)?,
                status: row.status,
            })
        })
        .collect()
}

/// Records a receipt. Whoever says it read an event has got it, also when our side never heard the answer.
pub(crate) async fn receipt<D: Dialect>(
    tx: &mut Tx<D>,
    recipient: &SystemName,
    receipt: &Receipt,
    now: Instant,
) -> Result<bool> {
    let known: Option<(i64,)> = tx.opt(KNOWN, args![receipt.event_id, recipient]).await?;
    if known.is_none() {
        return Ok(false);
    }
    let id = Uuid::new_v4().to_string();
    let seal = |reason: &String| tx.seal(place("receipts", "reason", &id), reason.as_bytes());
    let reason = receipt.reason.as_ref().map(seal).transpose()?;
    tx.run(RECEIPT, args![id, receipt.event_id, &receipt.status, reason, now]).await?;
    tx.run(SET_STATUS, args![now, &receipt.status, receipt.event_id]).await?;
    Ok(true)
}
