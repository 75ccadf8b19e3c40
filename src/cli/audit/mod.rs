//! `samhold audit verify|checkpoint|report|export`: the chain and its signed checkpoints hold; who got what about a child, in
//! words a family can read; the log for other systems.
//!
//! Must never show a child's entries before the log was told that somebody looks.

mod export;
mod fhir;
mod report;
mod veil;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use samhold_model::{ChildId, Instant};
use samhold_store::{ChainReport, Store};
use serde_json::json;

use super::support::{DOES_NOT_HOLD, Folder, UNREADABLE, block_on, say, settings, store};

/// Arguments of `audit`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:  samhold audit verify --checkpoint /media/elsewhere/samhold.note\n          samhold audit report --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001"
)]
pub struct AuditArgs {
    #[command(flatten)]
    folder: Folder,
    /// For machines
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The hash chain and its signed checkpoints hold
    #[command(after_help = "Example:  samhold audit verify --checkpoint /media/elsewhere/samhold.note")]
    Verify {
        /// A checkpoint that was kept elsewhere; the log must still hold all that it covers
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
    },
    /// Prints a signed checkpoint over all entries, to keep elsewhere
    #[command(after_help = "Example:  samhold audit checkpoint > /media/elsewhere/samhold.note")]
    Checkpoint {
        /// The public key in place of a checkpoint, for tools that verify from outside
        #[arg(long)]
        key: bool,
    },
    /// Who got or saw what about this child, as the family may read it
    #[command(after_help = "Example:  samhold audit report --child 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001")]
    Report {
        /// The child's id in this system
        #[arg(long)]
        child: ChildId,
        /// Also what must not be shown to the family
        #[arg(long)]
        internal: bool,
    },
    /// The entries for other systems, one JSON object a line
    #[command(after_help = "Example:  samhold audit export --format fhir --from 2026-01-01 --to 2026-01-31")]
    Export(export::ExportArgs),
}

/// Runs the command.
pub fn run(args: AuditArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move {
        let store = store(&loaded).await?;
        match args.action {
            Action::Verify { checkpoint } => verify(store.as_ref(), &checkpoint, args.json).await,
            Action::Checkpoint { key } => checkpoint(store.as_ref(), key).await,
            Action::Report { child, internal } => {
                report::report(store.as_ref(), &loaded, (child, internal), args.json).await
            }
            Action::Export(asked) => export::export(store.as_ref(), &loaded, &asked).await,
        }
    })
}

async fn verify(store: &dyn Store, files: &[PathBuf], as_json: bool) -> anyhow::Result<ExitCode> {
    let mut kept = Vec::with_capacity(files.len());
    for file in files {
        match std::fs::read_to_string(file) {
            Ok(text) => kept.push(text),
            Err(e) => {
                let file = file.display();
                eprintln!("checkpoint-unreadable: tried to read {file}: found {e}; give a file of `audit checkpoint`");
                return Ok(ExitCode::from(UNREADABLE));
            }
        }
    }
    let report = store.verify_audit(&kept, Instant::now()).await?;
    match &report.broken {
        _ if as_json => say!("{}", json!(report)),
        None => say!("{}", holds(&report)),
        Some(place) => say!("the audit chain is BROKEN: {place}"),
    }
    Ok(if report.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::from(DOES_NOT_HOLD) })
}

/// What is sealed, and what could still be written anew by whoever has the keys and the store.
fn holds(report: &ChainReport) -> String {
    let ChainReport { entries, checkpoints, sealed, .. } = *report;
    let sealed = match (entries, sealed) {
        (0, _) => "nothing was written yet".to_owned(),
        (_, 0) => format!("entries 1 to {entries} are not sealed by a signed checkpoint yet"),
        (entries, sealed) if entries == sealed => format!("entries 1 to {sealed} are sealed by signed checkpoints"),
        (entries, sealed) => {
            let after = sealed.saturating_add(1);
            format!("entries 1 to {sealed} are sealed by signed checkpoints, {after} to {entries} not yet")
        }
    };
    format!("the audit chain holds: {entries} entries, {checkpoints} signed checkpoints\n{sealed}")
}

async fn checkpoint(store: &dyn Store, key: bool) -> anyhow::Result<ExitCode> {
    if key {
        say!("{}", store.audit_verifier());
        return Ok(ExitCode::SUCCESS);
    }
    match store.checkpoint(Instant::now()).await? {
        Some(text) => {
            say!("{}", text.trim_end());
            Ok(ExitCode::SUCCESS)
        }
        None => {
            eprintln!("nothing-to-sign: tried to sign a checkpoint: found no entry in the audit log yet");
            Ok(ExitCode::from(DOES_NOT_HOLD))
        }
    }
}
