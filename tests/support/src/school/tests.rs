//! The school system behaves as a OneRoster 1.2 producer, also when it fails.

use jiff::civil::date;
use reqwest::StatusCode;
use serde_json::Value;

use super::*;
use crate::tokens::{CLIENT_ID, CLIENT_SECRET};
use crate::{FaultPlan, HalfList};

async fn school() -> (School, reqwest::Client, String) {
    let school = School::start(&Town::new(date(2026, 11, 23))).await.unwrap();
    let client = reqwest::Client::new();
    let token = fetch_token(&school, &client, CLIENT_SECRET).await.json::<Value>().await.unwrap();
    let token = token["access_token"].as_str().unwrap().to_owned();
    (school, client, token)
}

async fn fetch_token(school: &School, client: &reqwest::Client, secret: &str) -> reqwest::Response {
    let form =
        [("grant_type", "client_credentials"), ("client_id", CLIENT_ID), ("client_secret", secret), ("scope", SCOPE)];
    client.post(format!("{}{TOKEN_PATH}", school.server().base_url())).form(&form).send().await.unwrap()
}

async fn get(school: &School, client: &reqwest::Client, token: &str, path: &str) -> reqwest::Response {
    let url = if path.starts_with("http") {
        path.to_owned()
    } else {
        format!("{}{ROSTER_PATH}{path}", school.server().base_url())
    };
    client.get(url).bearer_auth(token).send().await.unwrap()
}

fn next_of(response: &reqwest::Response) -> Option<String> {
    let link = response.headers()["link"].to_str().unwrap();
    let next = link.split(", ").find(|l| l.contains("rel=\"next\""))?;
    Some(next.trim_start_matches('<').split('>').next().unwrap().to_owned())
}

async fn all(school: &School, client: &reqwest::Client, token: &str, path: &str, key: &str) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), Some(path.to_owned()));
    while let Some(url) = next {
        let response = get(school, client, token, &url).await;
        next = next_of(&response);
        found.extend(response.json::<Value>().await.unwrap()[key].as_array().unwrap().clone());
    }
    found
}

#[tokio::test]
async fn following_next_links_gives_every_record_once() {
    let (school, client, token) = school().await;
    let first = get(&school, &client, &token, "/users?limit=4").await;
    let total: usize = first.headers()["x-total-count"].to_str().unwrap().parse().unwrap();
    assert_eq!(first.json::<Value>().await.unwrap()["users"].as_array().unwrap().len(), 4);
    let users = all(&school, &client, &token, "/users?limit=4", "users").await;
    let mut ids: Vec<&str> = users.iter().map(|u| u["sourcedId"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), users.len()), (total, total));
}

#[tokio::test]
async fn a_new_pupil_is_seen_from_the_day_school_starts() {
    let (school, client, token) = school().await;
    let before = all(&school, &client, &token, "/enrollments", "enrollments").await;
    school.set_day(3);
    let after = all(&school, &client, &token, "/enrollments", "enrollments").await;
    assert_eq!(after.len(), before.len() + 1);
    let changed = "/enrollments?filter=dateLastModified%3E'2026-11-24T00:00:00.000Z'";
    assert_eq!(all(&school, &client, &token, changed, "enrollments").await.len(), 1);
}

