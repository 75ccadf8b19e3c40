#![doc = include_str!("../README.md")]

mod compose;
mod connection;
mod feed;
mod position;
mod round;
mod settings;
mod source;

pub use settings::SourceSettings;
pub use source::AltinnSource;
