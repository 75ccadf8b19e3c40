//! The same against a FHIR server made by others, at `SAMHOLD_TEST_FHIR`; skipped, and saying so, without it.

use std::sync::Arc;

use samhold_adapter_api::{DeliveryOutcome, OutgoingKind, Poll};
use serde_json::{Value, json};

use super::shelf::{Shelf, at};
use crate::recipient::{FhirRecipient, Order};
use crate::source::FhirSource;

#[tokio::test]
async fn a_team_is_made_changed_and_ended_there_and_read_back() {
    #[expect(clippy::disallowed_methods, reason = "only the environment can say whether a server is at hand")]
    let Ok(base) = std::env::var("SAMHOLD_TEST_FHIR") else {
        eprintln!("skipped: SAMHOLD_TEST_FHIR is not set to the base URL of a FHIR R4 server for tests");
        return;
    };
    let settings =
        json!({"base": base, "identifier_system": "https://kommune.example.no/barn", "role_system": "urn:rolle"});
    let recipient = FhirRecipient::new("epj", &serde_json::from_value(settings).unwrap()).unwrap();
    let child = uuid::Uuid::new_v4().to_string();
    let team = |name: &str| {
        json!({"resourceType": "CareTeam", "status": "active", "participant": [
        {"role": [{"coding": [{"system": "urn:rolle", "code": "k"}]}], "member": {"display": name}}]})
    };
    let (first, second) = (team("Kari"), team("Ola"));
    let shelf = Arc::new(Shelf::default());
    let source = json!({"base": base, "types": ["CareTeam"], "page_size": 2, "overlap_seconds": 5});
    let source = FhirSource::new("epj", &serde_json::from_value(source).unwrap()).unwrap();
    source.check().await.unwrap();
    let steps = [
        ("e1", OutgoingKind::Assignment, &first),
        ("e1", OutgoingKind::Assignment, &first),
        ("e2", OutgoingKind::Assignment, &second),
        ("e3", OutgoingKind::Retracted, &Value::Null),
    ];
    let mut seen = Vec::new();
    for (event, kind, data) in steps {
        let order = Order { event, child: &child, kind, when: "2027-03-10T08:00:00Z", data };
        assert_eq!(recipient.apply(&order).await, DeliveryOutcome::Delivered);
        seen.push(source.poll(&at(&shelf, "2027-03-01T08:00:00Z")).await.unwrap().records);
    }
    let mine = |r: &&samhold_adapter_api::Record| String::from_utf8_lossy(&r.body).contains(&child);
    let bodies: Vec<Value> = {
        let all = shelf.records.lock().unwrap();
        all.iter().filter(mine).map(|r| serde_json::from_slice(&r.body).unwrap()).collect()
    };
    assert_eq!(bodies.len(), 3, "made, changed, ended; the repeat made no news: {seen:?}");
    assert_eq!(bodies[1]["resource"]["participant"][0]["member"]["display"], "Ola");
    assert_eq!(bodies[2]["resource"]["participant"][0]["period"]["end"], "2027-03-10T08:00:00Z");
}
