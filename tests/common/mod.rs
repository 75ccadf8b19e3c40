//! The house the end-to-end tests share: a settings folder, the built daemon as a process of its own, children, waiting.
//!
//! Drives the program only from outside: files, HTTP, queues, signals, the command line. Timing never decides a test: what
//! is waited for is a condition, and the deadline is far beyond what a slow machine needs.

#![allow(dead_code, unused_imports, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

mod children;
mod client;
mod commands;
mod daemon;
mod folder;
mod left;
mod postgres;
mod proxy;
mod roads;
mod tap;
mod wait;

pub use children::{Child, HOLDERS, children, flat, holder_in, today, told_in};
pub use client::{Answer, Client};
pub use daemon::Daemon;
pub use folder::{CLIENT, Database, Folder, MUNICIPALITY, SECRET, free_port, toml_path};
pub use postgres::Schema;
pub use proxy::Proxy;
pub use roads::{altinn_source, amqp_recipient, amqp_source, http_recipient, oneroster};
pub use tap::{Tap, tapped};
pub use wait::{PATIENCE, wait_until, wait_until_within};

/// A variable of the test's environment: where the servers are that tests may use.
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment where the servers are")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The broker to test with, or a printed line that says the test is skipped.
pub fn broker() -> Option<String> {
    let url = environment("SAMHOLD_TEST_AMQP");
    if url.is_none() {
        eprintln!("skipped: SAMHOLD_TEST_AMQP names no broker");
    }
    url
}
