//! What several commands share: the settings folder, opening the store, printing errors.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use samhold_model::{ChildId, Instant};
use samhold_store::{AuditEntry, Store};
use serde_json::Value;

use crate::config::{Loaded, load};

/// Prints a line. A reader that has gone, such as `head`, is no error.
macro_rules! say {
    ($($part:tt)*) => {
        drop(std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($part)*))))
    };
}
pub(super) use say;

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

/// Prints what went wrong with its causes. The outermost of them begins with a code of the documentation.
#[must_use]
pub fn failed(error: &anyhow::Error) -> ExitCode {
    let text = samhold_model::national_id::redact(&format!("{error:#}"));
    let has_code = error.to_string().split_once(": ").is_some_and(|(code, _)| is_code(code));
    eprintln!("{}{text}", if has_code { "" } else { "command-failed: " });
    ExitCode::from(UNREADABLE)
}

fn is_code(word: &str) -> bool {
    word.contains('-') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

/// Reads the settings, or prints all their mistakes.
///
/// # Errors
/// The exit code to end with.
pub fn settings(folder: &Folder) -> Result<Loaded, ExitCode> {
    load(&folder.config).map_err(|mistakes| {
        eprint!("{}", mistakes.render());
        let n = mistakes.0.len();
        eprintln!(
            "settings-wrong: tried to read the settings in {}: {n} mistakes. Mend them all.",
            folder.config.display()
        );
        ExitCode::from(UNREADABLE)
    })
}

/// Opens the store of a settings folder.
///
/// # Errors
/// As the store says.
pub async fn store(loaded: &Loaded) -> anyhow::Result<Arc<dyn Store>> {
    use anyhow::Context as _;
    let tried = "store-unavailable: tried to open the store that `[store]` in samhold.toml names; look at its path or \
        address, and that the master key can be read and is the right one";
    crate::connect::open_store(&loaded.settings.store).await.context(tried)
}

/// Tells the audit log what an operator is about to see. Comes first: what cannot be told is not shown.
///
/// # Errors
/// When the store fails.
pub async fn tell_log(store: &dyn Store, child: Option<ChildId>, detail: Value) -> anyhow::Result<()> {
    let (kind, actor) = ("read".into(), "operator".into());
    Ok(store.audit(vec![AuditEntry { at: Instant::now(), kind, child, actor, detail }]).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_a_code_of_its_own_or_the_common_one() {
        assert!(is_code("store-unavailable"));
        assert!(!is_code("the store could not read") && !is_code("error"));
    }
}
