//! Which child an identifier means, and what is never done by itself.

use std::collections::BTreeSet;

use samhold_model::{ChildId, PersonId, RecordId};
use samhold_store::{Outcome, Resolved};

use crate::support::{House, at, day, from_school, identifier, stories};

stories!(
    a_child_is_made_once_and_known_by_everything_it_was_called,
    identifiers_of_two_children_are_a_conflict_and_change_nothing,
    another_number_of_the_same_kind_is_a_question_for_a_person,
    a_new_number_follows_when_the_old_one_ended_or_comes_with_it,
    nobody_is_made_out_of_nothing,
    the_register_is_asked_by_the_best_number,
    what_a_system_names_is_listed_in_pages_with_the_child_of_each_and_without_what_has_ended,
    a_person_is_the_same_person_next_time,
    guardians_lead_to_their_children,
    a_record_waits_until_the_child_of_the_adult_is_known,
    a_task_is_not_opened_twice,
);

// Synthetic numbers: month + 80.
const ANNA: &str = "15891899717";
const OTHER: &str = "03851599702";

async fn found(house: &House, ids: &[(&str, &str)], create: bool) -> Resolved {
    let ids: Vec<_> = ids.iter().map(|(scheme, value)| identifier(scheme, value)).collect();
    house.store.resolve_child(&ids, create, day("2026-01-01")).await.unwrap()
}

async fn made(house: &House, ids: &[(&str, &str)]) -> ChildId {
    match found(house, ids, true).await {
        Resolved::Child { child, new: true } => child,
        other => panic!("expected a new child, found {other:?}"),
    }
}

async fn a_child_is_made_once_and_known_by_everything_it_was_called(house: &House) {
    assert_eq!(found(house, &[("fnr", ANNA)], false).await, Resolved::Unknown);
    let child = made(house, &[("fnr", ANNA), ("fnr", ANNA), ("local:skole", "17")]).await;
    let known = Resolved::Child { child, new: false };
    assert_eq!(found(house, &[("fnr", ANNA)], true).await, known);
    assert_eq!(found(house, &[("local:skole", "17"), ("local:nav", "a")], true).await, known);
    assert_eq!(found(house, &[("local:nav", "a")], false).await, known);
    assert_eq!(found(house, &[("local:skole", "18")], false).await, Resolved::Unknown);
    let held = house.store.identifiers_of(child).await.unwrap();
    assert_eq!(held, [identifier("local:nav", "a"), identifier("local:skole", "17"), identifier("fnr", ANNA)]);
    assert!(!format!("{held:?}").contains(ANNA));
}

async fn identifiers_of_two_children_are_a_conflict_and_change_nothing(house: &House) {
    let one = made(house, &[("fnr", ANNA)]).await;
    let two = made(house, &[("local:skole", "17")]).await;
    let ids = [("fnr", ANNA), ("local:skole", "17"), ("local:nav", "a")];
    let Resolved::Conflict(children) = found(house, &ids, true).await else { panic!("no conflict") };
    assert_eq!(children.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([one, two]));
    assert_eq!(found(house, &[("local:nav", "a")], false).await, Resolved::Unknown);
}

async fn another_number_of_the_same_kind_is_a_question_for_a_person(house: &House) {
    let child = made(house, &[("fnr", ANNA), ("local:skole", "17")]).await;
    let mistaken = found(house, &[("local:skole", "17"), ("fnr", OTHER)], true).await;
    assert_eq!(mistaken, Resolved::Conflict(vec![child]));
    assert_eq!(found(house, &[("fnr", OTHER)], false).await, Resolved::Unknown);
}

async fn a_new_number_follows_when_the_old_one_ended_or_comes_with_it(house: &House) {
    let child = made(house, &[("dnr", "41891899715"), ("local:skole", "17")]).await;
    house.store.end_identifier(child, &identifier("dnr", "41891899715"), day("2026-02-01")).await.unwrap();
    let known = Resolved::Child { child, new: false };
    assert_eq!(found(house, &[("local:skole", "17"), ("fnr", ANNA)], true).await, known);
    assert_eq!(found(house, &[("fnr", ANNA), ("fnr", OTHER)], true).await, known);
    // The ended number still tells whose it was, but is no longer among the valid ones.
    assert_eq!(found(house, &[("dnr", "41891899715")], false).await, known);
    let held = house.store.identifiers_of(child).await.unwrap();
    assert!(held.iter().all(|id| id.scheme != "dnr"));
    assert_eq!(held.len(), 3);
}

async fn nobody_is_made_out_of_nothing(house: &House) {
    assert_eq!(found(house, &[], true).await, Resolved::Unknown);
    assert_eq!(house.store.backlog().await.unwrap().children, 0);
}

