//! Generated histories: a small cast in a few months, so that facts meet.
//!
//! The children turn 16 and 18, a clause changes and a service has a known end within the months drawn from; in some towns
//! the law itself is corrected then, and single services change hands between municipality and county.

use proptest::prelude::*;
use samhold_duty::config::{ServiceLevels, Suspension};
use samhold_duty::{Family, Reconcile, Rules};
use samhold_model::dates::add_days;
use samhold_model::fact::{BkEndReason, Level, PlanConsent, Wish, YouthView};
use samhold_model::law::ServiceKindChange;
use samhold_model::{Date, Fact, FactBody, Law};
use serde_json::{Map, json};

/// First day of the months drawn from.
pub const FIRST: Date = jiff::civil::date(2024, 5, 20);
/// How many days facts are spread over.
pub const DAYS: i64 = 100;

const SERVICES: &[(&str, &str)] = &[
    ("skole", "skole_kommunal"),
    ("ppt", "ppt_kommunal"),
    ("helse", "kommunal_helse"),
    ("krise", "krisesenter"),
    ("bup", "spesialisthelse"),
    ("nav", "nav_statlig"),
];
const PERSONS: &[&str] = &["kari", "ola", "siv"];

fn service() -> impl Strategy<Value = String> {
    prop::sample::select(SERVICES).prop_map(|(name, _)| name.to_owned())
}

fn services() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(service(), 0..4)
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(str::to_owned)
}

fn person() -> impl Strategy<Value = String> {
    word(PERSONS)
}

fn guardian() -> impl Strategy<Value = String> {
    word(&["mor", "far", "mor", "far", "barnevern", "child"])
}

fn unit() -> impl Strategy<Value = String> {
    word(&["kommunedirektor", "kommunedirektor", "koordinerende_enhet", "rektor"])
}

fn appointer() -> impl Strategy<Value = String> {
    word(&["koordinerende_enhet", "koordinerende_enhet", "koordinerende_enhet", "rektor"])
}

/// A day of the months drawn from.
pub fn day() -> impl Strategy<Value = Date> {
    (0..DAYS).prop_map(|n| add_days(FIRST, n))
}

fn later() -> impl Strategy<Value = Option<Date>> {
    prop::option::of((0..DAYS + 20).prop_map(|n| add_days(FIRST, n)))
}

fn started() -> impl Strategy<Value = FactBody> {
    let level = prop::option::weighted(0.1, prop::sample::select(&[Level::Kommunal, Level::Fylkeskommunal][..]));
    let municipality = prop::option::weighted(0.1, word(&["9901", "9902"]));
    (prop::sample::select(SERVICES), level, municipality, later()).prop_map(
        |((name, kind), level, municipality, until)| FactBody::ServiceStarted {
            service: name.into(),
            kind: kind.into(),
            level,
            municipality,
            until,
        },
    )
}

fn naming() -> impl Strategy<Value = FactBody> {
    prop_oneof![
        (service(), services()).prop_map(|(service, parties)| FactBody::HolderAgreed { service, parties }),
        service().prop_map(|service| FactBody::HolderClaimed { service }),
        service().prop_map(|service| FactBody::HolderDisclaimed { service }),
        services().prop_map(|parties| FactBody::DisputeRaised { parties }),
        (service(), unit(), later()).prop_map(|(service, by, valid_to)| FactBody::HolderDecided {
            service,
            by,
            valid_to,
            ground: None,
        }),
        unit().prop_map(|by| FactBody::DecisionWithdrawn { by, ground: None }),
        word(&["rektor"]).prop_map(|to| FactBody::DelegationGranted { to }),
        word(&["rektor"]).prop_map(|to| FactBody::DelegationWithdrawn { to }),
    ]
}

