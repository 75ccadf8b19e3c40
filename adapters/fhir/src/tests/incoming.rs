//! The source against the peer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use samhold_adapter_api::{AdapterError, Poll};
use serde_json::{Value, json};

use super::peer::Peer;
use super::shelf::{Shelf, at};
use crate::FhirSource;

const MORNING: &str = "2027-03-01T08:00:00Z";
const NEXT_DAY: &str = "2027-03-02T09:00:00Z";
const NUMBER: &str = "14821970351";

fn source(peer: &Peer, more: Value) -> FhirSource {
    let mut settings =
        json!({"base": peer.with(|p| p.base.clone()), "types": ["CareTeam"], "page_size": 2, "overlap_seconds": 5});
    settings.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    FhirSource::new("epj", &serde_json::from_value(settings).unwrap()).unwrap()
}

fn team(patient: &str) -> Value {
    json!({"status": "active", "text": {"div": "Kari Nordmann"}, "subject": {"reference": format!("Patient/{patient}")}})
}

async fn three_teams() -> Peer {
    let peer = Peer::start().await;
    let identifier = json!([{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": NUMBER}]);
    peer.put("Patient/p1", json!({"identifier": identifier, "name": [{"family": "Nordmann"}], "meta": {"security": [{"code": "fortrolig"}]}}));
    for id in ["1", "2", "3"] {
        peer.put(&format!("CareTeam/{id}"), team("p1"));
    }
    peer
}

fn keys(of: &[(&str, bool)]) -> Vec<(String, bool)> {
    of.iter().map(|(k, g)| ((*k).to_owned(), *g)).collect()
}

#[tokio::test]
async fn every_page_is_read_and_each_record_knows_its_patient() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let source = source(&peer, json!({}));
    source.check().await.unwrap();
    assert_eq!(source.poll(&at(&shelf, MORNING)).await.unwrap().records, 3);
    assert_eq!(shelf.taken(), keys(&[("CareTeam/1", false), ("CareTeam/2", false), ("CareTeam/3", false)]));
    let body = shelf.body("CareTeam/1");
    assert_eq!(body["patient"]["identifier"][0]["value"], NUMBER);
    assert_eq!(body["patient"]["meta"]["security"][0]["code"], "fortrolig");
    assert_eq!(body["resource"]["status"], "active");
    assert!(!body.to_string().contains("Nordmann") && !body.to_string().contains("versionId"));
    assert_eq!(peer.with(|p| p.calls.iter().filter(|(c, _)| c.contains("Patient")).count()), 1, "read once per poll");
    assert!(peer.with(|p| p.calls.iter().all(|(uri, _)| !uri.contains(NUMBER))));
    assert!(peer.with(|p| p.headers.iter().all(|h| h["accept"] == "application/fhir+json")));
}

#[tokio::test]
async fn the_next_poll_asks_from_the_servers_time_and_offers_only_what_changed() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let source = source(&peer, json!({}));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    let cursor = shelf.cursor_of("since/CareTeam").unwrap();
    assert!(cursor.starts_with("2027-03-01T08:00:"), "the server's clock less the overlap, not ours: {cursor}");
    assert_eq!(source.poll(&at(&shelf, MORNING)).await.unwrap().records, 0);
    peer.put("CareTeam/2", json!({"status": "inactive", "subject": {"reference": "Patient/p1"}}));
    peer.put("CareTeam/3", team("p1"));
    assert_eq!(source.poll(&at(&shelf, MORNING)).await.unwrap().records, 1, "a new version of the same is no news");
    assert_eq!(shelf.body("CareTeam/2")["resource"]["status"], "inactive");
    let asked = peer.with(|p| p.calls.iter().filter(|(_, body)| body.contains("_lastUpdated=ge")).count());
    assert_eq!(asked, 2);
}

#[tokio::test]
async fn records_that_could_not_be_kept_are_read_again() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let source = source(&peer, json!({}));
    shelf.full.store(true, Ordering::SeqCst);
    assert!(matches!(source.poll(&at(&shelf, MORNING)).await, Err(AdapterError::Inbox { .. })));
    assert_eq!(shelf.cursor_of("since/CareTeam"), None);
    shelf.full.store(false, Ordering::SeqCst);
    assert_eq!(source.poll(&at(&shelf, MORNING)).await.unwrap().records, 3);
}

