//! `samhold duty rebuild` as an operator types it, beside the built daemon.

use serde_json::json;
use sqlx::{Connection, Executor, SqliteConnection};

use crate::common::{Daemon, Folder};
use crate::ledger::Ledger;
use crate::story::{agreed, at_rest, child};

async fn played() -> Daemon {
    let daemon = Daemon::start(Folder::sqlite()).await;
    let child = child(0);
    daemon.client().must_take(&agreed(&child)).await;
    at_rest(&daemon, &[]).await;
    for round in 1..3 {
        daemon.client().must_take(&[child.agreement(round)]).await;
        at_rest(&daemon, &[]).await;
    }
    daemon
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_counts_what_it_made_again_and_ends_with_0_while_nothing_differs() {
    let daemon = played().await;
    let text = daemon.folder.cli_text(&["duty", "rebuild", "--check"]);
    let last = text.lines().last().unwrap();
    assert!(last.ends_with("versions of 1 children rebuilt, 0 differ"), "{text}");
    assert!(!last.starts_with("0 "), "{text}");
    let elsewhere = daemon.folder.cli_text(&["duty", "rebuild", "--check", "--municipality", "9902"]);
    assert_eq!(elsewhere.trim_end(), "0 versions of 0 children rebuilt, 0 differ");
    let tally = daemon.folder.cli_text(&["duty", "rebuild", "--check", "--json"]);
    let tally: serde_json::Value = serde_json::from_str(&tally).unwrap();
    assert_eq!((&tally["children"], &tally["differ"], &tally["waiting"]), (&json!(1), &json!(0), &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_answers_that_changed_places_are_found_and_it_ends_with_1() {
    let mut daemon = played().await;
    daemon.terminate().await;
    let file = daemon.folder.sqlite_file();
    let mut conn = SqliteConnection::connect(&file.to_string_lossy()).await.unwrap();
    let swap = "update answers set answer = (select o.answer from answers o where o.version = 3 - answers.version) \
                where version in (1, 2)";
    assert_eq!(conn.execute(swap).await.unwrap().rows_affected(), 2);
    conn.close().await.unwrap();
    let out = daemon.folder.cli(&["duty", "rebuild", "--check"]);
    let text = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1), "{text}");
    assert!(text.contains("history: stored unreadable, rebuilt readable"), "{text}");
    assert!(text.trim_end().ends_with("rebuilt, 1 differ"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_check_the_children_are_worked_out_anew_and_nothing_changes() {
    let daemon = played().await;
    let number = child(0).number;
    let ledger = Ledger::of(&daemon.folder).await;
    let before = ledger.answer(&daemon, &number).await;
    let id = ledger.child(&number).await.unwrap().to_string();
    for command in [vec!["duty", "rebuild"], vec!["duty", "rebuild", "--child", &id]] {
        let text = daemon.folder.cli_text(&command);
        assert_eq!(text.trim_end(), "1 children are marked; the daemon works them out anew when it runs");
    }
    at_rest(&daemon, &[]).await;
    assert_eq!(ledger.answer(&daemon, &number).await, before);
    let text = daemon.folder.cli_text(&["duty", "rebuild", "--check"]);
    assert!(text.trim_end().ends_with("rebuilt, 0 differ"), "{text}");
}
