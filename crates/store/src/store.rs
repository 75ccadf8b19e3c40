//! Joins the trait to the modules that do the work: one line or few per method, one transaction each.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use samhold_model::{ChildId, Date, FactId, Instant, MunicipalityNo, PersonId, RecordId, SystemName};
use serde_json::Value;
use sqlx::Pool;
use uuid::Uuid;

use crate::api::*;
use crate::dialect::Dialect;
use crate::group::Writer;
use crate::note::Signer;
use crate::tx::Tx;
use crate::vault::Vault;
use crate::{
    answers, audit, checkpoints, dead, deliveries, feed, identity, inbox, ledger, marks, open, outbox, records, status,
};
use crate::{same, tasks, verify, views, waiting};

/// The store on one database.
pub(crate) struct Sql<D: Dialect> {
    pub readers: Pool<D>,
    pub writer: Writer<D>,
    pub writing: Pool<D>,
    pub vault: Arc<Vault>,
    pub signer: Arc<Signer>,
}

/// Hands a change with what it needs to the writer.
macro_rules! write {
    ($self:ident, $attempt:literal, $rows:expr, [$($name:ident),*], $tx:ident => $work:expr) => {{
        let rows = $rows;
        let needs = Arc::new(($($name,)*));
        $self.writer.change($attempt, rows, move |$tx| {
            let needs = needs.clone();
            Box::pin(async move {
                let ($($name,)*) = &*needs;
                $work.await
            })
        }).await
    }};
}

/// Reads one state of the store.
macro_rules! read {
    ($self:ident, $attempt:literal, $tx:ident => $work:expr) => {{
        let mut tx = Tx::read(&$self.readers, $self.vault.clone(), $attempt).await?;
        let $tx = &mut tx;
        $work.await
    }};
}

#[async_trait]
impl<D: Dialect> Store for Sql<D> {
    async fn accept(&self, records: Vec<NewRecord>, cursor: Option<Cursor>, now: Instant) -> Result<Vec<Accepted>> {
        write!(self, "journal records", records.len(), [records, cursor], tx => {
            inbox::accept(tx, records, cursor.as_ref(), now)
        })
    }

    async fn unmapped(&self, limit: i64) -> Result<Vec<StoredRecord>> {
        read!(self, "read records to map", tx => inbox::unmapped(tx, limit))
    }

    async fn record(&self, id: RecordId) -> Result<Option<StoredRecord>> {
        read!(self, "read a record", tx => inbox::record(tx, id))
    }

    async fn latest_records(&self, system: &SystemName) -> Result<Vec<StoredRecord>> {
        read!(self, "read the latest records", tx => inbox::latest(tx, system))
    }

    async fn live_keys(&self, system: &SystemName) -> Result<Vec<String>> {
        read!(self, "list the units of a system", tx => inbox::live_keys(tx, system))
    }

    async fn latest_hash(&self, system: &SystemName, key: &str) -> Result<Option<String>> {
        read!(self, "read the hash of a record", tx => inbox::latest_hash(tx, system, key))
    }

    async fn finish(&self, record: RecordId, outcome: Outcome, now: Instant) -> Result<Vec<Appended>> {
        write!(self, "end the work on a record", rows_of(&outcome), [outcome], tx => {
            records::finish(tx, record, outcome, now)
        })
    }

    async fn cursor(&self, system: &SystemName, name: &str) -> Result<Option<String>> {
        read!(self, "read a source's position", tx => inbox::cursor(tx, system, name))
    }

    async fn append(&self, facts: Vec<NewFact>) -> Result<Vec<Appended>> {
        write!(self, "append facts", facts.len(), [facts], tx => ledger::append(tx, facts))
    }

