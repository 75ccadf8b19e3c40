//! The few things in which SQLite and PostgreSQL differ, and the only place that names a database's own types.
//!
//! Must never hold an SQL text that both databases understand: those stand once, beside the code that uses them.

use std::future::Future;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Database, FromRow, Postgres, Sqlite};

use crate::args::Arg;

/// A row type that both databases can fill.
pub(crate) trait Fetched: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Fetched for T {}

type Answer<T> = Result<T, sqlx::Error>;

/// A database the store runs on.
pub(crate) trait Dialect: Database {
    /// Starts a writing transaction.
    const BEGIN_WRITE: &'static str;
    /// Starts a reading transaction that sees one state throughout.
    const BEGIN_READ: &'static str;
    /// Then keeps other writers out until its end, when the beginning alone does not.
    const LOCK: Option<&'static str>;

    /// Copies the whole database into the empty file `$1`, where the database can do that itself.
    const BACKUP: Option<&'static str>;

    /// Runs a statement; gives the number of rows it touched.
    fn run(conn: &mut Self::Connection, sql: &'static str, args: Vec<Arg>) -> impl Future<Output = Answer<u64>> + Send;
    /// Runs a statement; gives its rows.
    fn fetch<T: Fetched>(
        conn: &mut Self::Connection,
        sql: &'static str,
        args: Vec<Arg>,
    ) -> impl Future<Output = Answer<Vec<T>>> + Send;
    #[cfg(test)]
    /// Has the database parse and plan a statement without running it.
    fn prepare(conn: &mut Self::Connection, sql: &'static str) -> impl Future<Output = Answer<()>> + Send;
}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Blob(value) => query.bind(value),
            };
        }
        query
    }};
}

macro_rules! dialect {
    ($database:ty, write $write:literal, read $read:literal, lock $lock:expr, backup $backup:expr) => {
        impl Dialect for $database {
            const BEGIN_WRITE: &'static str = $write;
            const BEGIN_READ: &'static str = $read;
            const LOCK: Option<&'static str> = $lock;
            const BACKUP: Option<&'static str> = $backup;

            async fn run(conn: &mut Self::Connection, sql: &'static str, args: Vec<Arg>) -> Answer<u64> {
                bound!(sqlx::query::<$database>(sql), args).execute(conn).await.map(|done| done.rows_affected())
            }

            async fn fetch<T: Fetched>(
                conn: &mut Self::Connection,
                sql: &'static str,
                args: Vec<Arg>,
            ) -> Answer<Vec<T>> {
                bound!(sqlx::query_as::<$database, T>(sql), args).fetch_all(conn).await
            }

            #[cfg(test)]
            async fn prepare(conn: &mut Self::Connection, sql: &'static str) -> Answer<()> {
                use sqlx::{Executor, SqlSafeStr};
                conn.prepare(sql.into_sql_str()).await.map(|_| ())
            }
        }
    };
}

dialect!(Sqlite, write "begin immediate", read "begin", lock None, backup Some("vacuum into $1"));
// One writer at a time, as SQLite has it: then the order of numbers in the ledger and the audit chain is the order of
// commits, and no rule about concurrent writers has to be thought of twice.
dialect!(
    Postgres,
    write "begin isolation level read committed",
    read "begin isolation level repeatable read read only",
    lock Some("select pg_advisory_xact_lock(hashtextextended(current_schema(), 7306078543))"),
    backup None
);
