//! What is taken off the end of the log, or all of it, is missed although nothing after it tells; and so is what stands unsigned.

use samhold_model::{ChildId, Instant};
use samhold_store::{Attempt, AuditEntry, ChainReport};
use serde_json::json;

use crate::support::{House, at, keys, stories, system, want};

stories!(
    a_log_cut_short_together_with_its_checkpoints_is_found,
    an_end_that_no_checkpoint_covers_yet_is_missed_too,
    a_log_written_anew_without_its_checkpoints_is_found,
    what_somebody_wrote_behind_the_last_entry_is_found_though_it_fits,
    a_log_of_which_everything_is_gone_is_found,
    marks_that_are_gone_or_altered_are_not_made_again,
    an_entry_before_the_first_is_found_and_read_by_nobody,
    checkpoints_that_are_gone_are_missed,
    what_is_told_begins_with_the_log,
    it_is_told_what_is_sealed_and_what_not_yet,
    what_stands_unsealed_for_more_than_a_day_does_not_hold,
    a_store_that_nobody_has_used_holds,
);

const HOUR: i64 = 3_600;

fn deed(number: i64) -> AuditEntry {
    let (kind, actor) = ("release".to_owned(), "nav".to_owned());
    AuditEntry { at: at(number), kind, child: None, actor, detail: json!({ "z": number }) }
}

async fn deeds(house: &House, numbers: std::ops::RangeInclusive<i64>) {
    house.store.audit(numbers.map(deed).collect()).await.unwrap();
}

async fn four_deeds(house: &House) {
    deeds(house, 1..=4).await;
    house.store.checkpoint(at(9)).await.unwrap().unwrap();
}

async fn all(house: &House, statements: &[&str]) {
    for sql in statements {
        house.meddle(sql).await;
    }
}

async fn found_at(house: &House, now: Instant) -> String {
    house.store.verify_audit(&[], now).await.unwrap().broken.unwrap()
}

async fn found(house: &House) -> String {
    found_at(house, at(20)).await
}

async fn a_log_cut_short_together_with_its_checkpoints_is_found(house: &House) {
    four_deeds(house).await;
    all(house, &["delete from audit where seq = 4", "delete from checkpoints"]).await;
    assert_eq!(found(house).await, "the chain ends at entry 3, but this store has written 4");
    // Going on does not make it good, nor does signing what there is.
    deeds(house, 5..=7).await;
    house.store.checkpoint(at(10)).await.unwrap().unwrap();
    assert_eq!(found(house).await, "entry 4 is not the one that this store wrote last");
}

async fn an_end_that_no_checkpoint_covers_yet_is_missed_too(house: &House) {
    four_deeds(house).await;
    deeds(house, 5..=6).await;
    house.meddle("delete from audit where seq > 4").await;
    assert_eq!(found(house).await, "the chain ends at entry 4, but this store has written 6");
}

async fn a_log_written_anew_without_its_checkpoints_is_found(house: &House) {
    four_deeds(house).await;
    all(house, &["delete from audit", "delete from checkpoints"]).await;
    deeds(house, 2..=5).await;
    assert_eq!(found(house).await, "entry 4 is not the one that this store wrote last");
    deeds(house, 6..=6).await;
    house.store.checkpoint(at(10)).await.unwrap().unwrap();
    assert_eq!(found(house).await, "entry 4 is not the one that this store wrote last");
}

async fn what_somebody_wrote_behind_the_last_entry_is_found_though_it_fits(house: &House) {
    four_deeds(house).await;
    all(house, &["create table stood as select * from seals"]).await;
    deeds(house, 5..=5).await;
    // The chain needs no key: whoever knows how it is made can go on with it. The mark does.
    all(house, &["delete from seals", "insert into seals select * from stood"]).await;
    assert_eq!(found(house).await, "entry 5 was not written by this store, which stopped at 4");
}

async fn a_log_of_which_everything_is_gone_is_found(house: &House) {
    four_deeds(house).await;
    all(house, &["delete from audit", "delete from checkpoints"]).await;
    assert_eq!(found(house).await, "the chain ends at entry 0, but this store has written 4");
    house.meddle("delete from seals").await;
    assert!(found(house).await.starts_with("the mark of where the log ends is gone"));
}

