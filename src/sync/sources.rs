//! Keeps each source running: polls at intervals, restarts streams, waits with back-off while the other end is away.
//!
//! A source that is down at start is no reason not to start: it is tried again for ever, and `status` tells.

use std::sync::Arc;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use samhold_adapter_api::{AdapterError, Poll, Source, SourceContext, Stream};
use samhold_model::SystemName;
use tokio_util::sync::CancellationToken;

use super::engine::Engine;
use super::intake::SourceInbox;

/// Runs one source until `token` is cancelled.
pub async fn run(engine: Arc<Engine>, name: String, source: Source, token: CancellationToken) {
    let context = SourceContext {
        system: SystemName::new(name.clone()),
        inbox: Arc::new(SourceInbox::new(Arc::clone(&engine), &name)),
        now: engine.clock.as_fn(),
        stop: token.clone(),
    };
    // After a reload the one of before first ends what it has under way.
    let lane = engine.lane(&format!("from {name}"));
    let _alone = tokio::select! {
        () = token.cancelled() => return,
        alone = lane.lock() => alone,
    };
    let supervisor = Supervisor { engine, context, token };
    match source {
        Source::Poll(poll) => supervisor.poll(poll.as_ref()).await,
        Source::Stream(stream) => supervisor.stream(stream.as_ref()).await,
    }
}

struct Supervisor {
    engine: Arc<Engine>,
    context: SourceContext,
    token: CancellationToken,
}

/// Jittered, capped at half a minute, without end.
fn waits() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_max_delay(Duration::from_secs(30))
        .with_jitter()
        .without_max_times()
        .build()
}

impl Supervisor {
    async fn poll(&self, poll: &dyn Poll) {
        let mut back_off = waits();
        loop {
            let outcome = tokio::select! {
                () = self.token.cancelled() => return,
                outcome = poll.poll(&self.context) => outcome,
            };
            if self.token.is_cancelled() {
                // A round that was cut short may have asked nobody: it is no contact.
                return;
            }
            self.note(outcome.as_ref().err()).await;
            let wait = match outcome {
                Ok(polled) => {
                    back_off = waits();
                    if polled.more { Duration::ZERO } else { poll.interval() }
                }
                // One that asks for years is asked again tomorrow.
                Err(e) => e
                    .retry_after()
                    .map(|asked| asked.min(Duration::from_hours(24)))
                    .or_else(|| back_off.next())
                    .unwrap_or(Duration::from_secs(30)),
            };
            if self.pause(wait).await {
                return;
            }
        }
    }

    async fn stream(&self, stream: &dyn Stream) {
        let mut back_off = waits();
        loop {
            let started = tokio::time::Instant::now();
            let outcome = stream.run(&self.context).await;
            self.note(outcome.as_ref().err()).await;
            if self.token.is_cancelled() {
                return;
            }
            if started.elapsed() > Duration::from_secs(60) {
                back_off = waits();
            }
            if self.pause(back_off.next().unwrap_or(Duration::from_secs(30))).await {
                return;
            }
        }
    }

    /// Waits, unless asked to look now; true when the program stops meanwhile.
    async fn pause(&self, wait: Duration) -> bool {
        tokio::select! {
            () = self.token.cancelled() => true,
            () = self.engine.signals.sources.notified() => false,
            () = tokio::time::sleep(wait) => false,
        }
    }

    async fn note(&self, error: Option<&AdapterError>) {
        let text = error.map(|e| samhold_model::national_id::redact(&e.to_string()));
        if let Some(text) = &text {
            tracing::warn!(system = %self.context.system, error = %text, "source `{}` will be tried again", self.context.system);
        }
        let now = self.engine.clock.now();
        if let Err(e) = self.engine.store.contact(&self.context.system, text.as_deref(), now).await {
            tracing::error!(error = %e, "contact with a source could not be noted");
        }
    }
}
