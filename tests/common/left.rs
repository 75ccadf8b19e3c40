//! What every end-to-end test checks besides its own: nothing of a person left by the side.
//!
//! Searches the answers of the API as they come, and at the end of a daemon its log and all that reached the stand-ins that its
//! settings name. Must never be switched off for a test.

use std::collections::BTreeSet;

use samhold_model::{NationalId, Realm};
use samhold_standins::wire::{CapturedRequest, reached};
use serde_json::Value;

use super::folder::Folder;

/// The one place in an event where a child's number may stand.
const PLACE: &str = "/data/child/national_id";
/// Who may know of a krisesenter besides itself.
const MAY_KNOW: [&str; 3] = ["krisesenter", "koordinerende_enhet", "barnekoordinator"];

/// Words that are identity numbers.
fn numbers_in(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() == 11);
    words.filter(|w| NationalId::parse(w, Realm::Test).is_ok()).collect()
}

fn assert_no_number(place: &str, text: &str) {
    let found = numbers_in(text).len();
    assert_eq!(found, 0, "{found} identity numbers left by {place}");
}

/// An event without the child's number where it may stand.
fn without_place(mut event: Value) -> Value {
    if let Some(number) = event.pointer_mut(PLACE) {
        number.take();
    }
    event
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

/// Checks what a daemon has left behind: its log, and what reached the systems of its settings.
///
/// # Panics
/// When something was told to who may not know it.
pub fn assert_nothing_left_by_the_side(folder: &Folder, log: &str) {
    assert_no_number("the log", log);
    let shelters = shelters(folder);
    for file in std::fs::read_dir(folder.path().join("systems")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let settings = std::fs::read_to_string(&path).unwrap();
        let may_know = MAY_KNOW.iter().any(|kind| settings.contains(&format!("kind = \"{kind}\"")));
        let hidden = if may_know { &[][..] } else { &shelters[..] };
        let pushed = settings.contains("[recipient.http]");
        for request in ports_in(&settings).into_iter().flat_map(reached) {
            assert_request_tells_nothing(&name, &request, pushed.then_some(hidden));
        }
    }
}

/// `hidden` are the words that must not stand in an event; `None` for what is no event, where only the head is searched.
fn assert_request_tells_nothing(to: &str, request: &CapturedRequest, hidden: Option<&[String]>) {
    assert_no_number(&format!("address or headers to `{to}`"), &String::from_utf8_lossy(&request.head_bytes()));
    let Some(hidden) = hidden else { return };
    let event: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    assert_no_number(&format!("an event to `{to}` outside its place"), &in_place_only(&event));
    let said = event.to_string().to_lowercase();
    for word in hidden {
        assert!(!said.contains(&word.to_lowercase()), "`{to}` was told of a krisesenter");
    }
}

/// Ids and names of the shelters in the register of services.
fn shelters(folder: &Folder) -> Vec<String> {
    let text = std::fs::read_to_string(folder.path().join("services.toml")).unwrap_or_default();
    let register: toml::Table = text.parse().unwrap_or_default();
    let services = register.get("service").and_then(|s| s.as_array()).cloned().unwrap_or_default();
    let shelters = services.iter().filter(|s| s.get("kind").and_then(|k| k.as_str()) == Some("krisesenter"));
    shelters.flat_map(|s| ["id", "name"].map(|key| s[key].as_str().unwrap().to_owned())).collect()
}

fn ports_in(settings: &str) -> BTreeSet<u16> {
    let after = settings.split("http://127.0.0.1:").skip(1);
    after.filter_map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).collect()
}

#[test]
fn a_number_by_the_side_is_found_and_one_in_its_place_is_not() {
    let number = "14821970351";
    assert_eq!(numbers_in(&format!("child={number}&x=12345678901")).len(), 1);
    let told = |event: Value| !numbers_in(&in_place_only(&event)).is_empty();
    assert!(!told(serde_json::json!({"data": {"child": {"national_id": number}}})));
    assert!(told(serde_json::json!({"data": {"child": {"national_id": 1}, "note": number}})));
    assert!(told(serde_json::json!({"subject": number})));
    let answer = |headers: &[(String, String)], text: &str| {
        let (headers, text) = (headers.to_vec(), text.to_owned());
        std::panic::catch_unwind(move || assert_answer_tells_nothing("/api/v1/changes", &headers, &text)).is_err()
    };
    assert!(answer(&[("etag".into(), "x".into())], "{}"));
    assert!(answer(&[], &format!("{{\"events\": [{{\"id\": \"{number}\"}}]}}")));
    assert!(!answer(&[], "{\"events\": []}"));
}
