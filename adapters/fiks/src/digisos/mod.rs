//! Social-assistance cases at NAV through Fiks Digisos.
//!
//! Must never keep payments, account numbers or texts.

mod reduce;
mod source;

pub use source::DigisosSource;