async fn marks_that_are_gone_or_altered_are_not_made_again(house: &House) {
    four_deeds(house).await;
    house.meddle("create table stood as select * from seals").await;
    for (wrong, says) in [
        ("delete from seals where name = 'end'", "is gone"),
        ("update seals set size = 3 where name = 'end'", "was not written by this store"),
        ("update seals set hash = 'x' where name = 'signed'", "was not written by this store"),
        ("update seals set name = 'x' where name = 'end'", "was not written by this store"),
    ] {
        house.meddle(wrong).await;
        drop(house.open_with(keys()).await.unwrap());
        assert!(found(house).await.contains(says), "{wrong}");
        all(house, &["delete from seals", "insert into seals select * from stood"]).await;
        assert_eq!(house.store.verify_audit(&[], at(20)).await.unwrap().broken, None);
    }
    all(house, &["delete from seals", "delete from keyring"]).await;
    drop(house.open_with(keys()).await.unwrap());
    assert!(found(house).await.contains("is gone"), "a store in use is no new one");
}

async fn an_entry_before_the_first_is_found_and_read_by_nobody(house: &House) {
    let child = ChildId::new();
    let of_child = AuditEntry { child: Some(child), ..deed(1) };
    house.store.audit(vec![of_child]).await.unwrap();
    for seq in [0, -3, i64::MIN] {
        let made_up = "insert into audit (seq, at, kind, child, actor, detail, sealed, hash) \
                       select $, at, kind, child, actor, detail, sealed, hash from audit where seq = 1";
        house.meddle(&made_up.replace('$', &seq.to_string())).await;
        assert_eq!(found(house).await, format!("an entry stands at {seq}, before the first"));
        assert_eq!(house.store.audit_of_kind(child, "release").await.unwrap().len(), 1);
        assert_eq!(house.store.audit_entries(Some(child), 0, 9).await.unwrap().len(), 1);
        house.meddle("delete from audit where seq < 1").await;
    }
}

async fn checkpoints_that_are_gone_are_missed(house: &House) {
    four_deeds(house).await;
    deeds(house, 5..=5).await;
    house.store.checkpoint(at(10)).await.unwrap().unwrap();
    house.meddle("delete from checkpoints where size = 5").await;
    assert_eq!(found(house).await, "the checkpoint that was signed at entry 5 is gone");
    all(house, &["delete from checkpoints", "delete from seals where name = 'signed'"]).await;
    assert_eq!(
        found_at(house, at(2 * HOUR)).await,
        "no checkpoint was ever signed over entries 1 to 5, or all were taken away"
    );
}

async fn what_is_told_begins_with_the_log(house: &House) {
    let (store, child) = (&house.store, ChildId::new());
    house.meddle("create table first_day as select * from seals").await;
    want(store.as_ref(), child, &[("nav", Some("a"))]).await;
    let told = store.due(&system("nav"), at(1), 1).await.unwrap().remove(0);
    let audit = AuditEntry { child: Some(child), ..deed(2) };
    let arrived = Attempt::Delivered { content_hash: Some("a".to_owned()), audit };
    store.attempted(told.id, told.event_id, arrived, at(2)).await.unwrap();
    assert_eq!(store.verify_audit(&[], at(20)).await.unwrap().broken, None);
    // The marks of the first day fit an empty log, and what was delivered does not.
    all(house, &["delete from audit", "delete from checkpoints", "delete from seals"]).await;
    house.meddle("insert into seals select * from first_day").await;
    assert_eq!(found(house).await, "there is no entry, although something was delivered");
    deeds(house, 48 * HOUR..=48 * HOUR).await;
    assert_eq!(found(house).await, "something was delivered more than a day before the first entry");
}

async fn it_is_told_what_is_sealed_and_what_not_yet(house: &House) {
    four_deeds(house).await;
    deeds(house, 5..=7).await;
    let report = house.store.verify_audit(&[], at(20)).await.unwrap();
    assert_eq!(report, ChainReport { entries: 7, checkpoints: 1, sealed: 4, broken: None });
}

async fn what_stands_unsealed_for_more_than_a_day_does_not_hold(house: &House) {
    four_deeds(house).await;
    let sealed_long_ago = house.store.verify_audit(&[], at(1_000 * HOUR)).await.unwrap();
    assert_eq!(sealed_long_ago.broken, None);
    deeds(house, 5..=7).await;
    assert_eq!(house.store.verify_audit(&[], at(24 * HOUR)).await.unwrap().broken, None);
    assert_eq!(
        found_at(house, at(25 * HOUR)).await,
        "no checkpoint covers entries 5 to 7, the first of them older than a day"
    );
}

async fn a_store_that_nobody_has_used_holds(house: &House) {
    let report = house.store.verify_audit(&[], at(1_000 * HOUR)).await.unwrap();
    assert_eq!(report, ChainReport { entries: 0, checkpoints: 0, sealed: 0, broken: None });
}
