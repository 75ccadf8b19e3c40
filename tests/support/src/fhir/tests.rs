//! The health record behaves as a FHIR R4 server with versions.

use jiff::civil::date;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::json;

use super::*;
use crate::tokens::{CLIENT_ID, CLIENT_SECRET};

struct Clinic {
    record: HealthRecord,
    client: Client,
    token: String,
}

impl Clinic {
    async fn open() -> Self {
        let record = HealthRecord::start(&Town::new(date(2026, 11, 23))).await.unwrap();
        let (client, url) = (Client::new(), format!("{}{TOKEN_PATH}", record.server().base_url()));
        let grant =
            client.post(url).basic_auth(CLIENT_ID, Some(CLIENT_SECRET)).form(&[("grant_type", "client_credentials")]);
        let answer: Value = grant.send().await.unwrap().json().await.unwrap();
        Self { record, client, token: answer["access_token"].as_str().unwrap().to_owned() }
    }

    async fn send(&self, request: RequestBuilder) -> Response {
        request.bearer_auth(&self.token).send().await.unwrap()
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.record.fhir_base())
    }

    async fn search(&self, kind: &str, params: &[(&str, &str)]) -> Response {
        self.send(self.client.post(self.url(&format!("{kind}/_search"))).form(params)).await
    }

    async fn found(&self, kind: &str, params: &[(&str, &str)]) -> Vec<Value> {
        let mut bundle: Value = self.search(kind, params).await.json().await.unwrap();
        let mut all = Vec::new();
        loop {
            all.extend(bundle["entry"].as_array().unwrap().iter().map(|e| e["resource"].clone()));
            let next =
                bundle["link"].as_array().unwrap().iter().find(|l| l["relation"] == "next").map(|l| l["url"].clone());
            let Some(next) = next else { return all };
            bundle = self.send(self.client.get(next.as_str().unwrap())).await.json().await.unwrap();
        }
    }

    async fn put(&self, resource: &Value, if_match: &str) -> Response {
        let path = format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap());
        self.send(self.client.put(self.url(&path)).header("If-Match", if_match).json(resource)).await
    }
}

fn task(value: &str) -> Value {
    json!({"resourceType": "Task", "status": "requested", "intent": "order", "identifier": [{"system": "urn:own", "value": value}]})
}

#[tokio::test]
async fn pages_together_hold_every_match_once_and_no_address_holds_a_number() {
    let clinic = Clinic::open().await;
    let patients = clinic.found("Patient", &[("_count", "3"), ("_sort", "_lastUpdated")]).await;
    let bundle: Value = clinic.search("Patient", &[("_count", "3")]).await.json().await.unwrap();
    assert_eq!(bundle["total"], patients.len());
    let mut ids: Vec<&str> = patients.iter().map(|p| p["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), patients.len());
    let links: Vec<String> = bundle["entry"].as_array().unwrap().iter().map(|e| e["fullUrl"].to_string()).collect();
    assert!(links.iter().all(|l| !samhold_model::national_id::looks_like_number(l)));
}

#[tokio::test]
async fn a_patient_is_found_by_number_and_episodes_by_patient() {
    let clinic = Clinic::open().await;
    let town = Town::new(date(2026, 11, 23));
    let token =
        format!("urn:oid:2.16.578.1.12.4.1.4.1|{}", town.child("frida").unwrap().national_id.as_deref().unwrap());
    let patient = clinic.found("Patient", &[("identifier", &token)]).await;
    assert_eq!(patient.len(), 1);
    let reference = format!("Patient/{}", patient[0]["id"].as_str().unwrap());
    assert_eq!(clinic.found("EpisodeOfCare", &[("patient", &reference)]).await.len(), 2);
    let team = clinic.found("CareTeam", &[("subject", &reference)]).await;
    assert_eq!(team[0]["participant"][0]["role"][0]["coding"][0]["code"], "8");
}

#[tokio::test]
async fn what_changed_since_a_moment_is_found_by_last_updated() {
    let clinic = Clinic::open().await;
    let bundle: Value = clinic.search("EpisodeOfCare", &[]).await.json().await.unwrap();
    let before = bundle["meta"]["lastUpdated"].as_str().unwrap().to_owned();
    clinic.record.set_day(2);
    let since = format!("gt{before}");
    assert!(clinic.found("EpisodeOfCare", &[("_lastUpdated", &since)]).await.is_empty());
    clinic.record.set_day(3);
    let changed = clinic.found("EpisodeOfCare", &[("_lastUpdated", &since)]).await;
    assert_eq!(changed.len(), 2, "both of Amira's");
    assert!(changed.iter().all(|e| e["status"] == "finished" && e["meta"]["versionId"] == "2"));
}

#[tokio::test]
async fn unknown_parameters_are_refused_with_an_operation_outcome() {
    let clinic = Clinic::open().await;
    let refused = clinic.search("CareTeam", &[("participant-role", "x")]).await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.json::<Value>().await.unwrap()["resourceType"], "OperationOutcome");
    clinic.record.refuse_last_updated(true);
    assert_eq!(clinic.search("CareTeam", &[("_lastUpdated", "ge2026-01-01")]).await.status(), 400);
    assert_eq!(clinic.search("Observation", &[]).await.status(), 404);
}

#[tokio::test]
async fn a_conditional_create_makes_one_resource_however_often_it_is_sent() {
    let clinic = Clinic::open().await;
    let create =
        || clinic.client.post(clinic.url("Task")).header("If-None-Exist", "identifier=urn%3Aown%7C1").json(&task("1"));
    let first = clinic.send(create()).await;
    assert_eq!(first.status(), 201);
    assert_eq!(first.headers()["etag"], "W/\"1\"");
    assert!(first.headers()["location"].to_str().unwrap().ends_with("/_history/1"));
    assert_eq!(clinic.send(create()).await.status(), 200);
    assert_eq!(clinic.record.resources("Task").len(), 1);
    clinic.send(clinic.client.post(clinic.url("Task")).json(&task("1"))).await;
    assert_eq!(clinic.send(create()).await.status(), 412, "two match now");
}

#[tokio::test]
async fn an_update_needs_the_present_version() {
    let clinic = Clinic::open().await;
    let mut team = clinic.record.resources("CareTeam").remove(0);
    team["status"] = json!("inactive");
    assert_eq!(clinic.put(&team, "W/\"7\"").await.status(), 412);
    let id = team["id"].as_str().unwrap().to_owned();
    clinic.record.interfere_with_next_updates(1);
    assert_eq!(clinic.put(&team, "W/\"1\"").await.status(), 412, "someone else wrote first");
    let read = clinic.send(clinic.client.get(clinic.url(&format!("CareTeam/{id}")))).await;
    let tag = read.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag, "W/\"2\"");
    let done = clinic.put(&team, &tag).await;
    assert_eq!((done.status().as_u16(), done.headers()["etag"].to_str().unwrap()), (200, "W/\"3\""));
    let old = clinic.send(clinic.client.get(clinic.url(&format!("CareTeam/{id}/_history/1")))).await;
    assert_eq!(old.json::<Value>().await.unwrap()["status"], "active");
    clinic.record.set_day(2);
    assert_eq!(
        clinic.record.resource("CareTeam", &id).unwrap()["status"],
        "inactive",
        "a new day keeps what others wrote"
    );
}

