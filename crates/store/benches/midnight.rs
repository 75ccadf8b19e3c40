//! What midnight costs: many settled children in SQLite, of whom 200 change today. Finding them, working them out and settling
//! them anew should cost what 200 cost, however many there are beside them.
//!
//! Nothing is asserted about time, only that exactly the 200 are found.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::unwrap_used, reason = "a bench may stop")]

use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use samhold_duty::{Family, Reconcile, Rules, answer, next_change};
use samhold_model::dates::date_of;
use samhold_model::{ChildId, Date, Fact, FactId, Law, MunicipalityNo, SystemName};
use samhold_store::{Keys, Marked, NewFact, Settlement, Store, StoreSettings, StoredFact, open};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Runtime;

const CHANGE: usize = 200;
/// What is known of each of the 200.
const FACTS: usize = 30;
const TODAY: Date = jiff::civil::date(2026, 5, 1);
const LATER: Date = jiff::civil::date(2031, 5, 1);
const NOW: &str = "2026-05-01T00:00:05+02:00";

/// Services come, cooperate and agree, again and again.
fn body(n: usize) -> Value {
    let service = format!("tjeneste-{}", n % 3);
    match n % 3 {
        0 => json!({"type": "service_started", "service": service, "kind": "kommunal_helse"}),
        1 => json!({"type": "cooperation_needed", "participants": ["tjeneste-0", service]}),
        _ => json!({"type": "holder_agreed", "service": "tjeneste-0", "parties": []}),
    }
}

fn fact(child: ChildId, n: usize) -> NewFact {
    NewFact {
        id: FactId::new(),
        child,
        municipality: MunicipalityNo::new("9901"),
        at: jiff::civil::date(2025, 8, 18),
        recorded_at: NOW.parse().unwrap(),
        source: SystemName::new("skole"),
        record: None,
        scope: None,
        body: body(n),
    }
}

/// Children that were settled long ago. Those that stay as they are are written straight into the table, the 200 through
/// the store with their facts.
async fn town(store: &dyn Store, file: &Path, children: usize) {
    let mut conn = SqliteConnection::connect(&file.to_string_lossy()).await.unwrap();
    let mut all = conn.begin().await.unwrap();
    for _ in CHANGE..children {
        sqlx::query("insert into settled (child, municipality, token, next_change) values ($1, '9901', 0, $2)")
            .bind(ChildId::new().to_string())
            .bind(LATER.to_string())
            .execute(&mut *all)
            .await
            .unwrap();
    }
    all.commit().await.unwrap();
    for _ in 0..CHANGE {
        let child = ChildId::new();
        store.append((0..FACTS).map(|n| fact(child, n)).collect()).await.unwrap();
    }
}

fn read(rows: &[StoredFact]) -> Vec<Fact> {
    let fact = |(order, row): (usize, &StoredFact)| Fact {
        of_municipality: false,
        id: row.id.to_string(),
        at: row.at,
        recorded_at: date_of(row.recorded_at),
        order: u64::try_from(order).unwrap(),
        source: None,
        body: serde_json::from_value(row.body.clone()).unwrap(),
    };
    rows.iter().enumerate().map(fact).collect()
}

/// Works a marked child out and settles it with this next date.
async fn work_out(store: &dyn Store, marked: Marked, rules: &Rules, next: Date) {
    let facts = read(&store.facts_of(marked.child, &marked.municipality).await.unwrap());
    let family = Family::default();
    std::hint::black_box(answer(&family, &facts, TODAY, None, rules));
    std::hint::black_box(next_change(&family, &facts, TODAY, None, rules));
    let settlement = Settlement {
        marked,
        answer: None,
        alerts: Vec::new(),
        next_change: Some(next),
        wanted: Vec::new(),
        audit: Vec::new(),
        rules: None,
        now: NOW.parse().unwrap(),
    };
    store.settle(settlement).await.unwrap();
}

async fn work_out_all(store: &dyn Store, rules: &Rules, next: Date) -> usize {
    let marked = store.marked(1_000).await.unwrap();
    let count = marked.len();
    for child in marked {
        work_out(store, child, rules, next).await;
    }
    count
}

/// One midnight, its evening before not counted: the time to find those whose day it is, and the time for everything.
async fn one(store: &dyn Store, rules: &Rules) -> (Duration, Duration) {
    let start = Instant::now();
    let found = store.mark_due(TODAY).await.unwrap();
    let finding = start.elapsed();
    let settled = work_out_all(store, rules, LATER).await;
    let whole = start.elapsed();
    assert_eq!((found, settled), (i64::try_from(CHANGE).unwrap(), CHANGE));
    assert_eq!(store.mark_due(TODAY).await.unwrap(), 0);
    for child in store.children(None, 1_000).await.unwrap() {
        store.mark(child.0, &child.1).await.unwrap();
    }
    work_out_all(store, rules, TODAY).await;
    (finding, whole)
}

fn midnight(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    let mut group = c.benchmark_group("midnight_200_change");
    group.sample_size(10);
    for children in [5_000, 500_000] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("midnight.db");
        let store = runtime.block_on(async {
            let store = open(&StoreSettings::Sqlite { path: path.clone() }, Keys::generate().unwrap()).await.unwrap();
            town(store.as_ref(), &path, children).await;
            work_out_all(store.as_ref(), &rules, TODAY).await;
            store
        });
        for (what, pick) in [("found", 0), ("worked_out", 1)] {
            group.bench_function(BenchmarkId::new(what, children), |b| {
                b.iter_custom(|times| {
                    let nights = (0..times).map(|_| runtime.block_on(one(store.as_ref(), &rules)));
                    nights.map(|(finding, whole)| if pick == 0 { finding } else { whole }).sum()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, midnight);
criterion_main!(benches);
