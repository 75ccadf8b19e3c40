//! Contact with each system, and counts of what waits. Numbers only; no person can be read out of them.

use std::collections::BTreeMap;

use samhold_model::{Instant, SystemName};
use sqlx::FromRow;

use crate::Result;
use crate::api::{Backlog, SystemStatus};
use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;

statements! {
    GOOD = "insert into contacts (system, last_contact) values ($1, $2) \
            on conflict (system) do update set last_contact = excluded.last_contact";
    BAD = "insert into contacts (system, last_error, last_error_at) values ($1, $2, $3) \
           on conflict (system) do update set last_error = excluded.last_error, last_error_at = excluded.last_error_at";
    CONTACTS = "select system, last_contact, last_error, last_error_at from contacts order by system";
    INBOX = "select system, count(*) from inbox where state = 'received' group by system order by system";
    QUEUED = "select recipient, count(*) from outbox group by recipient";
    DELIVERED = "select recipient, count(*) from deliveries where delivered_at is not null group by recipient";
    REJECTED = "select recipient, count(*) from deliveries where status = 'rejected' group by recipient";
    REFUSED = "select system, count(*) from dead_letters where direction = 'out' and state = 'waiting' group by system";
    MARKED = "select count(*) from marks";
    DEAD = "select count(*) from dead_letters where state = 'waiting'";
    FACTS = "select count(*) from facts";
    CHILDREN = "select count(distinct child) from identifiers";
    PING = "update counters set value = value + 1 where name = 'ping'";
}

#[derive(FromRow)]
struct Row {
    system: String,
    last_contact: Option<i64>,
    last_error: Option<String>,
    last_error_at: Option<i64>,
}

/// Notes contact with a system.
pub(crate) async fn contact<D: Dialect>(
    tx: &mut Tx<D>,
    system: &SystemName,
    error: Option<&str>,
    now: Instant,
) -> Result<()> {
    match error {
        None => tx.run(GOOD, args![system, now]).await.map(|_| ()),
        Some(error) => tx.run(BAD, args![system, error, now]).await.map(|_| ()),
    }
}

/// Last contact with each system.
pub(crate) async fn contacts<D: Dialect>(tx: &mut Tx<D>) -> Result<Vec<SystemStatus>> {
    let rows: Vec<Row> = tx.all(CONTACTS, args![]).await?;
    rows.into_iter()
        .map(|row| {
            Ok(SystemStatus {
                system: SystemName::new(row.system),
                last_contact: row.last_contact.map(|at| tx.instant("last_contact", at)).transpose()?,
                last_error: row.last_error,
                last_error_at: row.last_error_at.map(|at| tx.instant("last_error_at", at)).transpose()?,
            })
        })
        .collect()
}

/// Counts of what waits and what is there.
pub(crate) async fn backlog<D: Dialect>(tx: &mut Tx<D>) -> Result<Backlog> {
    let inbox: Vec<(String, i64)> = tx.all(INBOX, args![]).await?;
    Ok(Backlog {
        inbox: inbox.into_iter().map(|(system, waiting)| (SystemName::new(system), waiting)).collect(),
        recipients: recipients(tx).await?,
        marked: tx.number(MARKED, args![]).await?,
        dead: tx.number(DEAD, args![]).await?,
        facts: tx.number(FACTS, args![]).await?,
        children: tx.number(CHILDREN, args![]).await?,
    })
}

/// Per recipient: queued, delivered, and rejected, be it on delivery or by a later receipt.
async fn recipients<D: Dialect>(tx: &mut Tx<D>) -> Result<Vec<(SystemName, i64, i64, i64)>> {
    let mut counts: BTreeMap<String, (i64, i64, i64)> = BTreeMap::new();
    for (sql, column) in [(QUEUED, 0), (DELIVERED, 1), (REJECTED, 2), (REFUSED, 2)] {
        let rows: Vec<(String, i64)> = tx.all(sql, args![]).await?;
        for (recipient, count) in rows {
            let entry = counts.entry(recipient).or_default();
            let cell = match column {
                0 => &mut entry.0,
                1 => &mut entry.1,
                _ => &mut entry.2,
            };
            *cell = cell.saturating_add(count);
        }
    }
    let named =
        |(name, (queued, delivered, rejected)): (String, _)| (SystemName::new(name), queued, delivered, rejected);
    Ok(counts.into_iter().map(named).collect())
}

/// Whether the store can write: a real write to disk.
pub(crate) async fn ping<D: Dialect>(tx: &mut Tx<D>) -> Result<()> {
    match tx.run(PING, args![]).await? {
        0 => Err(tx.missing("counter `ping`")),
        _ => Ok(()),
    }
}
