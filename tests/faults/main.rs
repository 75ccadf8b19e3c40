//! What happens when something fails: brokers, recipients, sources, disks, the process itself. Nothing acknowledged is lost,
//! every recipient ends with what it should have, and nothing takes effect twice.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "../common/mod.rs"]
mod common;

mod absent;
mod brokers;
mod database;
mod effects;
mod kills;
mod limits;
mod refusals;
mod roster;
mod sources;
