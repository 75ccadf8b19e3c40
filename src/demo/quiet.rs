//! Waits until nothing is on its way: every source has looked, every record is mapped, every child worked out, every
//! delivery made. What is waited for is a condition; time only ends a wait that would never end.

use std::collections::BTreeSet;
use std::time::Duration;

use samhold_adapter_api::Source;
use samhold_model::Instant;
use samhold_store::Backlog;
use tokio::time::sleep;

use super::daemon::Daemon;

/// The longest a day may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(10);
const ASK_EVERY: u32 = 10;

/// A look that found the same as the one before, after every source had looked again, is the end: what one source brings
/// may make another one ask for more.
pub(super) async fn settle(daemon: &Daemon, away: &BTreeSet<&str>) -> anyhow::Result<()> {
    let settled = async {
        let mut before = None;
        loop {
            every_source_looks(daemon).await?;
            let now = at_rest(daemon, away).await?;
            if before.as_ref() == Some(&now) {
                return Ok(());
            }
            before = Some(now);
        }
    };
    match tokio::time::timeout(PATIENCE, settled).await {
        Ok(done) => done,
        Err(_) => Err(anyhow::anyhow!("the day did not come to rest: {:?}", daemon.engine.store.backlog().await?)),
    }
}

/// Each polling source has begun and ended a look since now. The one under way may have begun before, so it does not count.
async fn every_source_looks(daemon: &Daemon) -> anyhow::Result<()> {
    for _ in 0..2 {
        let since = daemon.engine.clock.now();
        for look in 0u32.. {
            if have_looked(daemon, since).await? {
                break;
            }
            // Who is in the middle of a look hears nothing, so all are asked now and again.
            if look.is_multiple_of(ASK_EVERY) {
                daemon.engine.wake();
            }
            sleep(LOOK).await;
        }
    }
    Ok(())
}

async fn have_looked(daemon: &Daemon, since: Instant) -> anyhow::Result<bool> {
    let contacts = daemon.engine.store.contacts().await?;
    let looked = |name: &str| {
        let contact = contacts.iter().find(|c| c.system.as_str() == name);
        contact.is_some_and(|c| c.last_contact.max(c.last_error_at) >= Some(since))
    };
    let live = daemon.engine.live();
    let mut polled = live.sources.iter().filter(|(_, source)| matches!(source, Source::Poll(_)));
    Ok(polled.all(|(name, _)| looked(name)))
}

/// Nothing waits, but for deliveries to those who are away. Gives what there is then.
async fn at_rest(daemon: &Daemon, away: &BTreeSet<&str>) -> anyhow::Result<(i64, i64, i64)> {
    loop {
        let backlog = daemon.engine.store.backlog().await?;
        if is_empty(&backlog, away) {
            let delivered = backlog.recipients.iter().map(|(_, _, delivered, _)| delivered).sum();
            return Ok((backlog.facts, delivered, backlog.dead));
        }
        sleep(LOOK).await;
    }
}

fn is_empty(backlog: &Backlog, away: &BTreeSet<&str>) -> bool {
    let waits = |name: &str, queued: i64| queued > 0 && !away.contains(name);
    backlog.marked == 0
        && backlog.inbox.iter().all(|(_, waiting)| *waiting == 0)
        && !backlog.recipients.iter().any(|(name, queued, ..)| waits(name.as_str(), *queued))
}
