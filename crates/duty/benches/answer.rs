//! What an answer costs: for one child by the number of facts, and for a whole municipality worked out anew.
//!
//! Facts are of the kinds and in the mixture that services send; every figure is for the answer and for the next day on
//! which it changes.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use samhold_duty::{Family, Reconcile, Rules, answer, next_change};
use samhold_model::dates::add_days;
use samhold_model::fact::Wish;
use samhold_model::{Date, Fact, FactBody, Law};

const FIRST: Date = jiff::civil::date(2022, 8, 1);
const CHILDREN: u64 = 10_000;

/// What happens around a child, one thing after the other: services come and go, agree, disagree and decide, someone is
/// appointed, is away and comes back.
fn body(n: u64) -> FactBody {
    let service = format!("tjeneste-{}", n % 5);
    match n % 13 {
        0 | 1 | 7 => FactBody::ServiceStarted {
            service,
            kind: "kommunal_helse".into(),
            level: None,
            municipality: None,
            until: None,
        },
        2 => FactBody::CooperationNeeded { participants: vec![service, format!("tjeneste-{}", n % 3)] },
        3 => FactBody::HolderAgreed { service, parties: vec![] },
        4 => FactBody::HolderClaimed { service },
        5 => FactBody::DisputeRaised { parties: vec![service] },
        6 => FactBody::HolderDecided { service, by: "kommunedirektor".into(), valid_to: None, ground: None },
        8 => FactBody::BkWish { by: "mor".into(), wish: Wish::Yes },
        9 => FactBody::BkAppointed { person: "kari".into(), service, by: "koordinerende_enhet".into(), covers: vec![] },
        10 => FactBody::PersonAbsent { person: "kari".into(), expected_until: None },
        11 => FactBody::PersonReturned { person: "kari".into() },
        _ => FactBody::ServiceEnded { service },
    }
}

/// A child whose story begins somewhere else in the row of events, one every second day.
fn history(child: u64, count: u64) -> Vec<Fact> {
    (0..count)
        .map(|n| {
            let at = add_days(FIRST, i64::try_from(n).unwrap_or_default().saturating_mul(2));
            Fact {
                id: format!("e{n}"),
                at,
                recorded_at: at,
                order: n,
                source: None,
                of_municipality: false,
                body: body(n + child),
            }
        })
        .collect()
}

fn family() -> Family {
    Family { birth_date: Some(jiff::civil::date(2017, 3, 14)), guardians: vec!["mor".into()], ..Family::default() }
}

fn rules() -> Rules {
    Rules { law: Law::bundled(), config: Reconcile::default() }
}

/// The day after the last fact.
fn today(facts: &[Fact]) -> Date {
    facts.last().map_or(FIRST, |fact| add_days(fact.at, 1))
}

fn one_child(c: &mut Criterion) {
    let (rules, family) = (rules(), family());
    let mut group = c.benchmark_group("one_child");
    for count in [20, 200, 2_000] {
        let facts = history(0, count);
        let today = today(&facts);
        group.throughput(Throughput::Elements(count));
        group.bench_with_input(BenchmarkId::new("answer", count), &facts, |b, facts| {
            b.iter(|| answer(&family, facts, today, None, &rules));
        });
        group.bench_with_input(BenchmarkId::new("next_change", count), &facts, |b, facts| {
            b.iter(|| next_change(&family, facts, today, None, &rules));
        });
    }
    group.finish();
}

/// Every child has 20 to 40 facts.
fn municipality(c: &mut Criterion) {
    let (rules, family) = (rules(), family());
    let children: Vec<Vec<Fact>> = (0..CHILDREN).map(|child| history(child, 20 + child % 21)).collect();
    let mut group = c.benchmark_group("municipality");
    group.sample_size(10).throughput(Throughput::Elements(CHILDREN));
    group.bench_function("10000_children_answer_and_next_change", |b| {
        b.iter(|| {
            let worked_out = children.iter().map(|facts| {
                let today = today(facts);
                (answer(&family, facts, today, None, &rules), next_change(&family, facts, today, None, &rules))
            });
            worked_out.filter(|(_, next)| next.is_some()).count()
        });
    });
    group.finish();
}

criterion_group!(benches, one_child, municipality);
criterion_main!(benches);
