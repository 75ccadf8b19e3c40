//! The pull feed: what a recipient reads when it asks, in its order, without traces of what it never saw.
//!
//! An entry that was not shown before something newer was to be said is taken out: the newer one gets its number, and who never
//! saw anything of a child is told of no retraction either. Must never take out what was shown.

use samhold_model::{Instant, MunicipalityNo, SystemName};
use sqlx::FromRow;
use uuid::Uuid;

use crate::api::FeedEntry;
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::views::{self, About};
use crate::{Result, deliveries, outbox};

statements! {
    IN_FEED = "update deliveries set version = $1, status = case status when 'offered' then 'feed' else status end \
               where event_id = $2";
    INTO_FEED = "insert into feed (recipient, position, event_id, made_at) \
                 select $1, coalesce(max(position), 0) + 1, $2, $3 from feed where recipient = $1";
    UNSHOWN = "select event_id, version from deliveries \
               where recipient = $1 and child = $2 and municipality = $3 and status = 'feed' order by version";
    OUT_OF_FEED = "delete from feed where event_id = $1";
    FORGET = "delete from deliveries where event_id = $1";
    OTHERS = "select count(*) from deliveries \
              where recipient = $1 and child = $2 and municipality = $3 and event_id <> $4";
    FEED = "select f.position, f.event_id, d.child, d.municipality, d.version, d.kind, f.made_at from feed f \
            join deliveries d on d.event_id = f.event_id \
            where f.recipient = $1 and f.position > $2 and not exists \
            (select 1 from deliveries e join feed g on g.event_id = e.event_id and g.recipient = e.recipient \
             where e.recipient = d.recipient and e.child = d.child and e.municipality = d.municipality \
             and g.position > f.position) order by f.position limit $3";
    TO_THE_END = "update feed set position = (select max(position) + 1 from feed where recipient = $1) \
                  where recipient = $1 and event_id = $2 \
                  and event_id in (select event_id from deliveries where event_id = $2 and status = 'feed')";
    POSITION = "select position from feed where recipient = $1 and event_id = $2";
    UNCONFIRMED = "select f.event_id from feed f join deliveries d on d.event_id = f.event_id \
                   where f.recipient = $1 and f.position <= $2 and d.status = 'given'";
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

/// Moves a due delivery into the pull feed. From there the recipient sees it whenever it asks, so the view counts as
/// held; that the recipient really fetched it is known when it asks for what comes after.
pub(crate) async fn take_in<D: Dialect>(tx: &mut Tx<D>, id: i64, event: Uuid, now: Instant) -> Result<()> {
    let Some(row) = outbox::row(tx, id, event).await? else { return Ok(()) };
    let about = outbox::about(tx, &row)?;
    let mut view = views::load(tx, &about).await?;
    let version = take_out_unshown(tx, &about).await?.unwrap_or(view.issued);
    outbox::remove(tx, row.id).await?;
    let others: i64 = tx.number(OTHERS, args![&about.recipient, about.child, &about.municipality, event]).await?;
    if row.content_hash.is_none() && others == 0 {
        tx.run(FORGET, args![event]).await?;
        view.hold(version.saturating_sub(1), None);
    } else {
        tx.run(INTO_FEED, args![&about.recipient, event, now]).await?;
        tx.run(IN_FEED, args![version, event]).await?;
        view.hold(version, row.content_hash);
    }
    // Also one that is again as if there had never been anything.
    views::save(tx, &about, &view).await?;
    views::step(tx, &about, view, now).await
}

/// Takes out what nobody saw of this child, and gives the lowest number that is free by it.
async fn take_out_unshown<D: Dialect>(tx: &mut Tx<D>, about: &About) -> Result<Option<i64>> {
    let unshown: Vec<(String, i64)> =
        tx.all(UNSHOWN, args![&about.recipient, about.child, &about.municipality]).await?;
    for (event, _) in &unshown {
        tx.run(OUT_OF_FEED, args![event]).await?;
        tx.run(FORGET, args![event]).await?;
    }
    Ok(unshown.first().map(|(_, version)| *version))
}

/// Entries of a pull feed after a position, of each child the last alone: an earlier one, read again, would say what the last
/// one says, and the audit would have it under the wrong event.
pub(crate) async fn entries<D: Dialect>(
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

/// Where an event stands in the feed of a recipient.
pub(crate) async fn position<D: Dialect>(tx: &mut Tx<D>, recipient: &SystemName, event: Uuid) -> Result<Option<i64>> {
    let row: Option<(i64,)> = tx.opt(POSITION, args![recipient, event]).await?;
    Ok(row.map(|(position,)| position))
}

/// Puts an entry that cannot be shown now behind all others, so that none of them waits for it. False when it was shown
/// before: a cursor may name it, and what stands behind a cursor must not move in front of it.
pub(crate) async fn put_last<D: Dialect>(tx: &mut Tx<D>, recipient: &SystemName, event: Uuid) -> Result<bool> {
    Ok(tx.run(TO_THE_END, args![recipient, event]).await? > 0)
}

/// Events up to a position that were shown, and of which it is not yet noted that the recipient fetched them.
pub(crate) async fn unconfirmed<D: Dialect>(tx: &mut Tx<D>, recipient: &SystemName, upto: i64) -> Result<Vec<Uuid>> {
    let rows: Vec<(String,)> = tx.all(UNCONFIRMED, args![recipient, upto]).await?;
    rows.iter().map(|(event,)| tx.parse("event_id", event)).collect()
}

/// The recipient asked for what comes after these: it has them.
pub(crate) async fn fetched<D: Dialect>(tx: &mut Tx<D>, events: &[Uuid], now: Instant) -> Result<()> {
    for event in events {
        deliveries::arrived(tx, *event, now).await?;
    }
    Ok(())
}
