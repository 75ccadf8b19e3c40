//! The audit chain shows every meddling.

use samhold_model::ChildId;
use samhold_store::{AuditEntry, ChainReport};
use serde_json::json;

use crate::support::{House, at, stories};

stories!(
    an_untouched_chain_holds,
    an_altered_entry_is_found,
    a_removed_entry_is_found,
    swapped_entries_are_found,
    a_chain_cut_short_is_found_by_the_checkpoint,
    a_chain_written_anew_is_found_by_the_checkpoint,
    a_checkpoint_signed_by_nobody_is_found,
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
    house.store.verify_audit().await.unwrap().broken.unwrap()
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
    let report = ChainReport { entries: 5, checkpoints: 2, broken: None };
    assert_eq!(store.verify_audit().await.unwrap(), report);
    let of_child = store.audit_entries(Some(child), 0, 10).await.unwrap();
    assert_eq!((of_child.len(), of_child[0].seq, &of_child[0].entry), (1, 5, &deed(5, Some(child))));
    assert_eq!(store.audit_entries(None, 2, 2).await.unwrap().len(), 2);
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
    assert_eq!(house.store.verify_audit().await.unwrap(), ChainReport { entries: 150, checkpoints: 0, broken: None });
}
