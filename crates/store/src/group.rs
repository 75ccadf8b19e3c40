//! The one writer. Changes that arrive together are written in one transaction and answered after its commit, because
//! a flush to disk costs the same for one row as for two hundred.
//!
//! Must never answer before the commit, and never let one caller's error reach another.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::Pool;
use tokio::sync::{mpsc, oneshot};

use crate::dialect::Dialect;
use crate::tx::Tx;
use crate::vault::Vault;
use crate::{Result, StoreError};

/// Rows after which a group is closed.
const MAX_ROWS: usize = 200;
/// How long a group is held open for as many callers as the last one had.
const LINGER: Duration = Duration::from_millis(3);
/// Callers waiting before new ones are held back.
const QUEUE: usize = 1024;

/// A change inside a transaction. May be run again in a transaction of its own when another one of its group fails.
pub(crate) type Step<'t, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 't>>;

/// One caller's change, its result kept until the commit.
trait Job<D: Dialect>: Send {
    fn rows(&self) -> usize;
    fn attempt(&self) -> &'static str;
    fn apply<'t>(&'t mut self, tx: &'t mut Tx<D>) -> Step<'t, ()>;
    fn answer(self: Box<Self>, failure: Option<StoreError>);
}

struct Pending<F, T> {
    attempt: &'static str,
    rows: usize,
    change: F,
    done: Option<T>,
    reply: oneshot::Sender<Result<T>>,
}

impl<D, F, T> Job<D> for Pending<F, T>
where
    D: Dialect,
    F: for<'t> Fn(&'t mut Tx<D>) -> Step<'t, T> + Send,
    T: Send,
{
    fn rows(&self) -> usize {
        self.rows
    }

    fn attempt(&self) -> &'static str {
        self.attempt
    }

    fn apply<'t>(&'t mut self, tx: &'t mut Tx<D>) -> Step<'t, ()> {
        tx.attempting(self.attempt);
        let step = (self.change)(tx);
        let done = &mut self.done;
        Box::pin(async move {
            *done = Some(step.await?);
            Ok(())
        })
    }

    fn answer(self: Box<Self>, failure: Option<StoreError>) {
        let answer = match (failure, self.done) {
            (None, Some(done)) => Ok(done),
            (None, None) => Err(StoreError::Closed(self.attempt)),
            (Some(error), _) => Err(error),
        };
        // A caller that went away has lost interest, not the change.
        let _ = self.reply.send(answer);
    }
}

/// Hands changes to the writer.
pub(crate) struct Writer<D: Dialect> {
    queue: mpsc::Sender<Box<dyn Job<D>>>,
}

impl<D: Dialect> Writer<D> {
    /// Starts the writer; it ends when the handle is dropped and the queue is empty.
    pub fn start(pool: Pool<D>, vault: Arc<Vault>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(write_groups(pool, vault, waiting));
        Self { queue }
    }

    /// Makes a change; returns when it is on disk.
    pub async fn change<T, F>(&self, attempt: &'static str, rows: usize, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> Fn(&'t mut Tx<D>) -> Step<'t, T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Pending { attempt, rows: rows.max(1), change, done: None, reply });
        self.queue.send(job).await.map_err(|_| StoreError::Closed(attempt))?;
        answer.await.map_err(|_| StoreError::Closed(attempt))?
    }
}

type Jobs<D> = Vec<Box<dyn Job<D>>>;

async fn write_groups<D: Dialect>(pool: Pool<D>, vault: Arc<Vault>, mut waiting: mpsc::Receiver<Box<dyn Job<D>>>) {
    let mut expected = 1;
    while let Some(first) = waiting.recv().await {
        let group = gather(first, &mut waiting, expected).await;
        expected = group.len();
        write_group(&pool, &vault, group).await;
    }
}

/// What is waiting already; and a little more time when there were more callers just before, who may be back soon.
async fn gather<D: Dialect>(
    first: Box<dyn Job<D>>,
    waiting: &mut mpsc::Receiver<Box<dyn Job<D>>>,
    expected: usize,
) -> Jobs<D> {
    let mut rows = first.rows();
    let mut group = vec![first];
    let until = tokio::time::Instant::now() + LINGER;
    while rows < MAX_ROWS {
        let next = match waiting.try_recv() {
            Ok(job) => Some(job),
            Err(_) if group.len() < expected => tokio::time::timeout_at(until, waiting.recv()).await.ok().flatten(),
            Err(_) => None,
        };
        let Some(job) = next else { break };
        rows = rows.saturating_add(job.rows());
        group.push(job);
    }
    group
}

