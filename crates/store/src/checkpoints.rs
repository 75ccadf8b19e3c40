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

/// Walks the chain from its beginning and holds every checkpoint against it.
pub(crate) async fn verify<D: Dialect>(tx: &mut Tx<D>, signer: &Signer) -> Result<ChainReport> {
    let mut report = ChainReport { entries: 0, checkpoints: 0, broken: None };
    let texts: Vec<(i64, String)> = tx.all(ALL_TEXTS, args![]).await?;
    let mut checkpoints = Vec::with_capacity(texts.len());
    for (size, text) in texts {
        match signer.verify(&text) {
            Some(checkpoint) if checkpoint.size == size => checkpoints.push(checkpoint),
            _ => {
                report.broken = Some(format!("the checkpoint at entry {size} does not bear a valid signature"));
                return Ok(report);
            }
        }
    }
    report.broken = walk(tx, &checkpoints, &mut report).await?;
    Ok(report)
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
            let next = report.entries.saturating_add(1);
            if row.seq != next {
                return Ok(Some(format!("entry {next} is missing; the next one there is {}", row.seq)));
            }
            if row.hash != row.expected_hash(&previous) {
                return Ok(Some(format!(
                    "entry {next} does not follow from the one before it: one of them was altered"
                )));
            }
            report.entries = next;
            if let Some(checkpoint) = ahead.next_if(|checkpoint| checkpoint.size == next) {
                if hex::encode(&checkpoint.root) != row.hash {
                    let root = STANDARD.encode(&checkpoint.root);
                    return Ok(Some(format!("the checkpoint at entry {next} was signed over another chain ({root})")));
                }
                report.checkpoints = report.checkpoints.saturating_add(1);
            }
            previous = row.hash;
        }
    }
    let signed = ahead.next().map(|checkpoint| checkpoint.size);
    Ok(signed.map(|size| format!("the chain ends at entry {}, but a checkpoint covers {size}", report.entries)))
}
