//! What comes of Altinn's feed and of the requests it tells of.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod altinn;

use altinn::{FATHER, MOTHER, Town, end};
use samhold_adapter_api::{Poll, Reread};
use samhold_standins::altinn::Request;

#[tokio::test]
async fn an_answer_is_seen_when_it_is_five_minutes_old_and_read_once() {
    let town = Town::start().await;
    let id = town.requested(MOTHER);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&id), ["created"], "read at once, though nothing is told of it yet");
    town.altinn.happens(&id, "accepted");
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&id), ["created"]);
    town.altinn.pass_five_minutes();
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&id), ["created", "accepted"]);
    let reads = town.altinn.reads_of(&id);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.altinn.reads_of(&id), reads, "the event at the position is told again, and known");
}

#[tokio::test]
async fn a_request_nobody_here_asked_for_is_not_read_and_leaves_no_trace() {
    let town = Town::start().await;
    let other = town.altinn.ask(&Request::to(FATHER, end()));
    town.told(&other, "accepted");
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.altinn.reads_of(&other), 0);
    assert!(town.inbox.records().is_empty());
    let kept = town.inbox.feed().unwrap();
    assert!(!kept.contains(FATHER) && !kept.contains(&other), "{kept}");
}

#[tokio::test]
async fn a_request_that_becomes_known_after_its_event_has_passed_is_read_all_the_same() {
    let town = Town::start().await;
    let id = town.altinn.ask(&Request::to(MOTHER, end()));
    town.told(&id, "accepted");
    town.source.poll(&town.context).await.unwrap();
    assert!(town.inbox.records().is_empty());
    town.inbox.ask(&id, &["holder_service"]);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!((town.inbox.versions(&id), town.altinn.reads_of(&id)), (vec!["accepted".to_owned()], 1));
}

#[tokio::test]
async fn other_words_about_a_request_are_a_new_version_of_its_record_and_none_at_all_make_it_gone() {
    let town = Town::start().await;
    let id = town.requested(MOTHER);
    town.told(&id, "accepted");
    town.source.poll(&town.context).await.unwrap();
    town.inbox.ask(&id, &["holder_service", "plan_full"]);
    town.source.poll(&town.context).await.unwrap();
    let last = town.inbox.records().pop().unwrap();
    assert!(String::from_utf8_lossy(&last.body).contains("plan_full"));
    town.inbox.forget(&id);
    let reads = town.altinn.reads_of(&id);
    for _ in 0..2 {
        town.source.poll(&town.context).await.unwrap();
    }
    assert_eq!(town.inbox.versions(&id), ["accepted", "accepted", "gone"]);
    assert_eq!(town.altinn.reads_of(&id), reads, "what nobody asks for is not read");
    town.inbox.ask(&id, &["holder_service"]);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&id).last().unwrap(), "accepted");
}

#[tokio::test]
async fn every_page_is_read_and_a_full_last_page_is_no_reason_to_read_for_ever() {
    let town = Town::start().await;
    let ids: Vec<String> = (0..4).map(|_| town.requested(MOTHER)).collect();
    town.source.poll(&town.context).await.unwrap();
    town.altinn.set_page_size(2);
    for id in &ids {
        town.altinn.happens(id, "accepted");
        town.altinn.happens(id, "used");
    }
    town.altinn.pass_five_minutes();
    let before = town.questions("/events").len();
    town.source.poll(&town.context).await.unwrap();
    for id in &ids {
        assert_eq!(town.inbox.versions(id), ["created", "accepted"]);
    }
    assert_eq!(town.questions("/events").len() - before, 3, "two full pages and an empty one");
    assert!(town.questions("/events").iter().all(|q| q.contains("eventType=revoked") && !q.contains("eventType=used")));
}

#[tokio::test]
async fn events_of_the_same_moment_are_all_taken_though_the_poll_was_cut_between_them() {
    let town = Town::start().await;
    let (one, other) = (town.requested(MOTHER), town.requested(FATHER));
    town.source.poll(&town.context).await.unwrap();
    town.altinn.happens(&one, "accepted");
    town.altinn.happens(&other, "accepted");
    town.altinn.pass_five_minutes();
    town.altinn.set_page_size(1);
    town.altinn.lead_to(Some("https://annen.example.no/events"));
    assert!(town.source.poll(&town.context).await.unwrap_err().to_string().contains("another origin"));
    assert_eq!((town.inbox.versions(&one).len(), town.inbox.versions(&other).len()), (2, 1));
    town.altinn.lead_to(None);
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(town.inbox.versions(&other), ["created", "accepted"]);
}

#[tokio::test]
async fn several_events_of_one_request_on_a_page_are_one_reading() {
    let town = Town::start().await;
    let id = town.requested(MOTHER);
    town.source.poll(&town.context).await.unwrap();
    town.altinn.happens(&id, "accepted");
    town.told(&id, "revoked");
    town.source.poll(&town.context).await.unwrap();
    assert_eq!(
        (town.inbox.versions(&id), town.altinn.reads_of(&id)),
        (vec!["created".to_owned(), "revoked".into()], 2)
    );
}

#[tokio::test]
async fn one_request_is_read_again_at_once_as_a_poll_reads_it_and_nobody_else_is_asked_about() {
    let town = Town::start().await;
    let id = town.requested(MOTHER);
    town.told(&id, "accepted");
    town.source.poll(&town.context).await.unwrap();
    let polled = town.inbox.records().pop().unwrap();
    let again = town.source.reread(&town.context, &polled.key).await.unwrap();
    assert_eq!((&again.key, &again.body, again.gone), (&polled.key, &polled.body, false));
    town.altinn.happens(&id, "revoked");
    let revoked = town.source.reread(&town.context, &polled.key).await.unwrap();
    assert!(String::from_utf8_lossy(&revoked.body).contains("\"status\":\"revoked\""), "seen before it is told");
    town.altinn.lose(&id);
    assert!(town.source.reread(&town.context, &polled.key).await.unwrap().gone);
    town.inbox.forget(&id);
    let reads = town.altinn.reads_of(&id);
    assert!(town.source.reread(&town.context, &polled.key).await.unwrap().gone);
    assert_eq!(town.altinn.reads_of(&id), reads);
}

#[tokio::test]
async fn a_check_reads_no_request_and_no_event() {
    let town = Town::start().await;
    let id = town.requested(MOTHER);
    town.told(&id, "accepted");
    town.source.check().await.unwrap();
    assert_eq!((town.altinn.reads_of(&id), town.questions("/events").len()), (0, 1));
    assert!(town.questions("/events")[0].contains("createdAfter="));
}