fn coordinator() -> impl Strategy<Value = FactBody> {
    let covers = prop::sample::select(vec![vec![], vec!["B".to_owned()], vec!["C".to_owned()]]);
    let reason = prop::sample::select(&[BkEndReason::NeedCeased, BkEndReason::Replaced, BkEndReason::Other][..]);
    prop_oneof![
        (any::<bool>(), unit()).prop_map(|(met, by)| FactBody::BkConditionsAssessed { met, by }),
        (person(), service(), appointer(), covers).prop_map(|(person, service, by, covers)| FactBody::BkAppointed {
            person,
            service,
            by,
            covers
        }),
        (person(), reason).prop_map(|(person, reason)| FactBody::BkEnded { person, reason }),
        (person(), later()).prop_map(|(person, expected_until)| FactBody::PersonAbsent { person, expected_until }),
        person().prop_map(|person| FactBody::PersonReturned { person }),
        person().prop_map(|person| FactBody::PersonLeft { person }),
        (person(), person(), appointer(), later()).prop_map(|(for_person, person, by, until)| {
            FactBody::SubstituteAppointed { for_person, person, by, until }
        }),
        (person(), service()).prop_map(|(person, service)| FactBody::KoordinatorAppointed { person, service }),
        person().prop_map(|person| FactBody::KoordinatorEnded { person }),
        prop::sample::select(&[YouthView::Supports, YouthView::Objects][..])
            .prop_map(|view| FactBody::BkYouthView { view }),
    ]
}

fn wish() -> impl Strategy<Value = FactBody> {
    (guardian(), prop::sample::select(&[Wish::Yes, Wish::Yes, Wish::Yes, Wish::No, Wish::Withdrawn][..]))
        .prop_map(|(by, wish)| FactBody::BkWish { by, wish })
}

fn plan() -> impl Strategy<Value = FactBody> {
    let value = prop::sample::select(
        &[PlanConsent::Given, PlanConsent::Given, PlanConsent::Refused, PlanConsent::Withdrawn][..],
    );
    prop_oneof![
        service().prop_map(|by| FactBody::IpNeed { by }),
        (guardian(), value).prop_map(|(by, value)| FactBody::IpConsent { by, value }),
        (word(&["ip-1", "ip-2"]), service()).prop_map(|(plan, by)| FactBody::IpStarted { plan, by }),
        word(&["ip-1", "ip-2"]).prop_map(|plan| FactBody::IpEnded { plan }),
        service().prop_map(|service| FactBody::IpMainAgreed { service }),
        services().prop_map(|parties| FactBody::IpMainDisputed { parties }),
        (service(), unit()).prop_map(|(service, by)| FactBody::IpMainDecided { service, by }),
    ]
}

fn family_fact() -> impl Strategy<Value = FactBody> {
    prop_oneof![
        6 => Just(FactBody::CooperationNotNeeded { by: "skole".into() }),
        2 => word(&["9901", "9902", "9901"]).prop_map(|to| FactBody::Moved { to }),
        1 => Just(FactBody::Died {}),
        1 => Just(FactBody::PregnancyEnded {}),
        2 => Just(FactBody::CareOrder { by: "nemnd".into() }),
        2 => prop::sample::select(vec![vec!["mor".to_owned()], vec!["mor".to_owned(), "ny".to_owned()], vec![]])
            .prop_map(|guardians| FactBody::GuardiansChanged { guardians }),
        2 => word(&["9901", "9902"]).prop_map(|m| FactBody::Placed { municipality: m, care_municipality: "9901".into() }),
        2 => word(&["B", "C"]).prop_map(|child| FactBody::Born { child }),
    ]
}

fn correction() -> impl Strategy<Value = FactBody> {
    let replace = prop_oneof![
        Just(Map::new()),
        day().prop_map(|at| Map::from_iter([("at".to_owned(), json!(at))])),
        service().prop_map(|s| Map::from_iter([("service".to_owned(), json!(s))])),
        Just(Map::from_iter([("void".to_owned(), json!(false)), ("at".to_owned(), json!(7))])),
    ];
    (0u8..40, replace, prop::bool::weighted(0.3)).prop_map(|(of, replace, void)| FactBody::Correction {
        of: format!("e{of}"),
        replace,
        void,
    })
}

fn body() -> impl Strategy<Value = FactBody> {
    prop_oneof![
        8 => started(),
        3 => service().prop_map(|service| FactBody::ServiceEnded { service }),
        6 => services().prop_map(|participants| FactBody::CooperationNeeded { participants }),
        10 => naming(),
        10 => coordinator(),
        8 => wish(),
        5 => plan(),
        3 => family_fact(),
        2 => correction(),
    ]
}

