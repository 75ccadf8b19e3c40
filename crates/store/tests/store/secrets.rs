//! Nothing personal lies clear in the database, and only the right key opens it.

use samhold_model::ChildId;
use samhold_store::{
    Appended, AuditEntry, Keys, NewRecord, Outcome, Receipt, Resolved, Settlement, StoreError, StoredAnswer,
};
use serde_json::json;

use crate::support::{House, at, day, fact, from_school, here, identifier, keys, server, settlement, stories, system};

stories!(
    a_wrong_key_opens_nothing,
    a_new_master_key_reads_what_the_old_one_wrote,
    a_ciphertext_moved_to_another_row_does_not_open,
);

// A synthetic number (month + 80) and words that occur nowhere in the store itself.
const NUMBER: &str = "15891899717";
const WORDS: [&str; 9] = [
    "Solveig-Testesen",
    "sak-hemmelig",
    "omsorgsvedtak_x",
    "leveranse-77",
    "begrunnelse-y",
    "detalj-z",
    "lia-barnevern",
    "havn-krise",
    NUMBER,
];

/// Lets every table that can hold something personal hold it.
async fn fill(house: &House) -> ChildId {
    let store = &house.store;
    let ids = [identifier("fnr", NUMBER)];
    let Resolved::Child { child, .. } = store.resolve_child(&ids, true, day("2026-01-01")).await.unwrap() else {
        panic!("no child")
    };
    store.resolve_person(&ids[0]).await.unwrap();
    let delivery_id = Some("leveranse-77".to_owned());
    let record = NewRecord { delivery_id, ..from_school("sak-hemmelig", "{\"navn\": \"Solveig-Testesen\"}") };
    let record = store.accept(vec![record], None, at(0)).await.unwrap()[0].id;
    let mut secret = fact(child, json!({ "type": "omsorgsvedtak_x", "who": "Solveig-Testesen" }));
    secret.scope = Some("sak-hemmelig".to_owned());
    assert_eq!(store.append(vec![secret]).await.unwrap(), [Appended::New]);
    let dead = Outcome::Dead { code: "SAM0101".to_owned(), detail: "detalj-z".to_owned() };
    store.finish(record, dead, at(1)).await.unwrap();
    store.open_task("possible_same_child", &[child], "detalj-z", at(1)).await.unwrap();
    let answer = json!({ "ground": "omsorgsvedtak_x", "name": "Solveig-Testesen" });
    let answer = StoredAnswer {
        version: 1,
        as_of: day("2026-03-01"),
        valid_from: day("2026-03-01"),
        made_at: at(1),
        upto: None,
        rules: None,
        answer,
    };
    let marked = store.marked(1).await.unwrap().remove(0);
    store.settle(Settlement { answer: Some(answer), ..settlement(marked, &[("nav", Some("a"))]) }).await.unwrap();
    let event_id = store.due(&system("nav"), at(5), 1).await.unwrap()[0].event_id;
    // Fields of a team bear the names of services.
    store.leaving(event_id, json!({ "decisions": [{ "released": ["havn-krise"] }] })).await.unwrap();
    let detail = json!({ "decisions": [{ "category": "team_roster", "withheld": ["lia-barnevern"] }] });
    let (kind, actor) = ("withheld".to_owned(), "nav".to_owned());
    store.audit(vec![AuditEntry { at: at(5), kind, child: Some(child), actor, detail }]).await.unwrap();
    let receipt = Receipt { event_id, status: "rejected".to_owned(), reason: Some("begrunnelse-y".to_owned()) };
    assert!(store.receipt(&system("nav"), &receipt, at(5)).await.unwrap());
    child
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

#[tokio::test]
async fn the_files_hold_no_plain_word_of_what_was_put_in() {
    let house = House::sqlite().await;
    fill(&house).await;
    let files: Vec<_> = std::fs::read_dir(house.folder().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.iter().any(|file| file.to_string_lossy().ends_with("-wal")));
    let bytes: Vec<u8> = files.iter().flat_map(|file| std::fs::read(file).unwrap()).collect();
    assert!(holds(&bytes, "possible_same_child"), "the search would find what lies clear");
    for word in WORDS {
        assert!(!holds(&bytes, word), "`{word}` lies clear in the files");
    }
}

#[tokio::test]
async fn a_dump_of_the_server_holds_no_plain_word_of_what_was_put_in() {
    let Some(house) = House::postgres().await else { return };
    assert!(server().is_some());
    fill(&house).await;
    let dump = house.dump().await;
    assert!(dump.contains("possible_same_child"), "the search would find what lies clear");
    for word in WORDS {
        let encoded = hex(word);
        assert!(!dump.contains(word) && !dump.contains(&encoded), "`{word}` lies clear in the tables");
    }
    house.close().await;
}

fn hex(word: &str) -> String {
    word.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::sqlite().await;
    fill(&house).await;
    for file in std::fs::read_dir(house.folder().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

async fn a_wrong_key_opens_nothing(house: &House) {
    fill(house).await;
    let wrong = house.open_with(Keys::from_master(&[43; 32]).unwrap()).await;
    assert!(matches!(wrong.err(), Some(StoreError::Decrypt(_))));
}

async fn a_new_master_key_reads_what_the_old_one_wrote(house: &House) {
    let child = fill(house).await;
    let rotated = || Keys::from_master(&[43; 32]).unwrap().with_older(&[42; 32]).unwrap();
    let store = house.open_with(rotated()).await.unwrap();
    assert_eq!(store.identifiers_of(child).await.unwrap(), [identifier("fnr", NUMBER)]);
    let found = store.resolve_child(&[identifier("fnr", NUMBER)], false, day("2026-01-01")).await.unwrap();
    assert_eq!(found, Resolved::Child { child, new: false }, "look-ups outlive the change of key");
    assert_eq!(store.facts_of(child, &here()).await.unwrap()[0].scope.as_deref(), Some("sak-hemmelig"));
    // The ring is locked with the new key now: the old one alone opens nothing more.
    assert!(matches!(house.open_with(keys()).await.err(), Some(StoreError::Decrypt(_))));
    // Without the old key, new rows open and old ones say why they do not.
    let store = house.open_with(Keys::from_master(&[43; 32]).unwrap()).await.unwrap();
    assert!(matches!(store.identifiers_of(child).await, Err(StoreError::Decrypt(_))));
}

async fn a_ciphertext_moved_to_another_row_does_not_open(house: &House) {
    let store = &house.store;
    let child = ChildId::new();
    let facts = vec![fact(child, json!({ "type": "a" })), fact(child, json!({ "type": "b" }))];
    store.append(facts).await.unwrap();
    house.meddle("update facts set body = (select body from facts where seq = 1)").await;
    let error = store.facts_of(child, &here()).await.unwrap_err();
    assert!(matches!(error, StoreError::Decrypt("read the facts of a child")), "{error}");
}
