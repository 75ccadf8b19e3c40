//! The audit chain shows every meddling.

use samhold_model::ChildId;
use samhold_store::{Attempt, AuditEntry, ChainReport, Keys};
use serde_json::json;

use crate::support::{House, at, stories, system, want};

stories!(
    an_untouched_chain_holds,
    what_was_written_before_details_were_encrypted_is_read_and_holds,
    an_altered_entry_is_found,
    a_removed_entry_is_found,
    swapped_entries_are_found,
    a_chain_cut_short_is_found_by_the_checkpoint,
    a_chain_written_anew_is_found_by_the_checkpoint,
    a_checkpoint_signed_by_nobody_is_found,
    every_change_of_a_column_is_found,
    an_entry_taken_out_anywhere_is_found,
    an_entry_put_in_is_found,
    two_entries_that_changed_places_are_found_anywhere,
    what_was_rolled_back_with_its_checkpoints_is_found_by_a_copy_kept_elsewhere,
    a_checkpoint_that_was_altered_or_signed_with_another_key_is_refused,
    what_may_have_left_is_one_entry_however_often_it_is_tried,
    what_was_under_way_when_the_program_stopped_may_have_left,
    what_reached_nobody_at_the_second_try_is_not_told_as_possibly_received,
    two_writers_never_break_the_chain,
);

fn deed(number: i64, child: Option<ChildId>) -> AuditEntry {
    AuditEntry {
        at: at(number),
        kind: "release".to_owned(),
        child,
        actor: "nav".to_owned(),
        detail: json!({ "z": number, "fields": ["holder", "contact"] }),
    }
}

async fn four_deeds(house: &House) {
    let deeds = (1..=4).map(|number| deed(number, None)).collect();
    house.store.audit(deeds).await.unwrap();
    house.store.checkpoint(at(9)).await.unwrap().unwrap();
}

async fn broken(house: &House) -> String {
    house.store.verify_audit(&[], at(20)).await.unwrap().broken.unwrap()
}

async fn an_untouched_chain_holds(house: &House) {
    let store = &house.store;
    assert_eq!(store.checkpoint(at(0)).await.unwrap(), None);
    let child = ChildId::new();
    four_deeds(house).await;
    store.audit(vec![deed(5, Some(child))]).await.unwrap();
    let text = store.checkpoint(at(10)).await.unwrap().unwrap();
    assert_eq!(text.lines().nth(1), Some("5"));
    assert_eq!(store.checkpoint(at(11)).await.unwrap(), Some(text));
    let report = ChainReport { entries: 5, checkpoints: 2, sealed: 5, broken: None };
    assert_eq!(store.verify_audit(&[], at(20)).await.unwrap(), report);
    let of_child = store.audit_entries(Some(child), 0, 10).await.unwrap();
    assert_eq!((of_child.len(), of_child[0].seq, &of_child[0].entry), (1, 5, &deed(5, Some(child))));
    assert_eq!(store.audit_entries(None, 2, 2).await.unwrap().len(), 2);
}

/// Four deeds as they lay in the store before: the same chain, their details clear.
async fn what_was_written_before_details_were_encrypted_is_read_and_holds(house: &House) {
    four_deeds(house).await;
    for number in 1..=4 {
        let clear = format!("{{\"fields\":[\"holder\",\"contact\"],\"z\":{number}}}");
        house.meddle(&format!("update audit set detail = '{clear}', sealed = null where seq = {number}")).await;
    }
    house.store.audit(vec![deed(5, None)]).await.unwrap();
    let report = ChainReport { entries: 5, checkpoints: 1, sealed: 4, broken: None };
    assert_eq!(house.store.verify_audit(&[], at(20)).await.unwrap(), report);
    let read = house.store.audit_entries(None, 0, 9).await.unwrap();
    assert_eq!(
        read.into_iter().map(|e| e.entry).collect::<Vec<_>>(),
        (1..=5).map(|n| deed(n, None)).collect::<Vec<_>>()
    );
}

async fn an_altered_entry_is_found(house: &House) {
    four_deeds(house).await;
    house.meddle("update audit set actor = 'skole' where seq = 3").await;
    assert!(broken(house).await.contains("entry 3"));
}

async fn a_removed_entry_is_found(house: &House) {
    four_deeds(house).await;
    house.meddle("delete from audit where seq = 2").await;
    assert!(broken(house).await.contains("entry 2 is missing"));
}

async fn swapped_entries_are_found(house: &House) {
    four_deeds(house).await;
    for sql in ["set seq = 100 where seq = 2", "set seq = 2 where seq = 3", "set seq = 3 where seq = 100"] {
        house.meddle(&format!("update audit {sql}")).await;
    }
    assert!(broken(house).await.contains("entry 2"));
}

async fn a_chain_cut_short_is_found_by_the_checkpoint(house: &House) {
    four_deeds(house).await;
    house.meddle("delete from audit where seq = 4").await;
    assert!(broken(house).await.contains("ends at entry 3"));
}

