//! How delivery and reading went: counts from the receivers and the store.

use std::collections::BTreeMap;

use samhold_store::Direction;
use serde::Serialize;

use super::daemon::Daemon;
use super::received::ServiceRow;
use super::world::World;

/// One recipient.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryRow {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub recipient: &'static str,
    /// By which road.
    pub road: &'static str,
    /// Deliveries it acknowledged.
    pub delivered: i64,
    /// Attempts that failed and were made again, counted at the receiver.
    pub retries: u64,
    /// Deliveries that still wait.
    pub waiting: i64,
    /// Dead letters.
    pub dead: Vec<DeadRow>,
}

/// Dead letters of one recipient with one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeadRow {
    /// Code with a page in the documentation.
    pub code: String,
    /// What the receiver said.
    pub reason: String,
    /// How many.
    pub count: u64,
}

/// One source system.
#[derive(Clone, Debug, Serialize)]
pub struct InboundRow {
    /// Its name.
    pub system: String,
    /// Units it has told of.
    pub units: usize,
    /// Dead letters.
    pub dead: Vec<DeadRow>,
}

/// The recipients.
pub(super) async fn deliveries(
    world: &World,
    daemon: &Daemon,
    services: &[ServiceRow],
) -> anyhow::Result<Vec<DeliveryRow>> {
    let backlog = daemon.engine.store.backlog().await?;
    let mut dead = dead_letters(daemon, Direction::Out).await?;
    let mut rows = Vec::new();
    for service in services {
        let counts = backlog.recipients.iter().find(|(name, ..)| name.as_str() == service.id);
        let (waiting, delivered) = counts.map_or((0, 0), |(_, queued, delivered, _)| (*queued, *delivered));
        let server = world.receiver(service.id).map(samhold_standins::Receiver::server);
        rows.push(DeliveryRow {
            id: service.id,
            recipient: service.service,
            road: service.road,
            delivered,
            retries: server.map_or(0, |s| s.faults().injected()),
            waiting,
            dead: dead.remove(service.id).unwrap_or_default(),
        });
    }
    Ok(rows)
}

/// The sources.
pub(super) async fn sources(daemon: &Daemon) -> anyhow::Result<Vec<InboundRow>> {
    let live = daemon.engine.live();
    let mut dead = dead_letters(daemon, Direction::In).await?;
    let mut rows = Vec::new();
    for system in live.loaded.systems.values().filter(|s| s.source.is_some()) {
        let name = samhold_model::SystemName::new(system.name.clone());
        let units = daemon.engine.store.latest_records(&name).await?.len();
        rows.push(InboundRow {
            system: system.name.clone(),
            units,
            dead: dead.remove(&system.name).unwrap_or_default(),
        });
    }
    Ok(rows)
}

async fn dead_letters(daemon: &Daemon, direction: Direction) -> anyhow::Result<BTreeMap<String, Vec<DeadRow>>> {
    let mut rows: BTreeMap<String, Vec<DeadRow>> = BTreeMap::new();
    let letters = daemon.engine.store.dead_letters("waiting", 10_000).await?;
    for letter in letters.into_iter().filter(|l| l.direction == direction) {
        let of_system = rows.entry(letter.system.to_string()).or_default();
        let known = of_system.iter_mut().find(|r| r.code == letter.code && r.reason == letter.detail);
        match known {
            Some(row) => row.count += 1,
            None => of_system.push(DeadRow { code: letter.code, reason: letter.detail, count: 1 }),
        }
    }
    Ok(rows)
}
