//! A stored history of answers that can be made again from the facts alone.

use samhold::connect;
use samhold_store::{Settlement, StoredAnswer};
use serde_json::json;

use crate::common::Folder;
use crate::house::{Child, House, here};

/// Weeks with corrections, late facts, voids, dates that come, and other rules in between.
async fn eventful(house: &House, child: &Child) {
    let mut facts = child.opening();
    facts.push(child.agreed("2026-02-20", "lia-skole"));
    house.record("2026-03-02", &facts).await;
    let late = child.agreed("2026-02-25", "ergo-fysio");
    house.record("2026-03-06", std::slice::from_ref(&late)).await;
    house.record("2026-03-09", &[child.void("2026-03-09", &late)]).await;
    let moved = json!({"of": facts.last().unwrap()["id"], "replace": {"at": "2026-02-10"}});
    house.record("2026-03-12", &[child.fact("2026-03-12", "correction", &moved)]).await;
    house.record("2026-03-16", &[child.fact("2026-04-10", "service_ended", &json!({"service": "lia-skole"}))]).await;
    other_rules(house).await;
    house.go_on_to(child, "2026-05-02").await;
    house.record("2026-05-04", &[child.agreed("2026-04-15", "helsestasjon")]).await;
}

/// The settings are changed and read again, as after SIGHUP.
async fn other_rules(house: &House) {
    let main = house.folder.path().join("samhold.toml");
    let text = std::fs::read_to_string(&main).unwrap();
    let text = format!("{text}\n[municipality.9901.reconcile]\nno_holder_grace_days = 5\nlate_event_days = 3\n");
    std::fs::write(&main, text).unwrap();
    let live = connect::build(house.folder.path()).unwrap_or_else(|mistakes| panic!("{}", mistakes.render()));
    house.engine.replace(live);
    house.engine.store.mark_all().await.unwrap();
    house.engine.signals.marked.notify_one();
    house.at_rest().await;
}

async fn is_made_again(folder: Folder) {
    let house = House::start(folder, "2026-03-02").await;
    let child = Child::born("2018-05-04");
    eventful(&house, &child).await;
    let answers = house.answers(&child).await;
    let rules: std::collections::BTreeSet<_> = answers.iter().map(|a| a.rules.clone().unwrap()).collect();
    assert_eq!(rules.len(), 2, "versions under the rules before and after the reload");
    let (tally, found) = house.rebuilt().await;
    assert_eq!(found, []);
    assert_eq!((tally.versions, tally.children, tally.differ, tally.waiting), (answers.len(), 1, 0, 0));
    assert!(answers.len() > 6, "{} versions", answers.len());

    forge(&house, &child, &answers).await;
    let (tally, found) = house.rebuilt().await;
    assert_eq!(tally.differ, 1);
    let fields: Vec<_> = found.iter().map(|d| (d.version, d.field.as_str())).collect();
    let forged = answers.len() as i64 + 1;
    assert_eq!(fields, [(forged, "samordning.holder.ref"), (forged, "today: samordning.holder.ref")]);
    assert!(found.iter().all(|d| d.stored == "…" && d.rebuilt == "…"), "whom it names is covered");
    house.stop().await;
}

/// Somebody with the keys writes another holder beside the facts, as the store itself would.
async fn forge(house: &House, child: &Child, answers: &[StoredAnswer]) {
    let store = &house.engine.store;
    let (child, last) = (house.id(child).await, answers.last().unwrap());
    let mut said = last.answer.clone();
    said["samordning"]["holder"]["ref"] = json!("nes-skole");
    let next_change = store.standing(child, &here()).await.unwrap().next_change;
    // Not through a mark: the daemon would put it right before anybody looked.
    let marked = samhold_store::Marked { child, municipality: here(), token: i64::MAX };
    let answer = Some(StoredAnswer { answer: said, ..last.clone() });
    let (alerts, wanted, audit) = (Vec::new(), Vec::new(), Vec::new());
    let now = house.engine.clock.now();
    let settlement = Settlement { marked, answer, rules: None, alerts, next_change, wanted, audit, now };
    store.settle(settlement).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_eventful_history_is_made_again_from_the_facts_alone_and_a_forged_answer_is_found() {
    is_made_again(Folder::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql_too() {
    let Some(folder) = Folder::postgres().await else { return };
    is_made_again(folder).await;
}
