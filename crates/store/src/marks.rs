//! Which children must be worked out again. A mark that is raised while the work goes on survives the work.

use samhold_model::{ChildId, Date, MunicipalityNo};

use crate::api::{Marked, Standing};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::{Result, same};

statements! {
    NEXT_TOKEN = "update counters set value = value + 1 where name = 'mark' returning value";
    MARK = "insert into marks (child, municipality, first, token) values ($1, $2, $3, $3) \
            on conflict (child, municipality) do update set token = excluded.token";
    // A child that others were joined to may have been worked out where it has no facts of its own.
    MARK_ALL = "insert into marks (child, municipality, first, token) \
                select f.child, f.municipality, c.value, c.value from \
                (select child, municipality from facts union select child, municipality from settled) f, counters c \
                where c.name = 'mark' \
                on conflict (child, municipality) do update set token = excluded.token";
    MARK_DUE = "insert into marks (child, municipality, first, token) \
                select s.child, s.municipality, c.value, c.value from settled s, counters c \
                where c.name = 'mark' and s.next_change is not null and s.next_change <= $1 \
                on conflict (child, municipality) do update set token = excluded.token";
    CLEAR_DUE = "update settled set next_change = null where next_change is not null and next_change <= $1";
    MARKED = "select child, municipality, token from marks order by first, child, municipality limit $1";
    UNMARK = "delete from marks where child = $1 and municipality = $2 and token = $3";
    SETTLED = "insert into settled (child, municipality, token, next_change) values ($1, $2, $3, $4) \
               on conflict (child, municipality) do update set token = excluded.token, next_change = excluded.next_change";
    STANDING = "select m.token, s.next_change from (select 1 as one) o \
                left join marks m on m.child = $1 and m.municipality = $2 \
                left join settled s on s.child = $1 and s.municipality = $2";
    LAST_SETTLED = "select token from settled where child = $1 and municipality = $2";
}

/// Marks a child; one that counts as another marks that one.
pub(crate) async fn mark<D: Dialect>(tx: &mut Tx<D>, child: ChildId, municipality: &MunicipalityNo) -> Result<()> {
    let survivor = same::survivor(tx, child).await?;
    mark_itself(tx, survivor, municipality).await
}

/// Marks this very id.
pub(crate) async fn mark_itself<D: Dialect>(
    tx: &mut Tx<D>,
    child: ChildId,
    municipality: &MunicipalityNo,
) -> Result<()> {
    let token = tx.number(NEXT_TOKEN, args![]).await?;
    tx.run(MARK, args![child, municipality, token]).await.map(|_| ())
}

/// Marks all children that have facts.
pub(crate) async fn mark_all<D: Dialect>(tx: &mut Tx<D>) -> Result<i64> {
    tx.number(NEXT_TOKEN, args![]).await?;
    tx.run(MARK_ALL, args![]).await.map(count)
}

/// Marks those whose date has come. The date is used up: the next settlement sets a new one.
pub(crate) async fn mark_due<D: Dialect>(tx: &mut Tx<D>, today: Date) -> Result<i64> {
    tx.number(NEXT_TOKEN, args![]).await?;
    let marked = tx.run(MARK_DUE, args![today]).await?;
    tx.run(CLEAR_DUE, args![today]).await?;
    Ok(count(marked))
}

/// Marked children, oldest mark first.
pub(crate) async fn marked<D: Dialect>(tx: &mut Tx<D>, limit: i64) -> Result<Vec<Marked>> {
    let rows: Vec<(String, String, i64)> = tx.all(MARKED, args![limit]).await?;
    rows.into_iter()
        .map(|(child, number, token)| {
            Ok(Marked { child: tx.parse("child", &child)?, municipality: MunicipalityNo::new(number), token })
        })
        .collect()
}

/// Whether a child waits, and its next date.
pub(crate) async fn standing<D: Dialect>(
    tx: &mut Tx<D>,
    child: ChildId,
    municipality: &MunicipalityNo,
) -> Result<Standing> {
    let row: Option<(Option<i64>, Option<String>)> = tx.opt(STANDING, args![child, municipality]).await?;
    let (token, next) = row.unwrap_or_default();
    let next_change = next.map(|day| tx.parse("next_change", &day)).transpose()?;
    Ok(Standing { marked: token.is_some(), next_change })
}

/// Notes the work as done unless newer work was settled before it. False: what it found is out of date.
pub(crate) async fn settle<D: Dialect>(tx: &mut Tx<D>, done: &Marked, next_change: Option<Date>) -> Result<bool> {
    let last: Option<(i64,)> = tx.opt(LAST_SETTLED, args![done.child, &done.municipality]).await?;
    if last.is_some_and(|(token,)| token > done.token) {
        return Ok(false);
    }
    tx.run(SETTLED, args![done.child, &done.municipality, done.token, next_change]).await?;
    tx.run(UNMARK, args![done.child, &done.municipality, done.token]).await?;
    Ok(true)
}

fn count(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
