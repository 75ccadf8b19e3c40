//! The population register through Fiks: look-ups, events, and answers that do not come.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod fiks;

use std::sync::Arc;

use fiks::{DNR, EVEN, FakeInbox, Fault, Fiks, LIV, NY, SKJUL, context};
use samhold_adapter_api::{AdapterError, Poll};
use samhold_adapter_fiks::{FolkeregisterSettings, FolkeregisterSource};
use serde_json::json;

const NOON: &str = "2026-11-22T12:00:00Z";

fn settings(fiks: &Fiks, more: serde_json::Value) -> FolkeregisterSettings {
    let mut settings = json!({
        "connection": fiks.connection(), "fiks_org_id": "11415cd1-e26d-499a-8421-751457dfcbd5",
        "rolle_id": "dfcaeab6-8263-4870-9e53-422600015c71", "municipalities": ["4601"], "events": [],
    });
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(settings).unwrap()
}

fn source(fiks: &Fiks, more: serde_json::Value) -> FolkeregisterSource {
    FolkeregisterSource::new("freg", &settings(fiks, more)).unwrap()
}

fn moves() -> serde_json::Value {
    json!({"events": ["FLYTTET_TIL_KOMMUNE"], "first_days": 5})
}

#[tokio::test]
async fn everybody_followed_is_looked_up_in_batches_with_the_right_headers() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    let all = [EVEN, SKJUL, DNR, NY, LIV];
    all.iter().for_each(|n| fiks.person(n));
    inbox.follow(&all);
    let polled = source(&fiks, json!({"batch_size": 2})).poll(&context(&inbox, NOON)).await.unwrap();
    assert_eq!(polled.records, 5);
    assert_eq!(inbox.keys(), all.map(str::to_owned).into());
    assert_eq!(inbox.body(EVEN), fiks::person(EVEN));
    let asked = fiks.asked("oppvekst");
    assert_eq!(asked.len(), 3);
    for call in &asked {
        assert_eq!(call.headers["authorization"], "Bearer t1");
        assert_eq!(call.headers["integrasjonid"], "11415cd1-e26d-499a-8421-751457dfcbd5");
        assert_eq!(call.headers["integrasjonpassord"], "passord");
        assert!(call.path.ends_with("/11415cd1-e26d-499a-8421-751457dfcbd5/dfcaeab6-8263-4870-9e53-422600015c71"));
        assert!(all.iter().all(|n| !call.path.contains(n) && !format!("{:?}", call.headers).contains(n)));
    }
}

#[tokio::test]
async fn a_person_who_never_had_an_answer_gives_no_record_and_a_person_is_asked_at_the_third_time() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    fiks.person(EVEN);
    inbox.follow(&[EVEN, SKJUL]);
    let source = source(&fiks, json!({}));
    for _ in 0..4 {
        source.poll(&context(&inbox, NOON)).await.unwrap();
    }
    assert_eq!(inbox.keys(), [EVEN.to_owned()].into());
    assert_eq!(inbox.kinds(), ["register_lookup_missing"]);
    assert!(!format!("{:?}", inbox.asked.lock().unwrap()).contains(SKJUL));
}

#[tokio::test]
async fn somebody_the_register_answers_no_more_for_is_told_as_unanswered_in_the_same_words_until_it_does() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    [EVEN, SKJUL].iter().for_each(|n| fiks.person(n));
    inbox.follow(&[EVEN, SKJUL]);
    let source = source(&fiks, json!({}));
    source.poll(&context(&inbox, NOON)).await.unwrap();
    let gone = fiks.set(|r| r.persons.remove(SKJUL)).unwrap();
    let unanswered = json!({"identifikasjonsnummer": {"foedselsEllerDNummer": SKJUL}, "ubesvart": true});
    for day in [NOON, "2026-11-23T12:00:00Z"] {
        source.poll(&context(&inbox, day)).await.unwrap();
        assert_eq!(inbox.body(SKJUL), unanswered, "the same every day, so that it is taken once");
        assert_eq!(inbox.body(EVEN), fiks::person(EVEN));
    }
    fiks.set(|r| r.persons.insert(SKJUL.to_owned(), gone.clone()));
    source.poll(&context(&inbox, NOON)).await.unwrap();
    assert_eq!(inbox.body(SKJUL), gone);
}

#[tokio::test]
async fn with_nobody_to_follow_the_register_is_reached_all_the_same_and_a_failure_is_one() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    let source = source(&fiks, json!({"events": ["DOED"]}));
    assert_eq!(source.poll(&context(&inbox, NOON)).await.unwrap().records, 0);
    assert_eq!(fiks.asked("oppvekst").len(), 1);
    assert_eq!(fiks.asked("oppvekst")[0].body, r#"{"foedselsnumre":[]}"#, "nobody is asked about");
    fiks.fault("oppvekst", 503, 3);
    for _ in 0..3 {
        source.poll(&context(&inbox, NOON)).await.unwrap_err();
    }
    assert_eq!(inbox.kinds(), ["register_unreachable"]);
}

