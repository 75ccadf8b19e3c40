//! How far the feed has been read. Events have no id, so a place in it is a time and the events of that very time.
//!
//! Must never hold a request's id in clear, nor move back, nor past an event whose request was not read.

use samhold_model::Instant;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::feed::Event;

/// A place in the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Position {
    /// The time of the last event, as Altinn wrote it. Empty before the first.
    pub(crate) after: String,
    /// The events of that time, each by what is derived from its request and kind.
    seen: Vec<Uuid>,
}

impl Position {
    /// As it was kept; the beginning when nothing, or nothing that can be read, was kept.
    pub(crate) fn read(kept: Option<&str>) -> Self {
        kept.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        // Strings and lists of strings always are JSON.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether the event has been taken before.
    pub(crate) fn knows(&self, event: &Event) -> bool {
        self.at() == Some(event.at) && self.seen.contains(&derived(event))
    }

    /// The event has been taken.
    pub(crate) fn pass(&mut self, event: &Event) {
        let at = self.at();
        if at.is_none_or(|at| event.at > at) {
            self.after.clone_from(&event.written);
            self.seen.clear();
        }
        if at.is_none_or(|at| event.at >= at) && !self.knows(event) {
            self.seen.push(derived(event));
        }
    }

    fn at(&self) -> Option<Instant> {
        self.after.parse().ok()
    }
}

fn derived(event: &Event) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{} {}", event.request, event.kind).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(request: &str, kind: &str, written: &str) -> Event {
        Event { request: request.into(), kind: kind.into(), at: written.parse().unwrap(), written: written.into() }
    }

    #[test]
    fn events_of_the_same_moment_are_told_apart_by_request_and_kind() {
        let mut position = Position::default();
        let (one, other) =
            (event("a", "accepted", "2026-11-22T08:00:00Z"), event("b", "accepted", "2026-11-22T08:00:00Z"));
        position.pass(&one);
        assert!(position.knows(&one) && !position.knows(&other));
        assert!(
            position.knows(&event("a", "accepted", "2026-11-22T09:00:00+01:00")),
            "the same moment written otherwise"
        );
        assert!(!position.knows(&event("a", "revoked", "2026-11-22T08:00:00Z")));
        position.pass(&other);
        assert!(position.knows(&one) && position.knows(&other));
        assert_eq!(Position::read(Some(&position.text())), position);
        assert!(!position.text().contains("accepted"), "positions lie in clear");
    }

    #[test]
    fn a_later_moment_forgets_the_former_and_an_earlier_one_moves_nothing() {
        let mut position = Position::default();
        position.pass(&event("a", "accepted", "2026-11-22T08:00:00Z"));
        position.pass(&event("a", "revoked", "2026-11-22T08:00:01.5Z"));
        assert_eq!(position.after, "2026-11-22T08:00:01.5Z");
        position.pass(&event("b", "accepted", "2026-11-22T08:00:01Z"));
        assert_eq!(position.after, "2026-11-22T08:00:01.5Z");
        assert!(!position.knows(&event("a", "accepted", "2026-11-22T08:00:00Z")));
    }

    #[test]
    fn what_cannot_be_read_is_the_beginning() {
        for kept in [None, Some(""), Some("{}"), Some("[1]"), Some("{\"after\": 1}")] {
            assert_eq!(Position::read(kept), Position::default());
        }
    }
}
