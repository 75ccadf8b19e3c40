//! `samhold tasks`: what only a person can decide, and their answer.
//!
//! Opaque ids only. An answer is audited, and the daemon works out the children it concerns.

use std::process::ExitCode;

use samhold_model::Instant;
use samhold_model::dates::{date_of, days_between};
use samhold_store::{AuditEntry, Store, Task};
use serde_json::json;
use uuid::Uuid;

use super::support::{DOES_NOT_HOLD, Folder, block_on, say, settings, store, tell_log};
use crate::sync::tasks::{Answer, Given, Refused, answer, fitting};

/// Arguments of `tasks`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:  samhold tasks list\n          samhold tasks answer 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 same_child"
)]
pub struct TasksArgs {
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
    /// Lists those that are open, oldest first
    #[command(after_help = "Example:  samhold tasks list --json")]
    List,
    /// Shows one with the answers that fit
    #[command(after_help = "Example:  samhold tasks show 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001")]
    Show {
        /// Its id
        id: Uuid,
    },
    /// Answers one; a question about two children may be answered otherwise later
    #[command(after_help = "Example:  samhold tasks answer 7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001 not_same")]
    Answer {
        /// Its id
        id: Uuid,
        /// The two are one child, they are not, or what had to be done is done
        #[arg(value_enum)]
        answer: Answer,
    },
}

/// Runs the command.
pub fn run(args: TasksArgs) -> ExitCode {
    let loaded = match settings(&args.folder) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    block_on(async move {
        let store = store(&loaded).await?;
        match args.action {
            Action::List => list(store.as_ref(), args.json).await,
            Action::Show { id } => show(store.as_ref(), id, args.json).await,
            Action::Answer { id, answer } => take(store.as_ref(), id, answer).await,
        }
    })
}

async fn list(store: &dyn Store, as_json: bool) -> anyhow::Result<ExitCode> {
    tell_log(store, None, json!({"command": "tasks list"})).await?;
    let tasks = store.open_tasks().await?;
    let today = date_of(Instant::now());
    for task in &tasks {
        if as_json {
            say!("{}", json!(task));
        } else {
            let days = days_between(date_of(task.opened_at), today);
            let first = task.detail.lines().next().unwrap_or_default();
            say!("{}  {days:>4} d  {:<22} {first}", task.id, task.kind);
        }
    }
    if !as_json {
        say!("{} to decide", tasks.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// Showing one is a reading, and is written down first.
async fn show(store: &dyn Store, id: Uuid, as_json: bool) -> anyhow::Result<ExitCode> {
    let Some(task) = store.task(id).await? else { return Ok(missing(id)) };
    let (kind, actor, detail) =
        ("read".to_owned(), "operator".to_owned(), json!({"command": "tasks show", "task": id}));
    let read = |child| AuditEntry {
        at: Instant::now(),
        kind: kind.clone(),
        child,
        actor: actor.clone(),
        detail: detail.clone(),
    };
    // One for each child it is about, so that each family is told.
    let about: Vec<_> = task.children.iter().map(|child| read(Some(*child))).collect();
    store.audit(if about.is_empty() { vec![read(None)] } else { about }).await?;
    if as_json {
        say!("{}", json!(task));
    } else {
        print(&task);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(task: &Task) {
    say!("task        {}", task.id);
    say!("kind        {}", task.kind);
    say!("opened      {}", task.opened_at);
    say!("about       {}", task.detail.replace('\n', "\n            "));
    for child in &task.children {
        say!("child       {child}   (samhold duty show --child {child})");
    }
    if let Some(answer) = &task.answer {
        say!("answered    {answer}");
    }
    say!("");
    for fit in fitting(task) {
        say!("samhold tasks answer {} {}", task.id, fit.word());
    }
}

async fn take(store: &dyn Store, id: Uuid, word: Answer) -> anyhow::Result<ExitCode> {
    let given = Given { task: id, answer: word, by: "operator", at: Instant::now() };
    match answer(store, given).await? {
        Ok(()) => {
            say!("answered: {id} {}; the daemon works out the children it concerns", word.word());
            Ok(ExitCode::SUCCESS)
        }
        Err(Refused::Unknown) => Ok(missing(id)),
        Err(why) => {
            eprintln!("task-not-answered: tried to answer task {id}: {why}");
            Ok(ExitCode::from(DOES_NOT_HOLD))
        }
    }
}

fn missing(id: Uuid) -> ExitCode {
    eprintln!("no-task: tried to find task {id}; `samhold tasks list` shows those that are open");
    ExitCode::from(DOES_NOT_HOLD)
}
