//! Consents in child welfare through Fiks samtykke: how each that was asked for stands, and since when.
//!
//! Must never ask about a consent that nobody here asked for, nor keep names, case folders or texts.

mod reduce;
mod source;
mod state;

pub use source::SamtykkeSource;
