//! The wire as other systems rely on it: what each road answers, in good and in bad.

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

mod alike;
mod clients;
mod decisions;
mod facts;
mod health;
mod policies;
mod query;
mod register;
mod requests;
mod schema;
mod validate;
mod worklist;
