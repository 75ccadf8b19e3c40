//! Has the audit log signed soon after something was written to it, and puts each signed note into the program's own log.
//!
//! So a copy of it leaves the database by itself, with the other log lines: only a note kept elsewhere shows that the whole
//! store was put back to an older day. A note holds a count, a hash and a signature, nothing of a person.

use samhold_model::Instant;

use super::engine::Engine;

/// The longest that an entry waits for a signature while the program runs, in microseconds.
const EVERY: i64 = 300_000_000;

/// When the log was last signed, and what the note said.
#[derive(Default)]
pub(super) struct Seal {
    signed: Option<Instant>,
    note: String,
}

impl Seal {
    /// Signs when it is time again; after a failure, and while there is nothing yet, at the next call.
    pub(super) async fn when_due(&mut self, engine: &Engine) {
        let now = engine.clock.now().as_microsecond();
        if self.signed.is_none_or(|signed| now.saturating_sub(signed.as_microsecond()) >= EVERY) {
            self.now(engine).await;
        }
    }

    /// Signs what was written since.
    pub(super) async fn now(&mut self, engine: &Engine) {
        let now = engine.clock.now();
        match engine.store.checkpoint(now).await {
            Ok(Some(note)) => {
                self.signed = Some(now);
                if note != self.note {
                    tracing::info!(note = %note, "the audit log was signed; a copy of the note belongs outside the database");
                    self.note = note;
                }
            }
            Ok(None) => {}
            Err(e) => tracing::error!(error = %e, "the audit log could not be signed; tried again"),
        }
    }
}
