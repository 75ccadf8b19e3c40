//! Waiting for a condition. Never a fixed sleep: the deadline only ends a test that would fail anyway.

use std::time::{Duration, Instant};

/// Far beyond what a slow machine needs.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Asks until the condition holds.
///
/// # Panics
/// When it does not hold within [`PATIENCE`]; `what` says what was waited for.
pub async fn wait_until(what: &str, condition: impl AsyncFnMut() -> bool) {
    wait_until_within(PATIENCE, what, condition).await;
}

/// As [`wait_until`], with another deadline.
///
/// # Panics
/// When it does not hold in time.
pub async fn wait_until_within(patience: Duration, what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + patience;
    while !condition().await {
        assert!(Instant::now() < deadline, "not so after {patience:?}: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
