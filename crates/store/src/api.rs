//! What the rest of the program asks of the store. Object safe; one test suite runs on both databases.
//!
//! Every method is one transaction. What a method says it has taken is on disk when it returns. It must never give
//! back a national identity number except through [`Store::identifiers_of`] and [`Store::followed`].

use async_trait::async_trait;
use samhold_model::{ChildId, Date, FactId, Instant, MunicipalityNo, PersonId, RecordId, SystemName};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::StoreError;

/// Shorthand.
pub type Result<T> = std::result::Result<T, StoreError>;

// ---------------------------------------------------------------------------------------------------- inbox

/// A raw record as it came from a source system.
#[derive(Clone)]
pub struct NewRecord {
    /// The configured system it came from.
    pub system: SystemName,
    /// Which unit at the source it is about (a case, a pupil, a list). Stored only as a keyed hash.
    pub key: String,
    /// MIME type of the body.
    pub content_type: String,
    /// The bytes, encrypted at rest.
    pub body: Vec<u8>,
    /// The unit is gone at the source; the body is the last known or empty.
    pub gone: bool,
    /// Sender's own id of this delivery (`message-id`, list id): the same one is a duplicate whatever the content.
    pub delivery_id: Option<String>,
}

/// A named position in a source, written in the same transaction as the records before it.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// Which system.
    pub system: SystemName,
    /// Which of its feeds.
    pub name: String,
    /// Opaque position.
    pub value: String,
}

/// What became of an offered record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Its id; for a duplicate the id of the first.
    pub id: RecordId,
    /// The latest record of this (system, key) has the same content and `gone`, or the delivery id was already there.
    /// Content that comes back after something else in between (A, B, A) is not a duplicate.
    pub duplicate: bool,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RecordState {
    /// Durable, not yet mapped.
    Received,
    /// Mapped into facts.
    Mapped,
    /// Could not be mapped; waits in dead letters.
    Dead,
}

/// A record to map.
#[derive(Clone)]
pub struct StoredRecord {
    /// Its id.
    pub id: RecordId,
    /// Where it came from.
    pub system: SystemName,
    /// The key it was stored under (decrypted).
    pub key: String,
    /// MIME type.
    pub content_type: String,
    /// Decrypted body.
    pub body: Vec<u8>,
    /// Gone at the source.
    pub gone: bool,
    /// When it was received.
    pub received_at: Instant,
    /// Where it stands.
    pub state: RecordState,
}

// ---------------------------------------------------------------------------------------------------- ledger

/// A fact to append.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// Its id; the same id with the same content is a duplicate, with other content a conflict.
    pub id: FactId,
    /// The child.
    pub child: ChildId,
    /// The municipality whose case it is.
    pub municipality: MunicipalityNo,
    /// Valid date.
    pub at: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// System it came from.
    pub source: SystemName,
    /// Raw record it came from.
    pub record: Option<RecordId>,
    /// Replacement scope: facts of one scope are compared with those of the next version of the same unit.
    pub scope: Option<String>,
    /// `type` and fields as JSON (`{"type": …}`), encrypted at rest.
    pub body: Value,
}

/// What became of an offered fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// New in the ledger.
    New,
    /// Already there with the same content.
    Duplicate,
    /// Already there with other content: refused.
    Conflict,
}

/// A fact in the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFact {
    /// Number in the ledger: order of recording.
    pub seq: i64,
    /// Its id.
    pub id: FactId,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Valid date.
    pub at: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// System it came from.
    pub source: SystemName,
    /// Raw record it came from.
    pub record: Option<RecordId>,
    /// Replacement scope.
    pub scope: Option<String>,
    /// `type` and fields.
    pub body: Value,
}

/// What became of a record, with everything that follows from it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// These facts follow.
    Mapped(Vec<NewFact>),
    /// It could not be mapped.
    Dead {
        /// Error code with a page in the documentation.
        code: String,
        /// What was found where, without any person's number.
        detail: String,
    },
}

// ---------------------------------------------------------------------------------------------------- identity

/// One identifier of a child or person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// `fnr`, `dnr`, `duf`, `local:<system>`, `unborn`.
    pub scheme: String,
    /// The value; encrypted at rest and looked up by keyed hash.
    pub value: Secret,
}

/// A value that masks itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Answer to "which child is this?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// One child; `new` when it was created now. Identifiers not known before were added to it.
    Child {
        /// The child.
        child: ChildId,
        /// Created now.
        new: bool,
    },
    /// The identifiers point to different children: a person must look; nothing was changed.
    Conflict(Vec<ChildId>),
    /// None matched and creation was not asked for.
    Unknown,
}

/// Something a person must do.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// `possible_same_child`, `unborn_may_be_born`, `mass_deletion_held`, …
    pub kind: String,
    /// Children concerned.
    pub children: Vec<ChildId>,
    /// For people; no person's number.
    pub detail: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was closed, if it is.
    pub closed_at: Option<Instant>,
}

// ---------------------------------------------------------------------------------------------------- answers

