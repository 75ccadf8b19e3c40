//! Facts go in once and never change.

use samhold_model::{ChildId, FactId, MunicipalityNo};
use samhold_store::{Appended, NewFact, Outcome};
use serde_json::json;

use crate::support::{House, at, day, fact, from_school, here, some_fact, stories, system};

stories!(
    the_same_fact_twice_is_one_and_another_content_under_its_id_is_refused,
    a_fact_comes_back_as_it_went_in,
    mapping_a_record_appends_its_facts_and_marks_its_children_together,
    only_new_facts_mark_a_child,
    facts_of_one_scope_are_told_from_those_of_another,
    nothing_crosses_from_one_municipality_to_another,
    children_come_in_pages_that_split_no_child,
);

async fn the_same_fact_twice_is_one_and_another_content_under_its_id_is_refused(house: &House) {
    let first = fact(ChildId::new(), json!({ "type": "consent", "a": 1, "b": 2 }));
    let same = NewFact { body: json!({ "b": 2, "type": "consent", "a": 1 }), recorded_at: at(9), ..first.clone() };
    let other = NewFact { body: json!({ "type": "consent", "a": 1, "b": 3 }), ..first.clone() };
    let moved = NewFact { at: day("2026-03-02"), ..first.clone() };
    let appended = house.store.append(vec![first.clone(), same, other, moved]).await.unwrap();
    assert_eq!(appended, [Appended::New, Appended::Duplicate, Appended::Conflict, Appended::Conflict]);
    let kept = house.store.facts_of(first.child, &here()).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].body, first.body);
    assert_eq!(kept[0].recorded_at, at(0));
}

async fn a_fact_comes_back_as_it_went_in(house: &House) {
    let accepted = house.store.accept(vec![from_school("elev-1", "A")], None, at(0)).await.unwrap();
    let mut put = fact(ChildId::new(), json!({ "type": "plan", "mål": ["sove", "spise"] }));
    put.scope = Some("sak-12".to_owned());
    put.record = Some(accepted[0].id);
    house.store.append(vec![put.clone()]).await.unwrap();
    let got = house.store.fact(put.id).await.unwrap().unwrap();
    assert_eq!((got.child, got.at, got.recorded_at), (put.child, put.at, put.recorded_at));
    assert_eq!((got.source, got.record, got.scope, got.body), (put.source, put.record, put.scope, put.body));
    assert_eq!(got.municipality, here());
    assert_eq!(house.store.fact(FactId::new()).await.unwrap(), None);
}

async fn mapping_a_record_appends_its_facts_and_marks_its_children_together(house: &House) {
    let store = &house.store;
    let accepted = store.accept(vec![from_school("elev-1", "A")], None, at(0)).await.unwrap();
    let (one, two) = (some_fact(ChildId::new()), some_fact(ChildId::new()));
    let outcome = Outcome::Mapped(vec![one.clone(), two.clone(), one.clone()]);
    let appended = store.finish(accepted[0].id, outcome, at(1)).await.unwrap();
    assert_eq!(appended, [Appended::New, Appended::New, Appended::Duplicate]);
    assert!(store.unmapped(10).await.unwrap().is_empty());
    let mut marked: Vec<_> = store.marked(10).await.unwrap().into_iter().map(|mark| mark.child).collect();
    marked.sort_unstable();
    let mut children = vec![one.child, two.child];
    children.sort_unstable();
    assert_eq!(marked, children);
}

async fn only_new_facts_mark_a_child(house: &House) {
    let store = &house.store;
    let put = some_fact(ChildId::new());
    store.append(vec![put.clone()]).await.unwrap();
    let before = store.marked(10).await.unwrap();
    store.append(vec![put]).await.unwrap();
    assert_eq!(store.marked(10).await.unwrap(), before);
}

async fn facts_of_one_scope_are_told_from_those_of_another(house: &House) {
    let child = ChildId::new();
    let scoped = |scope: &str| NewFact { scope: Some(scope.to_owned()), ..some_fact(child) };
    let (a, b) = (scoped("sak-1"), scoped("sak-2"));
    let elsewhere = NewFact { source: system("nav"), ..scoped("sak-1") };
    house.store.append(vec![a.clone(), b, elsewhere, some_fact(child)]).await.unwrap();
    let found = house.store.facts_of_scope(&system("barnevern"), "sak-1").await.unwrap();
    assert_eq!(found.iter().map(|fact| fact.id).collect::<Vec<_>>(), [a.id]);
}

async fn nothing_crosses_from_one_municipality_to_another(house: &House) {
    let child = ChildId::new();
    let there = MunicipalityNo::new("9902");
    let moved = NewFact { municipality: there.clone(), ..some_fact(child) };
    house.store.append(vec![some_fact(child), moved.clone()]).await.unwrap();
    let found = house.store.facts_of(child, &there).await.unwrap();
    assert_eq!(found.iter().map(|fact| fact.id).collect::<Vec<_>>(), [moved.id]);
    assert_eq!(house.store.municipalities_of(child).await.unwrap(), [here(), there]);
}

async fn children_come_in_pages_that_split_no_child(house: &House) {
    let there = MunicipalityNo::new("9902");
    let both = |child| [some_fact(child), NewFact { municipality: there.clone(), ..some_fact(child) }];
    let facts: Vec<_> = (0..5).flat_map(|_| both(ChildId::new())).collect();
    house.store.append(facts).await.unwrap();
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = house.store.children(after, 2).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        seen.extend(page);
    }
    assert_eq!(seen.len(), 10);
    seen.dedup();
    assert_eq!(seen.len(), 10);
    let backlog = house.store.backlog().await.unwrap();
    assert_eq!((backlog.facts, backlog.marked), (10, 10));
}
