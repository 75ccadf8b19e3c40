//! How long an answer takes for a common, a long and a very long history.
#![allow(missing_docs, reason = "criterion's macros make public items")]

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use samhold_duty::{Family, Reconcile, Rules, answer, next_change};
use samhold_model::dates::add_days;
use samhold_model::{Date, Fact, FactBody, Law};

const FIRST: Date = jiff::civil::date(2022, 8, 1);

/// Services that come and go, agree and disagree, day after day.
fn body(n: u64) -> FactBody {
    let service = format!("tjeneste-{}", n % 23);
    match n % 7 {
        0 => FactBody::ServiceStarted {
            service,
            kind: "kommunal_helse".into(),
            level: None,
            municipality: None,
            until: None,
        },
        1 => FactBody::CooperationNeeded { participants: vec![service, format!("tjeneste-{}", n % 11)] },
        2 => FactBody::HolderAgreed { service, parties: vec![] },
        3 => FactBody::HolderClaimed { service },
        4 => FactBody::DisputeRaised { parties: vec![service] },
        5 => FactBody::PersonAbsent { person: format!("p{}", n % 5), expected_until: None },
        _ => FactBody::HolderDisclaimed { service },
    }
}

fn history(count: u64) -> Vec<Fact> {
    (0..count)
        .map(|n| {
            let at = add_days(FIRST, i64::try_from(n).unwrap_or_default() / 2);
            Fact { id: format!("e{n}"), at, recorded_at: at, order: n, source: None, body: body(n) }
        })
        .collect()
}

fn answers(c: &mut Criterion) {
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    let family = Family { guardians: vec!["mor".into()], ..Family::default() };
    let mut group = c.benchmark_group("answer");
    for count in [30, 200, 2_000] {
        let facts = history(count);
        let today = add_days(FIRST, 1_500);
        group.bench_with_input(BenchmarkId::new("who_holds", count), &facts, |b, facts| {
            b.iter(|| answer(&family, facts, today, None, &rules));
        });
        group.bench_with_input(BenchmarkId::new("next_change", count), &facts, |b, facts| {
            b.iter(|| next_change(&family, facts, today, None, &rules));
        });
    }
    group.finish();
}

criterion_group!(benches, answers);
criterion_main!(benches);
