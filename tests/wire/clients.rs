//! Who may call what: tokens, permissions, municipalities, and for whom a client may speak.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Daemon, Folder, MUNICIPALITY};
use crate::story::child;
use crate::town::push_source;

const GET: [&str; 2] = ["/api/v1/changes", "/api/v1/worklist"];
const POST: [&str; 5] =
    ["/api/v1/facts", "/api/v1/receipts", "/api/v1/coordination/query", "/api/v1/decisions", "/in/barnevern"];

fn roads() -> impl Iterator<Item = (Method, &'static str)> {
    GET.into_iter().map(|path| (Method::GET, path)).chain(POST.into_iter().map(|path| (Method::POST, path)))
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_let_in_without_a_configured_systems_token() {
    let daemon = Daemon::start(Folder::sqlite()).await;
    for (method, path) in roads() {
        let anonymous = reqwest::Client::builder().no_proxy().build().unwrap();
        let url = format!("http://127.0.0.1:{}{path}", daemon.folder.port());
        let without = anonymous.request(method.clone(), url).body("{}").send().await.unwrap();
        let wrong = daemon.client_as("ukjent").request(method, path).body("{}").send().await.unwrap();
        for answer in [without, wrong] {
            assert_eq!(
                (answer.status().as_u16(), &answer.headers()["www-authenticate"]),
                (401, &"Bearer".parse().unwrap()),
                "{path}"
            );
            let problem: Value = answer.json().await.unwrap();
            assert_eq!(problem["code"], "unauthenticated");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_may_call_only_what_its_file_says() {
    let folder = Folder::sqlite();
    let token = folder.token("stille");
    folder.system(
        "stille",
        &format!("kind = \"skole_kommunal\"\nmunicipalities = [\"{MUNICIPALITY}\"]\ntoken = {token}\n"),
    );
    push_source(&folder, "barnevern", "barnevern", "ssb-barnevern-4");
    let daemon = Daemon::start(folder).await;
    let quiet = daemon.client_as("stille");
    for (method, path) in roads().filter(|(_, path)| !path.starts_with("/in/")) {
        let body = if path.ends_with("receipts") { "[]" } else { "{}" };
        let request = quiet.request(method, path).header("content-type", "application/json").body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 403, "{path}");
        assert_eq!(answer.json::<Value>().await.unwrap()["code"], "forbidden", "{path}");
    }
    // Another system's address is unknown, not forbidden.
    let stranger = quiet.request(Method::POST, "/in/barnevern").body("<x/>").send().await.unwrap();
    assert_eq!(stranger.status().as_u16(), 404);
    let own = daemon.client_as("barnevern").post_in("application/xml", "<x/>").await.unwrap();
    assert_eq!(own.status, 202);
    let path = format!("/in/barnevern/{}", own.json["id"].as_str().unwrap());
    assert_eq!(quiet.get(&path).await.unwrap().status, 404);
    for unknown in ["/in/barnevern/tull", "/in/barnevern/7d0f4a52-5a59-4f0e-8f0c-9f8b0d7a0001"] {
        assert_eq!(daemon.client_as("barnevern").get(unknown).await.unwrap().status, 404);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_speaks_only_for_itself_whatever_it_says_in_a_body() {
    let folder = Folder::sqlite();
    let token = folder.token("skolen");
    let file = |acts: &str| {
        format!(
            "kind = \"skole_kommunal\"\nmunicipalities = [\"{MUNICIPALITY}\"]\ntoken = {token}\nmay = [\"facts\"]\n{acts}"
        )
    };
    folder.system("skolen", &file(""));
    let daemon = Daemon::start(folder).await;
    let child = child(0);
    let decided = child.fact(10, "holder_decided", &json!({"service": "lia-skole", "by": "kommunedirektor"}));
    let school = daemon.client_as("skolen");
    let refused = school.post_facts(std::slice::from_ref(&decided)).await.unwrap();
    let rejection = &refused.json["rejected"][0];
    assert_eq!(
        (&rejection["code"], &rejection["status"]),
        (&json!("not_authorised_to_speak_as"), &json!(403)),
        "{}",
        refused.text
    );
    assert_eq!(rejection["errors"][0]["pointer"], "/0/by");
    // A fact that rests on nobody's authority is taken.
    school.must_take(&[crate::story::opening_of(&child, "service_started")]).await;
    // Nor does it get there in steps: by correcting what it said itself, before or after, or by correcting the correction.
    let own = child.fact(9, "ip_main_agreed", &json!({"service": "lia-skole"}));
    let dressed = [
        json!({"of": own["id"], "replace": {"type": "holder_decided", "by": "kommunedirektor"}}),
        json!({"of": Uuid::new_v4(), "replace": {"by": "kommunedirektor"}}),
        json!({"of": Uuid::new_v4(), "replace": {"replace": {"value": "none"}}}),
    ];
    for correction in dressed.map(|fields| child.fact(8, "correction", &fields)) {
        let refused = school.post_facts(&[correction]).await.unwrap();
        assert_eq!(refused.json["rejected"][0]["code"], "not_authorised_to_speak_as", "{}", refused.text);
    }
    daemon.folder.system("skolen", &file("acts_as = [\"kommunedirektor\"]\n"));
    daemon.reload();
    crate::common::wait_until("the new file counts", async || {
        school.post_facts(std::slice::from_ref(&decided)).await.unwrap().count("accepted") == 1
    })
    .await;
}
