//! The ledger of facts. Appends only: nothing here changes or removes a fact.

use samhold_model::{ChildId, FactId, MunicipalityNo, SystemName};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;

use crate::api::{Appended, NewFact, StoredFact};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;
use crate::{Result, canonical, marks, same};

statements! {
    CONTENT = "select content_ix from facts where id = $1";
    INSERT = "insert into facts (id, child, municipality, at, recorded_at, source, record, scope_ix, content_ix, body) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    OF_CHILD = "select seq, id, child, municipality, at, recorded_at, source, record, body from facts \
                where child = $1 and municipality = $2 order by seq";
    OF_SCOPE = "select seq, id, child, municipality, at, recorded_at, source, record, body from facts \
                where source = $1 and scope_ix = $2 order by seq";
    ONE = "select seq, id, child, municipality, at, recorded_at, source, record, body from facts where id = $1";
    MUNICIPALITIES = "select distinct municipality from facts where child = $1 order by municipality";
    CHILDREN = "select distinct child, municipality from facts where child in \
                (select distinct child from facts where child > $1 order by child limit $2) \
                order by child, municipality";
}

/// What is encrypted of a fact: the scope names a case or a pupil, the body says what is known.
#[derive(Serialize, Deserialize)]
struct Sealed {
    scope: Option<String>,
    body: Value,
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    id: String,
    child: String,
    municipality: String,
    at: String,
    recorded_at: i64,
    source: String,
    record: Option<String>,
    body: Vec<u8>,
}

/// Appends facts and marks the children of the new ones.
pub(crate) async fn append<D: Dialect>(tx: &mut Tx<D>, facts: &[NewFact]) -> Result<Vec<Appended>> {
    let mut appended = Vec::with_capacity(facts.len());
    for fact in facts {
        appended.push(append_one(tx, fact).await?);
    }
    let new = facts.iter().zip(&appended).filter(|(_, what)| **what == Appended::New);
    let mut touched: Vec<_> = new.map(|(fact, _)| (fact.child, &fact.municipality)).collect();
    touched.sort_unstable();
    touched.dedup();
    for (child, municipality) in touched {
        marks::mark(tx, child, municipality).await?;
    }
    Ok(appended)
}

async fn append_one<D: Dialect>(tx: &mut Tx<D>, fact: &NewFact) -> Result<Appended> {
    let content = content_index(tx, fact);
    let known: Option<(String,)> = tx.opt(CONTENT, args![fact.id]).await?;
    if let Some((there,)) = known {
        return Ok(if there == content { Appended::Duplicate } else { Appended::Conflict });
    }
    let id = fact.id.to_string();
    let sealed = Sealed { scope: fact.scope.clone(), body: fact.body.clone() };
    let plain = serde_json::to_vec(&sealed).map_err(|_| tx.corrupt("a fact that cannot be written as JSON"))?;
    let body = tx.seal(place("facts", "body", &id), &plain)?;
    let scope_ix = fact.scope.as_ref().map(|scope| scope_index(tx, &fact.source, scope));
    let values = args![
        id,
        fact.child,
        &fact.municipality,
        fact.at,
        fact.recorded_at,
        &fact.source,
        fact.record,
        scope_ix,
        content,
        body
    ];
    tx.run(INSERT, values).await?;
    Ok(Appended::New)
}

/// Two facts with one id are the same when they say the same; when and through which record it came does not count.
fn content_index<D: Dialect>(tx: &Tx<D>, fact: &NewFact) -> String {
    let said = json!([fact.child, fact.municipality, fact.at.to_string(), fact.source, fact.scope, fact.body]);
    tx.blind("fact content", &[canonical::text(&said).as_bytes()])
}

fn scope_index<D: Dialect>(tx: &Tx<D>, system: &SystemName, scope: &str) -> String {
    tx.blind("fact scope", &[system.as_str().as_bytes(), scope.as_bytes()])
}

