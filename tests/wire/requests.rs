//! `consent_requested`: which register was asked, and whose child a request is about, is said by whoever asked and by nobody else.

use samhold_standins::maskinporten::GrantKey;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Answer, Child, Daemon, Folder};
use crate::ledger::Ledger;
use crate::story::child;
use crate::town::samtykke_source;

const REGISTER: &str = "fiks-samtykke";
const REQUEST: &str = "5f0a4f9c-1111-4aaa-8bbb-00000000000a";

/// A house with a consent register that is away: what is said here does not wait for it.
async fn house() -> (Daemon, Ledger, Child) {
    let folder = Folder::sqlite();
    samtykke_source(&folder, REGISTER, "http://127.0.0.1:9", &GrantKey::generate().unwrap());
    let daemon = Daemon::start(folder).await;
    let ledger = Ledger::of(&daemon.folder).await;
    (daemon, ledger, child(0))
}

fn asked(of: &Value, system: &str, request: &str) -> Value {
    json!({"id": Uuid::new_v4(), "type": "consent_requested", "at": "2026-01-01", "child": of, "municipality": "9901",
        "system": system, "request": request, "categories": ["holder_service"], "recipients": ["barnehage_privat"],
        "purposes": ["coordination"]})
}

fn number(child: &Child) -> Value {
    json!({"national_id": child.number})
}

async fn said(daemon: &Daemon, fact: Value) -> Answer {
    daemon.client().post_facts(&[fact]).await.unwrap()
}

/// The code of the one refusal, and its one finding.
fn refused(answer: &Answer) -> (String, Value) {
    let rejected = answer.json["rejected"].as_array().unwrap();
    assert_eq!((rejected.len(), rejected[0]["errors"].as_array().unwrap().len()), (1, 1), "{}", answer.text);
    (rejected[0]["code"].as_str().unwrap().to_owned(), rejected[0]["errors"][0].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_nobody_connected_is_refused_with_the_one_that_may_be_meant() {
    let (daemon, ledger, child) = house().await;
    let (code, finding) = refused(&said(&daemon, asked(&number(&child), "fiks-samtyke", REQUEST)).await);
    assert_eq!((code.as_str(), &finding["pointer"]), ("invalid_fact", &json!("/0/system")));
    assert_eq!(
        (&finding["found"], &finding["hint"]),
        (&json!("`fiks-samtyke`"), &json!("did you mean `fiks-samtykke`?"))
    );
    assert!(ledger.child(&child.number).await.is_none(), "a refused request leaves nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_of_a_system_that_is_no_register_is_never_joined_to_a_child() {
    let (daemon, ledger, child) = house().await;
    daemon.client().must_take(&child.opening()).await;
    let (code, finding) = refused(&said(&daemon, asked(&number(&child), "kommunen", "elev-7")).await);
    assert_eq!((code.as_str(), &finding["pointer"]), ("invalid_fact", &json!("/0/system")));
    assert!(ledger.child_by("local:kommunen", "elev-7").await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_id_of_a_child_is_enough_whatever_else_it_is_known_by() {
    let (daemon, ledger, child) = house().await;
    daemon.client().must_take(&child.opening()).await;
    let known = ledger.child(&child.number).await.unwrap();
    daemon.client().must_take(&[asked(&json!({"child_id": known}), REGISTER, REQUEST)]).await;
    assert_eq!(ledger.child_by(&format!("local:{REGISTER}"), REQUEST).await, Some(known));

    let mut by_the_school = child.opening().remove(0);
    by_the_school["id"] = json!(Uuid::new_v4());
    by_the_school["child"] = json!({"local": {"system": "skolesystem", "id": "elev-1"}});
    daemon.client().must_take(&[by_the_school]).await;
    let pupil = ledger.child_by("local:skolesystem", "elev-1").await.unwrap();
    daemon.client().must_take(&[asked(&json!({"child_id": pupil}), REGISTER, "another")]).await;
    assert_eq!(ledger.child_by(&format!("local:{REGISTER}"), "another").await, Some(pupil));
    // Our id and the number of another child are two children's.
    let mut both = number(&child);
    both["child_id"] = json!(pupil);
    let (code, _) = refused(&said(&daemon, asked(&both, REGISTER, "a third")).await);
    assert_eq!(code, "identity_conflict");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_request_is_never_about_two_children() {
    let (daemon, ledger, first) = house().await;
    let second = child(1);
    for child in [&first, &second] {
        daemon.client().must_take(&child.opening()).await;
    }
    daemon.client().must_take(&[asked(&number(&first), REGISTER, REQUEST)]).await;
    let answer = said(&daemon, asked(&number(&second), REGISTER, REQUEST)).await;
    let (code, finding) = refused(&answer);
    assert_eq!((code.as_str(), &answer.json["rejected"][0]["status"]), ("identity_conflict", &json!(409)));
    assert_eq!(finding["pointer"], "/0/child");
    let known = ledger.child_by(&format!("local:{REGISTER}"), REQUEST).await;
    assert!(known.is_some() && known == ledger.child(&first.number).await, "it stays the first one's");
    assert!(ledger.of_type(&second.number, "kommunen", "consent_requested").await.is_empty());
}
