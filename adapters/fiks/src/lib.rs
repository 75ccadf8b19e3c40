#![doc = include_str!("../README.md")]

mod connection;
mod digisos;
mod register;
mod settings;

pub use digisos::DigisosSource;
pub use register::FolkeregisterSource;
pub use settings::{Connection, DigisosSettings, EventType, FolkeregisterSettings};
