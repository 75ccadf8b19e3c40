//! The population register through Fiks: look-ups and events.
//!
//! Must never let a missing or failed look-up read as an answer.

mod events;
mod lookup;
mod source;
mod trouble;

pub use source::FolkeregisterSource;
