//! Opens a database: makes the file, brings the tables up to date, unlocks the keyring, starts the writer.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Pool, Postgres, Sqlite};

use crate::api::Store;
use crate::args::args;
use crate::dialect::Dialect;
use crate::group::Writer;
use crate::keyring;
use crate::keys::Keys;
use crate::settings::StoreSettings;
use crate::store::Sql;
use crate::{Result, StoreError};

static SQLITE_TABLES: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_TABLES: Migrator = sqlx::migrate!("migrations/postgres");

/// How long a change waits for another process that holds the database.
const BUSY: Duration = Duration::from_secs(10);
/// Connections for reading.
const READERS: u32 = 4;

/// Opens the store, makes or updates its tables, and proves that the keys fit.
///
/// Must be called inside a tokio runtime: the one writer is a task in it.
///
/// # Errors
/// [`StoreError::Decrypt`] when the store was made with other keys; [`StoreError::File`], [`StoreError::Migrate`] or
/// [`StoreError::Database`] when the database cannot be opened or is newer than the program.
pub async fn open(settings: &StoreSettings, keys: Keys) -> Result<Arc<dyn Store>> {
    match settings {
        StoreSettings::Sqlite { path } => {
            let (writer, readers) = sqlite(path).await?;
            Ok(Arc::new(assemble(writer, readers, &keys).await?))
        }
        StoreSettings::Postgres { url } => {
            let (writer, readers) = postgres(url).await?;
            Ok(Arc::new(assemble(writer, readers, &keys).await?))
        }
    }
}

async fn assemble<D: Dialect>(writer: Pool<D>, readers: Pool<D>, keys: &Keys) -> Result<Sql<D>> {
    let (vault, signer) = keyring::unlock(&writer, keys).await?;
    let vault = Arc::new(vault);
    let queue = Writer::start(writer.clone(), vault.clone());
    Ok(Sql { readers, writer: queue, writing: writer, vault, signer: Arc::new(signer) })
}

pub(crate) async fn sqlite(path: &Path) -> Result<(Pool<Sqlite>, Pool<Sqlite>)> {
    make_file(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL would lose the last commits at a power cut although they were acknowledged.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY);
    // A full disk makes SQLite end a transaction by itself. The rollback that follows then fails, and the connection counts
    // as inside a transaction for ever: it is given up for a new one.
    let pool = || {
        let options = SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None);
        options.before_acquire(|conn, _| Box::pin(async move { Ok(!conn.is_in_transaction()) }))
    };
    let writer = pool().max_connections(1).connect_with(options.clone()).await.map_err(connecting)?;
    SQLITE_TABLES.run(&writer).await.map_err(StoreError::Migrate)?;
    let readers = pool().max_connections(READERS).connect_lazy_with(options.pragma("query_only", "on"));
    Ok((writer, readers))
}

pub(crate) async fn postgres(url: &str) -> Result<(Pool<Postgres>, Pool<Postgres>)> {
    // A server set to lose the last commits at a crash must not do so for what we acknowledge.
    let options = PgConnectOptions::from_str(url).map_err(connecting)?.options([("synchronous_commit", "on")]);
    let pool = || PgPoolOptions::new().acquire_timeout(BUSY);
    let writer = pool().max_connections(1).connect_with(options.clone()).await.map_err(connecting)?;
    POSTGRES_TABLES.run(&writer).await.map_err(StoreError::Migrate)?;
    let readers = pool().max_connections(READERS).connect_lazy_with(options);
    Ok((writer, readers))
}

fn connecting(source: sqlx::Error) -> StoreError {
    StoreError::Database { attempt: "connect", source }
}

/// Makes the file so that only its owner may read it; SQLite gives its side files the same rights.
fn make_file(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ()).map_err(|source| StoreError::File { path: path.to_owned(), source })
}

/// Copies the database into a new file, as of one moment.
pub(crate) async fn backup<D: Dialect>(pool: &Pool<D>, path: &Path) -> Result<()> {
    let Some(copy) = D::BACKUP else { return Err(StoreError::Unsupported("back up to a file: use `pg_dump`")) };
    let failed = |source| StoreError::Database { attempt: "back up to a file", source };
    let Some(name) = path.to_str() else {
        return Err(StoreError::Unsupported("back up to a file whose path is not Unicode"));
    };
    make_file(path)?;
    // A connection of its own: the readers' may not write a file, and the writer is not to wait for this.
    let mut conn = D::Connection::connect_with(&pool.connect_options()).await.map_err(failed)?;
    D::run(&mut conn, copy, args![name]).await.map(|_| ()).map_err(failed)
}
