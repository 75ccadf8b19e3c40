//! `samhold policy explain`: one decision, told: of a child in the store towards a connected system, or of a file.
//!
//! Reading a child is audited, before anything is shown. Must never print a value, nor what would tell of a krisesenter
//! unless it is asked for and the audit log is told so.

mod child;
mod file;
mod page;
mod policies;

use std::path::PathBuf;
use std::process::ExitCode;

use samhold_model::{ChildId, Date};

use crate::cli::support::{DOES_NOT_HOLD, Folder, UNREADABLE, block_on, settings, store};
use crate::config::Loaded;

/// What is asked about.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["child", "request"]))]
pub(super) struct ExplainArgs {
    /// The child's id in this system
    #[arg(long, requires = "recipient")]
    child: Option<ChildId>,
    /// The connected system that would receive
    #[arg(long, value_name = "SYSTEM", conflicts_with = "request")]
    recipient: Option<String>,
    /// Only this data category, with all 23 steps
    #[arg(long, conflicts_with = "request")]
    category: Option<String>,
    /// The date asked about; default today
    #[arg(long, value_name = "DATE", conflicts_with = "request")]
    at: Option<Date>,
    /// Also what is masked otherwise: whatever would tell of a krisesenter; the audit log says so
    #[arg(long, conflicts_with = "request")]
    unmask: bool,
    /// A file instead of the store: `[[sharing]]` scenarios (TOML or JSON), or one request as JSON
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Whose own policies count for the file; default the only municipality of the settings
    #[arg(long, value_name = "NUMBER", conflicts_with = "child")]
    municipality: Option<String>,
}

/// Explains.
pub(super) fn run(folder: &Folder, args: ExplainArgs, as_json: bool) -> ExitCode {
    if let Some(file) = &args.request {
        return file::explain(folder, file, args.municipality.as_deref(), as_json);
    }
    let loaded = match settings(folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let Some(asked) = child::Asked::of(args) else { return ExitCode::from(UNREADABLE) };
    if let Err(refused) = allowed(&asked, &loaded) {
        eprintln!("{refused}");
        return ExitCode::from(DOES_NOT_HOLD);
    }
    block_on(async move {
        let store = store(&loaded).await?;
        child::explain(store.as_ref(), loaded, asked, as_json).await
    })
}

/// What would tell of a krisesenter is refused for every child alike, before any fact is read.
fn allowed(asked: &child::Asked, loaded: &Loaded) -> Result<(), String> {
    let name = &asked.recipient;
    let Some(system) = loaded.systems.get(name) else {
        let known: Vec<&str> = loaded.systems.keys().map(String::as_str).collect();
        return Err(format!("no-such-system: tried to find the system `{name}`; there are {}", known.join(", ")));
    };
    let telling = system.kind == "krisesenter" || asked.category.as_deref() == Some("crisis_shelter_contact");
    if telling && !asked.unmask {
        return Err(
            "only-unmasked: tried to explain what would tell of a krisesenter; with `--unmask` it is shown, and \
            the audit log says so"
                .to_owned(),
        );
    }
    Ok(())
}
