//! The daemon at its limits: a full disk, bodies that are too large or too slow, settings that do not hold.

use std::time::Duration;

use samhold_standins::{FaultPlan, Receiver};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::absent::facts;
use crate::common::{CLIENT, Child, Daemon, Folder, SECRET, children, flat, http_recipient, wait_until};
use crate::effects::{assert_all_in_ledger, assert_no_doubled_effect, until_all_told};

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_answered_503_and_the_daemon_goes_on_when_there_is_room_again() {
    let receiver = Receiver::start(SECRET).await.unwrap();
    let folder = Folder::sqlite();
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &receiver);
    let mut daemon = Daemon::start(folder).await;
    let all = children(10);
    daemon.client().must_take(&flat(&all, 1)).await;
    until_all_told(&receiver, 10, 0).await;
    receiver.server().faults().set(FaultPlan { delay: Duration::from_secs(2), ..FaultPlan::default() });
    let agreements = |round| all.iter().map(|child| child.agreement(round)).collect::<Vec<_>>();
    daemon.client().must_take(&agreements(1)).await;
    let before = facts(&daemon);
    wait_until("some deliveries are under way", async || receiver.server().captured().count() > all.len()).await;

    // The log lies on the same disk, and it too is longer than what can be written.
    daemon.pad_log(8192);
    daemon.limit_files(Some(4096));
    wait_until("nothing more can be written", async || {
        daemon.client().get("/readyz").await.is_ok_and(|ready| ready.status == 503)
    })
    .await;
    for _ in 0..5 {
        let refused = daemon.client().post_facts(&agreements(2)).await.unwrap();
        assert_eq!(
            (refused.status, refused.json["code"].as_str()),
            (503, Some("store_unavailable")),
            "{}",
            refused.text
        );
    }
    // What is under way takes effect, but cannot be noted as delivered.
    wait_until("what was under way has taken effect", async || receiver.counts().effects > all.len() as u64).await;
    assert_eq!(daemon.client().get("/livez").await.unwrap().status, 200);
    assert!(daemon.runs());

    receiver.server().faults().clear();
    daemon.limit_files(None);
    assert_eq!(facts(&daemon), before, "what was refused is not in the ledger");
    wait_until("it is ready again", async || daemon.client().get("/readyz").await.unwrap().status == 200).await;
    daemon.client().must_take(&agreements(2)).await;
    until_all_told(&receiver, 10, 2).await;
    assert_no_doubled_effect(&receiver);
    // Also after a power cut nothing of it is broken.
    daemon.kill9();
    daemon.restart().await;
    assert_all_in_ledger(&daemon.client(), &flat(&all, 3)).await;
    assert!(daemon.folder.cli(&["audit", "verify"]).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_answered_413_and_nothing_of_it_is_taken() {
    let mut folder = Folder::sqlite();
    folder.set("web.max_body_bytes = 20000");
    let daemon = Daemon::start(folder).await;
    let all = flat(&children(40), 1);
    let refused = daemon.client().post_facts(&all).await.unwrap();
    assert_eq!((refused.status, refused.json["code"].as_str()), (413, Some("body_too_large")), "{}", refused.text);
    assert_eq!(facts(&daemon), 0);
    daemon.client().must_take(&all[..20]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_that_never_ends_its_body_or_its_head_is_let_go() {
    let mut folder = Folder::sqlite();
    folder.set("web.request_timeout_seconds = 1");
    let daemon = Daemon::start(folder).await;
    let head = format!(
        "POST /api/v1/facts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {CLIENT}-token\r\n\
         Content-Type: application/json\r\nContent-Length: 1000\r\n"
    );
    let never_ending_body = talk(&daemon, &format!("{head}\r\n[")).await;
    assert!(never_ending_body.starts_with("HTTP/1.1 408"), "{never_ending_body}");
    let never_ending_head = talk(&daemon, &head).await;
    assert!(never_ending_head.is_empty() || never_ending_head.starts_with("HTTP/1.1 408"), "{never_ending_head}");
    assert_eq!(facts(&daemon), 0);
    daemon.client().must_take(&flat(&children(1), 1)).await;
}

/// Says this and no more; gives what comes until the other end closes or has answered.
async fn talk(daemon: &Daemon, words: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", daemon.folder.port())).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut said = vec![0; 4096];
    let reading = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut said));
    let count = reading.await.expect("the sender is let go").unwrap_or(0);
    String::from_utf8_lossy(&said[..count]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_settings_keep_the_old_ones_and_good_ones_are_swapped_in_while_it_runs() {
    let (first, second) = (Receiver::start(SECRET).await.unwrap(), Receiver::start(SECRET).await.unwrap());
    let folder = Folder::sqlite();
    http_recipient(&folder, "ke", "koordinerende_enhet", &["ke"], &first);
    let mut daemon = Daemon::start(folder).await;
    let all = children(10);
    daemon.client().must_take(&flat(&all, 1)).await;
    until_all_told(&first, 10, 0).await;

    // One good file and one bad: nothing of either counts.
    http_recipient(&daemon.folder, "helse", "helsestasjon", &["helsestasjon"], &second);
    daemon.folder.system("ppt", "kind = \"ppt_komunal\"\nmunicipalities = [\"9901\"]\n");
    daemon.reload();
    wait_until("the reload is refused", async || daemon.log().contains("reload refused")).await;
    assert!(daemon.log().contains("ppt_kommunal"), "the log says what was meant:\n{}", daemon.log());
    daemon.client().must_take(&all.iter().map(|child| child.agreement(1)).collect::<Vec<_>>()).await;
    until_all_told(&first, 10, 1).await;
    assert_eq!(second.counts().effects, 0);
    assert!(daemon.runs());

    daemon.folder.system("ppt", "kind = \"ppt_kommunal\"\nmunicipalities = [\"9901\"]\n");
    daemon.reload();
    until_all_told(&second, 10, 1).await;
    assert_eq!(first.counts().effects, 20, "who had everything is not told again");
    assert_no_doubled_effect(&second);
    assert_eq!(Child::told_after(1).0, "helsestasjon");
}