/// All facts of a child in a municipality, in ledger order, with those of everyone joined to it. A fact of one who was
/// joined is known here since then, whenever it was recorded: what was answered before stays as it was.
pub(crate) async fn of_child<D: Dialect>(
    tx: &mut Tx<D>,
    child: ChildId,
    municipality: &MunicipalityNo,
) -> Result<Vec<StoredFact>> {
    let mut facts = Vec::new();
    for member in same::members(tx, child).await? {
        let rows: Vec<Row> = tx.all(OF_CHILD, args![member.child, municipality]).await?;
        for row in rows {
            let mut fact = stored(tx, row)?;
            fact.recorded_at = member.joined_at.map_or(fact.recorded_at, |at| at.max(fact.recorded_at));
            facts.push(fact);
        }
    }
    facts.sort_by_key(|fact| fact.seq);
    Ok(facts)
}

/// As [`of_child`], with what stands under another id in the same municipality.
pub(crate) async fn beside<D: Dialect>(
    tx: &mut Tx<D>,
    child: ChildId,
    beside: ChildId,
    municipality: &MunicipalityNo,
) -> Result<Vec<StoredFact>> {
    let mut facts = of_child(tx, child, municipality).await?;
    if beside != child {
        facts.extend(of_child(tx, beside, municipality).await?);
    }
    facts.sort_by_key(|fact| fact.seq);
    Ok(facts)
}

/// All facts of one scope of a system, in ledger order.
pub(crate) async fn of_scope<D: Dialect>(tx: &mut Tx<D>, system: &SystemName, scope: &str) -> Result<Vec<StoredFact>> {
    let scope_ix = scope_index(tx, system, scope);
    let rows: Vec<Row> = tx.all(OF_SCOPE, args![system, scope_ix]).await?;
    rows.into_iter().map(|row| stored(tx, row)).collect()
}

/// One fact.
pub(crate) async fn one<D: Dialect>(tx: &mut Tx<D>, id: FactId) -> Result<Option<StoredFact>> {
    let row: Option<Row> = tx.opt(ONE, args![id]).await?;
    row.map(|row| stored(tx, row)).transpose()
}

/// The municipalities in which a child, or one who is the same child, has facts.
pub(crate) async fn municipalities<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<MunicipalityNo>> {
    let mut numbers = Vec::new();
    for member in same::group(tx, child).await? {
        numbers.extend(own_municipalities(tx, member).await?);
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// The municipalities in which facts stand under this very id.
pub(crate) async fn own_municipalities<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<MunicipalityNo>> {
    let rows: Vec<(String,)> = tx.all(MUNICIPALITIES, args![child]).await?;
    Ok(rows.into_iter().map(|(number,)| MunicipalityNo::new(number)).collect())
}

/// A page of children with all their municipalities; `limit` counts children, so none is split over two pages.
pub(crate) async fn children<D: Dialect>(
    tx: &mut Tx<D>,
    after: Option<ChildId>,
    limit: i64,
) -> Result<Vec<(ChildId, MunicipalityNo)>> {
    let after = after.map(|child| child.to_string()).unwrap_or_default();
    let rows: Vec<(String, String)> = tx.all(CHILDREN, args![after, limit]).await?;
    rows.into_iter().map(|(child, number)| Ok((tx.parse("child", &child)?, MunicipalityNo::new(number)))).collect()
}

fn stored<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<StoredFact> {
    let plain = tx.open(place("facts", "body", &row.id), &row.body)?;
    let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| tx.corrupt("facts.body is not a fact"))?;
    Ok(StoredFact {
        seq: row.seq,
        id: tx.parse("id", &row.id)?,
        child: tx.parse("child", &row.child)?,
        municipality: MunicipalityNo::new(row.municipality),
        at: tx.parse("at", &row.at)?,
        recorded_at: tx.instant("recorded_at", row.recorded_at)?,
        source: SystemName::new(row.source),
        record: row.record.map(|id| tx.parse("record", &id)).transpose()?,
        scope: sealed.scope,
        body: sealed.body,
    })
}
