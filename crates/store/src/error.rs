//! Why the store could not do what was asked. Must never carry content of a row, a key or a person's number.

use std::path::PathBuf;

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
    /// The database did not answer, or the group in which this was to be written could not begin. Nothing was written.
    #[error("the store could not {attempt}: no connection to the database ({found}); try again when it is up")]
    Unavailable {
        /// What was tried.
        attempt: &'static str,
        /// What the driver said, without content.
        found: String,
    },
    /// The database file could not be made.
    #[error("the database file {path} could not be opened; check that its folder exists and may be written")]
    File {
        /// The configured path.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The tables could not be brought up to this version of the program.
    #[error("the tables of the store could not be brought up to date; is the database newer than the program?")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// Something stored could not be decrypted: wrong key or altered data.
    #[error("stored data could not be decrypted while trying to {0}: wrong key, or the row was altered")]
    Decrypt(&'static str),
    /// The cryptographic library refused; it does so only when the system gives no randomness.
    #[error("could not encrypt while trying to {0}")]
    Encrypt(&'static str),
    /// Something stored does not have the expected form.
    #[error("stored data is not as expected while trying to {attempt}: {found}")]
    Corrupt {
        /// What was tried.
        attempt: &'static str,
        /// What stood there, without content.
        found: String,
    },
    /// What was named is not in the store.
    #[error("the store could not {attempt}: there is no {what}")]
    Missing {
        /// What was tried.
        attempt: &'static str,
        /// What was looked for, by its opaque id.
        what: String,
    },
    /// This database has no such thing; the text says what to do instead.
    #[error("this store cannot {0}")]
    Unsupported(&'static str),
    /// The store was closed while this waited.
    #[error("the store was closed before it could {0}")]
    Closed(&'static str),
}
