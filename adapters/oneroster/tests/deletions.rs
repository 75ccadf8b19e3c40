//! What counts as a deletion, and everything that looks like one and is not.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod school;

use samhold_adapter_api::{AdapterError, Poll, SourceContext};
use samhold_adapter_oneroster::OneRosterSource;
use school::{FakeInbox, Fault, School, context, enrollment, pupil};
use serde_json::json;
use std::sync::Arc;

struct Room {
    school: School,
    inbox: Arc<FakeInbox>,
    context: SourceContext,
    source: OneRosterSource,
}

/// A school whose pupils have been read once.
async fn read_once(pupils: usize, page_size: u32) -> Room {
    let (school, (inbox, context)) = (School::start().await, context());
    school.fill(pupils);
    let source = school.source(page_size);
    assert_eq!(source.poll(&context).await.unwrap().records, pupils);
    Room { school, inbox, context, source }
}

impl Room {
    async fn poll(&self) {
        self.source.poll(&self.context).await.unwrap();
    }
}

#[tokio::test]
async fn a_pupil_who_has_vanished_is_gone_with_nothing_but_the_id() {
    let room = read_once(30, 10).await;
    room.school.set("users", (1..30).map(pupil).collect());
    room.poll().await;
    assert_eq!(room.inbox.gone(), ["u000"]);
    assert_eq!(room.inbox.body("u000"), json!({"gone": true, "user": {"sourcedId": "u000"}}));
    room.poll().await;
    assert_eq!(room.inbox.gone(), ["u000"], "gone once is enough");
}

#[tokio::test]
async fn an_announced_deletion_and_a_pupil_who_has_become_something_else_are_gone() {
    let room = read_once(30, 100).await;
    let mut users: Vec<_> = (0..30).map(pupil).collect();
    users[3]["status"] = json!("tobedeleted");
    users[4]["roles"] = json!([{"role": "teacher"}]);
    room.school.set("users", users);
    room.school.set("enrollments", (0..30).filter(|n| *n != 4).map(enrollment).collect());
    room.poll().await;
    assert_eq!(room.inbox.gone(), ["u003", "u004"]);
}

#[tokio::test]
async fn a_pupil_who_was_never_ours_is_not_announced() {
    let (school, (inbox, context)) = (School::start().await, context());
    school.fill(3);
    let mut users: Vec<_> = (0..3).map(pupil).collect();
    users[1]["status"] = json!("tobedeleted");
    school.set("users", users);
    school.source(10).poll(&context).await.unwrap();
    assert!(inbox.gone().is_empty());
    assert_eq!(inbox.records.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_page_that_fails_deletes_nobody_and_the_others_are_still_offered() {
    let faults = [
        Fault::Status(500, vec![]),
        Fault::Status(503, vec![("retry-after", "5".into())]),
        Fault::Truncated,
        Fault::Loop,
    ];
    for fault in faults {
        let room = read_once(30, 10).await;
        room.inbox.forget();
        room.school.set(
            "users",
            (0..30)
                .map(|n| {
                    let mut u = pupil(n);
                    u["givenName"] = json!("Nytt");
                    u
                })
                .collect(),
        );
        room.school.fault("users", 10, fault.clone());
        let error = room.source.poll(&room.context).await.unwrap_err();
        assert!(matches!(error, AdapterError::Unavailable { .. } | AdapterError::Format { .. }), "{error}");
        assert!(room.inbox.gone().is_empty());
        assert!(room.inbox.records.lock().unwrap().len() >= 10, "{fault:?}");
    }
}

#[tokio::test]
async fn half_a_list_deletes_nobody_and_asks_a_person_once() {
    for fault in [Fault::Half(15), Fault::SilentHalf(15)] {
        let room = read_once(30, 10).await;
        room.school.fault("users", 0, fault.clone());
        room.poll().await;
        room.poll().await;
        assert!(room.inbox.gone().is_empty(), "{fault:?}");
        assert_eq!(room.inbox.kinds(), ["mass_deletion_held"]);
        room.school.well();
        room.poll().await;
        room.school.fault("users", 0, fault);
        room.poll().await;
        assert_eq!(room.inbox.kinds().len(), 2, "asked again after it was well in between");
    }
}

#[tokio::test]
async fn one_missing_from_the_number_promised_is_enough_to_delete_nobody() {
    let room = read_once(30, 10).await;
    room.school.fault("users", 0, Fault::Half(29));
    room.poll().await;
    assert!(room.inbox.gone().is_empty());
    assert_eq!(room.inbox.kinds(), ["mass_deletion_held"]);
}

#[tokio::test]
async fn a_number_that_changes_while_the_list_is_read_deletes_nobody() {
    let room = read_once(30, 10).await;
    room.school.set("users", (1..30).map(pupil).collect());
    room.school.fault("users", 20, Fault::Shrinks);
    room.poll().await;
    assert!(room.inbox.gone().is_empty());
    room.school.well();
    room.poll().await;
    assert_eq!(room.inbox.gone(), ["u000"]);
}

#[tokio::test]
async fn an_empty_list_deletes_nobody_even_in_a_small_school() {
    let room = read_once(3, 10).await;
    room.school.set("users", vec![]);
    room.poll().await;
    assert!(room.inbox.gone().is_empty());
    assert_eq!(room.inbox.kinds(), ["mass_deletion_held"]);
}

#[tokio::test]
async fn the_limit_can_be_raised_when_the_school_owner_says_it_is_right() {
    let room = read_once(30, 100).await;
    room.school.set("users", (20..30).map(pupil).collect());
    room.poll().await;
    assert!(room.inbox.gone().is_empty());
    let mut settings = room.school.settings(100);
    settings.max_deletions_percent = 100;
    OneRosterSource::new("skole", &settings).unwrap().poll(&room.context).await.unwrap();
    assert_eq!(room.inbox.gone().len(), 20);
}

#[tokio::test]
async fn half_the_enrolments_do_not_read_as_pupils_who_have_left() {
    let room = read_once(30, 10).await;
    let before = room.inbox.body("u029");
    room.school.fault("enrollments", 0, Fault::SilentHalf(15));
    room.poll().await;
    assert_eq!(room.inbox.body("u029"), before);
    assert_eq!(room.inbox.kinds(), ["enrollments_missing_held"]);
    room.school.fault("enrollments", 0, Fault::Half(15));
    let error = room.source.poll(&room.context).await.unwrap_err();
    assert!(matches!(error, AdapterError::Unavailable { .. }) && error.to_string().contains("X-Total-Count"));
    room.school.well();
    room.school.set("enrollments", (1..30).map(enrollment).collect());
    room.poll().await;
    assert_eq!(room.inbox.body("u000")["enrollments"], json!([]), "one who has left has left");
}