/// A child whose answer must be worked out again. The token tells whether new facts came meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Marked {
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Raised by each new mark.
    pub token: i64,
}

/// A version of the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredAnswer {
    /// 1, 2, 3 … per child and municipality.
    pub version: i64,
    /// Date it was worked out for.
    pub as_of: Date,
    /// First day this content is valid.
    pub valid_from: Date,
    /// When it was worked out.
    pub made_at: Instant,
    /// The answer as JSON.
    pub answer: Value,
}

/// What one recipient should see of one child.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The recipient system.
    pub recipient: SystemName,
    /// Hash of the cleared content; `None`: it should see nothing.
    pub content_hash: Option<String>,
}

/// Everything that follows from working out one child's answer, in one transaction.
#[derive(Clone, Debug)]
pub struct Settlement {
    /// Which child, as it was marked.
    pub marked: Marked,
    /// A new version, when the answer differs.
    pub answer: Option<StoredAnswer>,
    /// Alerts that stand now; others of this child are closed.
    pub alerts: Vec<String>,
    /// The next date on which time alone can change the answer or a view.
    pub next_change: Option<Date>,
    /// What each recipient should see.
    pub wanted: Vec<Wanted>,
    /// Audit entries for changed withholdings.
    pub audit: Vec<AuditEntry>,
    /// Now, by the program's clock.
    pub now: Instant,
}

/// An alert that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAlert {
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Alert code.
    pub code: String,
    /// Since when.
    pub opened_at: Instant,
}

// ---------------------------------------------------------------------------------------------------- outbox

/// What an outgoing event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// What the recipient should know now.
    Assignment,
    /// What it had is replaced.
    Superseded,
    /// What it had may no longer be known or no longer holds.
    Retracted,
}

/// One delivery to make. There is at most one per recipient, child and municipality.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// Outbox row.
    pub id: i64,
    /// The recipient system.
    pub recipient: SystemName,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Stable over retries, new for new content.
    pub event_id: Uuid,
    /// What it says.
    pub kind: EventKind,
    /// Version at this recipient: 1, 2, 3 …
    pub version: i64,
    /// Hash of the wanted content; `None` for a retraction.
    pub content_hash: Option<String>,
    /// Attempts so far.
    pub attempts: i64,
    /// Not before.
    pub not_before: Instant,
    /// When it was queued.
    pub queued_at: Instant,
}

/// What became of an attempt.
#[derive(Clone, Debug)]
pub enum Attempt {
    /// The receiver's own receipt says it has it.
    Delivered {
        /// Hash of what was really sent.
        content_hash: Option<String>,
        /// Field names that left, for the audit; never values.
        audit: AuditEntry,
    },
    /// Try again.
    Later {
        /// Not before.
        not_before: Instant,
        /// Why, without content.
        reason: String,
    },
    /// Never to be tried again: a dead letter.
    Refused {
        /// Code with a page in the documentation.
        code: String,
        /// The receiver's reason, first 2 KiB, person numbers starred.
        detail: String,
    },
    /// The content to send changed while it waited (decided again): the row gets this hash, a new event id and the
    /// next version, and stays due.
    Changed {
        /// New hash; `None`: retract, or drop the row when the recipient never had anything.
        content_hash: Option<String>,
    },
}

/// One entry of a pull feed.
#[derive(Clone, Debug, PartialEq)]
pub struct FeedEntry {
    /// Position, per recipient.
    pub position: i64,
    /// Event id.
    pub event_id: Uuid,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Version at this recipient.
    pub version: i64,
    /// What it says.
    pub kind: EventKind,
    /// When it was made.
    pub made_at: Instant,
}

/// What a recipient last acknowledged about a child.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// The recipient.
    pub recipient: SystemName,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Hash of the wanted content.
    pub wanted: Option<String>,
    /// Hash of the acknowledged content.
    pub acknowledged: Option<String>,
    /// Version acknowledged, 0 for never.
    pub version: i64,
}

/// A past delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivered {
    /// Event id.
    pub event_id: Uuid,
    /// The recipient.
    pub recipient: SystemName,
    /// The child.
    pub child: ChildId,
    /// Version.
    pub version: i64,
    /// What it said.
    pub kind: EventKind,
    /// When the receiver had it.
    pub at: Instant,
    /// `delivered`, `read`, `accepted`, `rejected`: the furthest receipt.
    pub status: String,
}

/// A receipt from a recipient. Delivered is not read, and read is not accepted.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The event.
    pub event_id: Uuid,
    /// `read`, `accepted`, `rejected`.
    pub status: String,
    /// Why, for a rejection.
    pub reason: Option<String>,
}

// ---------------------------------------------------------------------------------------------------- the rest

/// Which way a dead letter was going.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// It came in.
    In,
    /// It was to go out.
    Out,
}

/// Something that could not be mapped or delivered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its id.
    pub id: Uuid,
    /// Which way.
    pub direction: Direction,
    /// Source or recipient.
    pub system: SystemName,
    /// The record, for incoming ones.
    pub record: Option<RecordId>,
    /// The event, for outgoing ones.
    pub event_id: Option<Uuid>,
    /// Error code.
    pub code: String,
    /// What, where, expected, remedy.
    pub detail: String,
    /// When.
    pub at: Instant,
    /// `waiting`, `replayed`, `discarded`.
    pub state: String,
}

