#![doc = include_str!("../README.md")]

mod bundle;
mod compose;
mod consent;
mod guard;
mod halt;
mod memory;
mod merge;
mod pages;
mod patients;
mod performers;
mod recipient;
mod reference;
mod server;
mod settings;
mod source;
mod sweep;
mod task;
mod team;
#[cfg(test)]
mod tests;
mod walk;

pub use recipient::FhirRecipient;
pub use settings::{RecipientSettings, ResourceKind, SourceSettings, WindowSettings};
pub use source::FhirSource;