#[tokio::test]
async fn one_number_the_register_refuses_does_not_stop_the_others() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    let all = [EVEN, SKJUL, DNR, NY, LIV];
    all.iter().for_each(|n| fiks.person(n));
    fiks.set(|r| r.refused.insert(DNR.to_owned()));
    inbox.follow(&all);
    source(&fiks, json!({})).poll(&context(&inbox, NOON)).await.unwrap();
    assert_eq!(inbox.keys().len(), 4);
    assert!(!inbox.keys().contains(DNR));
}

#[tokio::test]
async fn a_role_that_may_ask_about_nobody_is_an_error_and_not_a_storm() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    fiks.fault("oppvekst", 400, 500);
    inbox.follow(&[EVEN, SKJUL, DNR, NY, LIV].repeat(20));
    let error = source(&fiks, json!({})).poll(&context(&inbox, NOON)).await.unwrap_err();
    assert!(error.to_string().contains("rolle_id"), "{error}");
    assert!(fiks.asked("oppvekst").len() <= 25);
}

#[tokio::test]
async fn someone_who_was_not_asked_about_is_dropped_and_a_new_number_is_recognised() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    let mut renumbered = fiks::person(NY);
    renumbered["tidligereIdentifikasjonsnummer"] = json!({"foedselsEllerDNummer": DNR});
    fiks.set(|r| r.persons.insert(DNR.to_owned(), renumbered));
    fiks.set(|r| r.persons.insert(EVEN.to_owned(), fiks::person(LIV)));
    inbox.follow(&[DNR, EVEN]);
    source(&fiks, json!({})).poll(&context(&inbox, NOON)).await.unwrap();
    assert_eq!(inbox.keys(), [NY.to_owned()].into());
}

#[tokio::test]
async fn a_busy_register_is_waited_for_in_milliseconds_and_three_failed_polls_ask_a_person() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    inbox.follow(&[EVEN]);
    let source = source(&fiks, json!({}));
    for (status, headers) in [(429, vec![("retry-after", "1500".to_owned())]), (503, vec![]), (403, vec![])] {
        fiks.set(|r| r.faults.push_back(Fault { path: "oppvekst", status, headers, body: EVEN.into() }));
        let error = source.poll(&context(&inbox, NOON)).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(EVEN));
        match status {
            429 => assert_eq!(error.retry_after().map(|d| d.as_millis()), Some(1500)),
            403 => assert!(matches!(error, AdapterError::Refused { .. })),
            _ => assert!(matches!(error, AdapterError::Unavailable { retry_after: None, .. })),
        }
    }
    assert!(inbox.keys().is_empty());
    assert_eq!(inbox.kinds(), ["register_unreachable"]);
}

#[tokio::test]
async fn a_refused_token_is_exchanged_once() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    fiks.person(EVEN);
    inbox.follow(&[EVEN]);
    fiks.fault("oppvekst", 401, 1);
    assert_eq!(source(&fiks, json!({})).poll(&context(&inbox, NOON)).await.unwrap().records, 1);
    let used: Vec<_> = fiks.asked("oppvekst").iter().map(|a| a.headers["authorization"].clone()).collect();
    assert_eq!(used, ["Bearer t1", "Bearer t2"]);
}

#[tokio::test]
async fn truncated_answers_are_errors_and_never_quoted() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    inbox.follow(&[EVEN]);
    for body in [format!("[{{\"identifikasjonsnummer\":\"{EVEN}"), format!("{{\"fnr\":\"{EVEN}\"}}")] {
        fiks.set(|r| r.faults.push_back(Fault { path: "oppvekst", status: 200, headers: vec![], body }));
        let error = source(&fiks, json!({})).poll(&context(&inbox, NOON)).await.unwrap_err();
        assert!(matches!(error, AdapterError::Format { .. }) && !error.to_string().contains(EVEN), "{error}");
    }
}