async fn a_chain_written_anew_is_found_by_the_checkpoint(house: &House) {
    four_deeds(house).await;
    house.meddle("delete from audit").await;
    house.store.audit((1..=4).map(|number| deed(number + 1, None)).collect()).await.unwrap();
    assert!(broken(house).await.contains("another chain"));
}

async fn a_checkpoint_signed_by_nobody_is_found(house: &House) {
    four_deeds(house).await;
    house.meddle("update checkpoints set text = replace(text, '4', '3')").await;
    assert!(broken(house).await.contains("signature"));
}

async fn two_writers_never_break_the_chain(house: &House) {
    let beside = house.beside().await;
    let write = |store: std::sync::Arc<dyn samhold_store::Store>| {
        tokio::spawn(async move {
            for number in 0..25 {
                store.audit(vec![deed(number, None), deed(number, None)]).await.unwrap();
            }
        })
    };
    let writers = [write(house.store.clone()), write(beside.clone()), write(beside)];
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(
        house.store.verify_audit(&[], at(20)).await.unwrap(),
        ChainReport { entries: 150, checkpoints: 0, sealed: 0, broken: None }
    );
}

async fn every_change_of_a_column_is_found(house: &House) {
    four_deeds(house).await;
    let child = ChildId::new();
    let changes = [
        ("at", "at + 1".to_owned()),
        ("kind", "'read'".to_owned()),
        ("child", format!("'{child}'")),
        ("actor", "'skole'".to_owned()),
        ("detail", "'{}'".to_owned()),
        ("sealed", "null".to_owned()),
        ("sealed", "null, detail = '{}'".to_owned()),
        ("hash", format!("'{}'", "0".repeat(64))),
    ];
    for seq in 1..=4 {
        for (column, value) in &changes {
            house.meddle("create table kept as select * from audit").await;
            house.meddle(&format!("update audit set {column} = {value} where seq = {seq}")).await;
            assert!(broken(house).await.contains(&format!("entry {seq}")), "{column} of entry {seq}");
            restored(house).await;
        }
    }
}

/// Puts back what was copied into `kept`; then all holds again.
async fn restored(house: &House) {
    for sql in ["delete from audit", "insert into audit select * from kept", "drop table kept"] {
        house.meddle(sql).await;
    }
    assert_eq!(house.store.verify_audit(&[], at(20)).await.unwrap().broken, None);
}

async fn an_entry_taken_out_anywhere_is_found(house: &House) {
    four_deeds(house).await;
    for seq in 1..=4 {
        for closed_up in [false, true] {
            house.meddle("create table kept as select * from audit").await;
            house.meddle(&format!("delete from audit where seq = {seq}")).await;
            for after in (seq + 1..=4).filter(|_| closed_up) {
                house.meddle(&format!("update audit set seq = {} where seq = {after}", after - 1)).await;
            }
            assert!(broken(house).await.contains("entry"), "entry {seq}, closed up: {closed_up}");
            restored(house).await;
        }
    }
}

async fn an_entry_put_in_is_found(house: &House) {
    four_deeds(house).await;
    let made_up = "insert into audit (seq, at, kind, child, actor, detail, sealed, hash) \
                   select 5, at, kind, child, actor, detail, sealed, hash from audit where seq = 4";
    house.meddle(made_up).await;
    assert!(broken(house).await.contains("entry 5"));
}

async fn two_entries_that_changed_places_are_found_anywhere(house: &House) {
    four_deeds(house).await;
    for (one, other) in [(1, 2), (1, 4), (2, 3), (3, 4)] {
        house.meddle("create table kept as select * from audit").await;
        for (from, to) in [(one, 100), (other, one), (100, other)] {
            house.meddle(&format!("update audit set seq = {to} where seq = {from}")).await;
        }
        assert!(broken(house).await.contains(&format!("entry {one}")), "{one} and {other}");
        restored(house).await;
    }
}

async fn what_was_rolled_back_with_its_checkpoints_is_found_by_a_copy_kept_elsewhere(house: &House) {
    let store = &house.store;
    four_deeds(house).await;
    house.meddle("create table seals_of_that_day as select * from seals").await;
    store.audit(vec![deed(5, None)]).await.unwrap();
    let elsewhere = store.checkpoint(at(10)).await.unwrap().unwrap();
    let whole = ChainReport { entries: 5, checkpoints: 3, sealed: 5, broken: None };
    assert_eq!(store.verify_audit(std::slice::from_ref(&elsewhere), at(20)).await.unwrap(), whole);
    // A backup of before the fifth entry knows nothing of it, and all in it holds.
    house.meddle("delete from audit where seq = 5").await;
    house.meddle("delete from checkpoints where size = 5").await;
    for sql in ["delete from seals", "insert into seals select * from seals_of_that_day"] {
        house.meddle(sql).await;
    }
    assert_eq!(store.verify_audit(&[], at(20)).await.unwrap().broken, None);
    let rolled_back = store.verify_audit(std::slice::from_ref(&elsewhere), at(20)).await.unwrap().broken.unwrap();
    assert!(rolled_back.contains("ends at entry 4, but a checkpoint covers 5"), "{rolled_back}");
    // Nor does it help to write another fifth entry.
    store.audit(vec![deed(6, None)]).await.unwrap();
    let other = store.verify_audit(&[elsewhere], at(20)).await.unwrap().broken.unwrap();
    assert!(other.contains("at entry 5 was signed over another chain"), "{other}");
}

