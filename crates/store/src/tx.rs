//! One transaction: runs statements, encrypts and decrypts for the rows it touches. Dropped without commit it undoes all.

use std::sync::Arc;

use sqlx::{Pool, Transaction};

use crate::args::Arg;
use crate::dialect::{Dialect, Fetched};
use crate::vault::{Place, Vault};
use crate::{Result, StoreError};

/// A transaction on one database.
pub(crate) struct Tx<D: Dialect> {
    inner: Transaction<'static, D>,
    vault: Arc<Vault>,
    attempt: &'static str,
}

impl<D: Dialect> Tx<D> {
    /// Begins writing; other writers wait.
    pub async fn write(pool: &Pool<D>, vault: Arc<Vault>, attempt: &'static str) -> Result<Self> {
        let mut tx = Self::begin(pool, vault, attempt, D::BEGIN_WRITE).await?;
        if let Some(lock) = D::LOCK {
            tx.run(lock, Vec::new()).await?;
        }
        Ok(tx)
    }

    /// Begins reading: one state of the store throughout.
    pub async fn read(pool: &Pool<D>, vault: Arc<Vault>, attempt: &'static str) -> Result<Self> {
        Self::begin(pool, vault, attempt, D::BEGIN_READ).await
    }

    async fn begin(pool: &Pool<D>, vault: Arc<Vault>, attempt: &'static str, sql: &'static str) -> Result<Self> {
        let inner = pool.begin_with(sql).await.map_err(|source| StoreError::Database { attempt, source })?;
        Ok(Self { inner, vault, attempt })
    }

    /// Makes everything durable.
    pub async fn commit(self) -> Result<()> {
        let attempt = self.attempt;
        self.inner.commit().await.map_err(|source| StoreError::Database { attempt, source })
    }

    /// Undoes everything; waits until it is undone.
    pub async fn rollback(self) -> Result<()> {
        let attempt = self.attempt;
        self.inner.rollback().await.map_err(|source| StoreError::Database { attempt, source })
    }

    /// Says what the next statements are for, in errors.
    pub fn attempting(&mut self, attempt: &'static str) {
        self.attempt = attempt;
    }

    /// Runs a statement; gives the number of rows it touched.
    pub async fn run(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
        let attempt = self.attempt;
        D::run(&mut self.inner, sql, args).await.map_err(|source| StoreError::Database { attempt, source })
    }

    /// All rows.
    pub async fn all<T: Fetched>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
        let attempt = self.attempt;
        D::fetch(&mut self.inner, sql, args).await.map_err(|source| StoreError::Database { attempt, source })
    }

    /// The first row.
    pub async fn opt<T: Fetched>(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
        Ok(self.all(sql, args).await?.into_iter().next())
    }

    /// The first column of the first row, which must be there.
    pub async fn number(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<i64> {
        let row: Option<(i64,)> = self.opt(sql, args).await?;
        row.map(|(n,)| n).ok_or_else(|| self.corrupt("a count or number is absent"))
    }

    /// Encrypts for a place.
    pub fn seal(&self, at: Place<'_>, plain: &[u8]) -> Result<Vec<u8>> {
        self.vault.seal(at, plain)
    }

    /// Decrypts what was sealed for a place.
    pub fn open(&self, at: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>> {
        self.vault.open(at, sealed, self.attempt)
    }

    /// As [`Tx::open`], for text.
    pub fn open_text(&self, at: Place<'_>, sealed: &[u8]) -> Result<String> {
        self.vault.open_text(at, sealed, self.attempt)
    }

    /// What encrypts and looks up for this store.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// See [`Vault::blind`].
    pub fn blind(&self, purpose: &str, parts: &[&[u8]]) -> String {
        self.vault.blind(purpose, parts)
    }

    /// Something stored does not have the expected form.
    pub fn corrupt(&self, found: impl Into<String>) -> StoreError {
        StoreError::Corrupt { attempt: self.attempt, found: found.into() }
    }

    /// What was named is not there.
    pub fn missing(&self, what: impl Into<String>) -> StoreError {
        StoreError::Missing { attempt: self.attempt, what: what.into() }
    }

    /// Reads a text column that holds an id, a date or another parsed form.
    pub fn parse<T: std::str::FromStr>(&self, column: &'static str, text: &str) -> Result<T> {
        // The text itself stays out of the error.
        text.parse().map_err(|_| self.corrupt(format!("column `{column}` does not hold what it should")))
    }

    /// Reads a column of microseconds.
    pub fn instant(&self, column: &'static str, micros: i64) -> Result<samhold_model::Instant> {
        samhold_model::Instant::from_microsecond(micros)
            .map_err(|_| self.corrupt(format!("column `{column}` holds no instant")))
    }
}
