//! `samhold dead-letters`: what could not be mapped or delivered, why, and again.
//!
//! Shows codes, places and reasons, never raw content; showing one is an audited reading.

use std::process::ExitCode;

use samhold_model::Instant;
use samhold_store::{DeadLetter, Store};
use serde_json::json;
use uuid::Uuid;

use super::support::{DOES_NOT_HOLD, Folder, block_on, say, settings, store, tell_log};

/// Arguments of `dead-letters`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:  samhold dead-letters list\n          samhold dead-letters replay 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001"
)]
pub struct DeadLettersArgs {
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
    /// Lists those that wait
    #[command(after_help = "Example:  samhold dead-letters list --state waiting")]
    List {
        /// waiting, replayed or discarded
        #[arg(long, default_value = "waiting", value_parser = ["waiting", "replayed", "discarded"])]
        state: String,
    },
    /// Shows one with its reason
    #[command(after_help = "Example:  samhold dead-letters show 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001")]
    Show {
        /// Its id
        id: Uuid,
    },
    /// Tries one again, or all of them
    #[command(after_help = "Example:  samhold dead-letters replay --all")]
    Replay {
        /// Its id
        #[arg(required_unless_present = "all")]
        id: Option<Uuid>,
        /// All that wait
        #[arg(long)]
        all: bool,
    },
    /// Gives one up
    #[command(after_help = "Example:  samhold dead-letters discard 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001")]
    Discard {
        /// Its id
        id: Uuid,
    },
}

/// Runs the command.
pub fn run(args: DeadLettersArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move { act(store(&loaded).await?.as_ref(), args.action, args.json).await })
}

async fn act(store: &dyn Store, action: Action, as_json: bool) -> anyhow::Result<ExitCode> {
    match action {
        Action::List { state } => {
            tell_log(store, None, json!({"command": "dead-letters list"})).await?;
            list(&store.dead_letters(&state, 10_000).await?, as_json);
            Ok(ExitCode::SUCCESS)
        }
        Action::Show { id } => look(store, id, as_json).await,
        Action::Replay { id, .. } => {
            let ids: Vec<Uuid> = match id {
                Some(id) => vec![id],
                None => store.dead_letters("waiting", 100_000).await?.iter().map(|d| d.id).collect(),
            };
            replay(store, &ids).await
        }
        Action::Discard { id } if store.discard(id, "operator", Instant::now()).await? => {
            say!("given up: {id}");
            Ok(ExitCode::SUCCESS)
        }
        Action::Discard { id } => Ok(missing(id)),
    }
}

/// Showing one is a reading, and is written down first.
async fn look(store: &dyn Store, id: Uuid, as_json: bool) -> anyhow::Result<ExitCode> {
    let Some((letter, _)) = store.dead_letter(id).await? else { return Ok(missing(id)) };
    tell_log(store, None, json!({"command": "dead-letters show", "dead_letter": id})).await?;
    show(&letter, as_json);
    Ok(ExitCode::SUCCESS)
}

async fn replay(store: &dyn Store, ids: &[Uuid]) -> anyhow::Result<ExitCode> {
    let mut done = 0;
    for id in ids {
        done += usize::from(store.replay(*id, "operator", Instant::now()).await?);
    }
    say!("{done} of {} will be tried again by the daemon", ids.len());
    Ok(if done == ids.len() { ExitCode::SUCCESS } else { ExitCode::from(DOES_NOT_HOLD) })
}

fn missing(id: Uuid) -> ExitCode {
    eprintln!("no-dead-letter: tried to find dead letter {id}; `samhold dead-letters list` shows those that wait");
    ExitCode::from(DOES_NOT_HOLD)
}

fn list(letters: &[DeadLetter], as_json: bool) {
    for letter in letters {
        if as_json {
            say!("{}", json!(letter));
        } else {
            let direction = format!("{:?}", letter.direction).to_lowercase();
            let first = letter.detail.lines().next().unwrap_or_default();
            say!("{}  {direction:<3}  {:<20} {:<22} {first}", letter.id, letter.system.as_str(), letter.code);
        }
    }
    if !as_json {
        say!("{} dead letters", letters.len());
    }
}

fn show(letter: &DeadLetter, as_json: bool) {
    if as_json {
        say!("{}", json!(letter));
        return;
    }
    say!("dead letter {}", letter.id);
    say!("direction   {:?}", letter.direction);
    say!("system      {}", letter.system);
    say!("at          {}", letter.at);
    say!("state       {}", letter.state);
    say!("code        {}", letter.code);
    say!("reason      {}", letter.detail.replace('\n', "\n            "));
    say!("\nwhen the cause is mended:  samhold dead-letters replay {}", letter.id);
}