/// One entry of the audit log, before it is chained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Instant,
    /// `release`, `withheld`, `retraction`, `read`, `decision`, `replay`, `discard`, …
    pub kind: String,
    /// The child, when it is about one.
    pub child: Option<ChildId>,
    /// The recipient or acting person.
    pub actor: String,
    /// Reason codes, bases, field names; never values.
    pub detail: Value,
}

/// An entry as chained.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainedEntry {
    /// 1, 2, 3 …
    pub seq: i64,
    /// The entry.
    pub entry: AuditEntry,
    /// SHA-256 over the previous hash and this entry, hex.
    pub hash: String,
}

/// Outcome of verifying the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainReport {
    /// Entries read.
    pub entries: i64,
    /// Checkpoints whose signature and root hold.
    pub checkpoints: i64,
    /// First broken place, in words; `None` when all holds.
    pub broken: Option<String>,
}

/// Last contact with a system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemStatus {
    /// The system.
    pub system: SystemName,
    /// Last good contact.
    pub last_contact: Option<Instant>,
    /// Last error, without content.
    pub last_error: Option<String>,
    /// When it was.
    pub last_error_at: Option<Instant>,
}

/// Counts for `status` and metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Backlog {
    /// (system, records waiting to be mapped).
    pub inbox: Vec<(SystemName, i64)>,
    /// (recipient, queued, delivered, rejected).
    pub recipients: Vec<(SystemName, i64, i64, i64)>,
    /// Children waiting to be worked out.
    pub marked: i64,
    /// Dead letters waiting.
    pub dead: i64,
    /// Facts in the ledger.
    pub facts: i64,
    /// Children known.
    pub children: i64,
}

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
    /// All facts of a child in a municipality, in ledger order.
    async fn facts_of(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Vec<StoredFact>>;
    /// All facts that came from one scope of a system, in ledger order.
    async fn facts_of_scope(&self, system: &SystemName, scope: &str) -> Result<Vec<StoredFact>>;
    /// One fact.
    async fn fact(&self, id: FactId) -> Result<Option<StoredFact>>;
    /// The municipalities in which a child has facts.
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
    /// Closes a task.
    async fn close_task(&self, id: Uuid, now: Instant) -> Result<bool>;

    // answers
    /// Marks a child for working out.
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
    /// Alerts that stand, for one child or all.
    async fn alerts(&self, child: Option<ChildId>) -> Result<Vec<StoredAlert>>;

    // outbox
    /// Deliveries due to a recipient.
    async fn due(&self, recipient: &SystemName, now: Instant, limit: i64) -> Result<Vec<Delivery>>;
    /// When the next delivery to a recipient falls due.
    async fn next_due(&self, recipient: &SystemName) -> Result<Option<Instant>>;
    /// Ends an attempt. A row whose event id is no longer `event_id` was replaced meanwhile: then a `Delivered` only
    /// records what the recipient has, and the newer row stays.
    async fn attempted(&self, id: i64, event_id: Uuid, attempt: Attempt, now: Instant) -> Result<()>;
    /// Moves a due delivery into the recipient's pull feed.
    async fn to_feed(&self, id: i64, event_id: Uuid, now: Instant) -> Result<()>;
    /// Entries of a pull feed after a position.
    async fn feed(&self, recipient: &SystemName, after: i64, limit: i64) -> Result<Vec<FeedEntry>>;
    /// Notes that a recipient has fetched its feed up to a position, which it says by asking for what comes after.
    async fn fetched(&self, recipient: &SystemName, upto: i64, now: Instant) -> Result<()>;
    /// What a recipient holds of a child.
    async fn held(&self, recipient: &SystemName, child: ChildId, municipality: &MunicipalityNo)
    -> Result<Option<Held>>;
    /// Past deliveries about a child.
    async fn deliveries_of(&self, child: ChildId) -> Result<Vec<Delivered>>;
    /// Records a receipt. False when that recipient never got that event.
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
    /// The chain from a place on, for reports and export.
    async fn audit_entries(&self, child: Option<ChildId>, after: i64, limit: i64) -> Result<Vec<ChainedEntry>>;
    /// Signs a checkpoint over everything so far (C2SP checkpoint text, Ed25519).
    async fn checkpoint(&self, now: Instant) -> Result<Option<String>>;
    /// Verifies the chain and its checkpoints.
    async fn verify_audit(&self) -> Result<ChainReport>;
    /// Notes contact with a system: `None` is good, `Some` an error without content.
    async fn contact(&self, system: &SystemName, error: Option<&str>, now: Instant) -> Result<()>;
    /// Last contact with each system.
    async fn contacts(&self) -> Result<Vec<SystemStatus>>;
    /// Counts.
    async fn backlog(&self) -> Result<Backlog>;
    /// Whether the store answers and can write.
    async fn ping(&self) -> Result<()>;
}
