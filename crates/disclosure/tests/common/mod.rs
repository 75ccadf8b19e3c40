//! Arbitrary questions: known and unknown words, every age, consents that often fit and often do not.
//!
//! Must never make only questions that are denied; `properties.rs` checks that it does not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use samhold_disclosure::config::{BvlFrom15, GuardianRule, StrictMode};
use samhold_disclosure::{Consent, Flags, Guardian, Item, Recipient, Request, Rules, Share, Subject};
use samhold_model::{Date, Law};

static LAW: LazyLock<Law> = LazyLock::new(Law::bundled);

fn law() -> &'static Law {
    &LAW
}

const FIELDS: [&str; 10] = [
    "coordination_exists",
    "contact_point",
    "name",
    "phone",
    "service_unit",
    "cause",
    "coordinator",
    "m_x",
    "note",
    "school_name",
];
const TAGS: [&str; 6] = [
    "reveals_krisesenter",
    "reveals_barnevern",
    "reveals_familievern",
    "other_person_health",
    "child_confidential",
    "reveals_something",
];
const PERSONS: [&str; 6] = ["mor", "far", "child", "barnevern", "soster", "onkel"];
const PROTECTIONS: [&str; 4] = ["none", "fortrolig", "strengt_fortrolig", "unknown"];

fn word(list: Vec<String>) -> BoxedStrategy<String> {
    prop_oneof![60 => select(list), 1 => "[a-z_]{0,12}"].boxed()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|w| (*w).to_owned()).collect()
}

fn person() -> BoxedStrategy<String> {
    word(words(&PERSONS))
}

/// The law's categories.
pub fn categories() -> Vec<String> {
    law().category.keys().cloned().collect()
}

fn kinds() -> Vec<String> {
    law().recipient_kind.keys().cloned().collect()
}

/// Any day that matters to a child born between 2005 and 2026.
pub fn day() -> impl Strategy<Value = Date> {
    (2024i16..2026, 1i8..13, 1i8..29).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

fn born() -> impl Strategy<Value = Date> {
    (2005i16..2026, 1i8..13, 1i8..29).prop_map(|(y, m, d)| Date::new(y, m, d).unwrap())
}

/// Some of the law's categories, or none.
pub fn some_categories() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![3 => Just(Vec::new()), 1 => subsequence(categories(), 0..14)]
}

fn guardians() -> impl Strategy<Value = Vec<Guardian>> {
    let guardian = (select(words(&["mor", "far"])), prop::bool::weighted(0.9), prop::bool::weighted(0.1))
        .prop_map(|(id, responsibility, contact_ban)| Guardian { id, responsibility, contact_ban });
    vec(guardian, 0..3)
}

fn subject() -> impl Strategy<Value = Subject> {
    let secrets = (some_categories(), some_categories(), prop_oneof![4 => Just(Vec::new()), 1 => some_categories()]);
    let protection = prop_oneof![2 => Just(None), 1 => of(select(words(&PROTECTIONS)))];
    let care = prop_oneof![4 => Just(None), 1 => of(person())];
    (
        prop_oneof![9 => born().prop_map(Some), 1 => Just(None)],
        of(born()),
        guardians(),
        care,
        protection,
        secrets,
        of(person()),
    )
        .prop_map(|(birth_date, due_date, guardians, care_order_by, address_protection, secrets, shelter_user)| {
            let (child_confidential, weighty_reasons, secrecy_order) = secrets;
            Subject {
                birth_date,
                due_date,
                guardians,
                care_order_by,
                address_protection,
                child_confidential,
                weighty_reasons,
                secrecy_order,
                shelter_user,
            }
        })
}

fn tags() -> impl Strategy<Value = BTreeMap<String, String>> {
    let some = btree_map(select(words(&FIELDS)), word(words(&TAGS)), 1..4);
    prop_oneof![1 => Just(BTreeMap::new()), 1 => some]
}

/// Fields whose value tells where the child is.
fn places() -> impl Strategy<Value = BTreeSet<String>> {
    prop_oneof![2 => Just(BTreeSet::new()), 1 => btree_set(select(words(&FIELDS)), 1..4)]
}

