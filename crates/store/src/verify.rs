//! Walks the audit chain from its beginning and holds against it what was signed, what was marked, and what left. Must only read.
//!
//! It holds when its entries are 1, 2, 3 … without a gap, each follows from the one before, every checkpoint was signed over
//! this chain, its end stands where the store last wrote, and nothing has waited for a signature for longer than a day.

use std::iter::Peekable;
use std::slice::Iter;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samhold_model::Instant;
use serde_json::Value;

use crate::api::ChainReport;
use crate::args::args;
use crate::audit::{self, GENESIS};
use crate::dialect::Dialect;
use crate::note::{Checkpoint, Signer};
use crate::seals::{self, Marks};
use crate::sql::statements;
use crate::tx::Tx;
use crate::{Result, checkpoints};

statements! {
    FIRST_TOLD = "select min(delivered_at) from deliveries where status not in ('offered', 'feed')";
}

/// Entries verified at a time.
const PAGE: i64 = 1000;
const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;

/// Why it does not hold, in words.
type Found = std::result::Result<(), String>;

/// Verifies the log against its checkpoints: those in the store, and copies `kept` elsewhere, which show what whoever can
/// write to the store has also taken away there.
pub(crate) async fn verify<D: Dialect>(
    tx: &mut Tx<D>,
    signer: &Signer,
    kept: &[String],
    now: Instant,
) -> Result<ChainReport> {
    let stored = checkpoints::all(tx).await?;
    let mut report = ChainReport { entries: 0, checkpoints: 0, sealed: 0, broken: None };
    let signed = match signed(signer, &stored, kept) {
        Ok(signed) => signed,
        Err(broken) => return Ok(ChainReport { broken: Some(broken), ..report }),
    };
    let marks = seals::read(tx).await?;
    let first_told: Option<(Option<i64>,)> = tx.opt(FIRST_TOLD, args![]).await?;
    let mut walk = Walk::new(&signed);
    let found = match walk.all(tx, marks.as_ref().ok(), &mut report).await? {
        Err(broken) => Err(broken),
        Ok(()) => marks.and_then(|marks| {
            walk.ended(&report)?;
            stands_at_its_end(&marks, &stored, &report)?;
            reaches_back(walk.first, first_told.and_then(|(told,)| told))?;
            walk.is_signed(&report, now)
        }),
    };
    report.broken = found.err();
    Ok(report)
}

/// What the checkpoints say, by size; or which of them does not bear our signature.
fn signed(signer: &Signer, stored: &[(i64, String)], kept: &[String]) -> std::result::Result<Vec<Checkpoint>, String> {
    let mut all = Vec::with_capacity(stored.len().saturating_add(kept.len()));
    for (size, text) in stored {
        let checkpoint = signer.verify(text).filter(|checkpoint| checkpoint.size == *size);
        all.push(checkpoint.ok_or_else(|| format!("the checkpoint at entry {size} does not bear a valid signature"))?);
    }
    for (number, text) in kept.iter().enumerate() {
        let wrong = || format!("kept checkpoint {} does not bear a valid signature of this store", number + 1);
        all.push(signer.verify(text).ok_or_else(wrong)?);
    }
    all.sort_by_key(|checkpoint| checkpoint.size);
    Ok(all)
}

/// The way along the chain, and what was seen on it.
struct Walk<'a> {
    ahead: Peekable<Iter<'a, Checkpoint>>,
    previous: String,
    /// When the first entry was written.
    first: Option<i64>,
    /// When the first entry was written that no checkpoint covers.
    unsigned: Option<i64>,
}

impl<'a> Walk<'a> {
    fn new(signed: &'a [Checkpoint]) -> Self {
        Self { ahead: signed.iter().peekable(), previous: GENESIS.to_owned(), first: None, unsigned: None }
    }

    /// From the lowest number there is, so that nothing can stand before the first.
    async fn all<D: Dialect>(
        &mut self,
        tx: &mut Tx<D>,
        marks: Option<&Marks>,
        report: &mut ChainReport,
    ) -> Result<Found> {
        let mut from = i64::MIN;
        loop {
            let page = audit::page(tx, from, PAGE).await?;
            let Some(last) = page.last() else { return Ok(Ok(())) };
            from = last.seq.saturating_add(1);
            for row in page {
                let detail = row.detail(tx).ok();
                let step = self.step(&row, detail.as_ref(), report).and_then(|()| was_written(&row, marks));
                if step.is_err() {
                    return Ok(step);
                }
            }
        }
    }

