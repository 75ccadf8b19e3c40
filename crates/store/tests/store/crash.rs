//! What was acknowledged survives a killed process and a full disk. Both are done for real, to a process of its own.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use samhold_store::{Store, StoreSettings, open};

use crate::support::{at, from_school, keys, some_fact};

const FOLDER: &str = "SAMHOLD_TEST_CRASH_FOLDER";

fn settings(folder: &Path) -> StoreSettings {
    StoreSettings::Sqlite { path: folder.join("samhold.db") }
}

/// Runs one of the tests below, meant for that, in a process of its own.
fn in_own_process(test: &str, folder: &Path, shell: &str) -> Output {
    let program = std::env::current_exe().unwrap();
    Command::new("sh")
        .arg("-c")
        .arg(format!("{shell} exec \"$0\" --exact \"$1\" --ignored --nocapture --test-threads 1"))
        .arg(program)
        .arg(test)
        .env(FOLDER, folder)
        .output()
        .unwrap()
}

#[expect(clippy::disallowed_methods, reason = "the process is told by its environment where to work")]
async fn store_of_this_process() -> Arc<dyn Store> {
    let folder = std::env::var(FOLDER).unwrap();
    open(&settings(Path::new(&folder)), keys()).await.unwrap()
}

/// The numbers a process said it had been told were kept.
fn acknowledged(output: &Output) -> Vec<usize> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().filter_map(|line| line.split("kept ").nth(1)?.trim().parse().ok()).collect()
}

async fn kept(folder: &Path) -> Vec<String> {
    let store = open(&settings(folder), keys()).await.unwrap();
    store.unmapped(100_000).await.unwrap().into_iter().map(|record| record.key).collect()
}

#[tokio::test]
async fn a_killed_process_loses_nothing_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let output = in_own_process("crash::the_process_that_is_killed", folder.path(), "");
    assert!(!output.status.success());
    let acknowledged = acknowledged(&output);
    assert!(acknowledged.len() >= 50, "{output:?}");
    let kept = kept(folder.path()).await;
    for number in acknowledged {
        assert!(kept.contains(&format!("elev-{number}")), "elev-{number} was acknowledged and is gone");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by another test in a process of its own"]
async fn the_process_that_is_killed() {
    let store = store_of_this_process().await;
    let told = Arc::new(AtomicUsize::new(0));
    for number in 0..200 {
        let (store, told) = (store.clone(), told.clone());
        tokio::spawn(async move {
            store.accept(vec![from_school(&format!("elev-{number}"), "A")], None, at(0)).await.unwrap();
            println!("kept {number}");
            // Which are told first is the scheduler's choice; how many, not.
            if told.fetch_add(1, Ordering::SeqCst) == 100 {
                // No destructor runs, nothing is closed.
                std::process::abort();
            }
        });
    }
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
}

#[tokio::test]
async fn a_full_disk_is_an_error_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    // No file may grow beyond 1 MiB (`ulimit -f` counts blocks of 512 bytes), and the signal that says so is ignored,
    // as it is on a disk that is full: the write just fails.
    let output = in_own_process("crash::the_process_on_the_full_disk", folder.path(), "trap '' XFSZ; ulimit -f 2048;");
    assert!(output.status.success(), "{output:?}");
    let acknowledged = acknowledged(&output);
    assert!(!acknowledged.is_empty());
    let kept = kept(folder.path()).await;
    for number in acknowledged {
        assert!(kept.contains(&format!("elev-{number}")), "elev-{number} was acknowledged and is gone");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by another test in a process of its own"]
async fn the_process_on_the_full_disk() {
    let store = store_of_this_process().await;
    let body = "x".repeat(16_384);
    let mut refused = 0;
    for number in 0..400 {
        match store.accept(vec![from_school(&format!("elev-{number}"), &body)], None, at(0)).await {
            Ok(_) => println!("kept {number}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0, "the disk was never full");
    // It still answers, and still says no instead of losing something.
    assert!(!store.unmapped(10).await.unwrap().is_empty());
    let facts = (0..500).map(|_| some_fact(samhold_model::ChildId::new())).collect();
    assert!(store.append(facts).await.is_err());
}
