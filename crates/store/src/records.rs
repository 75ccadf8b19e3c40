//! Ends the work on a record: its facts into the ledger, or the record among the dead letters, in one transaction.

use samhold_model::{Instant, RecordId};

use crate::api::{Appended, Outcome};
use crate::dialect::Dialect;
use crate::tx::Tx;
use crate::{Result, dead, inbox, ledger};

/// Ends the work on a record.
pub(crate) async fn finish<D: Dialect>(
    tx: &mut Tx<D>,
    record: RecordId,
    outcome: &Outcome,
    now: Instant,
) -> Result<Vec<Appended>> {
    let Some(system) = inbox::system_of(tx, record).await? else {
        return Err(tx.missing(format!("record {record}")));
    };
    match outcome {
        Outcome::Mapped(facts) => {
            inbox::set_state(tx, record, "mapped").await?;
            ledger::append(tx, facts).await
        }
        Outcome::Dead { code, detail } => {
            inbox::set_state(tx, record, "dead").await?;
            dead::incoming(tx, record, &system, code, detail, now).await?;
            Ok(Vec::new())
        }
    }
}