async fn write_group<D: Dialect>(pool: &Pool<D>, vault: &Arc<Vault>, mut group: Jobs<D>) {
    let mut tx = match Tx::write(pool, vault.clone(), "begin writing").await {
        Ok(tx) => tx,
        Err(error) => return refuse(group, &error),
    };
    for job in &mut group {
        if job.apply(&mut tx).await.is_err() {
            let _ = tx.rollback().await;
            return write_each(pool, vault, group).await;
        }
    }
    match tx.commit().await {
        Ok(()) => group.into_iter().for_each(|job| job.answer(None)),
        Err(_) => write_each(pool, vault, group).await,
    }
}

/// After a failure: each change alone, so that only the one at fault fails.
async fn write_each<D: Dialect>(pool: &Pool<D>, vault: &Arc<Vault>, group: Jobs<D>) {
    for mut job in group {
        let written = write_one(pool, vault, &mut job).await;
        job.answer(written.err());
    }
}

async fn write_one<D: Dialect>(pool: &Pool<D>, vault: &Arc<Vault>, job: &mut Box<dyn Job<D>>) -> Result<()> {
    let mut tx = Tx::write(pool, vault.clone(), job.attempt()).await?;
    match job.apply(&mut tx).await {
        Ok(()) => tx.commit().await,
        Err(error) => {
            let _ = tx.rollback().await;
            Err(error)
        }
    }
}

/// Nothing could even begin: all are told so at once instead of each waiting for the database in turn.
fn refuse<D: Dialect>(group: Jobs<D>, error: &StoreError) {
    let found = std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string);
    for job in group {
        let attempt = job.attempt();
        job.answer(Some(StoreError::Unavailable { attempt, found: found.clone() }));
    }
}

#[cfg(test)]
mod tests {
    use samhold_model::Instant;
    use sqlx::Sqlite;

    use super::*;
    use crate::keys::Keys;
    use crate::vault::Safe;
    use crate::{open, status};

    type Waiting = oneshot::Receiver<Result<()>>;

    type Change = for<'t> fn(&'t mut Tx<Sqlite>) -> Step<'t, ()>;

    fn good(tx: &mut Tx<Sqlite>) -> Step<'_, ()> {
        Box::pin(async move { status::contact(tx, &"good".into(), None, Instant::default()).await })
    }

    /// Writes first and fails then.
    fn bad(tx: &mut Tx<Sqlite>) -> Step<'_, ()> {
        Box::pin(async move {
            status::contact(tx, &"bad".into(), None, Instant::default()).await?;
            Err(tx.missing("nothing"))
        })
    }

    fn job(rows: usize, change: Change) -> (Box<dyn Job<Sqlite>>, Waiting) {
        let (reply, answer) = oneshot::channel();
        (Box::new(Pending { attempt: "test", rows, change, done: None, reply }), answer)
    }

    #[tokio::test]
    async fn those_that_wait_are_taken_together_until_the_group_is_full() {
        let (queue, mut waiting) = mpsc::channel(10);
        for _ in 0..5 {
            queue.send(job(60, good).0).await.ok().unwrap();
        }
        let first = waiting.recv().await.unwrap();
        assert_eq!(gather(first, &mut waiting, 1).await.len(), 4);
        let first = waiting.recv().await.unwrap();
        assert_eq!(gather(first, &mut waiting, 4).await.len(), 1);
    }

    #[tokio::test]
    async fn one_that_fails_takes_only_its_own_change_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let (pool, _) = open::sqlite(&folder.path().join("samhold.db")).await.unwrap();
        let keys = Keys::generate().unwrap();
        let vault = Arc::new(Vault::new(Safe::new(&keys).unwrap(), &keys.current.index));
        let ((before, one), (wrong, two), (after, three)) = (job(1, good), job(1, bad), job(1, good));
        write_group(&pool, &vault, vec![before, wrong, after]).await;
        assert!(one.await.unwrap().is_ok() && three.await.unwrap().is_ok());
        assert!(matches!(two.await.unwrap(), Err(StoreError::Missing { .. })));
        let mut tx = Tx::read(&pool, vault, "test").await.unwrap();
        let systems: Vec<_> = status::contacts(&mut tx).await.unwrap().into_iter().map(|one| one.system).collect();
        assert_eq!(systems, ["good".into()]);
    }

    #[tokio::test]
    async fn a_database_that_is_gone_is_told_to_all_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (pool, _) = open::sqlite(&folder.path().join("samhold.db")).await.unwrap();
        let keys = Keys::generate().unwrap();
        let vault = Arc::new(Vault::new(Safe::new(&keys).unwrap(), &keys.current.index));
        pool.close().await;
        let ((first, one), (second, two)) = (job(1, good), job(1, good));
        write_group(&pool, &vault, vec![first, second]).await;
        for answer in [one, two] {
            assert!(matches!(answer.await.unwrap(), Err(StoreError::Unavailable { .. })));
        }
    }
}
