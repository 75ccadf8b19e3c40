//! What the rest of the program asks of the store. Object safe; one test suite runs on both databases.
//!
//! Every method is one transaction. What a method says it has taken is on disk when it returns. It must never give
//! back a national identity number except through [`Store::identifiers_of`], [`Store::named`] and [`Store::followed`].

mod answers;
mod audit;
mod dead;
mod identity;
mod inbox;
mod ledger;
mod outbox;
mod status;

use std::path::Path;

use async_trait::async_trait;
use samhold_model::{ChildId, Date, FactId, Instant, MunicipalityNo, PersonId, RecordId, SystemName};
use serde_json::Value;
use uuid::Uuid;

use crate::StoreError;

pub use answers::*;
pub use audit::*;
pub use dead::*;
pub use identity::*;
pub use inbox::*;
pub use ledger::*;
pub use outbox::*;
pub use status::*;

/// Shorthand.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The store.
#[async_trait]
pub trait Store: Send + Sync {
    // inbox
    /// Journals records (and the cursor behind them); returns when they are on disk. Grouped with others' records.
    async fn accept(&self, records: Vec<NewRecord>, cursor: Option<Cursor>, now: Instant) -> Result<Vec<Accepted>>;
    /// Oldest records not yet mapped.
    async fn unmapped(&self, limit: i64) -> Result<Vec<StoredRecord>>;
    /// One record.
    async fn record(&self, id: RecordId) -> Result<Option<StoredRecord>>;
    /// The latest record of each unit of a system, for dry runs of a mapping.
    async fn latest_records(&self, system: &SystemName) -> Result<Vec<StoredRecord>>;
    /// Keys of the units of a system that are not gone (decrypted).
    async fn live_keys(&self, system: &SystemName) -> Result<Vec<String>>;
    /// Content hash of the latest record of a unit, as given to [`Store::accept`] (SHA-256 hex of the body).
    async fn latest_hash(&self, system: &SystemName, key: &str) -> Result<Option<String>>;
    /// Ends the work on a record: appends its facts or makes it a dead letter, and marks the children.
    async fn finish(&self, record: RecordId, outcome: Outcome, now: Instant) -> Result<Vec<Appended>>;
    /// A source's position.
    async fn cursor(&self, system: &SystemName, name: &str) -> Result<Option<String>>;

