//! The demonstration: the main job on stand-ins of a municipality's systems, over real HTTP, in a temporary folder.
//!
//! Builds the daemon by the same road as `run`; only the clock is simulated. Must never print a national identity number, nor
//! more of a child than its first name.

mod broker;
mod cast;
mod daemon;
mod days;
mod folder;
mod holders;
mod invariants;
mod mappings;
mod office;
mod progress;
mod quiet;
mod reasons;
mod received;
mod report;
mod secrets;
mod systems;
mod tables;
mod text;
mod withheld;
mod world;

use std::time::{Duration, Instant};

use jiff::civil::date;
use samhold_model::Date;

pub use report::Report;
pub use text::render;

use broker::Broker;
use daemon::Daemon;
use days::Player;
use folder::Folder;
use world::World;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A broker to show one source and one recipient over, `amqp://user:password@host:port/vhost`.
    pub amqp: Option<String>,
}

/// The first day of the tour, a Monday.
fn first_day() -> Date {
    date(2026, 11, 23)
}

/// A demonstration that has been played and still runs.
pub struct Demo {
    /// What was shown.
    pub report: Report,
    stage: Stage,
    broker: Option<Broker>,
}

/// Starts everything, plays the days and says what came of it.
///
/// # Errors
/// When something cannot be started or reached.
pub async fn play(options: &Options) -> anyhow::Result<Demo> {
    let begun = Instant::now();
    let broker = Broker::open(options.amqp.as_deref()).await?;
    let (broker, played) = match Stage::play(broker.as_ref(), begun).await {
        Ok(played) => (broker, played),
        Err(e) => {
            clear(broker).await;
            return Err(e);
        }
    };
    let (report, stage) = played;
    Ok(Demo { report, stage, broker })
}

async fn clear(broker: Option<Broker>) {
    if let Some(broker) = broker {
        broker.clear().await;
    }
}

/// What stands while the days are played.
struct Stage {
    daemon: Daemon,
    world: World,
    folder: Folder,
}

impl Stage {
    async fn play(broker: Option<&Broker>, begun: Instant) -> anyhow::Result<(Report, Self)> {
        let world = World::start(first_day()).await?;
        let folder = Folder::write(&world, broker)?;
        let daemon = Daemon::start(&folder, days::morning(first_day())).await?;
        let mut player = Player::new(&world, &folder, &daemon, broker).await?;
        for n in 1..=samhold_standins::town::LAST_DAY {
            player.play(n).await?;
        }
        let played = player.finish();
        let report = report::collect(&world, &daemon, broker, played, begun.elapsed()).await?;
        Ok((report, Self { daemon, world, folder }))
    }
}

impl Demo {
    /// Where the API is, and where each client's token lies.
    #[must_use]
    pub fn address(&self) -> String {
        let mut lines = vec![format!("The API answers at http://{}", self.stage.daemon.address)];
        lines.push(format!("Settings folder: {}", self.stage.folder.path().display()));
        lines.push("Tokens (Authorization: Bearer …):".to_owned());
        lines.extend(self.stage.folder.tokens().map(|(name, path)| format!("  {name:<22} {}", path.display())));
        lines.join("\n")
    }

    /// Stops everything in good order and removes what was made.
    pub async fn stop(self) {
        let Stage { daemon, world, folder } = self.stage;
        daemon.stop(Duration::from_secs(10)).await;
        clear(self.broker).await;
        drop(world);
        drop(folder);
    }
}
