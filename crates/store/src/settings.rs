//! Which database, where. The password in a URL never shows in Debug.

use std::fmt;
use std::path::PathBuf;

/// Which database the store lies in.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreSettings {
    /// The embedded one: a file, made with mode 0600 when it is not there.
    Sqlite {
        /// Path of the file; its folder must exist.
        path: PathBuf,
    },
    /// A PostgreSQL server, version 14 or newer.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
    },
}

impl fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => f.debug_struct("Sqlite").field("path", path).finish(),
            Self::Postgres { .. } => f.write_str("Postgres { url: *** }"),
        }
    }
}
