//! A database server that closes its connections, or is away for a while.

use samhold_standins::Receiver;

use crate::common::{Daemon, Database, Folder, Proxy, SECRET, Schema, children, flat, http_recipient, wait_until};
use crate::effects::{assert_all_in_ledger, assert_no_doubled_effect, until_all_told};
use crate::kills::until_acknowledged;

const CHILDREN: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_though_the_database_closes_every_connection_and_goes_away() {
    let Some(schema) = Schema::new().await else { return };
    let address = schema.address();
    let mut proxy = Proxy::start(&address).await.unwrap();
    let port = proxy.port();
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::new(Database::Postgres(schema.through(port)));
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &receiver);
    let mut daemon = Daemon::start(folder).await;
    let (client, all) = (daemon.client(), children(CHILDREN));
    client.must_take(&flat(&all, 1)).await;

    for round in 1..4 {
        for (n, child) in all.iter().enumerate() {
            if n % 7 == 3 {
                proxy.cut_all();
            }
            until_acknowledged(&client, &[child.agreement(round)]).await;
        }
    }
    until_all_told(&receiver, CHILDREN, 3).await;

    drop(proxy);
    wait_until("the daemon says that it is not ready", async || client.get("/readyz").await.unwrap().status == 503)
        .await;
    let refused = client.post_facts(&[all[0].agreement(4)]).await.unwrap();
    assert_eq!((refused.status, refused.json["code"].as_str()), (503, Some("store_unavailable")), "{}", refused.text);
    assert_eq!(client.get("/livez").await.unwrap().status, 200);
    assert!(daemon.runs());

    proxy = Proxy::start_on(port, &address).await.unwrap();
    for child in &all {
        until_acknowledged(&client, &[child.agreement(4)]).await;
    }
    until_all_told(&receiver, CHILDREN, 4).await;
    assert_all_in_ledger(&client, &flat(&all, 5)).await;
    assert_no_doubled_effect(&receiver);
    drop(daemon);
    drop(proxy);
}