fn item(category: String) -> impl Strategy<Value = Item> {
    let from = word(vec!["barnevern".into(), "skole_kommunal".into(), "skole_privat".into(), "kommunal_helse".into()]);
    let holder = of(word(law().service_kind.keys().cloned().collect()));
    let about = prop_oneof![4 => Just(None), 1 => of(person())];
    (from, vec(select(words(&FIELDS)), 0..6), (tags(), places()), holder, about).prop_map(
        move |(from, fields, (field_tags, location), holder_kind, about_person)| Item {
            category: category.clone(),
            from,
            fields,
            field_tags,
            location,
            holder_kind,
            about_person,
        },
    )
}

/// Consents that name what is asked more often than not.
pub fn consent(category: String, kind: String, purpose: String) -> impl Strategy<Value = Consent> {
    let named =
        |right: String, all: Vec<String>| prop_oneof![8 => Just(vec![right.clone()]), 1 => subsequence(all, 0..4)];
    let wide = vec![
        category.clone(),
        "barnevern_case_exists".into(),
        "crisis_shelter_contact".into(),
        "family_counselling_contact".into(),
        "other_person_health".into(),
    ];
    let cats = prop_oneof![1 => named(category, categories()), 2 => Just(wide)];
    let days = (day(), prop_oneof![3 => Just(None), 1 => of(day())], prop_oneof![8 => Just(None), 1 => of(day())]);
    let fields = prop_oneof![4 => Just(None), 1 => of(vec(select(words(&FIELDS)), 0..5))];
    let purposes = named(purpose, law().purposes.clone());
    (person(), cats, named(kind, kinds()), purposes, days, fields).prop_map(
        |(by, categories, recipients, purposes, (given, valid_to, withdrawn), fields)| Consent {
            by,
            categories,
            recipients,
            purposes,
            given,
            valid_to,
            withdrawn,
            fields,
        },
    )
}

fn flags() -> impl Strategy<Value = Flags> {
    let objection_by = prop_oneof![4 => Just(Vec::new()), 1 => vec(person(), 0..3)];
    (of(word(words(&["saksbehandler-7", " "]))), objection_by, any::<bool>()).prop_map(
        |(necessary_by, objection_by, pull_by_new_school)| Flags { necessary_by, objection_by, pull_by_new_school },
    )
}

/// Any question.
pub fn request() -> impl Strategy<Value = Request> {
    let free = (word(categories()), word(kinds()), word(law().purposes.clone()));
    let new_school = ("education_support".to_owned(), "skole_kommunal".to_owned(), "transition".to_owned());
    let told = words(&["health_service_use", "education_support", "plan_goals"]);
    let guardian = (select(told), Just("guardian".to_owned()), Just("guardian_info".to_owned()));
    let asked = prop_oneof![11 => free, 1 => Just(new_school), 6 => guardian];
    asked.prop_flat_map(|(category, kind, purpose)| {
        let consents = vec(consent(category.clone(), kind.clone(), purpose.clone()), 0..7);
        let recipient =
            (Just(kind), prop::bool::weighted(0.8), prop_oneof![2 => Just(Some("mor".to_owned())), 1 => of(person())])
                .prop_map(|(kind, participant, id)| Recipient { kind, participant, id });
        (day(), subject(), item(category), recipient, flags(), consents).prop_map(
            move |(date, subject, item, recipient, flags, consents)| Request {
                date,
                purpose: purpose.clone(),
                subject,
                item,
                recipient,
                flags,
                consents,
            },
        )
    })
}

/// Any settings.
pub fn rules() -> impl Strategy<Value = Rules> {
    let bvl = select(vec![BvlFrom15::ChildAndGuardians, BvlFrom15::Child, BvlFrom15::Guardians]);
    let age = prop_oneof![Just(15i16), Just(16), Just(18), any::<i16>()];
    let maximum = prop_oneof![5 => Just(365i64), 1 => any::<i64>()];
    (any::<[bool; 6]>(), bvl, age, maximum).prop_map(
        |(on, bvl_consent_from_15, sotjl_consent_age, consent_max_days)| {
            let [any, organs, addresses, push, manual, nav] = on;
            let config = Share {
                consent_max_days,
                bvl_consent_from_15,
                sotjl_consent_age,
                guardian_rule: if any { GuardianRule::Any } else { GuardianRule::All },
                private_providers_count_as_organs: organs,
                forward_addresses: addresses,
                guardian_push_education_15_17: push,
                strict_protection_mode: if manual { StrictMode::Manual } else { StrictMode::AllowList },
                nav_relation_without_consent: nav,
                ..Share::default()
            };
            Rules { law: law().clone(), config }
        },
    )
}
