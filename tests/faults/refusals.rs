//! Recipients that are overloaded, that lose answers, or that never take some events.

use samhold_standins::{FaultPlan, Receiver};

use crate::common::{Child, Daemon, Folder, SECRET, children, flat, holder_in, http_recipient, wait_until};

const CHILDREN: usize = 60;

async fn house() -> (Daemon, Receiver) {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &receiver);
    (Daemon::start(folder).await, receiver)
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_delivered_though_every_fifth_request_is_answered_503() {
    let (daemon, receiver) = house().await;
    receiver.server().faults().set(FaultPlan::failing(5, 503));
    let all = children(CHILDREN);
    daemon.client().must_take(&flat(&all, 2)).await;
    wait_until("every child's last holder is told", async || {
        let told = holder_in(&receiver.latest_by_subject());
        told.len() == CHILDREN && told.values().all(|holder| holder == Child::holder_after(1))
    })
    .await;
    assert!(receiver.server().faults().injected() > 10);
    let counts = receiver.counts();
    assert_eq!((counts.conflicts, counts.bad_signatures, counts.malformed, counts.out_of_order), (0, 0, 0, 0));
    assert!(daemon.folder.dead_letters().is_empty());
}
