//! Reading pupils from a school system that pages and writes as real ones do.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod school;

use samhold_adapter_api::{AdapterError, Poll};
use samhold_adapter_oneroster::{OneRosterSource, SourceSettings};
use school::{Fault, Paging, School, context, enrollment, pupil};
use serde_json::json;

#[tokio::test]
async fn every_pupil_becomes_one_document_however_the_pages_are_cut() {
    for paging in [Paging::LinkAndTotal, Paging::TotalOnly, Paging::Nothing, Paging::None] {
        let (school, (inbox, context)) = (School::start().await, context());
        school.fill(7);
        school.shelf.lock().unwrap().paging = paging;
        school.shelf.lock().unwrap().largest_page = 3;
        let polled = school.source(5).poll(&context).await.unwrap();
        assert_eq!((polled.records, polled.more), (7, false), "{paging:?}");
        let document = inbox.body("u004");
        assert_eq!(
            document["enrollments"],
            json!([{"role": "student", "school": {"sourcedId": "o1"}, "sourcedId": "e004", "status": "active", "user": {"sourcedId": "u004"}}])
        );
        assert_eq!(document["orgs"][0]["identifier"], "310778001");
        assert_eq!(
            (&document["user"]["enabledUser"], &document["user"]["identifier"]),
            (&json!(true), &json!("14821970351"))
        );
    }
}

#[tokio::test]
async fn only_pupils_are_kept_and_only_what_is_needed_of_them() {
    let (school, (inbox, context)) = (School::start().await, context());
    school.set(
        "orgs",
        vec![json!({"sourcedId": "o1", "name": "Lia skole", "metadata": {"epost": "x"}}), json!({"sourcedId": "o2"})],
    );
    school.set("users", vec![
        json!({"sourcedId": "elev", "status": "active", "role": "student", "orgs": [{"href": "https://x", "sourcedId": "o1"}],
               "email": "elev@example.no", "agents": [{"sourcedId": "mor"}], "password": "p", "enabledUser": 1}),
        json!({"sourcedId": "bare-i-klasse", "status": "active", "roles": []}),
        json!({"sourcedId": "mor", "status": "active", "roles": [{"role": "guardian"}], "identifier": "12858841044"}),
        json!({"sourcedId": "laerer", "status": "active", "role": "teacher"}),
        json!({"uten": "id"}),
    ]);
    school.set("enrollments", vec![
        json!({"sourcedId": "e1", "role": "student", "user": {"sourcedId": "bare-i-klasse"}, "school": {"sourcedId": "o1"}}),
        json!({"sourcedId": "e2", "role": "teacher", "user": {"sourcedId": "laerer"}, "school": {"sourcedId": "o2"}}),
    ]);
    school.shelf.lock().unwrap().paging = Paging::Nothing;
    assert_eq!(school.source(10).poll(&context).await.unwrap().records, 2);
    let text = inbox.body("elev").to_string();
    assert!(
        !text.contains("example.no") && !text.contains("mor") && !text.contains("href") && !text.contains("epost"),
        "{text}"
    );
    for id in ["elev", "bare-i-klasse"] {
        assert_eq!(inbox.body(id)["user"]["roles"], json!([{"org": {"sourcedId": "o1"}, "role": "student"}]), "{id}");
    }
    assert_eq!(inbox.body("elev")["orgs"], json!([{"name": "Lia skole", "sourcedId": "o1"}]));
    assert!(!format!("{:?}", inbox.records.lock().unwrap().iter().map(|r| &r.key).collect::<Vec<_>>()).contains("mor"));
}

#[tokio::test]
async fn a_provider_that_restarts_and_dates_everything_anew_changes_nothing() {
    let (school, (inbox, context)) = (School::start().await, context());
    school.fill(3);
    let source = school.source(10);
    source.poll(&context).await.unwrap();
    let before: Vec<_> = inbox.forget().into_iter().map(|r| r.body).collect();
    let again = |n: usize| {
        let mut user = pupil(n);
        user["dateLastModified"] = json!("2026-11-22T00:00:00.000Z");
        user["metadata"] = json!({"seen": 1});
        user["enabledUser"] = json!(true);
        user
    };
    school.set("users", (0..3).rev().map(again).collect());
    source.poll(&context).await.unwrap();
    let after: Vec<_> = inbox.forget().into_iter().map(|r| r.body).collect();
    assert_eq!(before, after);
}

