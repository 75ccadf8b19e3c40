//! Fiks samtykke: asked about what was asked for and nothing else, how it stands as a whole, and answers that cannot be believed.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod fiks;

use std::sync::Arc;

use fiks::{FakeInbox, Fault, Fiks, context};
use samhold_adapter_api::{AdapterError, Poll, Requested, Reread};
use samhold_adapter_fiks::{SamtykkeSettings, SamtykkeSource};
use serde_json::{Value, json};

const NOON: &str = "2026-11-22T12:00:00Z";
const MOTHER: &str = "12858841044";
const FATHER: &str = "03898531138";
const ORG: &str = "7c8b4b6e-0000-4000-8000-000000009901";
const ONE: &str = "5f0a4f9c-1111-4aaa-8bbb-00000000000a";
const TWO: &str = "5f0a4f9c-2222-4aaa-8bbb-00000000000b";

fn source(fiks: &Fiks) -> SamtykkeSource {
    let settings = json!({"connection": fiks.connection(), "fiks_org_id": ORG});
    SamtykkeSource::new("samtykke", &serde_json::from_value::<SamtykkeSettings>(settings).unwrap()).unwrap()
}

fn ask(inbox: &FakeInbox, ids: &[&str]) {
    let words = |word: &str| vec![word.to_owned()];
    let one = |id: &&str| Requested {
        request: (*id).to_owned(),
        child_id: "0198c0de-0000-7000-8000-000000000001".into(),
        categories: words("barnevern_case_exists"),
        recipients: words("barnehage_privat"),
        purposes: words("coordination"),
    };
    *inbox.requested.lock().unwrap() = ids.iter().map(one).collect();
}

fn answer(id: &str, statuses: [&str; 2]) -> Value {
    let person = |number: &str, status: &str| json!({"fnr": number, "navn": "Kari Nordmann", "samtykkeStatus": status, "harTilgangTilInnbyggertjenester": true});
    json!({"samtykker": [{"samtykkeId": id, "samtykkeNavn": "Deling", "akseptfrist": "2026-12-01", "sluttDato": "2027-06-01",
        "personer": {"personer": [person(MOTHER, statuses[0]), person(FATHER, statuses[1])]},
        "dokument": {"filnavn": "samtykke.pdf", "lenke": "https://example.no/1"}}]})
}

fn history(kinds: &[(&str, &str)]) -> Value {
    let one = |(n, (kind, party)): (usize, &(&str, &str))| {
        json!({"sekvensnummer": n + 1, "hendelseType": kind, "tidspunkt": format!("2026-11-{:02}T10:00:00Z", n + 1),
            "partFnr": party, "hendelseBeskrivelse": "en tekst"})
    };
    json!({"samtykkeHendelser": kinds.iter().enumerate().map(one).collect::<Vec<_>>()})
}

const BOTH: [(&str, &str); 2] = [("AKSEPTERT_AV_PART", MOTHER), ("AKSEPTERT_AV_PART", FATHER)];

fn put(fiks: &Fiks, id: &str, statuses: [&str; 2], kinds: &[(&str, &str)]) {
    fiks.set(|r| r.consents.insert(id.to_owned(), (answer(id, statuses), history(kinds))));
}

fn key(id: &str) -> String {
    format!("samtykke/{id}")
}

async fn polled(source: &SamtykkeSource, inbox: &Arc<FakeInbox>) -> usize {
    source.poll(&context(inbox, NOON)).await.unwrap().records
}

#[tokio::test]
async fn nobody_is_asked_about_while_nobody_has_asked() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    assert_eq!(polled(&source(&fiks), &inbox).await, 0);
    assert!(fiks.asked("").is_empty(), "not even for a token");
}

