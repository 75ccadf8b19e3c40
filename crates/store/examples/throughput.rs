//! Prints how many records a second the store journals: one sender waiting for each answer, and many at once.
//!
//! `cargo run --release -p samhold-store --example throughput [FOLDER | postgres://…]`; without an argument in a
//! folder of its own. The numbers depend on the disk; nothing is asserted.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use samhold_model::SystemName;
use samhold_store::{Keys, NewRecord, Store, StoreSettings, open};

type Done = Result<(), Box<dyn Error + Send + Sync>>;

fn record(sender: usize, number: usize) -> NewRecord {
    NewRecord {
        system: SystemName::new("skole"),
        key: format!("{sender}-{number}"),
        content_type: "application/json".to_owned(),
        body: vec![b'x'; 1_000],
        gone: false,
        delivery_id: None,
    }
}

async fn send(store: Arc<dyn Store>, sender: usize, count: usize) -> Done {
    for number in 0..count {
        store.accept(vec![record(sender, number)], None, "2026-01-01T00:00:00Z".parse()?).await?;
    }
    Ok(())
}

async fn measure(store: &Arc<dyn Store>, first: usize, senders: usize, each: usize) -> Done {
    let start = Instant::now();
    let tasks: Vec<_> =
        (0..senders).map(|n| tokio::spawn(send(store.clone(), first.saturating_add(n), each))).collect();
    for task in tasks {
        task.await??;
    }
    let seconds = start.elapsed().as_secs_f64();
    let rows = f64::from(u32::try_from(senders.saturating_mul(each))?);
    println!(
        "{senders:>4} senders: {:>8.0} records/s, {:.2} ms for an answer",
        rows / seconds,
        seconds * 1e3 / rows * f64::from(u32::try_from(senders)?)
    );
    Ok(())
}

#[tokio::main]
async fn main() -> Done {
    let own = tempfile::tempdir()?;
    let settings = match std::env::args().nth(1) {
        Some(url) if url.starts_with("postgres") => StoreSettings::Postgres { url },
        Some(folder) => StoreSettings::Sqlite { path: PathBuf::from(folder).join("throughput.db") },
        None => StoreSettings::Sqlite { path: own.path().join("throughput.db") },
    };
    let store = open(&settings, Keys::generate()?).await?;
    measure(&store, 0, 1, 1_000).await?;
    measure(&store, 1, 20, 250).await?;
    measure(&store, 21, 200, 50).await
}