/// Facts with their own ids and order; most are recorded on their day, some earlier, some later.
pub fn facts(most: usize) -> impl Strategy<Value = Vec<Fact>> {
    let delay = prop_oneof![4 => Just(0i64), 1 => -30i64..30];
    prop::collection::vec((body(), day(), delay), 0..most).prop_map(|drawn| {
        let numbered = drawn.into_iter().enumerate();
        numbered
            .map(|(n, (body, at, delay))| Fact {
                id: format!("e{n}"),
                at,
                recorded_at: add_days(at, delay),
                order: n as u64,
                source: None,
                of_municipality: false,
                body,
            })
            .collect()
    })
}

/// Children born and expected, near 16, near 18 and small.
pub fn family() -> impl Strategy<Value = Family> {
    let birth = prop_oneof![
        Just(Some(jiff::civil::date(2006, 7, 1))),
        Just(Some(jiff::civil::date(2008, 7, 1))),
        Just(Some(jiff::civil::date(2016, 2, 29))),
        Just(None),
    ];
    let guardians = prop_oneof![3 => Just(vec!["mor".to_owned(), "far".to_owned()]), 1 => Just(Vec::new())];
    (birth, prop::option::of(day()), prop::option::of(Just("B".to_owned())), guardians)
        .prop_map(|(birth_date, due_date, child, guardians)| Family { birth_date, due_date, child, guardians })
}

/// The defaults, and every setting turned.
pub fn settings() -> impl Strategy<Value = Reconcile> {
    let days = || prop_oneof![Just(14i64), 0i64..40];
    let suspension = prop_oneof![
        3 => Just(Vec::new()),
        1 => (day(), later()).prop_map(|(from, to)| vec![Suspension { from, to }]),
    ];
    (prop::array::uniform6(any::<bool>()), prop::array::uniform7(days()), suspension, levels()).prop_map(
        |(on, days, suspended, service_levels)| Reconcile {
            require_all_guardians: on[0],
            ordinary_coordinator_counts: on[1],
            single_claim_is_enough: on[2],
            revive_previous_on_bk_end: on[3],
            youth_objection_blocks_bk: on[4],
            single_withdrawal_ends_bk: on[5],
            long_absence_days: days[0],
            no_holder_grace_days: days[1],
            dispute_decision_days: days[2],
            age_limit_warning_days: days[3],
            transition_warning_days: days[4],
            substitute_warning_days: days[5],
            late_event_days: days[6],
            statutory_suspension: suspended,
            service_levels,
            ..Reconcile::default()
        },
    )
}

/// Services that get a level of their own, and perhaps another one later.
fn levels() -> impl Strategy<Value = ServiceLevels> {
    let level = prop::sample::select(&[Level::Kommunal, Level::Fylkeskommunal, Level::Privat][..]);
    let some = prop_oneof![2 => Just(0usize), 1 => 1..4usize];
    some.prop_flat_map(move |count| prop::collection::vec((service(), day(), level.clone()), count)).prop_map(|drawn| {
        let mut levels = ServiceLevels::default();
        drawn.iter().for_each(|(service, from, level)| levels.set(service, *from, *level));
        levels
    })
}

/// The law that ships, with these settings.
pub fn rules(config: Reconcile) -> Rules {
    static LAW: std::sync::OnceLock<Law> = std::sync::OnceLock::new();
    Rules { law: LAW.get_or_init(Law::bundled).clone(), config }
}

/// The law that ships or, as often, one that is corrected in the months drawn from.
pub fn law() -> impl Strategy<Value = Law> {
    let some = prop_oneof![Just(0usize), 1..5usize];
    let drawn = some.prop_flat_map(|count| prop::collection::vec(change(), count));
    (drawn, prop::option::weighted(0.2, (prop::sample::select(SERVICES), day()))).prop_map(|(changes, late)| {
        let mut law = Law { service_kind_change: changes, ..Law::bundled() };
        if let Some(((_, kind), from)) = late {
            law.service_kind[kind].from = Some(from);
        }
        law
    })
}

fn change() -> impl Strategy<Value = ServiceKindChange> {
    let act = word(&["hol", "oppll", "sphl", "none"]);
    let level = prop::sample::select(&[Level::Kommunal, Level::Statlig][..]);
    let says = (prop::option::of(level), prop::option::of(act), any::<Option<bool>>(), any::<Option<bool>>());
    (prop::sample::select(SERVICES), day(), says).prop_map(|((_, kind), from, (level, act, can_hold, ip_main))| {
        let (kind, why) = (kind.to_owned(), "a test".to_owned());
        ServiceKindChange { kind, from, level, act, can_hold, ip_main, name: None, why }
    })
}
