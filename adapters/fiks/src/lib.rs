#![doc = include_str!("../README.md")]

mod connection;
mod digisos;
mod register;
mod samtykke;
mod settings;

pub use digisos::DigisosSource;
pub use register::FolkeregisterSource;
pub use samtykke::SamtykkeSource;
pub use settings::{Connection, DigisosSettings, EventType, FolkeregisterSettings, SamtykkeSettings};