#[tokio::test]
async fn reading_knows_unchanged_deleted_and_never_there() {
    let clinic = Clinic::open().await;
    let id = clinic.record.resources("CarePlan")[0]["id"].as_str().unwrap().to_owned();
    let url = clinic.url(&format!("CarePlan/{id}"));
    let same = clinic.client.get(&url).header("If-None-Match", "W/\"1\"");
    assert_eq!(clinic.send(same).await.status(), 304);
    clinic.record.delete("CarePlan", &id);
    assert_eq!(clinic.send(clinic.client.get(&url)).await.status(), 410);
    assert_eq!(clinic.send(clinic.client.get(clinic.url("CarePlan/none"))).await.status(), 404);
}

#[tokio::test]
async fn the_record_has_the_protected_address_and_says_so() {
    let clinic = Clinic::open().await;
    let town = Town::new(date(2026, 11, 23));
    let address = town.protected_addresses().remove(0);
    let holding: Vec<Value> =
        clinic.record.resources("Patient").into_iter().filter(|p| p.to_string().contains(&address)).collect();
    assert_eq!(holding.len(), 1);
    assert_eq!(holding[0]["meta"]["security"][0]["code"], "strengtFortrolig");
}

#[tokio::test]
async fn without_a_live_token_nothing_is_read_or_written() {
    let clinic = Clinic::open().await;
    clinic.record.tokens().revoke_all();
    assert_eq!(clinic.search("Patient", &[]).await.status(), 401);
    assert_eq!(clinic.send(clinic.client.post(clinic.url("Task")).json(&task("1"))).await.status(), 401);
    assert!(clinic.record.resources("Task").is_empty());
}

#[tokio::test]
async fn half_a_bundle_keeps_or_loses_its_total() {
    let clinic = Clinic::open().await;
    let whole = clinic.found("EpisodeOfCare", &[]).await.len();
    for (half_list, total) in [(crate::HalfList::Silent, whole / 2), (crate::HalfList::TotalKept, whole)] {
        clinic.record.server().faults().set(crate::FaultPlan { half_list, ..crate::FaultPlan::default() });
        let bundle: Value = clinic.search("EpisodeOfCare", &[("_count", "100")]).await.json().await.unwrap();
        assert_eq!((bundle["total"].clone(), bundle["entry"].as_array().unwrap().len()), (json!(total), whole / 2));
    }
}
