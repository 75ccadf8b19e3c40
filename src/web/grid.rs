//! When an answer that tells nothing goes out: at a step of an even grid, whatever was looked at for it.
//!
//! The one place where such an answer waits. Must never let one out between two steps: how long it took would tell whether there
//! was a child to look at.

use std::time::Duration;

use tokio::time::Instant;

/// Far more than the work on a child takes, so that the work decides nothing about the step.
const STEP: Duration = Duration::from_millis(100);

/// The steps after the moment a question was read.
pub(super) struct Grid(Instant);

impl Grid {
    /// Begins now.
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Waits for the next step. An answer that ended on a step waits for the one after it.
    pub(super) async fn next_step(self) {
        tokio::time::sleep_until(self.0 + rounded(self.0.elapsed())).await;
    }
}

fn rounded(took: Duration) -> Duration {
    let steps = took.as_millis() / STEP.as_millis() + 1;
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_tells_nothing_goes_out_at_the_next_step_whatever_it_took() {
        let millis = |n| rounded(Duration::from_millis(n)).as_millis();
        assert_eq!([millis(0), millis(3), millis(49), millis(99), millis(100)], [100, 100, 100, 100, 200]);
    }

    #[tokio::test]
    async fn no_answer_goes_out_before_its_step() {
        for work in [0, 3, 20] {
            let grid = Grid::begin();
            let begun = grid.0;
            tokio::time::sleep(Duration::from_millis(work)).await;
            grid.next_step().await;
            assert!(begun.elapsed() >= STEP, "{work} ms of work ended after {:?}", begun.elapsed());
        }
    }
}
