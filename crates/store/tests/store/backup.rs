//! A copy made while the store works opens like the original.

use samhold_store::{StoreError, StoreSettings, open};

use crate::support::{House, at, from_school, keys};

#[tokio::test]
async fn a_copy_holds_what_was_there_and_opens_with_the_same_key() {
    let house = House::sqlite().await;
    house.store.accept(vec![from_school("elev-1", "A")], None, at(0)).await.unwrap();
    let path = house.folder().unwrap().join("copy.db");
    house.store.backup_to(&path).await.unwrap();
    house.store.accept(vec![from_school("elev-2", "A")], None, at(1)).await.unwrap();
    let copy = open(&StoreSettings::Sqlite { path: path.clone() }, keys()).await.unwrap();
    let keys: Vec<_> = copy.unmapped(10).await.unwrap().into_iter().map(|record| record.key).collect();
    assert_eq!(keys, ["elev-1"]);
    let again = house.store.backup_to(&path).await.unwrap_err();
    assert!(matches!(again, StoreError::Database { attempt: "back up to a file", .. }), "a copy is never written over");
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_copy() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::sqlite().await;
    let path = house.folder().unwrap().join("copy.db");
    house.store.backup_to(&path).await.unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_server_is_backed_up_with_its_own_tools() {
    let Some(house) = House::postgres().await else { return };
    let refused = house.store.backup_to(std::path::Path::new("copy.db")).await.unwrap_err();
    assert!(refused.to_string().contains("pg_dump"));
    house.close().await;
}
