//! The history of answers over simulated weeks: made again from the facts alone, what time alone changes, and what becomes
//! known too late. The daemon's rooms run in this process, on a clock that is put forward.

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

mod ages;
mod altinn;
mod command;
mod consents;
mod dates;
mod house;
mod late;
mod rebuild;