async fn a_checkpoint_that_was_altered_or_signed_with_another_key_is_refused(house: &House) {
    four_deeds(house).await;
    let own = house.store.checkpoint(at(9)).await.unwrap().unwrap();
    let elsewhere = House::sqlite_with(Keys::from_master(&[7; 32]).unwrap()).await;
    four_deeds(&elsewhere).await;
    let foreign = elsewhere.store.checkpoint(at(9)).await.unwrap().unwrap();
    for wrong in [own.replace("\n4\n", "\n3\n"), foreign, String::new(), "hei".to_owned()] {
        let found = house.store.verify_audit(&[own.clone(), wrong], at(20)).await.unwrap().broken.unwrap();
        assert_eq!(found, "kept checkpoint 2 does not bear a valid signature of this store");
    }
    house.meddle("delete from checkpoints").await;
    assert_eq!(
        house.store.verify_audit(&[own], at(20)).await.unwrap().checkpoints,
        1,
        "the copy still says what there was"
    );
}

fn tried(number: i64, child: ChildId) -> AuditEntry {
    AuditEntry { kind: "tried".to_owned(), ..deed(number, Some(child)) }
}

async fn what_may_have_left_is_one_entry_however_often_it_is_tried(house: &House) {
    let (store, child) = (&house.store, ChildId::new());
    want(store.as_ref(), child, &[("nav", Some("a"))]).await;
    let event = store.due(&system("nav"), at(1), 10).await.unwrap()[0].event_id;
    assert_eq!(store.left(vec![(event, tried(1, child))]).await.unwrap(), 1);
    assert_eq!(store.left(vec![(event, tried(2, child))]).await.unwrap(), 0);
    assert_eq!(store.interrupted(at(9)).await.unwrap(), 0, "it is written down already");
    let entries = store.audit_of_kind(child, "tried").await.unwrap();
    assert_eq!((entries.len(), &entries[0].entry), (1, &tried(1, child)));
    assert_eq!(store.left(vec![(uuid::Uuid::new_v4(), tried(3, child))]).await.unwrap(), 0, "no such event");
}

async fn what_was_under_way_when_the_program_stopped_may_have_left(house: &House) {
    let (store, child) = (&house.store, ChildId::new());
    want(store.as_ref(), child, &[("nav", Some("a")), ("ppt", Some("a"))]).await;
    let under_way = store.due(&system("nav"), at(1), 10).await.unwrap();
    assert_eq!(store.interrupted(at(9)).await.unwrap(), 0, "it was handed out, and nothing was sent yet");
    let told =
        json!({"event_id": under_way[0].event_id, "type": "assignment", "decisions": [{"category": "holder_service"}]});
    store.leaving(under_way[0].event_id, told.clone()).await.unwrap();
    let back = store.due(&system("ppt"), at(1), 10).await.unwrap();
    store.hand_back(&[(back[0].id, back[0].event_id)], at(3)).await.unwrap();
    // Something else shall be told now, so that nobody tries the first again.
    want(store.as_ref(), child, &[("nav", None)]).await;
    assert_eq!(store.interrupted(at(9)).await.unwrap(), 1, "what was handed back was never tried");
    let entries = store.audit_of_kind(child, "tried").await.unwrap();
    assert_eq!((entries.len(), entries[0].entry.actor.as_str()), (1, "nav"));
    let detail = &entries[0].entry.detail;
    assert_eq!(detail["event_id"], json!(under_way[0].event_id));
    assert_eq!((&detail["decisions"], &detail["interrupted"]), (&told["decisions"], &json!(true)), "and what it told");
    assert_eq!(store.interrupted(at(9)).await.unwrap(), 0);
}

async fn what_reached_nobody_at_the_second_try_is_not_told_as_possibly_received(house: &House) {
    let (store, child) = (&house.store, ChildId::new());
    want(store.as_ref(), child, &[("nav", Some("a"))]).await;
    // Handed out, and the program died before anything was sent; then tried again in vain.
    store.due(&system("nav"), at(1), 10).await.unwrap();
    let again = store.due(&system("nav"), at(2), 10).await.unwrap();
    store.leaving(again[0].event_id, json!({"decisions": []})).await.unwrap();
    let nobody = Attempt::NotReached { not_before: at(5), reason: "no route".to_owned() };
    store.attempted(again[0].id, again[0].event_id, nobody, at(3)).await.unwrap();
    assert_eq!(store.interrupted(at(9)).await.unwrap(), 0);
    store.leaving(again[0].event_id, json!({"decisions": []})).await.unwrap();
    assert_eq!(store.interrupted(at(9)).await.unwrap(), 1, "what began to leave and had no end");
}