#[tokio::test]
async fn a_consent_is_read_with_its_history_and_says_how_it_stands_for_all() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    put(&fiks, TWO, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    ask(&inbox, &[ONE]);
    let source = source(&fiks);
    assert_eq!(polled(&source, &inbox).await, 1);
    let body = inbox.body(&key(ONE));
    assert_eq!((&body["status"], &body["parter"][0]["fnr"]), (&json!("SAMTYKKET"), &json!(FATHER)));
    assert_eq!(body["request"]["categories"], json!(["barnevern_case_exists"]));
    for gone in ["Nordmann", "Deling", "pdf", "tekst", "example"] {
        assert!(!body.to_string().contains(gone), "{gone}");
    }
    let asked = fiks.asked("/samtykke/");
    let paths: Vec<String> = asked.iter().map(|a| a.path.clone()).collect();
    let at = |call: &str| format!("/samtykke/api/v1/ekstern/{ORG}/{call}/{ONE}");
    assert_eq!(paths, [at("samtykkeHistorikk"), at("hentSamtykke")], "the history first, and nobody else's");
    let header = |name: &str| asked[0].headers[name].to_str().unwrap().to_owned();
    assert_eq!((header("authorization"), header("integrasjonpassord")), ("Bearer t1".into(), "passord".into()));
    assert!(paths.iter().all(|path| !path.contains(MOTHER)));
}

#[tokio::test]
async fn what_has_not_changed_is_the_same_to_the_byte_on_another_day() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "VENTER_PAA_SVAR"], &BOTH[..1]);
    ask(&inbox, &[ONE]);
    let source = source(&fiks);
    polled(&source, &inbox).await;
    let mut turned = answer(ONE, ["SAMTYKKET", "VENTER_PAA_SVAR"]);
    turned["samtykker"][0]["personer"]["personer"].as_array_mut().unwrap().reverse();
    fiks.set(|r| r.consents.get_mut(ONE).unwrap().0 = turned);
    source.poll(&context(&inbox, "2027-11-22T12:00:00Z")).await.unwrap();
    let records = inbox.records.lock().unwrap();
    assert_eq!((records.len(), &records[0].body), (2, &records[1].body));
    assert!(records.iter().all(|r| r.delivery_id.is_none()));
}

#[tokio::test]
async fn an_answer_between_the_two_readings_is_read_once_more() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    ask(&inbox, &[ONE]);
    let old = history(&BOTH[..1]).to_string();
    fiks.set(|r| r.faults.push_back(Fault { path: "samtykkeHistorikk", status: 200, headers: vec![], body: old }));
    polled(&source(&fiks), &inbox).await;
    assert_eq!((inbox.body(&key(ONE))["status"].clone(), fiks.asked("/samtykke/").len()), (json!("SAMTYKKET"), 4));
}

#[tokio::test]
async fn a_status_that_no_history_explains_is_offered_as_that_for_a_person_to_read() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH[..1]);
    ask(&inbox, &[ONE]);
    polled(&source(&fiks), &inbox).await;
    let body = inbox.body(&key(ONE));
    assert_eq!((&body["status"], &body["alleHarSamtykket"]), (&json!("UKLAR"), &json!(false)));
}

#[tokio::test]
async fn a_consent_that_is_not_there_or_that_nobody_asks_for_any_more_is_gone() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    put(&fiks, TWO, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    ask(&inbox, &[ONE, TWO]);
    let source = source(&fiks);
    assert_eq!(polled(&source, &inbox).await, 2);
    fiks.set(|r| r.consents.get_mut(ONE).unwrap().0 = json!({"samtykker": []}));
    polled(&source, &inbox).await;
    let last = |inbox: &FakeInbox, id: &str| {
        inbox.records.lock().unwrap().iter().rev().find(|r| r.key == key(id)).unwrap().gone
    };
    assert!(last(&inbox, ONE) && !last(&inbox, TWO));
    fiks.set(|r| r.consents.remove(ONE));
    polled(&source, &inbox).await;
    assert!(last(&inbox, ONE), "also when Fiks says 404");
    assert_eq!(inbox.kinds(), ["samtykke_not_found"], "a person is told once");
    ask(&inbox, &[]);
    assert_eq!(polled(&source, &inbox).await, 1, "the one that still counted");
    assert!(last(&inbox, TWO));
    assert_eq!(polled(&source, &inbox).await, 0);
}

#[tokio::test]
async fn another_consent_in_the_answer_is_never_taken_for_the_one_asked_for() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    let both = |ids: [&str; 2]| {
        let list: Vec<Value> = ids.iter().map(|id| answer(id, ["SAMTYKKET"; 2])["samtykker"][0].clone()).collect();
        json!({"samtykker": list})
    };
    ask(&inbox, &[ONE]);
    let source = source(&fiks);
    for wrong in
        [answer(TWO, ["SAMTYKKET"; 2]), both([ONE, TWO]), both([ONE, ONE]), json!({"samtykker": {}}), json!([])]
    {
        fiks.set(|r| r.consents.insert(ONE.to_owned(), (wrong, history(&BOTH))));
        assert_eq!(polled(&source, &inbox).await, 0);
        let error = source.reread(&context(&inbox, NOON), &key(ONE)).await.err().unwrap();
        assert!(matches!(error, AdapterError::Format { .. }) && !format!("{error:?}").contains(MOTHER), "{error}");
    }
    assert!(inbox.records.lock().unwrap().is_empty());
    assert_eq!(inbox.kinds(), ["samtykke_unreadable"], "a person is told at the third time, once");
}

