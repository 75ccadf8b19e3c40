#![doc = include_str!("../README.md")]

mod answers;
pub mod api;
mod args;
mod audit;
mod canonical;
mod checkpoints;
mod dead;
mod deliveries;
mod dialect;
mod error;
mod feed;
mod group;
mod identity;
mod inbox;
mod keyring;
mod keys;
mod ledger;
mod marks;
mod note;
mod open;
mod outbox;
mod plan;
#[cfg(test)]
mod prepared;
mod records;
mod same;
mod seals;
mod settings;
mod sql;
mod status;
mod store;
mod tasks;
mod tx;
mod vault;
mod verify;
mod views;
mod waiting;

pub use api::*;
pub use error::StoreError;
pub use keys::{KEY_LEN, Keys};
pub use open::open;
pub use settings::StoreSettings;
