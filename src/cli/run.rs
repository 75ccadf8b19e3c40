//! `samhold run`: the daemon.
//!
//! Starts though other systems are away. SIGTERM and SIGINT end it gracefully; SIGHUP reloads settings and mappings, all or
//! nothing.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::support::{Folder, UNREADABLE, block_on};
use crate::clock::Clock;
use crate::config::LogSettings;
use crate::sync::{Engine, Live};
use crate::telemetry::{Counter, start_logs};
use crate::{connect, web};

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
            return ExitCode::from(UNREADABLE);
        }
    };
    logs(&live.loaded.settings.log);
    block_on(daemon(live, args.folder))
}

fn logs(settings: &LogSettings) {
    start_logs(settings, settings.format == crate::config::LogFormat::Text);
    let _ = crate::telemetry::metrics();
}

async fn daemon(live: Live, folder: Folder) -> anyhow::Result<ExitCode> {
    let store = connect::open_store(&live.loaded.settings.store).await?;
    let bound = web::bind(&live.loaded.settings.web).await?;
    let address = bound.address;
    let engine = Engine::new(store, Clock::real(), live);
    engine.start();
    let serving = tokio::spawn(web::serve(bound, web::router(Arc::clone(&engine)), engine.stop.child_token()));
    tracing::info!(listen = %address, "samhold runs, listening on {address}");
    drop(sd_notify::notify(&[sd_notify::NotifyState::Ready]));
    until_stopped(&engine, &folder).await?;
    drop(sd_notify::notify(&[sd_notify::NotifyState::Stopping]));
    let clean = engine.shut_down(Duration::from_secs(25)).await;
    drop(serving.await);
    tracing::info!(clean, "samhold has stopped");
    Ok(ExitCode::SUCCESS)
}

async fn until_stopped(engine: &Arc<Engine>, folder: &Folder) -> anyhow::Result<()> {
    let mut term: Signal = signal(SignalKind::terminate())?;
    let mut int: Signal = signal(SignalKind::interrupt())?;
    let mut hup: Signal = signal(SignalKind::hangup())?;
    loop {
        tokio::select! {
            _ = term.recv() => return Ok(()),
            _ = int.recv() => return Ok(()),
            _ = hup.recv() => reload(engine, folder).await,
        }
    }
}

/// Loads all, validates all, then swaps; a bad file keeps the old set.
async fn reload(engine: &Arc<Engine>, folder: &Folder) {
    drop(sd_notify::notify(&[sd_notify::NotifyState::Reloading]));
    match connect::build(&folder.config) {
        Ok(live) => {
            if live.loaded.settings.web.listen != engine.live().loaded.settings.web.listen {
                tracing::warn!("`web.listen` and `store` count from the next start");
            }
            engine.replace(live);
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
