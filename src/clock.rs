//! The program's clock: real time, or a simulated one in demonstrations and tests.
//!
//! Nothing else in the daemon may ask the operating system for the time of day.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use samhold_model::dates::date_of;
use samhold_model::{Date, Instant};

/// A clock that can be put forward.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Microseconds added to real time.
    shift: Arc<AtomicI64>,
}

impl Clock {
    /// Real time.
    #[must_use]
    pub fn real() -> Self {
        Self::default()
    }

    /// A clock that shows `moment` now and runs on from there.
    #[must_use]
    pub fn starting_at(moment: Instant) -> Self {
        let clock = Self::default();
        clock.set(moment);
        clock
    }

    /// Puts the clock to `moment`.
    pub fn set(&self, moment: Instant) {
        let shift = moment.as_microsecond().saturating_sub(Instant::now().as_microsecond());
        self.shift.store(shift, Ordering::SeqCst);
    }

    /// The moment it shows.
    #[must_use]
    pub fn now(&self) -> Instant {
        let micros = Instant::now().as_microsecond().saturating_add(self.shift.load(Ordering::SeqCst));
        Instant::from_microsecond(micros).unwrap_or(Instant::MAX)
    }

    /// The Norwegian date it shows.
    #[must_use]
    pub fn today(&self) -> Date {
        date_of(self.now())
    }

    /// As a function, for adapters.
    #[must_use]
    pub fn as_fn(&self) -> Arc<dyn Fn() -> Instant + Send + Sync> {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_clock_shows_the_day_it_was_put_to_and_runs_on() {
        let clock = Clock::starting_at("2026-08-17T06:00:00Z".parse().unwrap());
        assert_eq!(clock.today().to_string(), "2026-08-17");
        let first = clock.now();
        clock.set("2026-08-18T06:00:00Z".parse().unwrap());
        assert!(clock.now() > first);
        assert_eq!(clock.today().to_string(), "2026-08-18");
    }
}
