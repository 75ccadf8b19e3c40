//! Keeps what each recipient should see and what it acknowledged, and the one queued delivery in step with it.

use samhold_model::{ChildId, Instant, MunicipalityNo, SystemName};
use sqlx::FromRow;
use uuid::Uuid;

use crate::Result;
use crate::api::{EventKind, Held};
use crate::args::args;
use crate::dialect::Dialect;
use crate::plan::{Doubt, Queued, Step, View};
use crate::sql::statements;
use crate::tx::Tx;

statements! {
    VIEW = "select wanted, acknowledged, version, issued, in_doubt, given_up from views \
            where recipient = $1 and child = $2 and municipality = $3";
    SAVE = "insert into views (recipient, child, municipality, wanted, acknowledged, version, issued, in_doubt, given_up) \
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
            on conflict (recipient, child, municipality) do update set wanted = excluded.wanted, \
            acknowledged = excluded.acknowledged, version = excluded.version, issued = excluded.issued, \
            in_doubt = excluded.in_doubt, given_up = excluded.given_up";
    QUEUED = "select content_hash, offers from outbox where recipient = $1 and child = $2 and municipality = $3";
    PUT = "insert into outbox (recipient, child, municipality, event_id, kind, version, content_hash, attempts, offers, \
           not_before, queued_at) values ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $8) \
           on conflict (recipient, child, municipality) do update set event_id = excluded.event_id, \
           kind = excluded.kind, version = excluded.version, content_hash = excluded.content_hash, attempts = 0, \
           offers = 0, not_before = excluded.not_before, queued_at = excluded.queued_at";
    DROP = "delete from outbox where recipient = $1 and child = $2 and municipality = $3";
}

/// Whose view of whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    pub recipient: SystemName,
    pub child: ChildId,
    pub municipality: MunicipalityNo,
}

#[derive(FromRow)]
struct Row {
    wanted: Option<String>,
    acknowledged: Option<String>,
    version: i64,
    issued: i64,
    in_doubt: i64,
    given_up: i64,
}

/// What is known of a view; nothing when it is new.
pub(crate) async fn load<D: Dialect>(tx: &mut Tx<D>, about: &About) -> Result<View> {
    let row: Option<Row> = tx.opt(VIEW, args![&about.recipient, about.child, &about.municipality]).await?;
    Ok(row.map_or_else(View::default, |row| View {
        wanted: row.wanted,
        acknowledged: row.acknowledged,
        version: row.version,
        issued: row.issued,
        doubt: Doubt::from_number(row.in_doubt),
        given_up: row.given_up != 0,
    }))
}

/// Brings the queue in step with the view and keeps both.
pub(crate) async fn step<D: Dialect>(tx: &mut Tx<D>, about: &About, view: View, now: Instant) -> Result<()> {
    let queued = queued(tx, about).await?;
    step_from(tx, about, view, queued, now).await
}

async fn queued<D: Dialect>(tx: &mut Tx<D>, about: &About) -> Result<Option<Queued>> {
    let row: Option<(Option<String>, i64)> =
        tx.opt(QUEUED, args![&about.recipient, about.child, &about.municipality]).await?;
    Ok(row.map(|(content_hash, hand_outs)| Queued { content_hash, hand_outs }))
}

/// A version that was replaced while it was under way never left: what was queued only to make up for it is compared anew.
/// Tells whether nothing is in doubt any more.
pub(crate) async fn never_left<D: Dialect>(tx: &mut Tx<D>, about: &About, version: i64, now: Instant) -> Result<bool> {
    let mut view = load(tx, about).await?;
    let queued = queued(tx, about).await?;
    if !view.never_left(version, queued.as_ref()) {
        return Ok(false);
    }
    // Whatever is queued has a number that would leave a gap; it is queued again with the one that nobody saw.
    tx.run(DROP, args![&about.recipient, about.child, &about.municipality]).await?;
    step_from(tx, about, view, None, now).await?;
    Ok(true)
}

/// As [`step`], when the caller knows better what became of the queued delivery.
pub(crate) async fn step_from<D: Dialect>(
    tx: &mut Tx<D>,
    about: &About,
    mut view: View,
    queued: Option<Queued>,
    now: Instant,
) -> Result<()> {
    let before = view.clone();
    match view.plan(queued.as_ref()) {
        Step::Leave => {}
        Step::Drop => {
            tx.run(DROP, args![&about.recipient, about.child, &about.municipality]).await?;
        }
        Step::Put { kind, version, content_hash } => put(tx, about, kind, version, content_hash, now).await?,
    }
    // A recipient that never had nor shall have anything needs no row.
    if view == View::default() && before == view { Ok(()) } else { save(tx, about, &view).await }
}

async fn put<D: Dialect>(
    tx: &mut Tx<D>,
    about: &About,
    kind: EventKind,
    version: i64,
    content_hash: Option<String>,
    now: Instant,
) -> Result<()> {
    // Drawn, not derived: who knows the child's id, or another's event, must not be able to make it. The row keeps it over
    // retries and restarts.
    let event = Uuid::new_v4();
    let values =
        args![&about.recipient, about.child, &about.municipality, event, kind_word(kind), version, content_hash, now];
    tx.run(PUT, values).await.map(|_| ())
}

/// Keeps a view as it is.
pub(crate) async fn save<D: Dialect>(tx: &mut Tx<D>, about: &About, view: &View) -> Result<()> {
    let values = args![
        &about.recipient,
        about.child,
        &about.municipality,
        view.wanted.clone(),
        view.acknowledged.clone(),
        view.version,
        view.issued,
        view.doubt.number(),
        view.given_up
    ];
    tx.run(SAVE, values).await.map(|_| ())
}

/// What a recipient holds of a child.
pub(crate) async fn held<D: Dialect>(tx: &mut Tx<D>, about: About) -> Result<Option<Held>> {
    let row: Option<Row> = tx.opt(VIEW, args![&about.recipient, about.child, &about.municipality]).await?;
    Ok(row.map(|row| Held {
        recipient: about.recipient,
        child: about.child,
        municipality: about.municipality,
        wanted: row.wanted,
        acknowledged: row.acknowledged,
        version: row.version,
    }))
}

/// The word kept for a kind.
pub(crate) fn kind_word(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Assignment => "assignment",
        EventKind::Superseded => "superseded",
        EventKind::Retracted => "retracted",
    }
}

/// The kind of a kept word.
pub(crate) fn kind_of<D: Dialect>(tx: &Tx<D>, word: &str) -> Result<EventKind> {
    match word {
        "assignment" => Ok(EventKind::Assignment),
        "superseded" => Ok(EventKind::Superseded),
        "retracted" => Ok(EventKind::Retracted),
        _ => Err(tx.corrupt("a column `kind` holds an unknown word")),
    }
}
