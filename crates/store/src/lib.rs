#![doc = include_str!("../README.md")]

pub mod api;

pub use api::*;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answered with an error.
    #[error("the store could not {attempt}")]
    Database {
        /// What was tried.
        attempt: &'static str,
        /// The cause.
        #[source]
        source: sqlx::Error,
    },
    /// Something stored could not be decrypted: wrong key or altered data.
    #[error("stored data could not be decrypted while trying to {0}: wrong key, or the row was altered")]
    Decrypt(&'static str),
    /// Something stored does not have the expected form.
    #[error("stored data is not as expected while trying to {attempt}: {found}")]
    Corrupt {
        /// What was tried.
        attempt: &'static str,
        /// What stood there, without content.
        found: String,
    },
}
