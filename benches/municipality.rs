//! What a municipality costs in the daemon itself, on SQLite: 10 000 children worked out, their kept history made again from the
//! facts, and a midnight on which 200 of many change. Each child has its dossier, its answer, and what each of four recipients
//! may see of it.
//!
//! Nothing is asserted about time, only that exactly those are worked out who should be. `SAMHOLD_BENCH_CHILDREN` takes fewer.
#![allow(missing_docs, reason = "criterion's macros make public items")]
#![allow(clippy::unwrap_used, reason = "a bench may stop")]

use std::path::Path;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use samhold::clock::Clock;
use samhold::connect::{build, open_store};
use samhold::sync::rebuild::{Scope, check};
use samhold::sync::{Engine, Live, work_out_once};
use samhold_model::dates::add_days;
use samhold_model::{ChildId, Date, FactId, Instant, MunicipalityNo, SystemName};
use samhold_store::NewFact;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const HERE: &str = "9901";
const MIDNIGHT: usize = 200;
const FIRST: Date = jiff::civil::date(2025, 1, 13);
const NOW: &str = "2026-05-01T00:00:05+02:00";

#[expect(clippy::disallowed_methods, reason = "a bench has no settings of its own to say how much of it to run")]
fn children() -> usize {
    std::env::var("SAMHOLD_BENCH_CHILDREN").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000)
}

fn now() -> Instant {
    NOW.parse().unwrap()
}

/// Settings with a school, a health station, PPT and the koordinerende enhet, all of whom fetch what they may know.
fn settings(folder: &Path) -> Live {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    std::fs::create_dir(folder.join("systems")).unwrap();
    write("key", &"5a".repeat(32));
    write("token", "a token");
    let file = |name: &str| json!(folder.join(name)).to_string();
    write(
        "samhold.toml",
        &format!(
            "realm = \"test\"\n[store]\nsqlite = {}\nmaster_key = {{ file = {} }}\n[web]\nlisten = \"127.0.0.1:0\"\n\
             [municipality.{HERE}]\nname = \"Fjellvik kommune\"\ncontact_point = \"ke@fjellvik.example\"\n",
            file("samhold.db"),
            file("key")
        ),
    );
    let mut services = String::new();
    for (id, kind) in SERVICES {
        services +=
            &format!("[[service]]\nid = \"{id}\"\nkind = \"{kind}\"\nname = \"{id}\"\nmunicipality = \"{HERE}\"\n");
        write(
            &format!("systems/{id}.toml"),
            &format!(
                "kind = \"{kind}\"\nmunicipalities = [\"{HERE}\"]\nservices = [\"{id}\"]\ntoken = {{ file = {} }}\n\
                 [recipient.pull]\n",
                file("token")
            ),
        );
    }
    write("services.toml", &services);
    build(folder).unwrap()
}

const SERVICES: [(&str, &str); 4] = [
    ("skolen", "skole_kommunal"),
    ("helsestasjonen", "helsestasjon"),
    ("ppt", "ppt_kommunal"),
    ("enheten", "koordinerende_enhet"),
];

/// What happens around a child in a year and a half, one thing after the other.
fn story(child: ChildId, nr: usize) -> Vec<NewFact> {
    let serves = SERVICES.map(|(service, kind)| json!({"type": "service_started", "service": service, "kind": kind}));
    let two = ["skolen", "ppt"];
    let agreed = |n: usize| json!({"type": "holder_agreed", "service": two.get(n % 2), "parties": two});
    let mut all: Vec<Value> = vec![
        json!({"type": "birth_date", "date": "2017-03-14"}),
        json!({"type": "address_protection", "value": "none"}),
    ];
    all.extend(serves);
    all.push(json!({"type": "cooperation_needed", "participants": ["skolen", "helsestasjonen", "ppt"]}));
    all.extend((0..10 + nr % 8).map(agreed));
    all.push(json!({"type": "dispute_raised", "parties": two}));
    all.push(json!({"type": "holder_decided", "service": "skolen", "by": "kommunedirektor"}));
    let facts = all.into_iter().enumerate().map(|(n, body)| NewFact {
        id: FactId::new(),
        child,
        municipality: MunicipalityNo::new(HERE),
        at: add_days(FIRST, i64::try_from(n).unwrap() * 14),
        recorded_at: now(),
        source: SystemName::new("kommunen"),
        record: None,
        scope: None,
        body,
    });
    facts.collect()
}

/// A town of so many children, worked out once.
struct Town {
    engine: Arc<Engine>,
    children: Vec<ChildId>,
    _folder: tempfile::TempDir,
}

impl Town {
    async fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let live = settings(folder.path());
        let store = open_store(&live.loaded.settings.store).await.unwrap();
        let children: Vec<ChildId> = (0..count).map(|_| ChildId::new()).collect();
        for (nr, some) in children.chunks(100).enumerate() {
            let facts = some.iter().enumerate().flat_map(|(n, child)| story(*child, nr * 100 + n));
            store.append(facts.collect()).await.unwrap();
        }
        let engine = Engine::new(store, Clock::starting_at(now()), live);
        let town = Self { engine, children, _folder: folder };
        assert_eq!(town.work_out().await, count);
        town
    }

    /// Works out everyone who is marked.
    async fn work_out(&self) -> usize {
        let mut all = 0;
        loop {
            match work_out_once(&self.engine).await.unwrap() {
                0 => return all,
                some => all += some,
            }
        }
    }

    async fn rebuild(&self) -> usize {
        let rules = |number: &MunicipalityNo| self.engine.live().duty_rules(number.as_str());
        let (store, today) = (self.engine.store.as_ref(), self.engine.clock.today());
        let tally = check(store, &Scope::default(), today, rules, drop).await.unwrap();
        assert_eq!((tally.children, tally.differ, tally.waiting), (self.children.len(), 0, 0));
        tally.versions
    }

    async fn midnight(&self) {
        for child in self.children.iter().take(MIDNIGHT) {
            self.engine.store.mark(*child, &MunicipalityNo::new(HERE)).await.unwrap();
        }
        assert_eq!(self.work_out().await, MIDNIGHT.min(self.children.len()));
    }
}

fn municipality(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let town = runtime.block_on(Town::new(children()));
    let mut group = c.benchmark_group("municipality_in_the_daemon");
    group.sample_size(10).throughput(Throughput::Elements(town.children.len() as u64));
    group.bench_function(BenchmarkId::new("rebuild_check", town.children.len()), |b| {
        b.iter(|| runtime.block_on(town.rebuild()));
    });
    group.bench_function(BenchmarkId::new("all_worked_out_anew", town.children.len()), |b| {
        b.iter(|| {
            runtime.block_on(async {
                town.engine.store.mark_all().await.unwrap();
                assert_eq!(town.work_out().await, town.children.len());
            });
        });
    });
    group.finish();
    let mut group = c.benchmark_group("midnight_in_the_daemon");
    group.sample_size(10).throughput(Throughput::Elements(MIDNIGHT as u64));
    let few = runtime.block_on(Town::new(MIDNIGHT));
    for town in [&few, &town] {
        group.bench_function(BenchmarkId::new("200_worked_out_of", town.children.len()), |b| {
            b.iter(|| runtime.block_on(town.midnight()));
        });
    }
    group.finish();
}

criterion_group!(benches, municipality);
criterion_main!(benches);
