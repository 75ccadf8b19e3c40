//! Deliveries waiting to be made, and what became of each attempt.
//!
//! A delivery that was handed out may have reached its receiver, whatever is heard of it afterwards: that is written
//! down before it is handed out, so that a crash in between cannot make the store believe otherwise.

use samhold_model::{Instant, MunicipalityNo, SystemName};
use sqlx::FromRow;
use uuid::Uuid;

use crate::api::{Attempt, AuditEntry, Delivery};
use crate::args::args;
use crate::dialect::Dialect;
use crate::plan::{Doubt, Queued};
use crate::sql::statements;
use crate::tx::Tx;
use crate::views::{self, About};
use crate::{Result, audit, dead, deliveries};

statements! {
    DUE = "select id, recipient, child, municipality, event_id, kind, version, content_hash, attempts, offers, \
           not_before, queued_at from outbox where recipient = $1 and not_before <= $2 order by not_before, id limit $3";
    ONE = "select id, recipient, child, municipality, event_id, kind, version, content_hash, attempts, offers, \
           not_before, queued_at from outbox where id = $1 and event_id = $2";
    NEXT = "select min(not_before) from outbox where recipient = $1";
    OFFERED = "update outbox set offers = offers + 1 where id = $1";
    TAKEN_BACK = "update outbox set offers = offers - 1 where id = $1 and offers > 0";
    LATER = "update outbox set attempts = attempts + 1, not_before = $1 where id = $2";
    NOT_REACHED = "update outbox set attempts = attempts + 1, not_before = $1, \
                   offers = case when offers > 0 then offers - 1 else 0 end where id = $2";
    GONE = "delete from outbox where id = $1";
}

/// A row of the outbox.
#[derive(FromRow)]
pub(crate) struct Row {
    pub id: i64,
    recipient: String,
    child: String,
    municipality: String,
    event_id: String,
    kind: String,
    version: i64,
    pub content_hash: Option<String>,
    attempts: i64,
    offers: i64,
    not_before: i64,
    queued_at: i64,
}

/// Hands out the deliveries due to a recipient.
pub(crate) async fn due<D: Dialect>(
    tx: &mut Tx<D>,
    recipient: &SystemName,
    now: Instant,
    limit: i64,
) -> Result<Vec<Delivery>> {
    let rows: Vec<Row> = tx.all(DUE, args![recipient, now, limit]).await?;
    let mut due = Vec::with_capacity(rows.len());
    for row in rows {
        tx.run(OFFERED, args![row.id]).await?;
        let delivery = delivery(tx, row)?;
        deliveries::offered(tx, &delivery, now).await?;
        due.push(delivery);
    }
    Ok(due)
}

/// Takes back deliveries that were not tried. One that never was under way leaves no trace.
pub(crate) async fn hand_back<D: Dialect>(tx: &mut Tx<D>, handed: &[(i64, Uuid)], now: Instant) -> Result<()> {
    for (id, event) in handed {
        let Some(row) = row(tx, *id, *event).await? else {
            replaced_unsent(tx, *event, now).await?;
            continue;
        };
        tx.run(TAKEN_BACK, args![row.id]).await?;
        if !unknown_ends(&row) {
            deliveries::never_sent(tx, &row.event_id).await?;
        }
    }
    Ok(())
}

/// Whether anything is due; asked first, because handing out costs a flush to disk and an idle round should not.
pub(crate) async fn any_due<D: Dialect>(tx: &mut Tx<D>, recipient: &SystemName, now: Instant) -> Result<bool> {
    Ok(next_due(tx, recipient).await?.is_some_and(|next| next.as_microsecond() <= now.as_microsecond()))
}

/// When the next delivery to a recipient falls due.
pub(crate) async fn next_due<D: Dialect>(tx: &mut Tx<D>, recipient: &SystemName) -> Result<Option<Instant>> {
    let row: Option<(Option<i64>,)> = tx.opt(NEXT, args![recipient]).await?;
    row.and_then(|(next,)| next).map(|next| tx.instant("not_before", next)).transpose()
}

/// The row, when it still holds this event.
pub(crate) async fn row<D: Dialect>(tx: &mut Tx<D>, id: i64, event: Uuid) -> Result<Option<Row>> {
    tx.opt(ONE, args![id, event]).await
}

/// Takes a row away.
pub(crate) async fn remove<D: Dialect>(tx: &mut Tx<D>, id: i64) -> Result<()> {
    tx.run(GONE, args![id]).await.map(|_| ())
}

