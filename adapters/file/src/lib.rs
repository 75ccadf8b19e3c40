#![doc = include_str!("../README.md")]

mod folder;
mod look;
mod settings;
mod source;

pub use settings::SourceSettings;
pub use source::FileSource;
