//! Every source from end to end: what a system says in its own format comes in over its own road, stands in the ledger as
//! facts, and changes the answer.

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
mod queue;
#[path = "../common/story.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod story;
#[path = "../common/town.rs"]
#[allow(dead_code, reason = "each test file uses its own part")]
mod town;

mod altinn;
mod consents;
mod family;
mod identity;
mod kindergarten;
mod own;
mod record;
mod referral;
mod register;
mod samtykke;
mod school;
mod welfare;
