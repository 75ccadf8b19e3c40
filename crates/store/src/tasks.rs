//! What a person must do, and what they answered. The same task is not opened twice.

use std::collections::BTreeSet;

use samhold_model::{ChildId, Instant, MunicipalityNo};
use sqlx::FromRow;
use uuid::Uuid;

use crate::api::{Answered, Sameness, Task, Verdict};
use crate::args::args;
use crate::dialect::Dialect;
use crate::same::Word;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;
use crate::{Result, audit, ledger, marks, same};

statements! {
    SAME = "select id from tasks where same_ix = $1 and closed_at is null";
    INSERT = "insert into tasks (id, kind, children, detail, same_ix, opened_at) values ($1, $2, $3, $4, $5, $6)";
    OPEN = "select id, kind, children, detail, opened_at, closed_at, answer from tasks where closed_at is null \
            order by opened_at, id";
    ONE = "select id, kind, children, detail, opened_at, closed_at, answer from tasks where id = $1";
    ANSWER = "update tasks set closed_at = coalesce(closed_at, $1), answer = $2, answered_by = $3 where id = $4 \
              and (closed_at is null or (answer is not null and answer <> $2))";
    // The same question may have been asked for another reason as well.
    ANSWER_OTHERS = "update tasks set closed_at = $1, answer = $2, answered_by = $3 \
                     where children = $4 and closed_at is null";
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
    answer: Option<String>,
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

/// One task, open or closed.
pub(crate) async fn one<D: Dialect>(tx: &mut Tx<D>, id: Uuid) -> Result<Option<Task>> {
    let row: Option<Row> = tx.opt(ONE, args![id]).await?;
    row.map(|row| task(tx, row)).transpose()
}

/// Takes a person's answer with all that follows from it, or nothing of it.
pub(crate) async fn answer<D: Dialect>(tx: &mut Tx<D>, verdict: &Verdict, now: Instant) -> Result<Answered> {
    let Some(task) = one(tx, verdict.task).await? else { return Ok(Answered::Unknown) };
    let answered_otherwise = task.answer.as_ref().is_some_and(|before| *before != verdict.answer);
    if task.closed_at.is_some() && !(answered_otherwise && verdict.sameness.is_some()) {
        return Ok(Answered::Closed);
    }
    if let Some(sameness) = verdict.sameness {
        let word = Word { task: verdict.task, by: &verdict.by, at: now };
        if !speak(tx, sameness, &word).await? {
            return Ok(Answered::ThroughAnother);
        }
        let children: Vec<String> = task.children.iter().map(ToString::to_string).collect();
        tx.run(ANSWER_OTHERS, args![now, &verdict.answer, &verdict.by, children.join(" ")]).await?;
    }
    tx.run(ANSWER, args![now, &verdict.answer, &verdict.by, verdict.task]).await?;
    ledger::append(tx, &verdict.facts).await?;
    audit::append(tx, &verdict.audit).await?;
    Ok(Answered::Taken)
}

/// Writes down what was said of two children, and marks everyone it concerns. False when it cannot be said as it stands.
async fn speak<D: Dialect>(tx: &mut Tx<D>, sameness: Sameness, word: &Word<'_>) -> Result<bool> {
    let (a, b) = match sameness {
        Sameness::One { child, into } => (child, into),
        Sameness::Two(a, b) => (a, b),
    };
    let mut concerned: BTreeSet<ChildId> = same::group(tx, a).await?.into_iter().collect();
    concerned.extend(same::group(tx, b).await?);
    let (before, other) = (same::survivor(tx, a).await?, same::survivor(tx, b).await?);
    let (done, joint) = match sameness {
        Sameness::One { .. } => (same::join(tx, a, b, word).await?, Some(other)),
        Sameness::Two(..) => (same::part(tx, a, b, word).await?, Some(before).filter(|_| before == other)),
    };
    if let Some(joint) = joint.filter(|_| done) {
        mark_all_of(tx, &concerned, joint).await?;
    }
    Ok(done)
}

/// Each where it has facts of its own, and the one who survives or survived wherever any of them has.
async fn mark_all_of<D: Dialect>(tx: &mut Tx<D>, concerned: &BTreeSet<ChildId>, joint: ChildId) -> Result<()> {
    let mut touched: BTreeSet<(ChildId, MunicipalityNo)> = BTreeSet::new();
    for child in concerned {
        for number in ledger::own_municipalities(tx, *child).await? {
            touched.insert((joint, number.clone()));
            touched.insert((*child, number));
        }
    }
    for (child, number) in touched {
        marks::mark_itself(tx, child, &number).await?;
    }
    Ok(())
}

fn task<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<Task> {
    Ok(Task {
        detail: tx.open_text(place("tasks", "detail", &row.id), &row.detail)?,
        id: tx.parse("id", &row.id)?,
        kind: row.kind,
        children: row.children.split_whitespace().map(|id| tx.parse("children", id)).collect::<Result<_>>()?,
        opened_at: tx.instant("opened_at", row.opened_at)?,
        closed_at: row.closed_at.map(|at| tx.instant("closed_at", at)).transpose()?,
        answer: row.answer,
    })
}