#[tokio::test]
async fn an_outage_says_nothing_about_any_consent_and_holds_up_no_other_for_long() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    put(&fiks, TWO, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    ask(&inbox, &[ONE, TWO]);
    let source = source(&fiks);
    let fault = |status, headers| Fault { path: "hentSamtykke/5f0a4f9c-1111", status, headers, body: MOTHER.into() };
    fiks.set(|r| r.faults.push_back(fault(429, vec![("retry-after", "2500".to_owned())])));
    let error = source.poll(&context(&inbox, NOON)).await.unwrap_err();
    assert_eq!(error.retry_after().map(|d| d.as_millis()), Some(2500));
    assert!(inbox.records.lock().unwrap().is_empty());
    fiks.set(|r| r.faults.push_back(fault(500, vec![])));
    let error = source.poll(&context(&inbox, NOON)).await.unwrap_err();
    assert!(matches!(error, AdapterError::Unavailable { .. }) && !format!("{error:?}").contains(MOTHER));
    assert_eq!(inbox.keys().into_iter().collect::<Vec<_>>(), [key(TWO)], "the other one was read first this time");
    // A page of something on the way says nothing about the consent.
    fiks.set(|r| r.faults.push_back(fault(404, vec![])));
    polled(&source, &inbox).await;
    assert!(inbox.records.lock().unwrap().iter().all(|r| !r.gone));
    polled(&source, &inbox).await;
    assert_eq!((inbox.keys().len(), inbox.kinds().len()), (2, 0));
}

#[tokio::test]
async fn a_token_that_is_refused_is_fetched_anew_and_a_closed_door_is_told() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    ask(&inbox, &[ONE]);
    let source = source(&fiks);
    fiks.fault("samtykkeHistorikk", 401, 1);
    assert_eq!(polled(&source, &inbox).await, 1);
    assert_eq!(fiks.set(|r| r.tokens), 2);
    fiks.fault("samtykkeHistorikk", 403, 1);
    let error = source.poll(&context(&inbox, NOON)).await.unwrap_err();
    assert!(matches!(error, AdapterError::Refused { .. }), "{error}");
}

#[tokio::test]
async fn one_consent_is_read_anew_as_a_poll_would_offer_it_and_only_while_it_is_asked_for() {
    let (fiks, inbox) = (Fiks::start().await, Arc::new(FakeInbox::default()));
    put(&fiks, ONE, ["SAMTYKKET", "SAMTYKKET"], &BOTH);
    ask(&inbox, &[ONE]);
    let source = source(&fiks);
    polled(&source, &inbox).await;
    let again = source.reread(&context(&inbox, NOON), &key(ONE)).await.unwrap();
    let first = inbox.records.lock().unwrap()[0].clone();
    assert_eq!((again.key, again.body, again.gone), (first.key, first.body, false));
    assert!(source.reread(&context(&inbox, NOON), &key(TWO)).await.unwrap().gone);
    fiks.set(|r| r.consents.remove(ONE));
    assert!(source.reread(&context(&inbox, NOON), &key(ONE)).await.unwrap().gone);
    fiks.fault("hentSamtykke", 503, 1);
    assert!(source.reread(&context(&inbox, NOON), &key(ONE)).await.is_err(), "nobody knows");
    assert_eq!(inbox.records.lock().unwrap().len(), 1, "reading anew journals nothing by itself");
}

#[tokio::test]
async fn a_check_asks_about_nobody() {
    let fiks = Fiks::start().await;
    source(&fiks).check().await.unwrap();
    let asked = fiks.asked("/samtykke/");
    assert!(asked.len() == 1 && asked[0].path.ends_with("/hentSamtykke/00000000-0000-0000-0000-000000000000"));
    fiks.fault("hentSamtykke", 403, 1);
    assert!(matches!(source(&fiks).check().await, Err(AdapterError::Refused { .. })));
}
