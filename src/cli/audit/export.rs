//! `samhold audit export`: the entries for other systems, one JSON object a line, as they are kept or as FHIR R4 AuditEvent.
//!
//! Opaque ids only, never a national identity number. The export names every system, a krisesenter too: it is for those who
//! answer for the log, and that it was made stands in it.

use std::process::ExitCode;

use samhold_model::dates::date_of;
use samhold_model::{ChildId, Date};
use samhold_store::{ChainedEntry, Store};
use serde_json::{Value, json};

use super::fhir;
use crate::cli::support::{say, tell_log};
use crate::config::Loaded;

/// What is asked for.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// As the log keeps them, or as FHIR R4 AuditEvent after IHE BALP
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Not before this day
    #[arg(long, value_name = "DAY")]
    from: Option<Date>,
    /// Not after this day
    #[arg(long, value_name = "DAY")]
    to: Option<Date>,
    /// Only about this child
    #[arg(long)]
    child: Option<ChildId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Json,
    Fhir,
}

/// Prints the entries, after the log was told.
pub(super) async fn export(store: &dyn Store, loaded: &Loaded, asked: &ExportArgs) -> anyhow::Result<ExitCode> {
    let word = if asked.format == Format::Fhir { "fhir" } else { "json" };
    let detail = json!({"command": "audit export", "format": word, "from": asked.from, "to": asked.to});
    tell_log(store, asked.child, detail).await?;
    let mut after = 0;
    loop {
        let page = store.audit_entries(asked.child, after, 1000).await?;
        let Some(last) = page.last() else { return Ok(ExitCode::SUCCESS) };
        after = last.seq;
        for entry in page.iter().filter(|entry| asked.takes(entry)) {
            say!("{}", asked.line(loaded, entry));
        }
    }
}

impl ExportArgs {
    fn takes(&self, entry: &ChainedEntry) -> bool {
        let day = date_of(entry.entry.at);
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
    }

    fn line(&self, loaded: &Loaded, entry: &ChainedEntry) -> Value {
        match self.format {
            Format::Json => json!(entry),
            Format::Fhir => fhir::audit_event(loaded, entry),
        }
    }
}
