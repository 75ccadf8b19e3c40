//! Every recipient from end to end: what a service gets over its own road, in which form, and what it never gets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/ledger.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod ledger;
#[path = "../common/story.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod story;
#[path = "../common/town.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod town;

mod again;
mod audited;
mod certificate;
mod confirmed;
mod decided;
mod exchange;
mod feed;
mod handover;
mod policies;
mod postgres;
mod push;
mod receipts;
mod silent;
mod team;
mod unseen;
mod whereabouts;