    /// Counts an entry that follows from the one before it and is what was signed; else tells how it is not.
    fn step(&mut self, row: &audit::Row, detail: Option<&Value>, report: &mut ChainReport) -> Found {
        let next = report.entries.saturating_add(1);
        if row.seq < next {
            return Err(format!("an entry stands at {}, before the first", row.seq));
        }
        if row.seq > next {
            return Err(format!("entry {next} is missing; the next one there is {}", row.seq));
        }
        let Some(detail) = detail else {
            return Err(format!(
                "entry {next} does not open: it was altered, or the key it was written under is not given"
            ));
        };
        if row.hash != row.expected_hash(&self.previous, detail) {
            return Err(format!("entry {next} does not follow from the one before it: one of them was altered"));
        }
        report.entries = next;
        self.first.get_or_insert(row.at);
        // Those of size 0 or less, which nobody signs, would else stand in the way for ever.
        while let Some(checkpoint) = self.ahead.next_if(|checkpoint| checkpoint.size <= next) {
            if checkpoint.size != next || hex::encode(&checkpoint.root) != row.hash {
                let root = STANDARD.encode(&checkpoint.root);
                return Err(format!("the checkpoint at entry {next} was signed over another chain ({root})"));
            }
            report.checkpoints = report.checkpoints.saturating_add(1);
            report.sealed = next;
        }
        if self.ahead.peek().is_none() && report.sealed < next {
            self.unsigned.get_or_insert(row.at);
        }
        self.previous.clone_from(&row.hash);
        Ok(())
    }

    /// Nothing was signed that is not there.
    fn ended(&mut self, report: &ChainReport) -> Found {
        match self.ahead.next() {
            Some(Checkpoint { size, .. }) => {
                Err(format!("the chain ends at entry {}, but a checkpoint covers {size}", report.entries))
            }
            None => Ok(()),
        }
    }

    /// What the program has written is signed within minutes; what stands unsigned for long was perhaps not.
    fn is_signed(&self, report: &ChainReport, now: Instant) -> Found {
        let Some(since) = self.unsigned else { return Ok(()) };
        let (after, to) = (report.sealed.saturating_add(1), report.entries);
        let age = now.as_microsecond().saturating_sub(since);
        if report.checkpoints == 0 && age > HOUR {
            return Err(format!("no checkpoint was ever signed over entries 1 to {to}, or all were taken away"));
        }
        if age > DAY {
            return Err(format!("no checkpoint covers entries {after} to {to}, the first of them older than a day"));
        }
        Ok(())
    }
}

/// The entry at which the store stopped writing is the one it wrote.
fn was_written(row: &audit::Row, marks: Option<&Marks>) -> Found {
    match marks {
        Some(Marks { end, .. }) if end.size == row.seq && end.hash != row.hash => {
            Err(format!("entry {} is not the one that this store wrote last", row.seq))
        }
        _ => Ok(()),
    }
}

/// The chain ends where the store stopped writing, and what it signed last is there.
fn stands_at_its_end(marks: &Marks, stored: &[(i64, String)], report: &ChainReport) -> Found {
    let (there, written) = (report.entries, marks.end.size);
    if there < written {
        return Err(format!("the chain ends at entry {there}, but this store has written {written}"));
    }
    if there > written {
        return Err(format!(
            "entry {} was not written by this store, which stopped at {written}",
            written.saturating_add(1)
        ));
    }
    match &marks.signed {
        Some(signed) if stored.iter().all(|(size, _)| *size != signed.size) => {
            Err(format!("the checkpoint that was signed at entry {} is gone", signed.size))
        }
        _ => Ok(()),
    }
}

/// What was told to somebody stands in the log, so that it cannot have begun later.
fn reaches_back(first: Option<i64>, told: Option<i64>) -> Found {
    match (first, told) {
        (None, Some(_)) => Err("there is no entry, although something was delivered".to_owned()),
        (Some(first), Some(told)) if told < first.saturating_sub(DAY) => {
            Err("something was delivered more than a day before the first entry".to_owned())
        }
        _ => Ok(()),
    }
}
