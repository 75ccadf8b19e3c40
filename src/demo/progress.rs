//! Progress by day, for people at a terminal; nothing where nobody looks.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bar.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Over so many days. Hidden unless both standard output and standard error are a terminal.
    pub(super) fn start(days: u64) -> Self {
        let seen = std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        let target = if seen { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(days), target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} day {pos}/{len} [{bar:20}] {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Self(bar)
    }

    /// Day `n` begins.
    pub(super) fn day(&self, n: u8, date: &str) {
        self.0.set_position(u64::from(n));
        self.0.set_message(date.to_owned());
    }

    /// All days are played.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}
