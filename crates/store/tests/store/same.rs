//! Two children who are one by a person's word: read together, told apart again, and never changed.

use samhold_model::{ChildId, MunicipalityNo};
use samhold_store::{Answered, AuditEntry, Resolved, Sameness, Verdict};
use serde_json::json;
use uuid::Uuid;

use crate::support::{House, at, day, fact, here, identifier, settlement, some_fact, stories, want};

stories!(
    a_joined_child_is_read_with_the_one_that_survives_and_has_nothing_left_of_its_own,
    what_was_known_before_two_became_one_is_not_rewritten,
    a_person_may_take_the_word_back_and_everything_goes_where_it_came_from,
    nothing_is_joined_in_a_circle_or_through_a_third,
    a_chain_of_joined_children_ends_at_one_survivor,
    an_answer_closes_every_question_about_the_same_two,
    a_task_that_is_unknown_or_closed_takes_no_answer,
);

fn there() -> MunicipalityNo {
    MunicipalityNo::new("9902")
}

async fn known_as(house: &House, scheme: &str, value: &str) -> ChildId {
    let ids = [identifier(scheme, value)];
    match house.store.resolve_child(&ids, true, day("2026-01-01")).await.unwrap() {
        Resolved::Child { child, .. } => child,
        other => panic!("expected a child, found {other:?}"),
    }
}

async fn asked(house: &House, one: ChildId, other: ChildId) -> Uuid {
    house.store.open_task("possible_same_child", &[one, other], "to av samme mor", at(10)).await.unwrap()
}

fn verdict(task: Uuid, answer: &str, sameness: Option<Sameness>) -> Verdict {
    let child = match sameness {
        Some(Sameness::One { into, .. }) => Some(into),
        _ => None,
    };
    let told = AuditEntry { at: at(20), kind: "task".into(), child, actor: "ke".into(), detail: json!({"task": task}) };
    Verdict { task, answer: answer.into(), by: "ke".into(), sameness, facts: Vec::new(), audit: vec![told] }
}

async fn join(house: &House, child: ChildId, into: ChildId) -> Answered {
    let task = asked(house, child, into).await;
    let word = verdict(task, "same_child", Some(Sameness::One { child, into }));
    house.store.answer_task(word, at(20)).await.unwrap()
}

async fn part(house: &House, one: ChildId, other: ChildId) -> Answered {
    let task = asked(house, one, other).await;
    house.store.answer_task(verdict(task, "not_same", Some(Sameness::Two(one, other))), at(30)).await.unwrap()
}

async fn marks(house: &House) -> Vec<(ChildId, String)> {
    let marked = house.store.marked(100).await.unwrap();
    let mut marks: Vec<_> = marked.into_iter().map(|m| (m.child, m.municipality.to_string())).collect();
    marks.sort_unstable();
    marks
}

async fn a_joined_child_is_read_with_the_one_that_survives_and_has_nothing_left_of_its_own(house: &House) {
    let store = &house.store;
    let (unborn, born) = (known_as(house, "unborn", "mor|1").await, known_as(house, "fnr", "15891899717").await);
    let mut facts = vec![some_fact(unborn), some_fact(born), some_fact(unborn)];
    facts[2].municipality = there();
    store.append(facts.clone()).await.unwrap();
    want(store.as_ref(), unborn, &[("skole", Some("a"))]).await;
    want(store.as_ref(), born, &[]).await;
    assert_eq!(join(house, unborn, born).await, Answered::Taken);

    let ids = |facts: Vec<samhold_store::StoredFact>| facts.into_iter().map(|f| f.id).collect::<Vec<_>>();
    assert_eq!(ids(store.facts_of(born, &here()).await.unwrap()), [facts[0].id, facts[1].id]);
    assert_eq!(ids(store.facts_of(born, &there()).await.unwrap()), [facts[2].id]);
    assert!(store.facts_of(unborn, &here()).await.unwrap().is_empty());
    assert_eq!(store.municipalities_of(born).await.unwrap(), [here(), there()]);
    assert_eq!(store.survivor_of(unborn).await.unwrap(), born);
    let both = [identifier("unborn", "mor|1"), identifier("fnr", "15891899717")];
    let found = store.resolve_child(&both, false, day("2026-01-01")).await.unwrap();
    assert_eq!(found, Resolved::Child { child: born, new: false });
    let mut expected = vec![
        (unborn, "9901".to_owned()),
        (unborn, "9902".to_owned()),
        (born, "9901".to_owned()),
        (born, "9902".to_owned()),
    ];
    expected.sort_unstable();
    assert_eq!(marks(house).await, expected, "both are worked out again, in both municipalities");
    // What is said of the joined one later marks the survivor alone.
    for mark in store.marked(100).await.unwrap() {
        store.settle(settlement(mark, &[])).await.unwrap();
    }
    store.append(vec![some_fact(unborn)]).await.unwrap();
    assert_eq!(marks(house).await, [(born, "9901".to_owned())]);
    assert_eq!(store.audit_entries(Some(unborn), 0, 10).await.unwrap().len(), 1, "told of both");
}

async fn what_was_known_before_two_became_one_is_not_rewritten(house: &House) {
    let store = &house.store;
    let (one, other) = (ChildId::new(), ChildId::new());
    store.append(vec![some_fact(one), some_fact(other)]).await.unwrap();
    join(house, one, other).await;
    let known: Vec<_> = store.facts_of(other, &here()).await.unwrap().into_iter().map(|f| f.recorded_at).collect();
    assert_eq!(known, [at(20), at(0)], "of the joined child it is known here since it was joined");
}

