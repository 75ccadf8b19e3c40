//! Children who are one and the same, because a person said so. Nothing of either is changed: facts, identifiers and answers
//! stay where they are, and are read together as long as the person's word stands.
//!
//! Each joined child points at one other, and nothing can point in a circle. Must never join by itself.

use std::collections::BTreeSet;

use samhold_model::{ChildId, Instant};
use uuid::Uuid;

use crate::Result;
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;

statements! {
    COUNTS_AS = "select s.other from same_child s where s.child = $1 and s.same = 1 and not exists \
                 (select 1 from same_child n where n.seq > s.seq and ((n.child = s.child and n.other = s.other) \
                 or (n.child = s.other and n.other = s.child))) order by s.seq desc limit 1";
    JOINED = "select s.child, s.at from same_child s where s.other = $1 and s.same = 1 and not exists \
              (select 1 from same_child n where n.seq > s.seq and ((n.child = s.child and n.other = s.other) \
              or (n.child = s.other and n.other = s.child))) order by s.seq";
    LATEST = "select child, other, same from same_child \
              where (child = $1 and other = $2) or (child = $2 and other = $1) order by seq desc limit 1";
    SAY = "insert into same_child (child, other, same, task, at, said_by) values ($1, $2, $3, $4, $5, $6)";
}

/// A child that is read together with others, and since when it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub child: ChildId,
    /// `None` for the one who survives.
    pub joined_at: Option<Instant>,
}

/// Who said it, about which task, and when.
pub(crate) struct Word<'a> {
    pub task: Uuid,
    pub by: &'a str,
    pub at: Instant,
}

/// The child that this one counts as; itself when nobody has joined it to another.
pub(crate) async fn survivor<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<ChildId> {
    let (mut last, mut seen) = (child, BTreeSet::from([child]));
    while let Some(next) = counts_as(tx, last).await? {
        // Joining refuses circles; a database that was meddled with must still come to an end.
        if !seen.insert(next) {
            return Err(tx.corrupt("same_child points in a circle"));
        }
        last = next;
    }
    Ok(last)
}

async fn counts_as<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Option<ChildId>> {
    let row: Option<(String,)> = tx.opt(COUNTS_AS, args![child]).await?;
    row.map(|(other,)| tx.parse("other", &other)).transpose()
}

/// Everyone who is read when this child is: itself and those joined to it. Nobody, when it counts as another.
pub(crate) async fn members<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<Member>> {
    if counts_as(tx, child).await?.is_some() {
        return Ok(Vec::new());
    }
    below(tx, child).await
}

/// Everyone who is one child together with this one, the survivor first.
pub(crate) async fn group<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<ChildId>> {
    let survivor = survivor(tx, child).await?;
    Ok(below(tx, survivor).await?.iter().map(|member| member.child).collect())
}

/// Who was joined through another is known here since the later of the two.
async fn below<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<Member>> {
    let mut found = vec![Member { child, joined_at: None }];
    let mut next = 0;
    while let Some(member) = found.get(next).copied() {
        next += 1;
        let rows: Vec<(String, i64)> = tx.all(JOINED, args![member.child]).await?;
        for (child, at) in rows {
            let (child, at) = (tx.parse("child", &child)?, tx.instant("at", at)?);
            if found.iter().all(|known| known.child != child) {
                found.push(Member { child, joined_at: member.joined_at.max(Some(at)) });
            }
        }
    }
    Ok(found)
}

/// What a person last said of these two: one child, two children, or nothing.
pub(crate) async fn said<D: Dialect>(tx: &mut Tx<D>, a: ChildId, b: ChildId) -> Result<Option<bool>> {
    let row: Option<(String, String, i64)> = tx.opt(LATEST, args![a, b]).await?;
    Ok(row.map(|(_, _, same)| same != 0))
}

/// Lets `child` count as `into`. False when one of them counts as a third already: two born siblings must not become one
/// because each was thought the same expected child. Both stand alone before, so no circle can come of it.
pub(crate) async fn join<D: Dialect>(tx: &mut Tx<D>, child: ChildId, into: ChildId, word: &Word<'_>) -> Result<bool> {
    if child == into || counts_as(tx, child).await?.is_some() || counts_as(tx, into).await?.is_some() {
        return Ok(false);
    }
    say(tx, (child, into), true, word).await.map(|()| true)
}

/// Lets two children stand alone. False when they are one only through a third.
pub(crate) async fn part<D: Dialect>(tx: &mut Tx<D>, a: ChildId, b: ChildId, word: &Word<'_>) -> Result<bool> {
    if said(tx, a, b).await? != Some(true) && survivor(tx, a).await? == survivor(tx, b).await? {
        return Ok(false);
    }
    say(tx, (a, b), false, word).await.map(|()| true)
}

async fn say<D: Dialect>(
    tx: &mut Tx<D>,
    (child, other): (ChildId, ChildId),
    same: bool,
    word: &Word<'_>,
) -> Result<()> {
    let values = args![child, other, same, word.task, word.at, word.by];
    tx.run(SAY, values).await.map(|_| ())
}
