//! Signs checkpoints over the audit chain and verifies both. Must only read when it verifies.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use samhold_model::Instant;

use crate::Result;
use crate::api::ChainReport;
use crate::args::args;
use crate::audit::{self, GENESIS};
use crate::dialect::Dialect;
use crate::note::{Checkpoint, Signer};
use crate::sql::statements;
use crate::tx::Tx;

statements! {
    AT_SIZE = "select text from checkpoints where size = $1";
    INSERT = "insert into checkpoints (size, at, text) values ($1, $2, $3)";
    ALL_TEXTS = "select size, text from checkpoints order by size";
}

/// Entries verified at a time.
const PAGE: i64 = 1000;

/// Signs a checkpoint over everything so far. `None` when there is nothing yet; the same one when nothing is new.
pub(crate) async fn sign<D: Dialect>(tx: &mut Tx<D>, signer: &Signer, now: Instant) -> Result<Option<String>> {
    let (size, hash) = audit::last(tx).await?;
    if size == 0 {
        return Ok(None);
    }
    let there: Option<(String,)> = tx.opt(AT_SIZE, args![size]).await?;
    if let Some((text,)) = there {
        return Ok(Some(text));
    }
    let root = hex::decode(&hash).map_err(|_| tx.corrupt("audit.hash is not hexadecimal"))?;
    let text = signer.sign(size, &root);
    tx.run(INSERT, args![size, now, &text]).await?;
    Ok(Some(text))
}

/// Walks the chain from its beginning and holds every checkpoint against it: those in the store, and copies `kept`
/// elsewhere, which show what whoever can write to the store has also taken away there.
pub(crate) async fn verify<D: Dialect>(tx: &mut Tx<D>, signer: &Signer, kept: &[String]) -> Result<ChainReport> {
    let mut report = ChainReport { entries: 0, checkpoints: 0, broken: None };
    let texts: Vec<(i64, String)> = tx.all(ALL_TEXTS, args![]).await?;
    report.broken = match signed(signer, &texts, kept) {
        Ok(checkpoints) => walk(tx, &checkpoints, &mut report).await?,
        Err(broken) => Some(broken),
    };
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

async fn walk<D: Dialect>(
    tx: &mut Tx<D>,
    checkpoints: &[Checkpoint],
    report: &mut ChainReport,
) -> Result<Option<String>> {
    let mut previous = GENESIS.to_owned();
    let mut ahead = checkpoints.iter().peekable();
    loop {
        let page = audit::page(tx, report.entries, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for row in page {
            if let Some(broken) = follows(&row, &previous, report) {
                return Ok(Some(broken));
            }
            while let Some(checkpoint) = ahead.next_if(|checkpoint| checkpoint.size == row.seq) {
                if hex::encode(&checkpoint.root) != row.hash {
                    let root = STANDARD.encode(&checkpoint.root);
                    return Ok(Some(format!(
                        "the checkpoint at entry {} was signed over another chain ({root})",
                        row.seq
                    )));
                }
                report.checkpoints = report.checkpoints.saturating_add(1);
            }
            previous = row.hash;
        }
    }
    let signed = ahead.next().map(|checkpoint| checkpoint.size);
    Ok(signed.map(|size| format!("the chain ends at entry {}, but a checkpoint covers {size}", report.entries)))
}

/// Counts an entry that follows from the one before it; else tells how it does not.
fn follows(row: &audit::Row, previous: &str, report: &mut ChainReport) -> Option<String> {
    let next = report.entries.saturating_add(1);
    if row.seq != next {
        return Some(format!("entry {next} is missing; the next one there is {}", row.seq));
    }
    if row.hash != row.expected_hash(previous) {
        return Some(format!("entry {next} does not follow from the one before it: one of them was altered"));
    }
    report.entries = next;
    None
}