#[tokio::test]
async fn pupils_can_be_filtered_by_role_and_a_strange_filter_is_refused() {
    let (school, client, token) = school().await;
    school.set_max_page(100);
    let pupils = all(&school, &client, &token, "/users?filter=role%3D'student'", "users").await;
    assert_eq!(pupils.len(), 8);
    assert!(pupils.iter().all(|p| p["roles"][0]["role"] == "student"));
    let refused = get(&school, &client, &token, "/users?filter=nonsense").await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    assert_eq!(refused.json::<Value>().await.unwrap()["imsx_codeMajor"], "failure");
    assert_eq!(get(&school, &client, &token, "/nothing").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_identifier_of_a_school_is_its_organisation_number() {
    let (school, client, token) = school().await;
    let schools = all(&school, &client, &token, "/schools", "orgs").await;
    let known = Town::new(date(2026, 11, 23)).services();
    assert_eq!(schools.len(), 2);
    assert!(schools.iter().all(|s| known.iter().any(|k| s["identifier"] == k.orgnr && s["name"] == k.name)));
}

#[tokio::test]
async fn a_wrong_secret_gets_no_token_and_a_revoked_token_no_answer() {
    let (school, client, token) = school().await;
    assert_eq!(fetch_token(&school, &client, "guess").await.status(), StatusCode::UNAUTHORIZED);
    school.tokens().revoke_all();
    assert_eq!(get(&school, &client, &token, "/users").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(school.tokens().issued(), 1);
}

#[tokio::test]
async fn half_a_list_can_be_silent_or_betray_itself_by_its_total() {
    let (school, client, token) = school().await;
    school.set_max_page(100);
    let whole = all(&school, &client, &token, "/users", "users").await.len();
    for (half, total) in [(HalfList::Silent, whole / 2), (HalfList::TotalKept, whole)] {
        school.server().faults().set(FaultPlan { half_list: half, ..FaultPlan::default() });
        let response = get(&school, &client, &token, "/users").await;
        assert_eq!(response.headers()["x-total-count"], total.to_string().as_str());
        assert_eq!(response.json::<Value>().await.unwrap()["users"].as_array().unwrap().len(), whole / 2);
    }
}

#[tokio::test]
async fn faults_fail_delay_truncate_cut_and_drop_as_asked() {
    let (school, client, token) = school().await;
    let faults = school.server().faults().clone();
    let url = format!("{}{ROSTER_PATH}/users", school.server().base_url());
    let ask = || client.get(&url).bearer_auth(&token).send();

    faults.set(FaultPlan { retry_after: Some("7".into()), ..FaultPlan::failing(2, 429) });
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
    let busy = ask().await.unwrap();
    assert_eq!((busy.status(), busy.headers()["retry-after"].to_str().unwrap()), (StatusCode::TOO_MANY_REQUESTS, "7"));

    faults.set(FaultPlan { truncate_every: 1, ..FaultPlan::default() });
    let half = ask().await.unwrap().text().await.unwrap();
    assert!(half.starts_with("{\"users\"") && serde_json::from_str::<Value>(&half).is_err());

    faults.set(FaultPlan { cut_every: 1, ..FaultPlan::default() });
    let broken = match ask().await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);

    faults.set(FaultPlan { drop_every: 1, ..FaultPlan::default() });
    assert!(ask().await.is_err());
    faults.set(FaultPlan::down());
    assert!(ask().await.is_err());
    assert_eq!(faults.injected(), 5);

    faults.clear();
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_stopped_system_closes_its_port() {
    let (school, client, token) = school().await;
    let url = format!("{}{ROSTER_PATH}/users", school.server().base_url());
    school.server.stop().await;
    assert!(client.get(url).bearer_auth(&token).send().await.is_err());
}

#[tokio::test]
async fn a_pupil_may_vanish_or_be_marked_and_every_stamp_may_be_new() {
    let (school, client, token) = school().await;
    school.set_max_page(100);
    school.withdraw("jonas", Withdrawal::Vanished);
    school.withdraw("oskar", Withdrawal::ToBeDeleted);
    school.restamp("2027-01-01T00:00:00.000Z");
    let pupils = all(&school, &client, &token, "/students", "users").await;
    assert_eq!(pupils.len(), 7);
    assert!(pupils.iter().all(|p| p["givenName"] != "Jonas" && p["dateLastModified"] == "2027-01-01T00:00:00.000Z"));
    let marked: Vec<&Value> = pupils.iter().filter(|p| p["status"] == "tobedeleted").map(|p| &p["givenName"]).collect();
    assert_eq!(marked, ["Oskar"]);
    let enrollments = all(&school, &client, &token, "/enrollments", "enrollments").await;
    assert_eq!(enrollments.iter().filter(|e| e["status"] == "tobedeleted").count(), 1);
    assert_eq!(enrollments.len(), 7);
}

#[tokio::test]
async fn a_slow_answer_outlasts_a_clients_patience() {
    let (school, _, token) = school().await;
    let hour = std::time::Duration::from_secs(3600);
    school.server().faults().set(FaultPlan { delay: hour, ..FaultPlan::default() });
    let hasty = reqwest::Client::builder().timeout(std::time::Duration::from_millis(50)).build().unwrap();
    let url = format!("{}{ROSTER_PATH}/users", school.server().base_url());
    assert!(hasty.get(url).bearer_auth(token).send().await.unwrap_err().is_timeout());
}
