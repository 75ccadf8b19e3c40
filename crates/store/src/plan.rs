//! What to queue for one recipient about one child: a pure comparison of what it should see with what it has.
//!
//! Must never let a version say two things to a recipient or go back, never leave out a version that was given to what nobody
//! saw (a gap would tell that something was withheld), and never drop a delivery while the recipient may hold something else
//! than it should.

use crate::api::EventKind;

/// What is known about one recipient and one child.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// Hash of what it should see; `None`: nothing.
    pub wanted: Option<String>,
    /// Hash of what it last acknowledged.
    pub acknowledged: Option<String>,
    /// Version it last acknowledged, 0 for never.
    pub version: i64,
    /// Highest version that is queued or may have been seen.
    pub issued: i64,
    /// Something was handed out for sending and its end is not known: the recipient may hold it.
    pub in_doubt: bool,
    /// The wanted content was refused for good; it is not queued again by itself.
    pub given_up: bool,
}

/// The queued delivery, as far as the comparison needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queued {
    /// Hash of its content.
    pub content_hash: Option<String>,
    /// It was handed out for sending, and the recipient may have got it.
    pub maybe_sent: bool,
}

/// What to do with the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Leave it as it is.
    Leave,
    /// Take the queued delivery away.
    Drop,
    /// Queue this, in place of what is queued.
    Put {
        /// What it says.
        kind: EventKind,
        /// Its version.
        version: i64,
        /// Hash of its content.
        content_hash: Option<String>,
    },
}

impl View {
    /// Sets what the recipient should see. Other content than before gets a new chance when that was given up.
    pub fn want(&mut self, wanted: Option<String>) {
        if self.wanted != wanted {
            self.given_up = false;
            self.wanted = wanted;
        }
    }

    /// The recipient says it has this version. An older answer that comes late does not count back.
    pub fn acknowledge(&mut self, version: i64, content_hash: Option<String>) {
        if version >= self.version {
            self.version = version;
            self.acknowledged = content_hash;
        }
    }

    /// It reads this version of it whenever it asks, and can have seen no later one.
    pub fn hold(&mut self, version: i64, content_hash: Option<String>) {
        (self.version, self.issued, self.acknowledged) = (version, version, content_hash);
        self.in_doubt = false;
    }

    /// Compares and, when something is queued or replaced, counts it here too.
    pub fn plan(&mut self, queued: Option<&Queued>) -> Step {
        if queued.is_some_and(|row| row.content_hash == self.wanted) {
            return Step::Leave;
        }
        self.in_doubt |= queued.is_some_and(|row| row.maybe_sent);
        if queued.is_some_and(|row| !row.maybe_sent) {
            self.issued = self.issued.saturating_sub(1);
        }
        let settled = self.wanted == self.acknowledged && !self.in_doubt;
        if settled || self.given_up {
            return if queued.is_some() { Step::Drop } else { Step::Leave };
        }
        self.issued = self.issued.max(self.version).saturating_add(1);
        let kind = if self.wanted.is_some() { EventKind::Assignment } else { EventKind::Retracted };
        Step::Put { kind, version: self.issued, content_hash: self.wanted.clone() }
    }
}
