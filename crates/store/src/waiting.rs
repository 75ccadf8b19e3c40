//! Records that name only an adult and wait until a child of that adult is known.

use samhold_model::{PersonId, RecordId};

use crate::args::args;
use crate::dialect::Dialect;
use crate::sql::statements;
use crate::tx::Tx;
use crate::{Result, inbox};

statements! {
    WAIT = "insert into waiting (person, record) values ($1, $2) on conflict (person, record) do nothing";
    // One that was ended already keeps its state; it is only called back when the child is known.
    PAUSE = "update inbox set state = 'waiting' where id = $1 and state = 'received'";
    FOR_PERSON = "select record from waiting where person = $1";
    FORGET = "delete from waiting where record = $1";
}

/// A record waits until a child of this person is known.
pub(crate) async fn wait<D: Dialect>(tx: &mut Tx<D>, guardian: PersonId, record: RecordId) -> Result<()> {
    tx.run(WAIT, args![guardian, record]).await?;
    tx.run(PAUSE, args![record]).await.map(|_| ())
}

/// Records that waited for these persons become unmapped again. Gives their number.
pub(crate) async fn release<D: Dialect>(tx: &mut Tx<D>, guardians: &[PersonId]) -> Result<i64> {
    let mut released = 0_i64;
    for person in guardians {
        let rows: Vec<(String,)> = tx.all(FOR_PERSON, args![*person]).await?;
        for (record,) in rows {
            let id = tx.parse("record", &record)?;
            tx.run(FORGET, args![record]).await?;
            released = released.saturating_add(i64::from(inbox::set_state(tx, id, "received").await?));
        }
    }
    Ok(released)
}
