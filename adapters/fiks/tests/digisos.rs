//! Digisos through Fiks: changed cases, replaced histories, and documents that cannot be read.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod fiks;

use std::sync::Arc;

use fiks::{FakeInbox, Fault, Fiks, context};
use samhold_adapter_api::{AdapterError, Poll};
use samhold_adapter_fiks::{DigisosSettings, DigisosSource};
use serde_json::{Value, json};

const NOON: &str = "2026-11-22T12:00:00Z";
const MOTHER: &str = "12858841044";

fn source(fiks: &Fiks, municipalities: &[&str]) -> DigisosSource {
    let settings = json!({"connection": fiks.connection(), "municipalities": municipalities});
    DigisosSource::new("nav", &serde_json::from_value::<DigisosSettings>(settings).unwrap()).unwrap()
}

fn put(fiks: &Fiks, id: &str, changed: i64, statuses: &[&str]) {
    let case = json!({
        "fiksDigisosId": id, "sokerFnr": MOTHER, "kommunenummer": "4601", "sistEndret": changed,
        "originalSoknadNAV": {"soknadDokument": {"filnavn": "soknad.pdf"}},
        "digisosSoker": {"metadata": "dok", "timestampSistOppdatert": changed}, "tilleggsinformasjon": {"enhetsnummer": "1209"},
    });
    let events: Vec<Value> = statuses.iter().map(|s| json!({"type": "soknadsStatus", "status": s})).collect();
    fiks.set(|r| {
        r.cases.retain(|c| c["fiksDigisosId"] != id);
        r.cases.push(case);
        r.documents.insert(format!("{id}/dokumenter/dok"), json!({"version": "1.0.0", "hendelser": events}));
    });
}

#[tokio::test]
async fn each_changed_case_becomes_one_record_with_its_whole_history() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, "b", 200, &["MOTTATT", "UNDER_BEHANDLING"]);
    put(&fiks, "a", 100, &["MOTTATT"]);
    let source = source(&fiks, &[]);
    assert_eq!(source.poll(&context(&inbox, NOON)).await.unwrap().records, 2);
    assert_eq!(inbox.records.lock().unwrap().iter().map(|r| r.key.clone()).collect::<Vec<_>>(), ["a", "b"]);
    let body = inbox.body("b");
    assert_eq!(body["soker"]["hendelser"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&body["sak"]["sokerFnr"], &body["sak"]["tilleggsinformasjon"]["enhetsnummer"]),
        (&json!(MOTHER), &json!("1209"))
    );
    assert!(!body.to_string().contains("soknad.pdf"));
    inbox.forget();
    put(&fiks, "a", 300, &[]);
    source.poll(&context(&inbox, NOON)).await.unwrap();
    assert_eq!(inbox.body("a")["soker"]["hendelser"], json!([]), "fewer events replace the former history");
    assert_eq!(inbox.cursors.lock().unwrap()["sist_endret"], "300");
    assert!(fiks.asked("digisos").iter().all(|a| !a.path.contains(MOTHER)));
}

#[tokio::test]
async fn other_municipalities_and_cases_without_a_history_are_left() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, "a", 100, &["MOTTATT"]);
    fiks.set(|r| {
        r.cases.push(json!({"fiksDigisosId": "tom", "kommunenummer": "9901", "sistEndret": 1, "digisosSoker": null}))
    });
    assert_eq!(source(&fiks, &["9901"]).poll(&context(&inbox, NOON)).await.unwrap().records, 0);
    assert!(fiks.asked("dokumenter").is_empty());
}

#[tokio::test]
async fn a_busy_fiks_leaves_the_position_before_the_case_that_was_not_read() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, "a", 100, &["MOTTATT"]);
    put(&fiks, "b", 200, &["MOTTATT"]);
    let headers = vec![("retry-after", "2500".to_owned())];
    fiks.set(|r| r.faults.push_back(Fault { path: "/b/dokumenter", status: 429, headers, body: MOTHER.into() }));
    let source = source(&fiks, &[]);
    let error = source.poll(&context(&inbox, NOON)).await.unwrap_err();
    assert_eq!(error.retry_after().map(|d| d.as_millis()), Some(2500));
    assert_eq!(inbox.cursors.lock().unwrap()["sist_endret"], "100");
    source.poll(&context(&inbox, NOON)).await.unwrap();
    assert!(inbox.keys().contains("b"));
}

#[tokio::test]
async fn a_document_that_cannot_be_read_holds_the_position_for_three_polls_and_no_longer() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, "a", 100, &["MOTTATT"]);
    put(&fiks, "b", 200, &["MOTTATT"]);
    fiks.set(|r| r.documents.remove("a/dokumenter/dok"));
    let source = source(&fiks, &[]);
    for _ in 0..2 {
        assert_eq!(source.poll(&context(&inbox, NOON)).await.unwrap().records, 1, "the other goes on");
        assert!(inbox.cursors.lock().unwrap().is_empty());
    }
    source.poll(&context(&inbox, NOON)).await.unwrap();
    assert_eq!(inbox.kinds(), ["digisos_document_unreadable"]);
    assert_eq!(inbox.cursors.lock().unwrap()["sist_endret"], "200");
}

#[tokio::test]
async fn a_document_that_comes_after_a_while_is_read() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, "a", 100, &["MOTTATT"]);
    fiks.set(|r| {
        let body = format!("{{\"hendelser\": [{{\"fnr\": \"{MOTHER}");
        r.faults.push_back(Fault { path: "dokumenter", status: 200, headers: vec![], body });
    });
    let source = source(&fiks, &[]);
    assert_eq!(source.poll(&context(&inbox, NOON)).await.unwrap().records, 0);
    assert_eq!(source.poll(&context(&inbox, NOON)).await.unwrap().records, 1);
    assert!(inbox.kinds().is_empty());
}

#[tokio::test]
async fn a_list_that_is_no_list_is_an_error_without_content() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    let body = json!({"message": MOTHER}).to_string();
    fiks.set(|r| r.faults.push_back(Fault { path: "soknader", status: 200, headers: vec![], body }));
    let error = source(&fiks, &[]).poll(&context(&inbox, NOON)).await.unwrap_err();
    assert!(matches!(error, AdapterError::Format { .. }) && !format!("{error:?}").contains(MOTHER), "{error}");
}

#[tokio::test]
async fn a_check_reads_no_cases() {
    let fiks = Fiks::start().await;
    source(&fiks, &[]).check().await.unwrap();
    let asked = fiks.asked("soknader");
    assert_eq!((asked.len(), asked[0].method.as_str()), (1, "HEAD"));
    fiks.fault("soknader", 403, 1);
    assert!(matches!(source(&fiks, &[]).check().await, Err(AdapterError::Refused { .. })));
}
