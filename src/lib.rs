//! The Samhold daemon and its command line: wiring between the rooms.
//!
//! Data flows one way: adapters → inbox → mapping → facts → duty → disclosure → outbox → adapters. This crate carries it
//! from room to room; it interprets neither law nor formats, and lets nothing out that is not `Cleared`.

pub mod cli;
pub mod clock;
pub mod config;
pub mod connect;
pub mod demo;
pub mod proof;
pub mod sync;
pub mod telemetry;
pub mod web;