    async fn facts_of(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Vec<StoredFact>> {
        read!(self, "read the facts of a child", tx => ledger::of_child(tx, child, municipality))
    }

    async fn facts_beside(
        &self,
        child: ChildId,
        beside: ChildId,
        municipality: &MunicipalityNo,
    ) -> Result<Vec<StoredFact>> {
        read!(self, "read the facts of a child", tx => ledger::beside(tx, child, beside, municipality))
    }

    async fn facts_of_scope(&self, system: &SystemName, scope: &str) -> Result<Vec<StoredFact>> {
        read!(self, "read the facts of a scope", tx => ledger::of_scope(tx, system, scope))
    }

    async fn fact(&self, id: FactId) -> Result<Option<StoredFact>> {
        read!(self, "read a fact", tx => ledger::one(tx, id))
    }

    async fn municipalities_of(&self, child: ChildId) -> Result<Vec<MunicipalityNo>> {
        read!(self, "read the municipalities of a child", tx => ledger::municipalities(tx, child))
    }

    async fn children(&self, after: Option<ChildId>, limit: i64) -> Result<Vec<(ChildId, MunicipalityNo)>> {
        read!(self, "list children", tx => ledger::children(tx, after, limit))
    }

    async fn resolve_child(&self, ids: &[Identifier], create: bool, from: Date) -> Result<Resolved> {
        let ids = ids.to_vec();
        write!(self, "find a child", ids.len(), [ids], tx => identity::resolve(tx, ids, create, from))
    }

    async fn resolve_person(&self, id: &Identifier) -> Result<PersonId> {
        let id = id.clone();
        write!(self, "find a person", 1, [id], tx => identity::resolve_person(tx, id))
    }

    async fn find_person(&self, id: &Identifier) -> Result<Option<PersonId>> {
        read!(self, "find a person", tx => identity::find_person(tx, id))
    }

    async fn identifiers_of(&self, child: ChildId) -> Result<Vec<Identifier>> {
        read!(self, "read the identifiers of a child", tx => identity::valid(tx, child))
    }

    async fn end_identifier(&self, child: ChildId, id: &Identifier, to: Date) -> Result<()> {
        let id = id.clone();
        write!(self, "end an identifier", 1, [id], tx => identity::end(tx, child, id, to))
    }

    async fn named(&self, scheme: &str, after: Option<Uuid>, limit: i64) -> Result<Vec<(Uuid, ChildId, Identifier)>> {
        read!(self, "list what a scheme names", tx => identity::named(tx, scheme, after, limit))
    }
    async fn followed(&self, after: Option<ChildId>, limit: i64) -> Result<Vec<(ChildId, Identifier)>> {
        read!(self, "list children known to the register", tx => identity::followed(tx, after, limit))
    }

    async fn set_guardians(&self, child: ChildId, guardians: &[PersonId]) -> Result<()> {
        let guardians = guardians.to_vec();
        write!(self, "set guardians", guardians.len(), [guardians], tx => {
            identity::set_guardians(tx, child, guardians)
        })
    }

    async fn children_of(&self, guardian: PersonId) -> Result<Vec<ChildId>> {
        read!(self, "read the children of a guardian", tx => identity::children_of(tx, guardian))
    }

    async fn wait_for_child(&self, guardian: PersonId, record: RecordId) -> Result<()> {
        write!(self, "let a record wait", 1, [], tx => waiting::wait(tx, guardian, record))
    }

    async fn release_waiting(&self, guardians: &[PersonId]) -> Result<i64> {
        let guardians = guardians.to_vec();
        write!(self, "release waiting records", guardians.len(), [guardians], tx => waiting::release(tx, guardians))
    }

    async fn open_task(&self, kind: &str, children: &[ChildId], detail: &str, now: Instant) -> Result<Uuid> {
        let (kind, children, detail) = (kind.to_owned(), children.to_vec(), detail.to_owned());
        write!(self, "open a task", 1, [kind, children, detail], tx => tasks::open(tx, kind, children, detail, now))
    }

    async fn open_tasks(&self) -> Result<Vec<Task>> {
        read!(self, "list tasks", tx => tasks::all_open(tx))
    }

    async fn close_task(&self, id: Uuid, now: Instant) -> Result<bool> {
        write!(self, "close a task", 1, [], tx => tasks::close(tx, id, now))
    }

    async fn task(&self, id: Uuid) -> Result<Option<Task>> {
        read!(self, "read a task", tx => tasks::one(tx, id))
    }

    async fn answer_task(&self, verdict: Verdict, now: Instant) -> Result<Answered> {
        let rows = verdict.facts.len();
        write!(self, "answer a task", rows, [verdict], tx => tasks::answer(tx, verdict, now))
    }

    async fn said_of(&self, one: ChildId, other: ChildId) -> Result<Option<bool>> {
        read!(self, "read what was said of two children", tx => same::said(tx, one, other))
    }

    async fn survivor_of(&self, child: ChildId) -> Result<ChildId> {
        read!(self, "read which child this is", tx => same::survivor(tx, child))
    }

    async fn mark(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<()> {
        let number = municipality.clone();
        write!(self, "mark a child", 1, [number], tx => marks::mark(tx, child, number))
    }

    async fn mark_all(&self) -> Result<i64> {
        write!(self, "mark all children", 1, [], tx => marks::mark_all(tx))
    }

    async fn mark_due(&self, today: Date) -> Result<i64> {
        write!(self, "mark children whose date has come", 1, [], tx => marks::mark_due(tx, today))
    }

    async fn marked(&self, limit: i64) -> Result<Vec<Marked>> {
        read!(self, "read marked children", tx => marks::marked(tx, limit))
    }

    async fn settle(&self, settlement: Settlement) -> Result<()> {
        let rows = settlement.wanted.len();
        write!(self, "settle a child", rows, [settlement], tx => answers::settle(tx, settlement))
    }

    async fn latest_answer(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Option<StoredAnswer>> {
        read!(self, "read an answer", tx => answers::latest(tx, child, municipality))
    }

    async fn answers_of(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Vec<StoredAnswer>> {
        read!(self, "read answers", tx => answers::all_of(tx, child, municipality))
    }

    async fn rules(&self, fingerprint: &str) -> Result<Option<String>> {
        read!(self, "read the rules of an answer", tx => answers::rules(tx, fingerprint))
    }

    async fn standing(&self, child: ChildId, municipality: &MunicipalityNo) -> Result<Standing> {
        read!(self, "read whether a child waits", tx => marks::standing(tx, child, municipality))
    }

    async fn alerts(&self, child: Option<ChildId>) -> Result<Vec<StoredAlert>> {
        read!(self, "read alerts", tx => answers::alerts(tx, child))
    }

    async fn due(&self, recipient: &SystemName, now: Instant, limit: i64) -> Result<Vec<Delivery>> {
        if !read!(self, "look for due deliveries", tx => outbox::any_due(tx, recipient, now))? {
            return Ok(Vec::new());
        }
        let recipient = recipient.clone();
        write!(self, "hand out deliveries", 1, [recipient], tx => outbox::due(tx, recipient, now, limit))
    }

    async fn next_due(&self, recipient: &SystemName) -> Result<Option<Instant>> {
        read!(self, "look for the next delivery", tx => outbox::next_due(tx, recipient))
    }

    async fn attempted(&self, id: i64, event_id: Uuid, attempt: Attempt, now: Instant) -> Result<()> {
        write!(self, "end an attempt", 1, [attempt], tx => outbox::attempted(tx, id, event_id, attempt, now))
    }

    async fn leaving(&self, event_id: Uuid, detail: Value) -> Result<()> {
        write!(self, "note what is about to leave", 1, [detail], tx => deliveries::leaving(tx, event_id, detail))
    }

    async fn left(&self, events: Vec<(Uuid, AuditEntry)>) -> Result<usize> {
        if events.is_empty() {
            return Ok(0);
        }
        write!(self, "note what left", events.len(), [events], tx => deliveries::left(tx, events))
    }

    async fn interrupted(&self, now: Instant) -> Result<usize> {
        write!(self, "note interrupted deliveries", 1, [], tx => deliveries::interrupted(tx, now))
    }

    async fn hand_back(&self, handed: &[(i64, Uuid)], now: Instant) -> Result<()> {
        let handed = handed.to_vec();
        write!(self, "hand back deliveries", handed.len(), [handed], tx => outbox::hand_back(tx, handed, now))
    }

    async fn to_feed(&self, id: i64, event_id: Uuid, now: Instant) -> Result<()> {
        write!(self, "move a delivery into a feed", 1, [], tx => feed::take_in(tx, id, event_id, now))
    }

    async fn feed(&self, recipient: &SystemName, after: i64, limit: i64) -> Result<Vec<FeedEntry>> {
        read!(self, "read a feed", tx => feed::entries(tx, recipient, after, limit))
    }

    async fn feed_position(&self, recipient: &SystemName, event_id: Uuid) -> Result<Option<i64>> {
        read!(self, "find an entry of a feed", tx => feed::position(tx, recipient, event_id))
    }

    async fn feed_last(&self, recipient: &SystemName, event_id: Uuid) -> Result<bool> {
        let recipient = recipient.clone();
        write!(self, "put an entry of a feed last", 1, [recipient], tx => feed::put_last(tx, recipient, event_id))
    }

    async fn fetched(&self, recipient: &SystemName, upto: i64, now: Instant) -> Result<()> {
        let events = read!(self, "read a feed", tx => feed::unconfirmed(tx, recipient, upto))?;
        if events.is_empty() {
            return Ok(());
        }
        write!(self, "note a fetched feed", 1, [events], tx => feed::fetched(tx, events, now))
    }

    async fn held(
        &self,
        recipient: &SystemName,
        child: ChildId,
        municipality: &MunicipalityNo,
    ) -> Result<Option<Held>> {
        let (recipient, municipality) = (recipient.clone(), municipality.clone());
        read!(self, "read what a recipient holds", tx => {
            views::held(tx, views::About { recipient, child, municipality })
        })
    }

    async fn deliveries_of(&self, child: ChildId) -> Result<Vec<Delivered>> {
        read!(self, "read past deliveries", tx => deliveries::of_child(tx, child))
    }

    async fn receipt(&self, recipient: &SystemName, receipt: &Receipt, now: Instant) -> Result<bool> {
        let (recipient, receipt) = (recipient.clone(), receipt.clone());
        write!(self, "record a receipt", 1, [recipient, receipt], tx => {
            deliveries::receipt(tx, recipient, receipt, now)
        })
    }

    async fn dead_letters(&self, state: &str, limit: i64) -> Result<Vec<DeadLetter>> {
        read!(self, "list dead letters", tx => dead::in_state(tx, state, limit))
    }

    async fn dead_letter(&self, id: Uuid) -> Result<Option<(DeadLetter, Option<StoredRecord>)>> {
        read!(self, "read a dead letter", tx => dead::one(tx, id))
    }

    async fn replay(&self, id: Uuid, actor: &str, now: Instant) -> Result<bool> {
        let actor = actor.to_owned();
        write!(self, "replay a dead letter", 1, [actor], tx => dead::replay(tx, id, actor, now))
    }

    async fn discard(&self, id: Uuid, actor: &str, now: Instant) -> Result<bool> {
        let actor = actor.to_owned();
        write!(self, "discard a dead letter", 1, [actor], tx => dead::discard(tx, id, actor, now))
    }

    async fn audit(&self, entries: Vec<AuditEntry>) -> Result<()> {
        write!(self, "append to the audit log", entries.len(), [entries], tx => audit::append(tx, entries))
    }

    async fn audit_entries(&self, child: Option<ChildId>, after: i64, limit: i64) -> Result<Vec<ChainedEntry>> {
        read!(self, "read the audit log", tx => audit::entries(tx, child, after, limit))
    }

    async fn audit_of_kind(&self, child: ChildId, kind: &str) -> Result<Vec<ChainedEntry>> {
        read!(self, "read the audit log", tx => audit::of_kind(tx, child, kind))
    }

    async fn checkpoint(&self, now: Instant) -> Result<Option<String>> {
        // Asked every few minutes: where nothing is new, nobody who writes waits for it.
        if let Some(settled) = read!(self, "look for a checkpoint", tx => checkpoints::settled(tx))? {
            return Ok(settled);
        }
        let signer = self.signer.clone();
        write!(self, "sign a checkpoint", 1, [signer], tx => checkpoints::sign(tx, signer, now))
    }

    async fn verify_audit(&self, kept: &[String], now: Instant) -> Result<ChainReport> {
        read!(self, "verify the audit log", tx => verify::verify(tx, &self.signer, kept, now))
    }

    fn audit_verifier(&self) -> String {
        self.signer.verifier()
    }

    async fn contact(&self, system: &SystemName, error: Option<&str>, now: Instant) -> Result<()> {
        let (system, error) = (system.clone(), error.map(str::to_owned));
        write!(self, "note contact with a system", 1, [system, error], tx => {
            status::contact(tx, system, error.as_deref(), now)
        })
    }

    async fn contacts(&self) -> Result<Vec<SystemStatus>> {
        read!(self, "read contact with systems", tx => status::contacts(tx))
    }

    async fn backlog(&self) -> Result<Backlog> {
        read!(self, "count what waits", tx => status::backlog(tx))
    }

    async fn backup_to(&self, path: &Path) -> Result<()> {
        open::backup(&self.writing, path).await
    }

    async fn ping(&self) -> Result<()> {
        write!(self, "write", 1, [], tx => status::ping(tx))
    }
}

fn rows_of(outcome: &Outcome) -> usize {
    match outcome {
        Outcome::Mapped(facts) => facts.len(),
        Outcome::Dead { .. } => 1,
    }
}
