//! What every end-to-end test checks besides its own: nothing of a person left by the side, and nobody got what was withheld.
//!
//! Answers of the API are searched as they come. When a daemon ends, everything that left it is searched against what its own
//! store says: requests to the stand-ins that its settings name, what went over a broker, pages and answers, its log, its
//! metrics, and what commands printed. Must never be switched off for a test.

mod bites;
mod kept;
mod pieces;
mod search;
mod truth;

use std::collections::BTreeSet;

use serde_json::Value;

use super::folder::Folder;
use search::{leaks, numbers_in, without_place};

pub use kept::{Answered, answered, printed};
pub use pieces::last_words;

fn assert_no_number(place: &str, text: &str) {
    let found = numbers_in(text).len();
    assert_eq!(found, 0, "{found} identity numbers left by {place}");
}

fn in_place_only(json: &Value) -> String {
    match json["events"].as_array() {
        Some(events) => events.iter().map(|e| without_place(e.clone()).to_string()).collect(),
        None => without_place(json.clone()).to_string(),
    }
}

/// Checks one answer of the API: no header tells of content, and a number stands only in an event of the feed.
///
/// # Panics
/// When something is told.
pub fn assert_answer_tells_nothing(path: &str, headers: &[(String, String)], text: &str) {
    for (name, value) in headers {
        assert!(!["etag", "last-modified", "set-cookie"].contains(&name.as_str()), "{path} answers with `{name}`");
        assert_no_number(&format!("header `{name}` of {path}"), value);
    }
    let json: Value = serde_json::from_str(text).unwrap_or_default();
    let searched = if path.starts_with("/api/v1/changes") { in_place_only(&json) } else { text.to_owned() };
    assert_no_number(&format!("an answer of {path}"), &searched);
}

/// Checks everything that left a daemon, when it has ended. `last` is what it told everybody of itself at the end.
///
/// # Panics
/// When something was told to who may not know it.
pub fn assert_nothing_leaked(folder: &Folder, log: &str, last: &str) {
    let pieces = pieces::gather(folder, log, last);
    let numbers: BTreeSet<String> =
        pieces.iter().flat_map(|p| numbers_in(&format!("{} {}", p.body, p.asked))).collect();
    let truth = truth::read(folder, &numbers);
    let found = leaks(&pieces, &truth);
    assert!(found.is_empty(), "{} leaks in {} pieces that left:\n{}", found.len(), pieces.len(), found.join("\n"));
}
