//! Working out a child: marks that outlive the work, versions, alerts, and the next date.

use samhold_model::{ChildId, MunicipalityNo};
use samhold_store::{Marked, Settlement, StoredAnswer};
use serde_json::{Value, json};

use crate::support::{House, at, day, here, settlement, some_fact, stories};

stories!(
    a_mark_raised_meanwhile_stays,
    what_was_worked_out_from_older_facts_does_not_replace_what_came_from_newer_ones,
    the_oldest_mark_comes_first_even_when_raised_again,
    all_children_with_facts_can_be_marked,
    a_date_that_has_come_marks_a_child_once,
    answers_are_kept_by_version,
    alerts_open_once_and_close_when_they_no_longer_stand,
);

async fn mark(house: &House, child: ChildId) -> Marked {
    house.store.mark(child, &here()).await.unwrap();
    house.store.marked(100).await.unwrap().into_iter().find(|mark| mark.child == child).unwrap()
}

fn answer(version: i64, said: Value) -> StoredAnswer {
    StoredAnswer {
        version,
        as_of: day("2026-03-01"),
        valid_from: day("2026-02-01"),
        made_at: at(version),
        answer: said,
    }
}

async fn a_mark_raised_meanwhile_stays(house: &House) {
    let first = mark(house, ChildId::new()).await;
    let second = mark(house, first.child).await;
    assert!(second.token > first.token);
    house.store.settle(settlement(first, &[])).await.unwrap();
    assert_eq!(house.store.marked(10).await.unwrap(), std::slice::from_ref(&second));
    house.store.settle(settlement(second, &[])).await.unwrap();
    assert!(house.store.marked(10).await.unwrap().is_empty());
}

async fn what_was_worked_out_from_older_facts_does_not_replace_what_came_from_newer_ones(house: &House) {
    let slow = mark(house, ChildId::new()).await;
    let quick = mark(house, slow.child).await;
    let child = slow.child;
    let new = Settlement { answer: Some(answer(1, json!("new"))), ..settlement(quick, &[]) };
    let old = Settlement { answer: Some(answer(1, json!("old"))), ..settlement(slow, &[]) };
    house.store.settle(new).await.unwrap();
    house.store.settle(old).await.unwrap();
    let kept = house.store.latest_answer(child, &here()).await.unwrap().unwrap();
    assert_eq!((kept.version, kept.answer), (1, json!("new")));
}

async fn the_oldest_mark_comes_first_even_when_raised_again(house: &House) {
    let (one, two) = (ChildId::new(), ChildId::new());
    for child in [one, two, one] {
        house.store.mark(child, &here()).await.unwrap();
    }
    let order: Vec<_> = house.store.marked(10).await.unwrap().into_iter().map(|mark| mark.child).collect();
    assert_eq!(order, [one, two]);
    assert_eq!(house.store.marked(1).await.unwrap().len(), 1);
}

async fn all_children_with_facts_can_be_marked(house: &House) {
    let store = &house.store;
    let facts: Vec<_> = (0..3).map(|_| some_fact(ChildId::new())).collect();
    store.append(facts).await.unwrap();
    let before = store.marked(10).await.unwrap();
    for mark in before.clone() {
        store.settle(settlement(mark, &[])).await.unwrap();
    }
    assert_eq!(store.mark_all().await.unwrap(), 3);
    let after = store.marked(10).await.unwrap();
    assert_eq!(after.len(), 3);
    assert!(after.iter().all(|mark| before.iter().all(|old| mark.token > old.token)));
}

async fn a_date_that_has_come_marks_a_child_once(house: &House) {
    let store = &house.store;
    let born = mark(house, ChildId::new()).await;
    let child = born.child;
    let eighteen = Settlement { next_change: Some(day("2026-05-01")), ..settlement(born, &[]) };
    store.settle(eighteen).await.unwrap();
    assert_eq!(store.mark_due(day("2026-04-30")).await.unwrap(), 0);
    assert_eq!(store.mark_due(day("2026-05-01")).await.unwrap(), 1);
    assert_eq!(store.mark_due(day("2026-05-02")).await.unwrap(), 0);
    assert_eq!(store.marked(10).await.unwrap()[0].child, child);
}

async fn answers_are_kept_by_version(house: &House) {
    let store = &house.store;
    let child = ChildId::new();
    assert_eq!(store.latest_answer(child, &here()).await.unwrap(), None);
    for (version, holder) in [(1, "barnevern"), (2, "skole"), (3, "skole"), (3, "nav")] {
        let marked = mark(house, child).await;
        let answer = answer(version, json!({ "holder": holder }));
        store.settle(Settlement { answer: Some(answer), ..settlement(marked, &[]) }).await.unwrap();
    }
    let versions = store.answers_of(child, &here()).await.unwrap();
    let said: Vec<_> = versions.iter().map(|one| (one.version, one.answer["holder"].as_str().unwrap())).collect();
    assert_eq!(said, [(1, "barnevern"), (2, "skole"), (3, "nav")], "the same twice is one version");
    assert_eq!(versions[0], answer(1, json!({ "holder": "barnevern" })));
    assert_eq!(store.latest_answer(child, &here()).await.unwrap().as_ref(), versions.last());
    assert_eq!(store.latest_answer(child, &MunicipalityNo::new("9902")).await.unwrap(), None);
}

async fn alerts_open_once_and_close_when_they_no_longer_stand(house: &House) {
    let store = &house.store;
    let child = ChildId::new();
    for (second, codes) in [(1, vec!["nobody_named", "nobody_named"]), (2, vec!["nobody_named", "overdue"])] {
        let alerts = codes.into_iter().map(str::to_owned).collect();
        let marked = mark(house, child).await;
        store.settle(Settlement { alerts, now: at(second), ..settlement(marked, &[]) }).await.unwrap();
    }
    let standing = store.alerts(Some(child)).await.unwrap();
    let codes: Vec<_> = standing.iter().map(|alert| (alert.code.as_str(), alert.opened_at)).collect();
    assert_eq!(codes, [("nobody_named", at(1)), ("overdue", at(2))]);
    let marked = mark(house, child).await;
    store.settle(Settlement { alerts: vec!["overdue".to_owned()], ..settlement(marked, &[]) }).await.unwrap();
    assert_eq!(store.alerts(None).await.unwrap().len(), 1);
    assert!(store.alerts(Some(ChildId::new())).await.unwrap().is_empty());
}
