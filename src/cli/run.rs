//! `samhold run`: the daemon.
//!
//! Starts though other systems are away. SIGTERM and SIGINT end it gracefully; SIGHUP reloads settings and mappings, all or
//! nothing.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::support::{Folder, UNREADABLE, block_on, store};
use crate::clock::Clock;
use crate::config::{LogSettings, Mistakes, Settings, unreadable_secrets};
use crate::sync::{Engine, Live, tell_widenings};
use crate::telemetry::{Counter, start_logs, tell_breaks_by_place};
use crate::{connect, proof, web};

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:  samhold run --config /etc/samhold")]
pub struct RunArgs {
    #[command(flatten)]
    folder: Folder,
}

/// Runs until told to stop.
pub fn run(args: RunArgs) -> ExitCode {
    let live = match connect::build(&args.folder.config) {
        Ok(live) => live,
        Err(mistakes) => {
            eprint!("{}", mistakes.render());
            eprintln!("settings-wrong: the daemon did not start: {} mistakes. Mend them all.", mistakes.0.len());
            return ExitCode::from(UNREADABLE);
        }
    };
    logs(&live.loaded.settings.log);
    warn_of_secrets(&args.folder);
    block_on(daemon(live, args.folder))
}

fn logs(settings: &LogSettings) {
    start_logs(settings, settings.format == crate::config::LogFormat::Text);
    tell_breaks_by_place();
    let _ = crate::telemetry::metrics();
}

/// One that is missing disconnects a system until it is there, and nothing else.
fn warn_of_secrets(folder: &Folder) {
    for line in unreadable_secrets(&folder.config) {
        tracing::warn!(secret = %line, "a secret cannot be read: {line}");
    }
}

async fn daemon(live: Live, folder: Folder) -> anyhow::Result<ExitCode> {
    if let Err(mistakes) = proof::required(&live.loaded).await {
        eprint!("{}", mistakes.render());
        eprintln!("settings-wrong: the daemon did not start: its policies are not proved. Mend them all.");
        return Ok(ExitCode::from(UNREADABLE));
    }
    let store = store(&live.loaded).await?;
    let bound = web::bind(&live.loaded.settings.web).await?;
    let address = bound.address;
    let mut asked = Asked::new()?;
    let engine = Engine::new(store, Clock::real(), live);
    tell_widenings(&engine).await;
    engine.start();
    let serving = tokio::spawn(web::serve(bound, web::router(Arc::clone(&engine)), engine.stop.child_token()));
    tracing::info!(listen = %address, "samhold runs, listening on {address}");
    drop(sd_notify::notify(&[sd_notify::NotifyState::Ready]));
    until_stopped(&engine, &folder, &mut asked).await;
    drop(sd_notify::notify(&[sd_notify::NotifyState::Stopping]));
    let clean = engine.shut_down(Duration::from_secs(25)).await;
    drop(serving.await);
    engine.seal().await;
    tracing::info!(clean, "samhold has stopped");
    Ok(ExitCode::SUCCESS)
}

/// What an operator or the system asks for. Listened to before the work starts: a signal nobody waits for ends a process.
struct Asked {
    term: Signal,
    int: Signal,
    hup: Signal,
}

impl Asked {
    fn new() -> std::io::Result<Self> {
        let (term, int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        Ok(Self { term, int, hup: signal(SignalKind::hangup())? })
    }
}

async fn until_stopped(engine: &Arc<Engine>, folder: &Folder, asked: &mut Asked) {
    loop {
        tokio::select! {
            _ = asked.term.recv() => return,
            _ = asked.int.recv() => return,
            _ = asked.hup.recv() => reload(engine, folder).await,
        }
    }
}

/// Sections that are read once, at the start.
fn counting_from_next_start(old: &Settings, new: &Settings) -> Vec<&'static str> {
    // Settings hold no secrets, only where they lie.
    let differs = |old: &dyn std::fmt::Debug, new: &dyn std::fmt::Debug| format!("{old:?}") != format!("{new:?}");
    let sections = [
        ("store", differs(&old.store, &new.store)),
        ("web", differs(&old.web, &new.web)),
        ("log", differs(&old.log, &new.log)),
    ];
    sections.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Everything the settings ask for, with policies that hold every claim.
async fn proved(folder: &Folder) -> Result<Live, Mistakes> {
    let live = connect::build(&folder.config)?;
    proof::required(&live.loaded).await?;
    Ok(live)
}

/// Loads all, validates all, then swaps; a bad file keeps the old set.
async fn reload(engine: &Arc<Engine>, folder: &Folder) {
    drop(sd_notify::notify(&[sd_notify::NotifyState::Reloading]));
    match proved(folder).await {
        Ok(live) => {
            for section in counting_from_next_start(&engine.live().loaded.settings, &live.loaded.settings) {
                tracing::warn!(section, "`[{section}]` was changed: what it says counts from the next start");
            }
            warn_of_secrets(folder);
            engine.replace(live);
            tell_widenings(engine).await;
            if let Err(e) = engine.store.mark_all().await {
                tracing::error!(error = %e, "children could not be marked after the reload");
            }
            engine.signals.marked.notify_one();
            tracing::info!("settings and mappings reloaded");
        }
        Err(mistakes) => {
            Counter::ReloadsRefused.add(1);
            for line in mistakes.lines() {
                tracing::error!(mistake = %line, "reload refused, the old settings stay: {line}");
            }
        }
    }
    drop(sd_notify::notify(&[sd_notify::NotifyState::Ready]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reload_tells_which_sections_it_does_not_reach() {
        let settings = |more: &str| -> Settings {
            let text = format!("store.sqlite = \"x\"\nstore.master_key = {{ env = \"X\" }}\n{more}\n[municipality]\n");
            toml::from_str(&text).unwrap()
        };
        let old = settings("");
        assert!(counting_from_next_start(&old, &settings("delivery.concurrency = 2")).is_empty());
        assert_eq!(
            counting_from_next_start(&old, &settings("web.max_body_bytes = 4096\nlog.level = \"debug\"")),
            ["web", "log"]
        );
    }
}
