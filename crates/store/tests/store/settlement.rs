//! Working out a child: marks that outlive the work, versions, alerts, and the next date.

use std::collections::BTreeSet;

use samhold_model::{ChildId, MunicipalityNo};
use samhold_store::{Marked, NewFact, RaisedAlert, Settlement, Standing, StoredAnswer, StoredRules};
use serde_json::{Value, json};

use crate::support::{House, at, day, here, settlement, some_fact, stories};

stories!(
    a_mark_raised_meanwhile_stays,
    what_was_worked_out_from_older_facts_does_not_replace_what_came_from_newer_ones,
    the_oldest_mark_comes_first_even_when_raised_again,
    all_children_with_facts_can_be_marked,
    a_date_that_has_come_marks_a_child_once,
    of_many_children_only_those_whose_date_has_come_are_marked,
    answers_are_kept_by_version,
    alerts_open_once_and_close_when_they_no_longer_stand,
    an_alert_says_how_many_recipients_it_is_about,
    rules_are_kept_once_for_all_answers_made_under_them,
    what_waits_is_told_with_the_next_date,
    facts_beside_a_childs_own_come_in_ledger_order,
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
        upto: Some(version * 10),
        rules: Some("tidens regler".to_owned()),
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

async fn of_many_children_only_those_whose_date_has_come_are_marked(house: &House) {
    let due: BTreeSet<ChildId> = (0..200).map(|_| ChildId::new()).collect();
    let later = (0..3_000).map(|n| (ChildId::new(), if n % 3 == 0 { "null" } else { "'2026-05-02'" }));
    let rows: Vec<String> = due
        .iter()
        .map(|child| (*child, "'2026-05-01'"))
        .chain(later)
        .map(|(child, next)| format!("('{child}', '9901', 0, {next})"))
        .collect();
    house
        .meddle(&format!("insert into settled (child, municipality, token, next_change) values {}", rows.join(",")))
        .await;
    assert_eq!(house.store.mark_due(day("2026-05-01")).await.unwrap(), 200);
    let marked: BTreeSet<ChildId> =
        house.store.marked(5_000).await.unwrap().into_iter().map(|mark| mark.child).collect();
    assert_eq!(marked, due);
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
        let alerts = codes.into_iter().map(|code| RaisedAlert::from(code.to_owned())).collect();
        let marked = mark(house, child).await;
        store.settle(Settlement { alerts, now: at(second), ..settlement(marked, &[]) }).await.unwrap();
    }
    let standing = store.alerts(Some(child)).await.unwrap();
    let codes: Vec<_> = standing.iter().map(|alert| (alert.code.as_str(), alert.opened_at)).collect();
    assert_eq!(codes, [("nobody_named", at(1)), ("overdue", at(2))]);
    let marked = mark(house, child).await;
    store.settle(Settlement { alerts: vec!["overdue".to_owned().into()], ..settlement(marked, &[]) }).await.unwrap();
    assert_eq!(store.alerts(None).await.unwrap().len(), 1);
    assert!(store.alerts(Some(ChildId::new())).await.unwrap().is_empty());
}

async fn an_alert_says_how_many_recipients_it_is_about(house: &House) {
    let child = ChildId::new();
    for recipients in [Some(2), Some(3), None] {
        let alerts = vec![RaisedAlert { code: "LATE_EVENT".to_owned(), recipients }];
        let marked = mark(house, child).await;
        house.store.settle(Settlement { alerts, ..settlement(marked, &[]) }).await.unwrap();
        let standing = house.store.alerts(Some(child)).await.unwrap();
        assert_eq!(standing.iter().map(|alert| alert.recipients).collect::<Vec<_>>(), [recipients]);
    }
}

async fn rules_are_kept_once_for_all_answers_made_under_them(house: &House) {
    let store = &house.store;
    assert_eq!(store.rules("a").await.unwrap(), None);
    let rules = |text: &str| Some(StoredRules { fingerprint: "a".to_owned(), text: text.to_owned() });
    for text in ["first", "first"] {
        let marked = mark(house, ChildId::new()).await;
        store.settle(Settlement { rules: rules(text), ..settlement(marked, &[]) }).await.unwrap();
    }
    assert_eq!(store.rules("a").await.unwrap().as_deref(), Some("first"));
}

async fn what_waits_is_told_with_the_next_date(house: &House) {
    let store = &house.store;
    let child = ChildId::new();
    assert_eq!(store.standing(child, &here()).await.unwrap(), Standing::default());
    let marked = mark(house, child).await;
    assert!(store.standing(child, &here()).await.unwrap().marked);
    let next_change = Some(day("2026-05-01"));
    store.settle(Settlement { next_change, ..settlement(marked, &[]) }).await.unwrap();
    assert_eq!(store.standing(child, &here()).await.unwrap(), Standing { marked: false, next_change });
}

async fn facts_beside_a_childs_own_come_in_ledger_order(house: &House) {
    let (child, town) = (ChildId::new(), ChildId::new());
    let elsewhere = NewFact { municipality: MunicipalityNo::new("9902"), ..some_fact(town) };
    let facts = vec![some_fact(child), some_fact(town), elsewhere, some_fact(ChildId::new()), some_fact(child)];
    let wanted = [facts[0].id, facts[1].id, facts[4].id];
    house.store.append(facts).await.unwrap();
    let found = house.store.facts_beside(child, town, &here()).await.unwrap();
    assert_eq!(found.iter().map(|fact| fact.id).collect::<Vec<_>>(), wanted);
}
