//! What a person must do. The same task is not opened twice.

use samhold_model::{ChildId, Instant};
use sqlx::FromRow;
use uuid::Uuid;

use crate::Result;
use crate::api::Task;
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;

statements! {
    SAME = "select id from tasks where same_ix = $1 and closed_at is null";
    INSERT = "insert into tasks (id, kind, children, detail, same_ix, opened_at) values ($1, $2, $3, $4, $5, $6)";
    OPEN = "select id, kind, children, detail, opened_at, closed_at from tasks where closed_at is null \
            order by opened_at, id";
    CLOSE = "update tasks set closed_at = $1 where id = $2 and closed_at is null";
}

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    children: String,
    detail: Vec<u8>,
    opened_at: i64,
    closed_at: Option<i64>,
}

/// Opens a task unless the same one is open; gives its id. Of one kind, the same children make the same task; a task
/// about no child is told apart by its detail.
pub(crate) async fn open<D: Dialect>(
    tx: &mut Tx<D>,
    kind: &str,
    children: &[ChildId],
    detail: &str,
    now: Instant,
) -> Result<Uuid> {
    let mut sorted: Vec<String> = children.iter().map(ToString::to_string).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let about = if sorted.is_empty() { detail.to_owned() } else { sorted.join(" ") };
    let same_ix = tx.blind("task", &[kind.as_bytes(), about.as_bytes()]);
    let open: Option<(String,)> = tx.opt(SAME, args![&same_ix]).await?;
    if let Some((id,)) = open {
        return tx.parse("id", &id);
    }
    let id = Uuid::new_v4();
    let sealed = tx.seal(place("tasks", "detail", &id.to_string()), detail.as_bytes())?;
    tx.run(INSERT, args![id, kind, sorted.join(" "), sealed, same_ix, now]).await?;
    Ok(id)
}

/// Open tasks, oldest first.
pub(crate) async fn all_open<D: Dialect>(tx: &mut Tx<D>) -> Result<Vec<Task>> {
    let rows: Vec<Row> = tx.all(OPEN, args![]).await?;
    rows.into_iter().map(|row| task(tx, row)).collect()
}

/// Closes a task; false when it was not open.
pub(crate) async fn close<D: Dialect>(tx: &mut Tx<D>, id: Uuid, now: Instant) -> Result<bool> {
    Ok(tx.run(CLOSE, args![now, id]).await? > 0)
}

fn task<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<Task> {
    Ok(Task {
        detail: tx.open_text(place("tasks", "detail", &row.id), &row.detail)?,
        id: tx.parse("id", &row.id)?,
        kind: row.kind,
        children: row.children.split_whitespace().map(|id| tx.parse("children", id)).collect::<Result<_>>()?,
        opened_at: tx.instant("opened_at", row.opened_at)?,
        closed_at: row.closed_at.map(|at| tx.instant("closed_at", at)).transpose()?,
    })
}
