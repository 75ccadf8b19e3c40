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
    daemon: Daemon,
    world: World,
    folder: Folder,
    broker: Option<Broker>,
}

/// Starts everything, plays the days and says what came of it.
///
/// # Errors
/// When something cannot be started or reached.
pub async fn play(options: &Options) -> anyhow::Result<Demo> {
    let begun = Instant::now();
    let world = World::start(first_day()).await?;
    let broker = Broker::open(options.amqp.as_deref()).await?;
    let folder = Folder::write(&world, broker.as_ref())?;
    let daemon = Daemon::start(&folder, days::morning(first_day())).await?;
    let mut player = Player::new(&world, &folder, &daemon, broker.as_ref()).await?;
    for n in 1..=samhold_standins::town::LAST_DAY {
        player.play(n).await?;
    }
    let played = player.finish();
    let report = report::collect(&world, &daemon, broker.as_ref(), played, begun.elapsed()).await?;
    Ok(Demo { report, daemon, world, folder, broker })
}

impl Demo {
    /// Where the API is, and where each client's token lies.
    #[must_use]
    pub fn address(&self) -> String {
        let mut lines = vec![format!("The API answers at http://{}", self.daemon.address)];
        lines.push(format!("Settings folder: {}", self.folder.path().display()));
        lines.push("Tokens (Authorization: Bearer …):".to_owned());
        lines.extend(self.folder.tokens().map(|(name, path)| format!("  {name:<22} {}", path.display())));
        lines.join("\n")
    }

    /// Stops everything in good order and removes what was made.
    pub async fn stop(self) {
        self.daemon.stop(Duration::from_secs(10)).await;
        if let Some(broker) = self.broker {
            broker.clear().await;
        }
        drop(self.world);
        drop(self.folder);
    }
}
