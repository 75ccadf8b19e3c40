//! Receipts: delivered is not read, and read is not accepted.

use samhold_standins::Receiver;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::common::{Daemon, Folder, SECRET, wait_until};
use crate::ledger::Ledger;
use crate::story::{agreed, at_rest, child};
use crate::town::{asking_recipient, pull_recipient};

const PATH: &str = "/api/v1/receipts";

#[tokio::test(flavor = "multi_thread")]
async fn delivered_read_and_accepted_are_three_things_and_each_is_noted() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    asking_recipient(&folder, "skolen", "skole_kommunal", &["lia-skole"], &receiver);
    pull_recipient(&folder, "helsa", "helsestasjon", &["helsestasjon"]);
    let daemon = Daemon::start(folder).await;
    let (first, second) = (child(0), child(1));
    daemon.client().must_take(&[agreed(&first), agreed(&second)].concat()).await;
    wait_until("the school is told of both", async || receiver.counts().effects == 2).await;
    at_rest(&daemon, &[]).await;
    let ledger = Ledger::of(&daemon.folder).await;
    let status = async |number: &str| ledger.delivery_status(number, "skolen").await;
    assert_eq!((status(&first.number).await, status(&second.number).await), ("delivered".into(), "delivered".into()));

    let of =
        |number: &str| receiver.events().into_iter().find(|e| e.data["child"]["national_id"] == number).unwrap().key;
    let (school, health) = (daemon.client_as("skolen"), daemon.client_as("helsa"));
    let give = async |client: &crate::common::Client, receipts: Value| client.post(PATH, &receipts).await.unwrap();
    let read = give(&school, json!([{"event_id": of(&first.number), "status": "read"}])).await;
    assert_eq!((read.status, read.json), (200, json!({"accepted": 1, "rejected": []})));
    assert_eq!((status(&first.number).await, status(&second.number).await), ("read".into(), "delivered".into()));
    give(&school, json!([{"event_id": of(&first.number), "status": "accepted"}])).await;
    assert_eq!(status(&first.number).await, "accepted");
    // Said late, it does not undo what came further.
    give(&school, json!([{"event_id": of(&first.number), "status": "read"}])).await;
    assert_eq!(status(&first.number).await, "accepted");
    let refusal = json!([{"event_id": of(&second.number), "status": "rejected", "reason": "ikke vår elev"}]);
    give(&school, refusal).await;
    assert_eq!(status(&second.number).await, "rejected");

    let strangers =
        json!([{"event_id": of(&first.number), "status": "read"}, {"event_id": Uuid::new_v4(), "status": "read"}]);
    let answer = give(&health, strangers).await;
    let unknown = |index| json!({"index": index, "code": "unknown_event"});
    assert_eq!(answer.json, json!({"accepted": 0, "rejected": [unknown(0), unknown(1)]}), "another's event is unknown");
    for wrong in [
        json!({}),
        json!([{"event_id": "x", "status": "read"}]),
        json!([{"event_id": Uuid::new_v4(), "status": "seen"}]),
    ] {
        let refused = give(&school, wrong).await;
        assert_eq!((refused.status, refused.json["code"].as_str()), (400, Some("invalid_receipts")));
    }
    assert_eq!(give(&daemon.client(), json!([])).await.status, 403);
}
