//! Sources that are slow, that send half of something, or that ask to be left alone for a while.

use std::time::{Duration, Instant};

use samhold_standins::maskinporten::GrantKey;
use samhold_standins::{FaultPlan, Fiks, Receiver, School, Town, fiks};
use serde_json::Value;

use crate::absent::facts;
use crate::common::{
    Answer, Client, Daemon, Folder, MUNICIPALITY, SECRET, children, flat, http_recipient, oneroster, today, wait_until,
};
use crate::effects::until_all_told;
use crate::roster::Roster;

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_never_answers_does_not_hold_up_the_others() {
    let town = Town::new(today());
    let (slow, well) = (School::start(&town).await.unwrap(), School::start(&town).await.unwrap());
    slow.server().faults().set(FaultPlan { delay: Duration::from_secs(3600), ..FaultPlan::default() });
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    oneroster(&folder, "slow", &slow.server().base_url());
    oneroster(&folder, "well", &well.server().base_url());
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &receiver);
    let mut daemon = Daemon::start(folder).await;
    wait_until("the slow school is asked", async || slow.server().captured().count() > 0).await;
    daemon.client().must_take(&flat(&children(20), 1)).await;
    until_all_told(&receiver, 20, 0).await;
    let own = flat(&children(20), 1).len() as u64;
    wait_until("the other school is read", async || facts(&daemon) > own).await;
    // A request under way to a system that hangs is given up, not waited for.
    daemon.terminate().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_list_of_pupils_deletes_nobody_and_opens_a_task() {
    let roster = Roster::start(40).await;
    let folder = Folder::sqlite();
    oneroster(&folder, "skole", &roster.server.base_url());
    let daemon = Daemon::start(folder).await;
    wait_until("all pupils are in the ledger", async || facts(&daemon) >= 40).await;
    let before = facts(&daemon);
    roster.show(20);
    wait_until("a person is asked", async || !tasks(&daemon.client()).await.is_empty()).await;
    let asked = roster.reads();
    wait_until("the list is read twice more", async || roster.reads() >= asked + 2).await;
    let kinds: Vec<String> = tasks(&daemon.client()).await.iter().map(|t| t["kind"].as_str().unwrap().into()).collect();
    assert!(kinds.contains(&"mass_deletion_held".to_owned()), "{kinds:?}");
    roster.show(37);
    wait_until("three who left by themselves are followed", async || facts(&daemon) == before + 3).await;
    roster.show(40);
    wait_until("three who came back are followed", async || facts(&daemon) == before + 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_truncated_document_becomes_a_dead_letter_that_names_the_place_and_the_whole_one_is_taken() {
    let town = Town::new(today());
    let folder = Folder::sqlite();
    pushing(&folder, "barnevern", "barnevern", "ssb-barnevern-4");
    let daemon = Daemon::start(folder).await;
    let client = daemon.client_as("barnevern");
    let document = town.day(1).documents.into_iter().find(|d| d.system == "barnevern-ssb").unwrap();
    let half = document.body[..document.body.len() / 2].to_vec();
    let received = client.post_in("application/xml", half).await.unwrap();
    assert_eq!((received.status, received.json["status"].as_str()), (202, Some("RECEIVED")), "{}", received.text);
    let dead = until_concluded(&client, &received).await;
    assert_eq!(dead.json["status"], "DEAD_LETTER", "{}", dead.text);
    let letters = daemon.folder.dead_letters();
    assert_eq!(letters.len(), 1);
    let (code, detail) = (text(&letters[0]["code"]), text(&letters[0]["detail"]));
    assert_eq!((text(&dead.json["code"]), text(&dead.json["detail"])), (code.clone(), detail.clone()));
    assert_eq!(code, "unreadable");
    assert!(detail.contains("(line ") && detail.contains("well-formed XML"), "no place in: {detail}");
    assert_eq!(facts(&daemon), 0, "nothing of half a document counts");

    let whole = client.post_in("application/xml", document.body).await.unwrap();
    assert_eq!(until_concluded(&client, &whole).await.json["status"], "DONE");
    assert!(facts(&daemon) > 0);
    // The half stays half however often it is tried.
    let id = text(&letters[0]["id"]);
    daemon.folder.cli_text(&["dead-letters", "replay", &id]);
    assert_eq!(until_concluded(&client, &received).await.json["status"], "DEAD_LETTER");
    let again = text(&daemon.folder.dead_letters()[0]["id"]);
    daemon.folder.cli_text(&["dead-letters", "discard", &again]);
    assert!(daemon.folder.dead_letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_wrong_mapping_could_not_read_is_taken_when_the_mapping_is_mended_and_it_is_replayed() {
    let town = Town::new(today());
    let folder = Folder::sqlite();
    pushing(&folder, "barnehage", "barnehage_kommunal", "ssb-barnevern-4");
    let daemon = Daemon::start(folder).await;
    let client = daemon.client_as("barnehage");
    let document = town.day(1).documents.into_iter().find(|d| d.system == "kindergarten").unwrap();
    let received = client.post_in(document.content_type, document.body).await.unwrap();
    assert_eq!(until_concluded(&client, &received).await.json["status"], "DEAD_LETTER");
    pushing(&daemon.folder, "barnehage", "barnehage_kommunal", "nav-barnehagelister-v1");
    daemon.reload();
    wait_until("the settings are reloaded", async || daemon.log().contains("settings and mappings reloaded")).await;
    daemon.folder.cli_text(&["dead-letters", "replay", "--all"]);
    assert_eq!(until_concluded(&client, &received).await.json["status"], "DONE");
    assert!(facts(&daemon) > 0 && daemon.folder.dead_letters().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_population_register_says_in_milliseconds_when_to_come_back() {
    let town = Town::new(today());
    let key = GrantKey::generate().unwrap();
    let register = Fiks::start(&town, Some(key.public_der.clone())).await.unwrap();
    let retry_after = Some("5000".to_owned());
    let plan =
        FaultPlan { retry_after, fail_at_most: 1, only_path: "/folkeregister".into(), ..FaultPlan::failing(1, 429) };
    register.server().faults().set(plan);
    let folder = Folder::sqlite();
    population_register(&folder, &register.server().base_url(), &key);
    let daemon = Daemon::start(folder).await;
    let begun = Instant::now();
    daemon.client().must_take(&town.day(1).facts).await;
    let answered = || register.server().captured().all().iter().filter(|r| r.uri.path().contains("/oppvekst/")).count();
    // Read as seconds it would be more than an hour; by our own waits less than a second.
    wait_until("the register is asked again", async || answered() >= 2).await;
    assert!(begun.elapsed() >= Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(register.server().faults().injected(), 1);
    wait_until("what it knows is in the ledger", async || facts(&daemon) > town.day(1).facts.len() as u64).await;
}

/// A system that pushes documents of its own format.
fn pushing(folder: &Folder, name: &str, kind: &str, mapping: &str) {
    let token = folder.token(name);
    let text = format!(
        "kind = \"{kind}\"\nmunicipalities = [\"{MUNICIPALITY}\"]\ntoken = {token}\nmay = [\"push\"]\n\
         [source]\nmapping = \"{mapping}\"\npush = {{}}\n"
    );
    folder.system(name, &text);
}

fn population_register(folder: &Folder, base: &str, key: &GrantKey) {
    let (password, pem) = (folder.secret("fiks", fiks::INTEGRATION_PASSWORD), folder.secret("pem", &key.private_pem));
    let text = format!(
        "kind = \"koordinerende_enhet\"\nmunicipalities = [\"{MUNICIPALITY}\"]\n[source]\nmapping = \"fiks-oppvekst-v1\"\n\
         [source.folkeregister]\nfiks_org_id = \"{}\"\nrolle_id = \"{}\"\nmunicipalities = [\"{MUNICIPALITY}\"]\n\
         interval_seconds = 1\n[source.folkeregister.connection]\nbase_url = \"{base}\"\nintegrasjon_id = \"{}\"\nintegrasjon_passord = {password}\n\
         [source.folkeregister.connection.maskinporten]\ntoken_url = \"{base}{}\"\naudience = \"{base}/\"\n\
         client_id = \"samhold-fjellvik\"\nkey = {pem}\nkid = \"test\"\n",
        fiks::ORG_ID,
        fiks::ROLE_ID,
        fiks::INTEGRATION_ID,
        fiks::TOKEN_PATH,
    );
    folder.system("folkeregister", &text);
}

/// What became of a document, once something has.
async fn until_concluded(client: &Client, received: &Answer) -> Answer {
    let (id, path) = (text(&received.json["id"]), client.document_path());
    let mut last = received.clone();
    wait_until("the document is mapped or dead", async || {
        last = client.get(&format!("{path}/{id}")).await.unwrap();
        last.json["status"] != "RECEIVED"
    })
    .await;
    last
}

async fn tasks(client: &Client) -> Vec<Value> {
    let list = client.get("/api/v1/worklist").await.unwrap();
    list.json["tasks"].as_array().cloned().unwrap_or_default()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
