//! Which child, and which person, an identifier means. Looks up by keyed hash; the numbers lie encrypted.
//!
//! Must never join two children into one: when identifiers disagree it changes nothing and says so.

use std::collections::BTreeSet;

use samhold_model::{ChildId, Date, PersonId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::api::{Identifier, Resolved, Secret};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::vault::place;
use crate::{Result, same};

statements! {
    OWNER = "select child from identifiers where scheme = $1 and value_ix = $2";
    INSERT = "insert into identifiers (id, child, scheme, value_ix, value, valid_from) values ($1, $2, $3, $4, $5, $6)";
    OTHERS = "select value_ix from identifiers where child = $1 and scheme = $2 and valid_to is null";
    VALID = "select id, child, scheme, value from identifiers where child = $1 and valid_to is null order by seq desc";
    END = "update identifiers set valid_to = $1 where child = $2 and scheme = $3 and value_ix = $4 and valid_to is null";
    FOLLOWED = "select id, child, scheme, value from identifiers \
                where valid_to is null and scheme in ('fnr', 'dnr') and child in \
                (select distinct child from identifiers where valid_to is null and scheme in ('fnr', 'dnr') \
                 and child > $1 order by child limit $2) \
                order by child, scheme desc, seq desc";
    NAMED = "select id, child, scheme, value from identifiers \
             where scheme = $1 and valid_to is null and id > $2 order by id limit $3";
    PERSON = "select person from persons where scheme = $1 and value_ix = $2";
    INSERT_PERSON = "insert into persons (scheme, value_ix, person) values ($1, $2, $3)";
    DROP_GUARDIANS = "delete from guardians where child = $1";
    INSERT_GUARDIAN = "insert into guardians (child, person) values ($1, $2) on conflict (child, person) do nothing";
    CHILDREN_OF = "select child from guardians where person = $1 order by child";
}

/// Schemes of which a child holds only one value at a time.
const ONE_AT_A_TIME: [&str; 3] = ["fnr", "dnr", "duf"];

#[derive(FromRow)]
struct Row {
    id: String,
    child: String,
    scheme: String,
    value: Vec<u8>,
}

fn index<D: Dialect>(tx: &Tx<D>, id: &Identifier) -> String {
    tx.blind("identifier", &[id.scheme.as_bytes(), id.value.0.as_bytes()])
}

/// Which child the identifiers mean. An ended identifier still tells whose it was. Identifiers of children who were joined
/// mean the one that survives; those of a single one mean that one, so that what is said of it can go back with it.
pub(crate) async fn resolve<D: Dialect>(
    tx: &mut Tx<D>,
    ids: &[Identifier],
    create: bool,
    from: Date,
) -> Result<Resolved> {
    let mut owners = BTreeSet::new();
    let mut unknown = Vec::new();
    for id in ids {
        match owner(tx, id).await? {
            Some(child) => _ = owners.insert(child),
            None => unknown.push(id),
        }
    }
    let child = match owners.len() {
        0 if create && !ids.is_empty() => ChildId::new(),
        0 => return Ok(Resolved::Unknown),
        1 => owners.first().copied().unwrap_or_default(),
        _ => match one_of(tx, &owners).await? {
            Some(child) => child,
            None => return Ok(Resolved::Conflict(owners.into_iter().collect())),
        },
    };
    if contradicts(tx, child, ids, &unknown).await? {
        return Ok(Resolved::Conflict(vec![child]));
    }
    for id in unknown {
        add(tx, child, id, from).await?;
    }
    Ok(Resolved::Child { child, new: owners.is_empty() })
}

/// The child that all of these count as, if it is one.
async fn one_of<D: Dialect>(tx: &mut Tx<D>, owners: &BTreeSet<ChildId>) -> Result<Option<ChildId>> {
    let mut survivors = BTreeSet::new();
    for owner in owners {
        survivors.insert(same::survivor(tx, *owner).await?);
    }
    Ok(survivors.first().copied().filter(|_| survivors.len() == 1))
}

async fn owner<D: Dialect>(tx: &mut Tx<D>, id: &Identifier) -> Result<Option<ChildId>> {
    let row: Option<(String,)> = tx.opt(OWNER, args![&id.scheme, index(tx, id)]).await?;
    row.map(|(child,)| tx.parse("child", &child)).transpose()
}

/// A new number for a child that holds another one of the same kind is either a change of number, which comes with the
/// old one or after its end, or another child that was mistaken for this one.
async fn contradicts<D: Dialect>(
    tx: &mut Tx<D>,
    child: ChildId,
    ids: &[Identifier],
    unknown: &[&Identifier],
) -> Result<bool> {
    for id in unknown.iter().filter(|id| ONE_AT_A_TIME.contains(&id.scheme.as_str())) {
        let held: Vec<(String,)> = tx.all(OTHERS, args![child, &id.scheme]).await?;
        let named: Vec<String> = ids.iter().map(|id| index(tx, id)).collect();
        if held.iter().any(|(value,)| !named.contains(value)) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn add<D: Dialect>(tx: &mut Tx<D>, child: ChildId, id: &Identifier, from: Date) -> Result<()> {
    // The same identifier may stand twice in one record.
    if owner(tx, id).await?.is_some() {
        return Ok(());
    }
    let row = Uuid::new_v4().to_string();
    let value = tx.seal(place("identifiers", "value", &row), id.value.0.as_bytes())?;
    let values = args![row, child, &id.scheme, index(tx, id), value, from];
    tx.run(INSERT, values).await.map(|_| ())
}

/// Identifiers of a child that have not ended, newest first.
pub(crate) async fn valid<D: Dialect>(tx: &mut Tx<D>, child: ChildId) -> Result<Vec<Identifier>> {
    let rows: Vec<Row> = tx.all(VALID, args![child]).await?;
    rows.into_iter().map(|row| identifier(tx, row).map(|(_, id)| id)).collect()
}

/// Ends an identifier.
pub(crate) async fn end<D: Dialect>(tx: &mut Tx<D>, child: ChildId, id: &Identifier, to: Date) -> Result<()> {
    tx.run(END, args![to, child, &id.scheme, index(tx, id)]).await.map(|_| ())
}

/// A page of children with the number the register knows them by: the fødselsnummer before the D-number.
pub(crate) async fn followed<D: Dialect>(
    tx: &mut Tx<D>,
    after: Option<ChildId>,
    limit: i64,
) -> Result<Vec<(ChildId, Identifier)>> {
    let after = after.map(|child| child.to_string()).unwrap_or_default();
    let rows: Vec<Row> = tx.all(FOLLOWED, args![after, limit]).await?;
    let mut page: Vec<(ChildId, Identifier)> =
        rows.into_iter().map(|row| identifier(tx, row)).collect::<Result<_>>()?;
    page.dedup_by_key(|(child, _)| *child);
    Ok(page)
}

/// A page of the identifiers of one scheme, each with its child, in the order of the rows' ids; and where the next page begins.
pub(crate) async fn named<D: Dialect>(
    tx: &mut Tx<D>,
    scheme: &str,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<(Uuid, ChildId, Identifier)>> {
    let after = after.map(|row| row.to_string()).unwrap_or_default();
    let rows: Vec<Row> = tx.all(NAMED, args![scheme, after, limit]).await?;
    let read = |row: Row| {
        let at = tx.parse("id", &row.id)?;
        identifier(tx, row).map(|(child, id)| (at, child, id))
    };
    rows.into_iter().map(read).collect()
}

fn identifier<D: Dialect>(tx: &Tx<D>, row: Row) -> Result<(ChildId, Identifier)> {
    let value = tx.open_text(place("identifiers", "value", &row.id), &row.value)?;
    Ok((tx.parse("child", &row.child)?, Identifier { scheme: row.scheme, value: Secret(value) }))
}

/// The person by identifier.
pub(crate) async fn find_person<D: Dialect>(tx: &mut Tx<D>, id: &Identifier) -> Result<Option<PersonId>> {
    let row: Option<(String,)> = tx.opt(PERSON, args![&id.scheme, index(tx, id)]).await?;
    row.map(|(person,)| tx.parse("person", &person)).transpose()
}

/// The person by identifier, created when not known. The number itself is not kept.
pub(crate) async fn resolve_person<D: Dialect>(tx: &mut Tx<D>, id: &Identifier) -> Result<PersonId> {
    if let Some(known) = find_person(tx, id).await? {
        return Ok(known);
    }
    let person = PersonId::new();
    tx.run(INSERT_PERSON, args![&id.scheme, index(tx, id), person]).await?;
    Ok(person)
}

/// Replaces the guardians of a child.
pub(crate) async fn set_guardians<D: Dialect>(tx: &mut Tx<D>, child: ChildId, guardians: &[PersonId]) -> Result<()> {
    tx.run(DROP_GUARDIANS, args![child]).await?;
    for person in guardians {
        tx.run(INSERT_GUARDIAN, args![child, *person]).await?;
    }
    Ok(())
}

/// Children a person is guardian of.
pub(crate) async fn children_of<D: Dialect>(tx: &mut Tx<D>, guardian: PersonId) -> Result<Vec<ChildId>> {
    let rows: Vec<(String,)> = tx.all(CHILDREN_OF, args![guardian]).await?;
    rows.iter().map(|(child,)| tx.parse("child", child)).collect()
}