async fn a_person_may_take_the_word_back_and_everything_goes_where_it_came_from(house: &House) {
    let store = &house.store;
    let (one, other) = (known_as(house, "local:skole", "17").await, known_as(house, "fnr", "15891899717").await);
    store.append(vec![some_fact(one), some_fact(other)]).await.unwrap();
    let task = asked(house, one, other).await;
    let same = verdict(task, "same_child", Some(Sameness::One { child: one, into: other }));
    assert_eq!(store.answer_task(same.clone(), at(20)).await.unwrap(), Answered::Taken);
    let meanwhile = fact(one, json!({"type": "died"}));
    store.append(vec![meanwhile.clone()]).await.unwrap();
    assert_eq!(store.facts_of(other, &here()).await.unwrap().len(), 3);

    let apart = verdict(task, "not_same", Some(Sameness::Two(one, other)));
    assert_eq!(store.answer_task(apart, at(30)).await.unwrap(), Answered::Taken);
    let own = store.facts_of(one, &here()).await.unwrap();
    assert_eq!((own.len(), own[1].id, own[0].recorded_at), (2, meanwhile.id, at(0)));
    assert_eq!(store.facts_of(other, &here()).await.unwrap().len(), 1);
    assert_eq!(known_as(house, "local:skole", "17").await, one);
    assert_eq!(store.said_of(other, one).await.unwrap(), Some(false));
    assert_eq!(marks(house).await.len(), 2);
    assert_eq!(store.task(task).await.unwrap().unwrap().answer.as_deref(), Some("not_same"));
    // And back again: the last word counts.
    assert_eq!(store.answer_task(same, at(40)).await.unwrap(), Answered::Taken);
    assert_eq!(store.facts_of(other, &here()).await.unwrap().len(), 3);
}

async fn nothing_is_joined_in_a_circle_or_through_a_third(house: &House) {
    let (a, b, c) = (ChildId::new(), ChildId::new(), ChildId::new());
    assert_eq!(join(house, a, b).await, Answered::Taken);
    assert_eq!(join(house, b, a).await, Answered::ThroughAnother, "a circle");
    assert_eq!(join(house, a, c).await, Answered::ThroughAnother, "a child counts as one other at most");
    assert_eq!(join(house, c, a).await, Answered::ThroughAnother, "two siblings are not one through an expected child");
    assert_eq!(join(house, c, b).await, Answered::Taken);
    assert_eq!(part(house, a, c).await, Answered::ThroughAnother, "they are one through `b`");
    assert_eq!(part(house, a, b).await, Answered::Taken);
    assert_eq!(house.store.survivor_of(a).await.unwrap(), a);
    assert_eq!(house.store.survivor_of(c).await.unwrap(), b);
}

async fn a_chain_of_joined_children_ends_at_one_survivor(house: &House) {
    let store = &house.store;
    let (a, b, c) = (ChildId::new(), ChildId::new(), ChildId::new());
    store.append(vec![some_fact(a), some_fact(b), some_fact(c)]).await.unwrap();
    join(house, a, b).await;
    join(house, b, c).await;
    assert_eq!(store.survivor_of(a).await.unwrap(), c);
    assert_eq!(store.facts_of(c, &here()).await.unwrap().len(), 3);
    assert!(store.facts_of(b, &here()).await.unwrap().is_empty());
    part(house, b, c).await;
    assert_eq!(store.facts_of(b, &here()).await.unwrap().len(), 2, "`a` goes with the one it was joined to");
    assert_eq!(store.facts_of(c, &here()).await.unwrap().len(), 1);
}

async fn an_answer_closes_every_question_about_the_same_two(house: &House) {
    let (one, other) = (ChildId::new(), ChildId::new());
    let first = asked(house, one, other).await;
    house.store.open_task("unborn_may_be_born", &[other, one], "termin", at(11)).await.unwrap();
    let apart = verdict(first, "not_same", Some(Sameness::Two(one, other)));
    assert_eq!(house.store.answer_task(apart, at(12)).await.unwrap(), Answered::Taken);
    assert!(house.store.open_tasks().await.unwrap().is_empty());
    assert_eq!(house.store.said_of(one, other).await.unwrap(), Some(false));
    assert!(marks(house).await.is_empty(), "two who were two are no news");
}

async fn a_task_that_is_unknown_or_closed_takes_no_answer(house: &House) {
    let store = &house.store;
    let nobody = verdict(Uuid::new_v4(), "done", None);
    assert_eq!(store.answer_task(nobody, at(0)).await.unwrap(), Answered::Unknown);
    let task = store.open_task("mass_deletion_held", &[], "skole", at(0)).await.unwrap();
    assert_eq!(store.answer_task(verdict(task, "done", None), at(1)).await.unwrap(), Answered::Taken);
    assert_eq!(store.answer_task(verdict(task, "done", None), at(2)).await.unwrap(), Answered::Closed);
    let told = store.audit_entries(None, 0, 10).await.unwrap();
    assert_eq!(told.len(), 1, "what was not taken leaves no trace");
    assert_eq!(told[0].entry.kind, "task");
}
