#![doc = include_str!("../README.md")]

mod compose;
mod guard;
mod link;
mod pages;
mod settings;
mod source;
mod tidy;

pub use settings::SourceSettings;
pub use source::OneRosterSource;