#[tokio::test]
async fn an_answer_that_may_be_partial_does_not_move_the_cursor() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let source = source(&peer, json!({}));
    for (severity, fails) in [("error", true), ("warning", false)] {
        peer.with(|p| p.outcome = Some(severity));
        let polled = source.poll(&at(&shelf, MORNING)).await;
        assert_eq!(polled.is_err(), fails);
        assert!(!format!("{polled:?}").contains(NUMBER));
        assert_eq!(shelf.cursor_of("since/CareTeam"), None);
    }
    assert_eq!(shelf.taken().len(), 3, "what came is kept all the same");
    peer.with(|p| p.outcome = None);
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    assert!(shelf.cursor_of("since/CareTeam").is_some());
}

#[tokio::test]
async fn a_circle_of_pages_and_a_link_to_another_machine_are_refused() {
    for fault in [0, 1] {
        let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
        peer.with(|p| if fault == 0 { p.circle = true } else { p.away = true });
        let told = source(&peer, json!({})).poll(&at(&shelf, MORNING)).await.unwrap_err().to_string();
        assert!(told.contains(["circle", "another machine"][fault]), "{told}");
        assert_eq!(shelf.cursor_of("since/CareTeam"), None);
    }
}

#[tokio::test]
async fn a_server_without_last_updated_is_read_in_full_and_only_changes_are_offered() {
    for forms in [true, false] {
        let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
        peer.with(|p| (p.refuses_last_updated, p.refuses_forms) = (true, !forms));
        let source = source(&peer, json!({}));
        assert_eq!(source.poll(&at(&shelf, MORNING)).await.unwrap().records, 3);
        peer.put("CareTeam/1", json!({"status": "inactive", "subject": {"reference": "Patient/p1"}}));
        assert_eq!(source.poll(&at(&shelf, MORNING)).await.unwrap().records, 1);
        assert_eq!(shelf.taken().len(), 4);
    }
}

#[tokio::test]
async fn a_unit_is_gone_only_after_a_full_read_and_its_own_address_say_so() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let source = source(&peer, json!({}));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    peer.with(|p| p.resources.remove("CareTeam/2"));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    assert_eq!(shelf.taken().len(), 3, "a feed says nothing of deletions");
    source.poll(&at(&shelf, NEXT_DAY)).await.unwrap();
    assert!(shelf.taken().contains(&("CareTeam/2".into(), true)));
    peer.put("CareTeam/2", team("p1"));
    source.poll(&at(&shelf, NEXT_DAY)).await.unwrap();
    assert_eq!(shelf.taken().iter().filter(|(k, _)| k == "CareTeam/2").count(), 3, "and it can come back");
}

#[tokio::test]
async fn a_server_that_does_not_read_by_id_confirms_nothing() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    peer.with(|p| p.refuses_reads = true);
    let source = source(&peer, json!({"sweep_interval_seconds": 0}));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    peer.with(|p| p.resources.remove("CareTeam/2"));
    for _ in 0..2 {
        source.poll(&at(&shelf, NEXT_DAY)).await.unwrap();
    }
    assert!(shelf.taken().iter().all(|(_, gone)| !gone));
    assert_eq!(*shelf.asked.lock().unwrap(), ["deletion_unconfirmed"], "and a person is asked once");
}

#[tokio::test]
async fn many_disappearing_at_once_waits_for_a_person() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    for n in 4..20 {
        peer.put(&format!("CareTeam/{n}"), team("p1"));
    }
    let source = source(&peer, json!({}));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    peer.with(|p| p.resources.retain(|k, _| !k.starts_with("CareTeam/1")));
    source.poll(&at(&shelf, NEXT_DAY)).await.unwrap();
    assert!(shelf.taken().iter().all(|(_, gone)| !gone));
    assert_eq!(*shelf.asked.lock().unwrap(), ["mass_deletion_held"]);
}

