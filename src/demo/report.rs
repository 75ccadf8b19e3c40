//! What the demonstration shows, as data: the text and the JSON are two faces of it.

use std::time::Duration;

use samhold_model::Date;
use serde::Serialize;

use super::broker::Broker;
use super::daemon::Daemon;
use super::days::Played;
use super::holders::ChildRow;
use super::invariants::{self, Check};
use super::received::{self, ServiceRow};
use super::tables::{self, DeliveryRow, InboundRow};
use super::withheld;
use super::world::World;

/// One day.
#[derive(Clone, Debug, Serialize)]
pub struct DayRow {
    /// 1 to the last.
    pub day: u8,
    /// Its date.
    pub date: Date,
    /// What happened, bokmål.
    pub news: Vec<String>,
    /// What went wrong on purpose, bokmål.
    pub faults: Vec<String>,
}

/// Everything that is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The municipality.
    pub municipality: &'static str,
    /// The days.
    pub days: Vec<DayRow>,
    /// Who holds now.
    pub children: Vec<ChildRow>,
    /// What each service received, and what was kept from it.
    pub services: Vec<ServiceRow>,
    /// Records from each source system.
    pub sources: Vec<InboundRow>,
    /// How delivery went.
    pub deliveries: Vec<DeliveryRow>,
    /// What must always hold.
    pub checks: Vec<Check>,
    /// Where an answer was another than the story says.
    pub differs: Vec<String>,
    /// Messages that left.
    pub messages: u64,
    /// From the start to here, in seconds.
    pub elapsed_seconds: f64,
}

impl Report {
    /// Whether every answer is as told and every invariant holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.differs.is_empty() && self.checks.iter().all(|c| c.holds)
    }
}

/// Gathers it from the receivers, the store and what was seen on the way.
pub(super) async fn collect(
    world: &World,
    daemon: &Daemon,
    broker: Option<&Broker>,
    played: Played,
    elapsed: Duration,
) -> anyhow::Result<Report> {
    let queued = match broker {
        Some(broker) => Some(broker.received().await?),
        None => None,
    };
    let mut services = received::all(world, &played, queued.as_deref());
    let queued = queued.unwrap_or_default();
    withheld::add(&mut services, daemon, &played.cast).await?;
    let deliveries = tables::deliveries(world, daemon, &services).await?;
    let sources = tables::sources(daemon).await?;
    let checks = invariants::all(world, daemon, &played, &queued, (&sources, &deliveries)).await?;
    Ok(Report {
        municipality: "Fjellvik (9901)",
        messages: services.iter().map(|s| s.messages).sum(),
        sources,
        days: played.days,
        children: played.children,
        services,
        deliveries,
        checks,
        differs: played.differs,
        elapsed_seconds: (elapsed.as_secs_f64() * 10.0).round() / 10.0,
    })
}