async fn the_register_is_asked_by_the_best_number(house: &House) {
    let anna = made(house, &[("dnr", "41891899715"), ("fnr", ANNA)]).await;
    let other = made(house, &[("fnr", OTHER)]).await;
    made(house, &[("unborn", "mor/2026-09-01")]).await;
    let mut first = house.store.followed(None, 1).await.unwrap();
    let rest = house.store.followed(Some(first[0].0), 10).await.unwrap();
    first.extend(rest);
    first.sort_by_key(|(child, _)| *child != anna);
    assert_eq!(first, [(anna, identifier("fnr", ANNA)), (other, identifier("fnr", OTHER))]);
}

async fn what_a_system_names_is_listed_in_pages_with_the_child_of_each_and_without_what_has_ended(house: &House) {
    let anna = made(house, &[("fnr", ANNA), ("local:samtykke", "a"), ("local:samtykke", "b")]).await;
    let other = made(house, &[("fnr", OTHER), ("local:samtykke", "c"), ("local:skole", "17")]).await;
    let ended = identifier("local:samtykke", "d");
    assert_eq!(
        found(house, &[("fnr", OTHER), ("local:samtykke", "d")], true).await,
        Resolved::Child { child: other, new: false }
    );
    house.store.end_identifier(other, &ended, day("2026-02-01")).await.unwrap();
    let (mut listed, mut after) = (Vec::new(), None);
    for size in [2, 1, 0] {
        let page = house.store.named("local:samtykke", after, 2).await.unwrap();
        assert_eq!(page.len(), size);
        after = page.last().map(|(row, ..)| *row).or(after);
        listed.extend(page.into_iter().map(|(_, child, id)| (id.value.0, child)));
    }
    listed.sort();
    assert_eq!(listed, [("a".to_owned(), anna), ("b".to_owned(), anna), ("c".to_owned(), other)]);
    assert!(house.store.named("local:nav", None, 10).await.unwrap().is_empty());
}

async fn a_person_is_the_same_person_next_time(house: &House) {
    let mother = identifier("fnr", OTHER);
    assert_eq!(house.store.find_person(&mother).await.unwrap(), None);
    let person = house.store.resolve_person(&mother).await.unwrap();
    assert_eq!(house.store.resolve_person(&mother).await.unwrap(), person);
    assert_eq!(house.store.find_person(&mother).await.unwrap(), Some(person));
}

async fn guardians_lead_to_their_children(house: &House) {
    let store = &house.store;
    let (child, mother, father) = (ChildId::new(), PersonId::new(), PersonId::new());
    store.set_guardians(child, &[mother, father, mother]).await.unwrap();
    assert_eq!(store.children_of(father).await.unwrap(), [child]);
    store.set_guardians(child, &[mother]).await.unwrap();
    assert!(store.children_of(father).await.unwrap().is_empty());
    assert_eq!(store.children_of(mother).await.unwrap(), [child]);
}

async fn a_record_waits_until_the_child_of_the_adult_is_known(house: &House) {
    let store = &house.store;
    let sent = vec![from_school("sak-1", "A"), from_school("sak-2", "B")];
    let ids: Vec<RecordId> = store.accept(sent, None, at(0)).await.unwrap().iter().map(|one| one.id).collect();
    let (mother, father) = (PersonId::new(), PersonId::new());
    store.wait_for_child(mother, ids[0]).await.unwrap();
    store.wait_for_child(father, ids[0]).await.unwrap();
    // The other one was ended first; it comes back all the same.
    store.finish(ids[1], Outcome::Mapped(Vec::new()), at(1)).await.unwrap();
    store.wait_for_child(mother, ids[1]).await.unwrap();
    assert!(store.unmapped(10).await.unwrap().is_empty());
    assert_eq!(store.release_waiting(&[mother]).await.unwrap(), 2);
    assert_eq!(store.unmapped(10).await.unwrap().iter().map(|record| record.id).collect::<Vec<_>>(), ids);
    assert_eq!(store.release_waiting(&[mother, father]).await.unwrap(), 0);
}

async fn a_task_is_not_opened_twice(house: &House) {
    let store = &house.store;
    let (one, two) = (ChildId::new(), ChildId::new());
    let first = store.open_task("possible_same_child", &[one, two], "skole og nav", at(0)).await.unwrap();
    let again = store.open_task("possible_same_child", &[two, one], "nav og skole", at(1)).await.unwrap();
    let other = store.open_task("possible_same_child", &[one], "skole", at(2)).await.unwrap();
    let held = store.open_task("mass_deletion_held", &[], "skole", at(3)).await.unwrap();
    assert_ne!(held, store.open_task("mass_deletion_held", &[], "nav", at(4)).await.unwrap());
    assert_eq!(first, again);
    assert_ne!(first, other);
    assert!(store.close_task(first, at(5)).await.unwrap());
    assert!(!store.close_task(first, at(5)).await.unwrap());
    let open = store.open_tasks().await.unwrap();
    assert_eq!(open.iter().map(|task| task.detail.as_str()).collect::<Vec<_>>(), ["skole", "skole", "nav"]);
    assert_ne!(store.open_task("possible_same_child", &[one, two], "", at(6)).await.unwrap(), first);
}
