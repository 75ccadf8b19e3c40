//! Consents from the registers where people give them: what arrives opens a delivery, what is withdrawn calls it back, and
//! what cannot be read permits nothing.

use samhold_standins::{HealthRecord, Receiver, Town};
use serde_json::{Value, json};

use crate::common::{Child, Daemon, Folder, SECRET, http_recipient, today, wait_until};
use crate::ledger::Ledger;
use crate::story::{PARENTS, agreed, at_rest, child, consented};
use crate::town::consent_record;

const RECORD: &str = "samtykkejournal";
const NUMBER: &str = "urn:oid:2.16.578.1.12.4.1.4.1";

/// A private kindergarten that takes part in the case of a child, and may know nothing without consent.
pub struct House {
    pub kindergarten: Receiver,
    pub daemon: Daemon,
    pub ledger: Ledger,
    pub child: Child,
}

impl House {
    pub async fn start(folder: Folder, kindergarten: Receiver) -> Self {
        let daemon = Daemon::start(folder).await;
        let ledger = Ledger::of(&daemon.folder).await;
        let house = Self { kindergarten, daemon, ledger, child: child(0) };
        let mut facts = agreed(&house.child);
        // It serves the child and takes part; the consents of the story are left out.
        facts.extend(consented(&house.child).into_iter().filter(|f| f["type"] != "consent"));
        house.daemon.client().must_take(&facts).await;
        house
    }

    pub async fn until_told(&self, times: u64, kind: &str) {
        wait_until(&format!("the kindergarten has got {times} events"), async || {
            self.kindergarten.counts().effects >= times
        })
        .await;
        let events = self.kindergarten.events();
        assert_eq!(events.len() as u64, times);
        assert_eq!(events.last().unwrap().kind, format!("no.samhold.coordination.{kind}.v1"));
    }
}

pub async fn kindergarten(folder: &Folder) -> Receiver {
    let receiver = Receiver::start(SECRET).await.unwrap();
    http_recipient(folder, "barnehagen", "barnehage_privat", &["tussilago"], &receiver);
    receiver
}

/// Both parents consent; one of them is only referred to.
fn consent(child: &Child, provision: &Value) -> Value {
    let national = |number: &str| json!({"system": NUMBER, "value": number});
    json!({"resourceType": "Consent", "id": "c-1", "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"identifier": national(&child.number)}, "dateTime": today().to_string(),
        "performer": [{"reference": "RelatedPerson/far"}, {"identifier": national(PARENTS[0])}],
        "policy": [{"uri": "https://profiles.ihe.net/ITI/PCF/Policy-deny"}], "provision": provision})
}

fn permit(to: &[&str]) -> Value {
    let actor = |kind: &&str| {
        json!({"role": {"coding": [{"code": "IRCP"}]},
        "reference": {"identifier": {"system": "urn:samhold:mottaker", "value": kind}}})
    };
    json!({"type": "permit", "actor": to.iter().map(actor).collect::<Vec<_>>(),
        "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "COC"}]})
}

async fn fhir_house() -> (HealthRecord, House) {
    let record = HealthRecord::start(&Town::new(today())).await.unwrap();
    for seeded in record.resources("Consent") {
        record.delete("Consent", seeded["id"].as_str().unwrap());
    }
    record.put(
        json!({"resourceType": "RelatedPerson", "id": "far", "identifier": [{"system": NUMBER, "value": PARENTS[1]}],
        "name": [{"family": "Nordmann"}]}),
    );
    let folder = Folder::sqlite();
    consent_record(&folder, RECORD, &record);
    let receiver = kindergarten(&folder).await;
    (record, House::start(folder, receiver).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fhir_consent_without_a_root_type_lets_through_what_it_excepts_and_inactive_calls_it_back() {
    let (record, house) = fhir_house().await;
    at_rest(&house.daemon, &[]).await;
    assert_eq!(house.kindergarten.counts().effects, 0, "nobody has consented");
    let mut given = consent(&house.child, &json!({"provision": [permit(&["barnehage_privat"])]}));
    record.put(given.clone());
    house.until_told(1, "assignment").await;
    assert_eq!(house.ledger.of_type(&house.child.number, RECORD, "consent").await.len(), 2, "each parent's own");

    given["status"] = json!("inactive");
    record.put(given);
    house.until_told(2, "retracted").await;
    let withdrawn = house.ledger.until(&house.child.number, RECORD, "consent_withdrawn", 2).await;
    assert!(withdrawn.iter().all(|f| f.body["consent"].is_string()), "{withdrawn:?}");
    assert!(house.daemon.folder.dead_letters().is_empty(), "{:?}", house.daemon.folder.dead_letters());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nested_deny_takes_away_and_an_exception_nobody_can_read_takes_all() {
    let (record, house) = fhir_house().await;
    let mut root = permit(&["barnehage_privat", "skole_privat"]);
    record.put(consent(&house.child, &root));
    house.until_told(1, "assignment").await;

    root["provision"] = json!([{"type": "deny", "actor": permit(&["barnehage_privat"])["actor"]}]);
    record.put(consent(&house.child, &root));
    house.until_told(2, "retracted").await;

    root["provision"] = json!([]);
    record.put(consent(&house.child, &root));
    house.until_told(3, "assignment").await;

    root["provision"] = json!([{"type": "deny", "securityLabel": [{"code": "PSY"}]}]);
    record.put(consent(&house.child, &root));
    house.until_told(4, "retracted").await;
    assert_eq!(house.daemon.folder.dead_letters().len(), 1, "and a person is asked to read it");
}
