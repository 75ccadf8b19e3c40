//! What only a server can do to us.

use crate::support::{House, at, from_school};

#[tokio::test]
async fn a_server_that_drops_its_connections_is_asked_again() {
    let Some(house) = House::postgres().await else { return };
    house.store.accept(vec![from_school("elev-1", "A")], None, at(0)).await.unwrap();
    house
        .meddle(
            "select pg_terminate_backend(pid) from pg_stat_activity \
             where application_name = current_setting('application_name') and pid <> pg_backend_pid()",
        )
        .await;
    // The first try may still meet a connection that has just been cut; it then says so and has written nothing.
    let first = house.store.accept(vec![from_school("elev-2", "A")], None, at(1)).await;
    let second = house.store.accept(vec![from_school("elev-2", "A")], None, at(1)).await.unwrap();
    assert_eq!(second[0].duplicate, first.is_ok());
    house.store.ping().await.unwrap();
    assert_eq!(house.store.unmapped(10).await.unwrap().len(), 2);
    house.close().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_and_shows_no_password() {
    let url = "postgres://samhold:hemmelig@127.0.0.1:1/samhold".to_owned();
    let settings = samhold_store::StoreSettings::Postgres { url };
    assert!(!format!("{settings:?}").contains("hemmelig"));
    let error = samhold_store::open(&settings, crate::support::keys()).await.err().unwrap();
    assert!(!format!("{error:?} {error}").contains("hemmelig"));
}