#[tokio::test]
async fn entered_in_error_ends_a_unit_after_a_full_read_and_is_never_offered_as_content() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let source = source(&peer, json!({}));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    peer.put("CareTeam/3", json!({"status": "entered-in-error", "subject": {"reference": "Patient/p1"}}));
    peer.put("CareTeam/9", json!({"status": "entered-in-error"}));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    let ended: Vec<_> = shelf.taken().into_iter().filter(|(_, gone)| *gone).collect();
    assert_eq!(ended, keys(&[("CareTeam/3", true)]));
    assert_eq!(shelf.taken().len(), 4, "what never was here is not told of");
}

#[tokio::test]
async fn a_server_that_asks_for_patience_gets_it_and_the_other_types_are_still_read() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    peer.put("Task/1", json!({"status": "requested"}));
    peer.with(|p| p.next_answers.push_back(("POST", 429)));
    let source = source(&peer, json!({"types": ["CareTeam", "Task"]}));
    let told = source.poll(&at(&shelf, MORNING)).await.unwrap_err();
    assert_eq!(told.retry_after(), Some(std::time::Duration::from_secs(7)));
    assert_eq!(shelf.taken(), keys(&[("Task/1", false)]));
}

#[tokio::test]
async fn a_server_that_only_searches_within_dates_is_asked_so_and_nothing_there_is_taken_for_gone() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    peer.with(|p| p.refuses_last_updated = true);
    let window = json!({"window": {"parameter": "date", "days_back": 10, "days_ahead": 1},
        "headers": {"ServiceCodes": "rt"}, "sweep_interval_seconds": 0});
    let source = source(&peer, window);
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    let asked = peer.with(|p| p.calls.iter().rfind(|(uri, _)| uri.contains("_search")).unwrap().1.clone());
    assert_eq!(asked, "date=ge2027-02-19T08%3A00%3A00Z&date=le2027-03-02T08%3A00%3A00Z&_count=2");
    assert!(peer.with(|p| p.headers.iter().all(|h| h["servicecodes"] == "rt")));
    peer.with(|p| p.resources.remove("CareTeam/2"));
    source.poll(&at(&shelf, NEXT_DAY)).await.unwrap();
    assert!(shelf.taken().iter().all(|(_, gone)| !gone));
}

#[tokio::test]
async fn a_restored_server_is_read_in_full_at_once_and_ends_nothing_until_the_next_full_read() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let source = source(&peer, json!({}));
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    // Restored from yesterday: one team is gone, one has its old content and an old time.
    peer.with(|p| {
        p.clock = -80_000;
        p.resources.remove("CareTeam/2");
        p.write("CareTeam/3", json!({"status": "proposed", "subject": {"reference": "Patient/p1"}}));
    });
    source.poll(&at(&shelf, MORNING)).await.unwrap();
    assert_eq!(shelf.body("CareTeam/3")["resource"]["status"], "proposed");
    assert!(shelf.cursor_of("since/CareTeam").unwrap().starts_with("2027-02-28"));
    assert!(shelf.taken().iter().all(|(_, gone)| !gone));
    source.poll(&at(&shelf, NEXT_DAY)).await.unwrap();
    assert!(shelf.taken().contains(&("CareTeam/2".into(), true)));
}

#[tokio::test]
async fn who_consents_is_found_behind_a_reference_and_nothing_else_of_them_is_kept() {
    let (peer, shelf) = (three_teams().await, Arc::new(Shelf::default()));
    let number = json!([{"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": "12858841044"}]);
    peer.put("RelatedPerson/mor", json!({"identifier": number, "name": [{"family": "Nordmann"}]}));
    peer.put(
        "Consent/1",
        json!({"status": "active", "patient": {"reference": "Patient/p1"}, "provision": {"provision": [{"type": "permit"}]},
        "performer": [{"reference": "RelatedPerson/mor"}, {"reference": "https://elsewhere.example/RelatedPerson/1"}]}),
    );
    source(&peer, json!({"types": ["Consent"]})).poll(&at(&shelf, MORNING)).await.unwrap();
    let body = shelf.body("Consent/1");
    assert_eq!(body["resource"]["performer"][0]["identifier"]["value"], "12858841044");
    assert!(body["resource"]["performer"][1].get("identifier").is_none(), "another server is never asked");
    assert_eq!(body["pairs"].as_array().map(Vec::len), Some(2));
    assert!(!body.to_string().contains("Nordmann"));
}
