//! Every byte that left, searched: a whole town is played over its five days against real protocols, and nothing of a person
//! stands where it may not.

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
#[path = "../common/queue.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod queue;
#[path = "../common/story.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod story;
#[path = "../common/town.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod town;

mod played;
mod search;
