//! `samhold status`: each system's last contact, backlog and errors; each recipient's queue. Counts only, no content.

use std::process::ExitCode;

use serde_json::json;

use super::support::{Folder, block_on, say, settings, store};

/// Arguments of `status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:  samhold status --config /etc/samhold --json")]
pub struct StatusArgs {
    #[command(flatten)]
    folder: Folder,
    /// For machines
    #[arg(long)]
    json: bool,
}

/// Prints the status.
pub fn run(args: StatusArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move {
        let store = store(&loaded).await?;
        let (backlog, contacts) = (store.backlog().await?, store.contacts().await?);
        if args.json {
            say!("{}", json!({"backlog": backlog, "systems": contacts}));
            return Ok(ExitCode::SUCCESS);
        }
        say!(
            "children {}   facts {}   waiting to be worked out {}   dead letters {}",
            backlog.children,
            backlog.facts,
            backlog.marked,
            backlog.dead
        );
        say!("\n{:<24} {:<22} {:>8}  last error", "system", "last contact", "waiting");
        for name in loaded.systems.keys() {
            let contact = contacts.iter().find(|c| c.system.as_str() == name);
            let waiting = backlog.inbox.iter().find(|(s, _)| s.as_str() == name).map_or(0, |(_, n)| *n);
            let last = contact.and_then(|c| c.last_contact).map_or("never".into(), |t| t.to_string());
            let error = contact.and_then(|c| c.last_error.clone()).unwrap_or_default();
            say!("{name:<24} {last:<22.22} {waiting:>8}  {error}");
        }
        say!("\n{:<24} {:>8} {:>10} {:>9}", "recipient", "queued", "delivered", "rejected");
        for (name, queued, delivered, rejected) in &backlog.recipients {
            say!("{:<24} {queued:>8} {delivered:>10} {rejected:>9}", name.as_str());
        }
        Ok(ExitCode::SUCCESS)
    })
}
