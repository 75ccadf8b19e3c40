//! Settings: layered by the `config` crate, then parsed strictly; every mistake of every file is reported at once.
//!
//! A folder holds `samhold.toml`, `services.toml`, optionally `laws.toml`, and one file per connected system under
//! `systems/`. Must never hold a secret, only where it lies.

mod daemon;
mod floor;
mod limits;
mod load;
pub(crate) mod policies;
mod report;
mod secrets;
mod services;
mod strict;
mod system;

pub use daemon::{
    DeliverySettings, LogFormat, LogSettings, MunicipalitySettings, Settings, StoreSection, TlsSettings, WebSettings,
};
pub(crate) use load::law_of;
pub use load::{Loaded, load, unreadable_secrets};
pub use report::{Mistake, Mistakes};
pub use services::{ServiceEntry, Services};
pub use system::{Permission, RecipientSection, SourceSection, SystemSettings};
