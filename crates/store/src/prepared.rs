//! Has both databases parse and plan every statement of the store: what a checked query macro would give.

use sqlx::{Connection, PgConnection, Pool};

use crate::dialect::Dialect;
use crate::{
    answers, audit, checkpoints, dead, deliveries, feed, identity, inbox, keyring, ledger, marks, outbox, status,
};
use crate::{open, same, seals, tasks, verify, views, waiting};

fn every_statement() -> Vec<(&'static str, &'static str)> {
    let modules = [
        answers::ALL,
        audit::ALL,
        checkpoints::ALL,
        dead::ALL,
        deliveries::ALL,
        feed::ALL,
        identity::ALL,
        inbox::ALL,
        keyring::ALL,
        ledger::ALL,
        marks::ALL,
        outbox::ALL,
        same::ALL,
        seals::ALL,
        status::ALL,
        tasks::ALL,
        verify::ALL,
        views::ALL,
        waiting::ALL,
    ];
    modules.concat()
}

async fn prepare_all<D: Dialect>(pool: &Pool<D>) -> Vec<String> {
    let mut conn = pool.acquire().await.unwrap();
    let mut refused = Vec::new();
    for (name, sql) in every_statement() {
        if let Err(error) = D::prepare(&mut conn, sql).await {
            refused.push(format!("{name}: {error}"));
        }
    }
    refused
}

#[tokio::test]
async fn sqlite_understands_every_statement() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, _) = open::sqlite(&folder.path().join("samhold.db")).await.unwrap();
    assert!(every_statement().len() > 80);
    assert_eq!(prepare_all(&writer).await, Vec::<String>::new());
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test is told by its environment where the server is")]
async fn postgres_understands_every_statement() {
    let Some(server) = std::env::var("SAMHOLD_TEST_POSTGRES").ok().filter(|url| !url.is_empty()) else {
        return eprintln!("skipped: SAMHOLD_TEST_POSTGRES names no server");
    };
    let name = format!("samhold_test_{}", uuid::Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&server).await.unwrap();
    let run = |sql: String| sqlx::AssertSqlSafe(sql);
    sqlx::query(run(format!("create schema {name}"))).execute(&mut admin).await.unwrap();
    let mark = if server.contains('?') { '&' } else { '?' };
    let (writer, _) = open::postgres(&format!("{server}{mark}options[search_path]={name}")).await.unwrap();
    assert_eq!(prepare_all(&writer).await, Vec::<String>::new());
    writer.close().await;
    sqlx::query(run(format!("drop schema {name} cascade"))).execute(&mut admin).await.unwrap();
}

/// At midnight a child whose day has not come must cost nothing.
#[tokio::test]
async fn those_whose_day_has_come_are_found_by_the_index_of_dates() {
    let folder = tempfile::tempdir().unwrap();
    let (writer, _) = open::sqlite(&folder.path().join("samhold.db")).await.unwrap();
    let mut conn = writer.acquire().await.unwrap();
    for due in ["MARK_DUE", "CLEAR_DUE"] {
        let (_, sql) = marks::ALL.iter().find(|(name, _)| *name == due).unwrap();
        let explain = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
        let plan: Vec<(i64, i64, i64, String)> =
            sqlx::query_as(explain).bind("2026-05-01").fetch_all(&mut *conn).await.unwrap();
        let plan = plan.into_iter().map(|(_, _, _, step)| step).collect::<Vec<_>>().join("; ");
        assert!(plan.contains("USING INDEX settled_next (next_change>? AND next_change<?)"), "{due}: {plan}");
        assert!(!plan.contains("SCAN s"), "{due}: {plan}");
    }
}
