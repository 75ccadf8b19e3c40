//! How long a decision takes: the floor alone, with the policies asked each time, and with answers remembered.

#![allow(missing_docs, clippy::unwrap_used, reason = "criterion makes the functions")]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use samhold_disclosure::{
    Circumstances, FieldFacts, Guardian, Item, Narrow, Narrowed, Package, Parcel, Recipient, Request, Rules, Share,
    Subject, decide, release,
};
use samhold_model::{Date, Law};
use samhold_policy::PolicySet;
use serde_json::Value;

/// The policies without their memory.
#[derive(Debug)]
struct Forgets(PolicySet);

impl Narrow for Forgets {
    fn permits(&self, facts: &FieldFacts<'_>) -> bool {
        self.0.rule(facts).permitted
    }
}

const FIELDS: [&str; 5] = ["service", "name", "since", "basis", "contact_point"];
const CATEGORIES: [&str; 7] = [
    "coordination_exists",
    "holder_service",
    "coordinator_contact",
    "placement",
    "plan_exists",
    "health_condition",
    "education_support",
];

fn subject() -> Subject {
    Subject {
        birth_date: Some(Date::constant(2015, 1, 1)),
        guardians: vec![Guardian { id: "mor".into(), responsibility: true, contact_ban: false }],
        address_protection: Some("none".into()),
        ..Subject::default()
    }
}

fn to(kind: &str) -> Recipient {
    Recipient { kind: kind.into(), participant: true, id: None }
}

/// Who holds, to a municipal school that takes part.
fn typical() -> Request {
    Request {
        date: Date::constant(2025, 3, 1),
        purpose: "coordination".into(),
        subject: subject(),
        item: Item {
            category: "holder_service".into(),
            from: "kommunal_helse".into(),
            holder_kind: Some("kommunal_helse".into()),
            fields: FIELDS.map(str::to_owned).to_vec(),
            ..Item::default()
        },
        recipient: to("skole_kommunal"),
        flags: Default::default(),
        consents: Vec::new(),
    }
}

fn narrowed(policies: Arc<dyn Narrow>) -> Narrowed {
    let rules = Rules { law: Law::bundled(), config: Share::default() };
    Narrowed { rules, municipality: "9901".into(), policies }
}

/// One change as twelve recipients would see it: seven items each, five fields in each.
fn packages() -> Vec<Package> {
    let kinds = ["skole_kommunal", "helsestasjon", "ppt_kommunal", "nav_kommunal", "barnevern", "barnekoordinator"];
    let parcel = |category: &&str| Parcel {
        category: (*category).into(),
        from: "kommunal_helse".into(),
        holder_kind: Some("kommunal_helse".into()),
        fields: FIELDS.iter().map(|f| ((*f).to_owned(), Value::from("x"))).collect(),
        ..Parcel::default()
    };
    let package = |kind: &&str| Package {
        subject: subject(),
        recipient: to(kind),
        purpose: "coordination".into(),
        flags: Circumstances::default(),
        consents: Vec::new(),
        date: Date::constant(2025, 3, 1),
        items: CATEGORIES.iter().map(parcel).collect(),
    };
    kinds.iter().chain(&kinds).map(package).collect()
}

fn decisions(c: &mut Criterion) {
    let asked = typical();
    let mut group = c.benchmark_group("decision, five fields");
    group.throughput(Throughput::Elements(1));
    let remembers = narrowed(Arc::new(PolicySet::bundled().unwrap()));
    group.bench_function("floor", |b| b.iter(|| decide(black_box(&asked), &remembers.rules)));
    group.bench_function("floor and policies, remembered", |b| b.iter(|| remembers.decide(black_box(&asked))));
    let forgets = narrowed(Arc::new(Forgets(PolicySet::bundled().unwrap())));
    group.bench_function("floor and policies, asked anew", |b| b.iter(|| forgets.decide(black_box(&asked))));
    group.finish();
}

fn fan_out(c: &mut Criterion) {
    let (rules, packages) = (narrowed(Arc::new(PolicySet::bundled().unwrap())), packages());
    c.bench_function("one change to twelve recipients, seven items each", |b| {
        b.iter(|| packages.iter().map(|package| release(black_box(package), &rules).decisions.len()).sum::<usize>())
    });
}

criterion_group!(benches, decisions, fan_out);
criterion_main!(benches);