#[tokio::test]
async fn a_loop_another_origin_and_a_redirect_are_refused() {
    let elsewhere = School::start().await;
    elsewhere.fill(9);
    for fault in [Fault::Loop, Fault::Elsewhere(elsewhere.base.clone()), Fault::Redirect(elsewhere.base.clone())] {
        let (school, (inbox, context)) = (School::start().await, context());
        school.fill(9);
        school.fault("orgs", 0, fault.clone());
        let error = school.source(3).poll(&context).await.unwrap_err();
        assert!(matches!(error, AdapterError::Format { .. }), "{fault:?}: {error}");
        assert!(inbox.records.lock().unwrap().is_empty());
    }
    assert!(elsewhere.shelf.lock().unwrap().asked.is_empty());
}

#[tokio::test]
async fn a_producer_that_ignores_the_offset_of_a_full_page_is_found_out() {
    let (school, (_, context)) = (School::start().await, context());
    school.fill(4);
    school.shelf.lock().unwrap().paging = Paging::None;
    let error = school.source(4).poll(&context).await.unwrap_err();
    assert!(error.to_string().contains("offset is ignored"), "{error}");
}

#[tokio::test]
async fn busy_and_refusing_answers_are_told_apart_without_content() {
    let (school, (_, context)) = (School::start().await, context());
    school.fill(2);
    school.fault("users", 0, Fault::Status(429, vec![("retry-after", "30".into())]));
    let busy = school.source(10).poll(&context).await.unwrap_err();
    assert_eq!(busy.retry_after().map(|d| d.as_secs()), Some(30));
    school.fault("users", 0, Fault::Status(403, vec![]));
    let refused = school.source(10).poll(&context).await.unwrap_err();
    assert!(matches!(refused, AdapterError::Refused { .. }));
    school.fault("users", 0, Fault::Truncated);
    let cut = school.source(10).poll(&context).await.unwrap_err();
    assert!(cut.to_string().contains("ends too early"), "{cut}");
    for told in [busy, refused, cut] {
        assert!(!format!("{told} {told:?}").contains("14821970351"));
    }
}

#[tokio::test]
async fn a_producer_that_lists_something_twice_or_without_an_id_is_still_read() {
    let (school, (inbox, context)) = (School::start().await, context());
    school.fill(3);
    let enrollments =
        vec![enrollment(0), enrollment(0), enrollment(1), json!({"role": "student"}), json!("rot"), enrollment(2)];
    school.set("enrollments", enrollments);
    school.set("users", vec![pupil(0), pupil(1), pupil(1), pupil(2)]);
    let source = school.source(2);
    assert_eq!(source.poll(&context).await.unwrap().records, 3);
    assert_eq!(inbox.body("u000")["enrollments"].as_array().unwrap().len(), 1);
    school.set("users", vec![pupil(0), pupil(1), pupil(1)]);
    source.poll(&context).await.unwrap();
    assert_eq!(inbox.gone(), ["u002"]);
}

#[tokio::test]
async fn a_check_reads_no_personal_data() {
    let school = School::start().await;
    school.fill(2);
    school.source(10).check().await.unwrap();
    assert_eq!(school.shelf.lock().unwrap().asked, ["/v1p2/orgs?limit=1"]);
    school.fault("orgs", 0, Fault::Status(401, vec![]));
    assert!(matches!(school.source(10).check().await, Err(AdapterError::Refused { .. })));
}

#[test]
fn settings_are_strict() {
    let read =
        |more: &str| toml::from_str::<SourceSettings>(&format!("base_url = \"https://skole.example.no/v1p2\"\n{more}"));
    assert_eq!(read("").unwrap().max_deletions_percent, 20);
    assert!(read("page_sise = 3").is_err());
    let plain = SourceSettings { base_url: "http://skole.example.no/".into(), ..read("").unwrap() };
    assert!(OneRosterSource::new("skole", &plain).is_err());
}

#[tokio::test]
async fn an_enrolment_that_is_being_deleted_does_not_count() {
    let (school, (inbox, context)) = (School::start().await, context());
    school.fill(2);
    let mut ended = enrollment(1);
    ended["status"] = json!("tobedeleted");
    school.set("enrollments", vec![enrollment(0), ended]);
    school.source(10).poll(&context).await.unwrap();
    assert_eq!(inbox.body("u001")["enrollments"], json!([]));
    assert_eq!(inbox.body("u000")["enrollments"][0]["sourcedId"], "e000");
}
