//! The store as the rest of the program sees it: every story runs on SQLite and on PostgreSQL.
//!
//! PostgreSQL is the server that `SAMHOLD_TEST_POSTGRES` names; each story makes a schema of its own in it. Without
//! that variable these stories say that they were skipped.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; only the functions marked as tests are exempt by the settings"
)]

mod audit;
mod audit_end;
mod audit_rules;
mod backup;
mod crash;
mod dead_letters;
mod deliveries;
mod delivery_rules;
mod identity;
mod inbox;
mod ledger;
mod same;
mod secrets;
mod server;
mod settlement;
mod support;
