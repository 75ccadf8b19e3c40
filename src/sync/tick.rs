//! The clock: birthdays, ends and deadlines are found by the date the engine gave for each child, not by asking every child.
//!
//! Also has the audit log signed, and wakes the other rooms should a signal have been lost.

use std::sync::Arc;
use std::time::Duration;

use super::engine::Engine;
use super::protection::{self, Silent};
use super::seal::Seal;

/// Runs until the program stops.
pub async fn run(engine: Arc<Engine>) {
    let mut seal = Seal::default();
    let mut silent = None;
    loop {
        let today = engine.clock.today();
        match engine.store.mark_due(today).await {
            Ok(n) if n > 0 => {
                tracing::info!(children = n, "{n} children fall due today");
                engine.signals.marked.notify_one();
            }
            Ok(_) => {}
            Err(e) => tracing::error!(error = %e, "children that fall due could not be marked"),
        }
        silent = look_at_registers(&engine, silent).await;
        seal.when_due(&engine).await;
        engine.signals.inbox.notify_one();
        engine.signals.marked.notify_one();
        tokio::select! {
            () = engine.stop.cancelled() => return seal.now(&engine).await,
            () = engine.signals.clock.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    }
}

/// When a register has been silent for too long, or speaks again, what every child's recipients may see is another thing.
async fn look_at_registers(engine: &Engine, before: Option<Silent>) -> Option<Silent> {
    let now = match protection::look(engine).await {
        Ok(now) => now,
        Err(e) => {
            tracing::error!(error = %e, "how long the population register has been silent could not be seen");
            return before;
        }
    };
    // At the start every child is worked out anyway.
    if before.as_ref().is_some_and(|before| *before != now)
        && let Err(e) = engine.store.mark_all().await
    {
        tracing::error!(error = %e, "children could not be marked after the register fell silent or spoke; tried again");
        return before;
    }
    Some(now)
}