    // ledger
    /// Appends facts and marks their children.
    async fn append(&self, facts: Vec<NewFact>) -> Result<Vec<Appended>>;
    /// All facts of a child in a municipality, in ledger order, with those of everyone joined to it, which count as
    /// recorded when they were joined. One that counts as another has none of its own.
    async fn facts_of(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Vec<StoredFact>>;
    /// All facts of a child in a municipality and those that stand under `beside`, in ledger order and of one moment: no
    /// fact is left out that is older than one that is there.
    async fn facts_beside(
        &self,
        child: ChildId,
        beside: ChildId,
        municipality: &MunicipalityNo,
    ) -> Result<Vec<StoredFact>>;
    /// All facts that came from one scope of a system, in ledger order.
    async fn facts_of_scope(&self, system: &SystemName, scope: &str) -> Result<Vec<StoredFact>>;
    /// One fact.
    async fn fact(&self, id: FactId) -> Result<Option<StoredFact>>;
    /// The municipalities in which a child, or one who is the same child, has facts.
    async fn municipalities_of(&self, child: ChildId) -> Result<Vec<MunicipalityNo>>;
    /// All children with facts (for rebuilding), a page at a time.
    async fn children(&self, after: Option<ChildId>, limit: i64) -> Result<Vec<(ChildId, MunicipalityNo)>>;

    // identity
    /// Which child the identifiers mean; creates one when `create`.
    async fn resolve_child(&self, ids: &[Identifier], create: bool, from: Date) -> Result<Resolved>;
    /// The opaque id of a person (guardian) by identifier; creates one.
    async fn resolve_person(&self, id: &Identifier) -> Result<PersonId>;
    /// The person by identifier, if known.
    async fn find_person(&self, id: &Identifier) -> Result<Option<PersonId>>;
    /// Identifiers of a child that are valid now, newest first. The only way to the numbers.
    async fn identifiers_of(&self, child: ChildId) -> Result<Vec<Identifier>>;
    /// Ends an identifier of a child (its number changed).
    async fn end_identifier(&self, child: ChildId, id: &Identifier, to: Date) -> Result<()>;
    /// Children whose number the population register is asked about, a page at a time.
    async fn followed(&self, after: Option<ChildId>, limit: i64) -> Result<Vec<(ChildId, Identifier)>>;
    /// A page of the identifiers of a scheme that have not ended, each with its child and the place behind which the next page begins.
    async fn named(&self, scheme: &str, after: Option<Uuid>, limit: i64) -> Result<Vec<(Uuid, ChildId, Identifier)>>;
    /// Records who are guardians of a child, for sources that know only the adult.
    async fn set_guardians(&self, child: ChildId, guardians: &[PersonId]) -> Result<()>;
    /// Children a person is guardian of.
    async fn children_of(&self, guardian: PersonId) -> Result<Vec<ChildId>>;
    /// A record waits until a child of this person is known.
    async fn wait_for_child(&self, guardian: PersonId, record: RecordId) -> Result<()>;
    /// Records that waited for a child of these persons become unmapped again.
    async fn release_waiting(&self, guardians: &[PersonId]) -> Result<i64>;
    /// Opens a task for a person unless the same one is open.
    async fn open_task(&self, kind: &str, children: &[ChildId], detail: &str, now: Instant) -> Result<Uuid>;
    /// Open tasks.
    async fn open_tasks(&self) -> Result<Vec<Task>>;
    /// One task, open or closed.
    async fn task(&self, id: Uuid) -> Result<Option<Task>>;
    /// Closes a task.
    async fn close_task(&self, id: Uuid, now: Instant) -> Result<bool>;
    /// Takes a person's answer to a task, with all that follows, in one transaction. An answered question about two
    /// children may be answered otherwise later.
    async fn answer_task(&self, verdict: Verdict, now: Instant) -> Result<Answered>;
    /// What a person last said of these two: one child (`true`), two (`false`), or nothing.
    async fn said_of(&self, one: ChildId, other: ChildId) -> Result<Option<bool>>;
    /// The child that this one counts as; itself when nobody joined it to another.
    async fn survivor_of(&self, child: ChildId) -> Result<ChildId>;

    // answers
    /// Marks a child for working out; one that counts as another marks that one.
    async fn mark(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<()>;
    /// Marks all children, after a change of settings or mappings. Returns how many.
    async fn mark_all(&self) -> Result<i64>;
    /// Marks those whose next change date is on or before `today`. Returns how many.
    async fn mark_due(&self, today: Date) -> Result<i64>;
    /// Marked children, oldest mark first.
    async fn marked(&self, limit: i64) -> Result<Vec<Marked>>;
    /// Stores what follows from working out one child. The mark is removed unless it was raised meanwhile.
    async fn settle(&self, settlement: Settlement) -> Result<()>;
    /// The latest answer.
    async fn latest_answer(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Option<StoredAnswer>>;
    /// All versions, oldest first.
    async fn answers_of(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Vec<StoredAnswer>>;
    /// The text of rules by their fingerprint.
    async fn rules(&self, fingerprint: &str) -> Result<Option<String>>;
    /// Whether a child's answer waits to be worked out.
    async fn standing(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Standing>;
    /// Alerts that stand, for one child or all.
    async fn alerts(&self, child: Option<ChildId>) -> Result<Vec<StoredAlert>>;

    // outbox
    /// Hands out the deliveries due to a recipient. From now on each may have reached the recipient, until
    /// [`Store::attempted`] says otherwise or [`Store::hand_back`] says that it was not tried. A delivery stays due until
    /// then: a caller that asks again while one is under way gets it again.
    async fn due(&self, recipient: &SystemName, now: Instant, limit: i64) -> Result<Vec<Delivery>>;
    /// When the next delivery to a recipient falls due.
    async fn next_due(&self, recipient: &SystemName) -> Result<Option<Instant>>;
    /// Ends an attempt. A row whose event id is no longer `event_id` was replaced meanwhile: then a `Delivered` only
    /// records what the recipient has, and the newer row stays; and one that is known never to have left takes back what was
    /// queued to make up for it.
    async fn attempted(&self, id: i64, event_id: Uuid, attempt: Attempt, now: Instant) -> Result<()>;
    /// Keeps what a handed out event is about to tell: the detail of an entry of the audit, never values. To be called before
    /// it is sent, so that [`Store::interrupted`] knows it after a power cut; without it the event counts as never sent there.
    async fn leaving(&self, event_id: Uuid, detail: Value) -> Result<()>;
    /// Of each event that may have left: appends its entry to the audit chain, unless it was done before. Tells how many
    /// were new. One entry an event, however often it is tried or read.
    async fn left(&self, events: Vec<(Uuid, AuditEntry)>) -> Result<usize>;
    /// Writes to the audit, as `tried`, each event that began to leave before `now` and of whose end nothing was heard, with
    /// what it told. For the start, when nothing is under way.
    async fn interrupted(&self, now: Instant) -> Result<usize>;
    /// Hands back deliveries that were not tried after all, because the program stops.
    async fn hand_back(&self, deliveries: &[(i64, Uuid)], now: Instant) -> Result<()>;
    /// Moves a due delivery into the recipient's pull feed, in place of what was not shown there. A retraction for one that
    /// never saw anything is dropped.
    async fn to_feed(&self, id: i64, event_id: Uuid, now: Instant) -> Result<()>;
    /// Entries of a pull feed after a position, of each child the last alone.
    async fn feed(&self, recipient: &SystemName, after: i64, limit: i64) -> Result<Vec<FeedEntry>>;
    /// Where an event stands in the feed of a recipient; `None` when it does not.
    async fn feed_position(&self, recipient: &SystemName, event_id: Uuid) -> Result<Option<i64>>;
    /// Puts an entry that cannot be shown now behind all others of its feed. False, and nothing is moved, when it was shown
    /// before or does not stand there.
    async fn feed_last(&self, recipient: &SystemName, event_id: Uuid) -> Result<bool>;
    /// Notes that a recipient has fetched its feed up to a position, which it says by asking for what comes after.
    async fn fetched(&self, recipient: &SystemName, upto: i64, now: Instant) -> Result<()>;
    /// What a recipient holds of a child.
    async fn held(&self, recipient: &SystemName, child: ChildId, municipality: &MunicipalityNo)
    -> Result<Option<Held>>;
    /// Past deliveries about a child, and about those who are the same child.
    async fn deliveries_of(&self, child: ChildId) -> Result<Vec<Delivered>>;
    /// Records a receipt. False when that recipient never got that event. One that is more than `read` marks the child.
    async fn receipt(&self, recipient: &SystemName, receipt: &Receipt, now: Instant) -> Result<bool>;

    // dead letters
    /// Dead letters in a state, newest first.
    async fn dead_letters(&self, state: &str, limit: i64) -> Result<Vec<DeadLetter>>;
    /// One dead letter with its raw record, when it is an incoming one.
    async fn dead_letter(&self, id: Uuid) -> Result<Option<(DeadLetter, Option<StoredRecord>)>>;
    /// Tries it again: the record becomes unmapped, the delivery due.
    async fn replay(&self, id: Uuid, actor: &str, now: Instant) -> Result<bool>;
    /// Gives it up.
    async fn discard(&self, id: Uuid, actor: &str, now: Instant) -> Result<bool>;

    // audit, status
    /// Appends to the audit chain.
    async fn audit(&self, entries: Vec<AuditEntry>) -> Result<()>;
    /// The chain from a place on, for reports and export; of a child with those who are the same child.
    async fn audit_entries(&self, child: Option<ChildId>, after: i64, limit: i64) -> Result<Vec<ChainedEntry>>;
    /// Entries of one kind about a child, and about those who are the same child, in their order.
    async fn audit_of_kind(&self, child: ChildId, kind: &str) -> Result<Vec<ChainedEntry>>;
    /// Signs a checkpoint over everything so far (C2SP checkpoint text, Ed25519).
    async fn checkpoint(&self, now: Instant) -> Result<Option<String>>;
    /// Verifies the chain, its checkpoints and the mark of its end, and checkpoints that were kept elsewhere against all of
    /// them. What has stood unsigned for longer than a day at `now` does not hold either.
    async fn verify_audit(&self, kept: &[String], now: Instant) -> Result<ChainReport>;
    /// The public key of the checkpoints as a C2SP `vkey`, for whoever verifies them from outside.
    fn audit_verifier(&self) -> String;
    /// Notes contact with a system: `None` is good, `Some` an error without content.
    async fn contact(&self, system: &SystemName, error: Option<&str>, now: Instant) -> Result<()>;
    /// Last contact with each system.
    async fn contacts(&self) -> Result<Vec<SystemStatus>>;
    /// Counts.
    async fn backlog(&self) -> Result<Backlog>;
    /// Copies the whole store, as of one moment, into a new file while it goes on working. The copy is encrypted with
    /// the same keys and opens like the original. SQLite only: a server has its own tools (`pg_dump`).
    async fn backup_to(&self, path: &Path) -> Result<()>;
    /// Whether the store answers and can write.
    async fn ping(&self) -> Result<()>;
}