#[tokio::test]
async fn an_event_of_a_followed_child_gets_its_day_and_the_same_key_in_every_poll() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    [EVEN, SKJUL].iter().for_each(|n| fiks.person(n));
    inbox.follow(&[EVEN, SKJUL]);
    fiks.set(|r| {
        r.events.push(("FLYTTET_TIL_KOMMUNE", "4601", EVEN.into(), "2026-11-20"));
        r.events.push(("FLYTTET_TIL_KOMMUNE", "4601", LIV.into(), "2026-11-20"));
        r.events.push(("FLYTTET_TIL_KOMMUNE", "4602", SKJUL.into(), "2026-11-20"));
        r.events.push(("FLYTTET_TIL_KOMMUNE", "4601", SKJUL.into(), "2026-11-17"));
    });
    let source = source(&fiks, moves());
    source.poll(&context(&inbox, NOON)).await.unwrap();
    let even = format!("hendelse:FLYTTET_TIL_KOMMUNE:{EVEN}:2026-11-20");
    let skjul = format!("hendelse:FLYTTET_TIL_KOMMUNE:{SKJUL}:2026-11-17");
    let expected = [EVEN.to_owned(), SKJUL.to_owned(), even.clone(), skjul].into();
    assert_eq!(inbox.keys(), expected, "the one who is not followed is dropped");
    assert_eq!(
        inbox.body(&even),
        json!({
            "hendelse": {"type": "FLYTTET_TIL_KOMMUNE", "dato": "2026-11-20", "kommune": "4601", "fnr": EVEN}, "person": fiks::person(EVEN),
        })
    );
    inbox.forget();
    source.poll(&context(&inbox, "2026-11-22T23:30:00Z")).await.unwrap();
    assert!(inbox.keys().contains(&even), "the windows overlap, and the key is the same");
    assert_eq!(inbox.keys().len(), 3);
    assert_eq!(inbox.cursors.lock().unwrap()["hendelser:FLYTTET_TIL_KOMMUNE:4601"], "2026-11-23", "midnight in Oslo");
    let questions = fiks.asked("hendelser/liste");
    assert!(questions[0].body.contains("\"foedt\""), "moves are narrowed by age");
}

#[tokio::test]
async fn only_moves_are_narrowed_by_age_and_a_window_with_nobody_costs_one_question() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    let source = source(&fiks, json!({"events": ["DOED", "FOEDT"]}));
    source.poll(&context(&inbox, NOON)).await.unwrap();
    assert!(fiks.asked("hendelser/liste").is_empty(), "nobody is followed, so nobody is asked for");
    inbox.follow(&[EVEN]);
    source.poll(&context(&inbox, NOON)).await.unwrap();
    let asked = fiks.asked("hendelser/liste");
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|a| !a.body.contains("foedt\"")));
    assert!(inbox.keys().is_empty());
}

#[tokio::test]
async fn an_event_list_that_fails_leaves_the_position_where_it_was() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    fiks.person(EVEN);
    inbox.follow(&[EVEN]);
    fiks.set(|r| r.events.push(("FLYTTET_TIL_KOMMUNE", "4601", EVEN.into(), "2026-11-21")));
    fiks.fault("hendelser/liste", 503, 1);
    let source = source(&fiks, moves());
    source.poll(&context(&inbox, NOON)).await.unwrap_err();
    assert!(inbox.cursors.lock().unwrap().is_empty());
    source.poll(&context(&inbox, NOON)).await.unwrap();
    assert!(inbox.keys().contains(&format!("hendelse:FLYTTET_TIL_KOMMUNE:{EVEN}:2026-11-21")));
}

#[tokio::test]
async fn an_event_of_somebody_without_an_answer_has_no_person() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    inbox.follow(&[EVEN]);
    fiks.set(|r| r.events.push(("DOED", "4601", EVEN.into(), "2026-11-22")));
    source(&fiks, json!({"events": ["DOED"]})).poll(&context(&inbox, NOON)).await.unwrap();
    assert_eq!(inbox.body(&format!("hendelse:DOED:{EVEN}:2026-11-22"))["person"], json!(null));
}

#[tokio::test]
async fn a_check_asks_about_nobody_and_finds_missing_rights() {
    let fiks = Fiks::start().await;
    fiks.person(EVEN);
    source(&fiks, json!({})).check().await.unwrap();
    assert_eq!(fiks.asked("folkeregister").len(), 1);
    assert_eq!(fiks.asked("oppvekst")[0].body, r#"{"foedselsnumre":[]}"#);
    fiks.fault("oppvekst", 400, 1);
    assert!(source(&fiks, json!({})).check().await.is_ok(), "an empty question may be refused as such");
    fiks.fault("oppvekst", 403, 1);
    assert!(matches!(source(&fiks, json!({})).check().await, Err(AdapterError::Refused { .. })));
    fiks.fault("token", 400, 1);
    assert!(matches!(source(&fiks, json!({})).check().await, Err(AdapterError::Refused { .. })));
}

#[tokio::test]
async fn settings_that_cannot_work_are_found_when_the_source_is_made() {
    let fiks = Fiks::start().await;
    let make = |more| FolkeregisterSource::new("freg", &settings(&fiks, more)).map(drop);
    assert!(make(json!({})).is_ok());
    assert!(make(json!({"municipalities": []})).is_err());
    assert!(make(json!({"municipalities": ["46"]})).is_err());
    assert!(make(json!({"batch_size": 0})).is_err());
    let mut mixed = settings(&fiks, json!({}));
    mixed.connection.base_url = "https://api.fiks.ks.no".into();
    mixed.connection.maskinporten.token_url = "https://test.maskinporten.no/token".into();
    let error = FolkeregisterSource::new("freg", &mixed).err().unwrap();
    assert!(error.to_string().contains("different environments"), "{error}");
}
