//! What several commands share: the settings folder, opening the store, printing errors.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use samhold_store::Store;

use crate::config::{Loaded, load};

/// Exit code for wrong usage or unreadable input.
pub const UNREADABLE: u8 = 2;
/// Exit code when the checked thing does not hold.
pub const DOES_NOT_HOLD: u8 = 1;

/// Where the settings are.
#[derive(Clone, Debug, clap::Args)]
pub struct Folder {
    /// Settings folder
    #[arg(long, value_name = "DIR", default_value = "config", env = "SAMHOLD_CONFIG", global = true)]
    pub config: PathBuf,
}

/// Runs asynchronous work of a short command.
pub fn block_on(work: impl Future<Output = anyhow::Result<ExitCode>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(work),
        Err(e) => Err(e.into()),
    };
    outcome.unwrap_or_else(|e| failed(&e))
}

/// Prints what went wrong with its causes.
#[must_use]
pub fn failed(error: &anyhow::Error) -> ExitCode {
    let text = samhold_model::national_id::redact(&format!("{error:#}"));
    eprintln!("error: {text}");
    ExitCode::from(UNREADABLE)
}

/// Reads the settings, or prints all their mistakes.
///
/// # Errors
/// The exit code to end with.
pub fn settings(folder: &Folder) -> Result<Loaded, ExitCode> {
    load(&folder.config).map_err(|mistakes| {
        eprint!("{}", mistakes.render());
        ExitCode::from(UNREADABLE)
    })
}

/// Opens the store of a settings folder.
///
/// # Errors
/// As the store says.
pub async fn store(loaded: &Loaded) -> anyhow::Result<Arc<dyn Store>> {
    crate::connect::open_store(&loaded.settings.store).await
}