/// Ends an attempt.
pub(crate) async fn attempted<D: Dialect>(
    tx: &mut Tx<D>,
    id: i64,
    event: Uuid,
    attempt: &Attempt,
    now: Instant,
) -> Result<()> {
    let row = row(tx, id, event).await?;
    match (attempt, row) {
        (Attempt::Delivered { content_hash, audit }, row) => {
            delivered(tx, event, row, content_hash.clone(), audit, now).await
        }
        (Attempt::NotReached { .. } | Attempt::Changed { .. }, None) => replaced_unsent(tx, event, now).await,
        // What else is heard of a delivery that was replaced concerns nobody any more.
        (_, None) => Ok(()),
        (Attempt::Later { not_before, .. }, Some(row)) => tx.run(LATER, args![*not_before, row.id]).await.map(|_| ()),
        (Attempt::NotReached { not_before, .. }, Some(row)) => not_reached(tx, row, *not_before).await,
        (Attempt::Refused { code, detail }, Some(row)) => refused(tx, row, code, detail, now).await,
        (Attempt::Changed { content_hash }, Some(row)) => changed(tx, row, content_hash.clone(), now).await,
    }
}

async fn delivered<D: Dialect>(
    tx: &mut Tx<D>,
    event: Uuid,
    row: Option<Row>,
    content_hash: Option<String>,
    entry: &AuditEntry,
    now: Instant,
) -> Result<()> {
    audit::append(tx, std::slice::from_ref(entry)).await?;
    let Some((about, version)) = deliveries::arrived(tx, event, now).await? else { return Ok(()) };
    let mut view = views::load(tx, &about).await?;
    view.acknowledge(version, content_hash.clone());
    if version >= view.issued {
        view.doubt = Doubt::None;
    }
    if let Some(row) = row {
        // Nothing was asked for since: what was decided at the moment of sending is what it should see.
        view.want(content_hash);
        remove(tx, row.id).await?;
    }
    views::step(tx, &about, view, now).await
}

/// The attempt left nothing with the receiver, so it counts as if it had not been handed out.
async fn not_reached<D: Dialect>(tx: &mut Tx<D>, row: Row, not_before: Instant) -> Result<()> {
    tx.run(NOT_REACHED, args![not_before, row.id]).await?;
    match unknown_ends(&row) {
        true => deliveries::stayed(tx, &row.event_id).await,
        false => deliveries::never_sent(tx, &row.event_id).await,
    }
}

/// One that was replaced while it was under way never left. Had nothing else, there is nothing to call back.
async fn replaced_unsent<D: Dialect>(tx: &mut Tx<D>, event: Uuid, now: Instant) -> Result<()> {
    let Some((about, version)) = deliveries::under_way(tx, event).await? else { return Ok(()) };
    if views::never_left(tx, &about, version, now).await? {
        deliveries::never_sent(tx, &event.to_string()).await?;
    }
    Ok(())
}

async fn refused<D: Dialect>(tx: &mut Tx<D>, row: Row, code: &str, detail: &str, now: Instant) -> Result<()> {
    let about = about(tx, &row)?;
    let mut view = views::load(tx, &about).await?;
    // This attempt is known to have failed, the earlier ones are not.
    view.doubt = view.doubt.and(row.offers - 1);
    view.given_up = true;
    remove(tx, row.id).await?;
    dead::outgoing(tx, &about, &row.event_id, code, detail, now).await?;
    views::step(tx, &about, view, now).await
}

async fn changed<D: Dialect>(tx: &mut Tx<D>, row: Row, content_hash: Option<String>, now: Instant) -> Result<()> {
    let about = about(tx, &row)?;
    let mut view = views::load(tx, &about).await?;
    view.want(content_hash);
    // Decided again before it was sent: only the earlier times count.
    let hand_outs = row.offers - 1;
    if hand_outs < 1 && row.content_hash != view.wanted {
        deliveries::never_sent(tx, &row.event_id).await?;
    }
    let queued = Queued { content_hash: row.content_hash, hand_outs };
    views::step_from(tx, &about, view, Some(queued), now).await
}

/// Whether a hand-out before the present one has an end that is not known for certain.
fn unknown_ends(row: &Row) -> bool {
    row.offers > 1
}

/// Whose view a row is about.
pub(crate) fn about<D: Dialect>(tx: &Tx<D>, row: &Row) -> Result<About> {
    Ok(About {
        recipient: SystemName::new(row.recipient.clone()),
        child: tx.parse("child", &row.child)?,
        municipality: MunicipalityNo::new(row.municipality.clone()),
    })
}

fn delivery<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<Delivery> {
    Ok(Delivery {
        id: row.id,
        child: tx.parse("child", &row.child)?,
        event_id: tx.parse("event_id", &row.event_id)?,
        kind: views::kind_of(tx, &row.kind)?,
        recipient: SystemName::new(row.recipient),
        municipality: MunicipalityNo::new(row.municipality),
        version: row.version,
        content_hash: row.content_hash,
        attempts: row.attempts,
        not_before: tx.instant("not_before", row.not_before)?,
        queued_at: tx.instant("queued_at", row.queued_at)?,
    })
}
