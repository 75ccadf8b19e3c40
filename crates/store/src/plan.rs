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
    /// What was handed out for sending and has no known end: the recipient may hold it.
    pub doubt: Doubt,
    /// The wanted content was refused for good; it is not queued again by itself.
    pub given_up: bool,
}

/// How much was handed out for sending, replaced, and has no known end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Nothing.
    #[default]
    None,
    /// One hand-out: should its end become known after all, nothing is in doubt any more.
    One,
    /// More, or nobody knows how much: only what is acknowledged later settles it.
    More,
}

impl Doubt {
    /// As a column keeps it. A word that is not known is the greatest doubt.
    pub fn from_number(number: i64) -> Self {
        match number {
            0 => Self::None,
            2 => Self::One,
            _ => Self::More,
        }
    }

    /// For a column. Until there were two words for it, 1 stood for any.
    pub fn number(self) -> i64 {
        match self {
            Self::None => 0,
            Self::More => 1,
            Self::One => 2,
        }
    }

    /// With so many hand-outs besides.
    #[must_use]
    pub fn and(self, hand_outs: i64) -> Self {
        match (self, hand_outs) {
            (doubt, ..=0) => doubt,
            (Self::None, 1) => Self::One,
            _ => Self::More,
        }
    }
}

/// The queued delivery, as far as the comparison needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Queued {
    /// Hash of its content.
    pub content_hash: Option<String>,
    /// How often it was handed out for sending without a known end: the recipient may have got it.
    pub hand_outs: i64,
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
        self.doubt = Doubt::None;
    }

    /// Of a version that was replaced while it was under way one learns that it never left. Tells whether nothing is in doubt
    /// any more; then what is queued is out of date, and the numbers that nobody saw are free again.
    pub fn never_left(&mut self, version: i64, queued: Option<&Queued>) -> bool {
        let alone = self.doubt == Doubt::One && version > self.version && queued.is_none_or(|row| row.hand_outs == 0);
        if alone {
            self.doubt = Doubt::None;
            let before = self.issued.saturating_sub(i64::from(queued.is_some()));
            // A later one that was seen keeps its number, and that of this one with it.
            self.issued = if before == version { version.saturating_sub(1) } else { before };
        }
        alone
    }

    /// Compares and, when something is queued or replaced, counts it here too.
    pub fn plan(&mut self, queued: Option<&Queued>) -> Step {
        if queued.is_some_and(|row| row.content_hash == self.wanted) {
            return Step::Leave;
        }
        self.doubt = self.doubt.and(queued.map_or(0, |row| row.hand_outs));
        if queued.is_some_and(|row| row.hand_outs == 0) {
            self.issued = self.issued.saturating_sub(1);
        }
        let settled = self.wanted == self.acknowledged && self.doubt == Doubt::None;
        if settled || self.given_up {
            return if queued.is_some() { Step::Drop } else { Step::Leave };
        }
        self.issued = self.issued.max(self.version).saturating_add(1);
        let kind = if self.wanted.is_some() { EventKind::Assignment } else { EventKind::Retracted };
        Step::Put { kind, version: self.issued, content_hash: self.wanted.clone() }
    }
}
