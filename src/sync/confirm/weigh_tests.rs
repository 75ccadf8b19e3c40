use std::path::Path;

use samhold_disclosure::{Parcel, Recipient};
use samhold_model::{ChildId, FactId, Instant, MunicipalityNo, SystemName};
use samhold_store::StoredFact;
use serde_json::{Map, Value, json};

use super::*;
use crate::sync::view::package;

const MOTHER: &str = "p-mor";
const FATHER: &str = "p-far";

fn live() -> Live {
    crate::connect::build(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/config")))
        .unwrap_or_else(|_| panic!("settings"))
}

fn row(seq: i64, body: Value) -> StoredFact {
    StoredFact {
        seq,
        id: FactId::new(),
        child: ChildId(uuid::Uuid::from_u128(7)),
        municipality: MunicipalityNo::new("9901"),
        at: "2026-01-01".parse().unwrap(),
        recorded_at: Instant::UNIX_EPOCH,
        source: SystemName::new("samtykke"),
        record: None,
        scope: None,
        body,
    }
}

/// Who consents, and to which categories; in the order of the ledger.
fn dossier(consents: &[(&str, &[&str])]) -> Dossier {
    let consent = |(by, categories): &(&str, &[&str])| {
        json!({"type": "consent", "by": by, "categories": categories, "recipients": ["barnehage_privat"],
            "purposes": ["coordination"], "evidence": "sak-1", "informed": true})
    };
    let mut bodies = vec![
        json!({"type": "birth_date", "date": "2020-03-01"}),
        json!({"type": "address_protection", "value": "none"}),
        json!({"type": "guardians_changed", "guardians": [MOTHER, FATHER]}),
    ];
    bodies.extend(consents.iter().map(consent));
    let rows: Vec<StoredFact> = (1..).zip(bodies).map(|(seq, body)| row(seq, body)).collect();
    Dossier::new(ChildId(uuid::Uuid::from_u128(7)), &rows, "2026-08-17".parse().unwrap()).with_protection_until(None)
}

fn item(category: &str, fields: &Value) -> Parcel {
    let fields: Map<String, Value> = fields.as_object().unwrap().clone();
    Parcel { category: category.into(), from: "koordinerende_enhet".into(), fields, ..Parcel::default() }
}

fn offered(dossier: &Dossier, items: Vec<Parcel>) -> Package {
    let kindergarten = Recipient { kind: "barnehage_privat".into(), participant: true, id: None };
    package(dossier, (kindergarten, "coordination"), items)
}

/// Which of the consents, by their place in the ledger, carry what is sensitive; and those fields.
fn carrying(dossier: &Dossier, items: Vec<Parcel>) -> (Vec<usize>, Vec<String>) {
    let (live, package) = (live(), offered(dossier, items));
    let scale = Scale::new(&live, "9901", dossier, &package);
    let unit = Unit { system: "samtykke".into(), key: String::new() };
    let recorded = dossier.recorded_consents();
    let told: Vec<Told> = recorded.iter().map(|c| Told { fact: c.fact.clone(), unit: unit.clone() }).collect();
    let needed = scale.carrying(told.iter()).into_iter();
    let place = |one: &Told| recorded.iter().position(|c| c.fact == one.fact).unwrap();
    let all: Vec<&Told> = told.iter().collect();
    (needed.map(place).collect(), scale.lost_without(&all).into_iter().map(|(_, field)| field).collect())
}

fn goals() -> Vec<Parcel> {
    vec![item("plan_goals", &json!({"maal": "Lek med andre"}))]
}

#[test]
fn goals_of_a_plan_rest_on_both_parents_and_that_someone_coordinates_on_nobody() {
    let both =
        dossier(&[(MOTHER, &["plan_goals", "coordination_exists"]), (FATHER, &["plan_goals", "coordination_exists"])]);
    let exists = item("coordination_exists", &json!({"coordination_exists": true, "state": "held"}));
    assert_eq!(carrying(&both, [goals(), vec![exists.clone()]].concat()), (vec![0, 1], vec!["maal".to_owned()]));
    assert_eq!(carrying(&both, vec![exists]), (vec![], vec![]), "that may leave without asking");
    let one = dossier(&[(MOTHER, &["plan_goals"])]);
    assert_eq!(carrying(&one, goals()), (vec![], vec![]), "one parent opens nothing, so that nothing rests on it");
}

#[test]
fn where_a_parent_said_it_twice_one_of_the_two_is_enough_but_one_there_must_be() {
    let (mother, father) = ((MOTHER, &["plan_goals"][..]), (FATHER, &["plan_goals"][..]));
    assert_eq!(carrying(&dossier(&[mother, father, father]), goals()).0, [0, 2]);
    assert_eq!(carrying(&dossier(&[mother, mother, father, father]), goals()).0, [1, 3]);
}

#[test]
fn a_service_of_child_welfare_in_the_team_rests_on_the_consent_to_tell_of_it_and_on_that_to_the_team() {
    let mut team = item("team_roster", &json!({"lia-skole": "Lia skole", "bv": "Barnevernstjenesten"}));
    team.tags.insert("bv".into(), "reveals_barnevern".into());
    let split = dossier(&[
        (MOTHER, &["team_roster"]),
        (FATHER, &["team_roster"]),
        (MOTHER, &["barnevern_case_exists"]),
        (FATHER, &["barnevern_case_exists"]),
    ]);
    assert_eq!(carrying(&split, vec![team]), (vec![0, 1, 2, 3], vec!["bv".to_owned()]), "the school is no secret");
}

#[test]
fn a_holder_is_sensitive_by_its_kind_and_the_contact_point_never() {
    let both = dossier(&[(MOTHER, &["holder_service"]), (FATHER, &["holder_service"])]);
    let fields = json!({"service_name": "Tjenesten", "contact_point": "Servicetorget"});
    let held_by = |kind: &str| Parcel { holder_kind: Some(kind.into()), ..item("holder_service", &fields) };
    assert_eq!(carrying(&both, vec![held_by("skole_kommunal")]).1, Vec::<String>::new());
    for kind in ["nav_kommunal", "spesialisthelse"] {
        assert_eq!(carrying(&both, vec![held_by(kind)]), (vec![0, 1], vec!["service_name".to_owned()]), "{kind}");
    }
}

#[test]
fn what_the_law_keeps_most_secret_is_sensitive_whatever_its_fields_are_called_and_so_is_what_nobody_knows() {
    let (live, dossier) = (live(), dossier(&[]));
    let sensitive = Sensitive { live: &live, municipality: "9901", dossier: &dossier };
    let is = |category: &str| sensitive.is(&item(category, &json!({"x": 1})), "x");
    for category in
        ["health_condition", "barnevern_content", "social_service_relation", "crisis_shelter_contact", "ukjent"]
    {
        assert!(is(category), "{category}");
    }
    for category in ["coordination_exists", "placement", "education_support", "employee_absence"] {
        assert!(!is(category), "{category}");
    }
    let tagged = Parcel { tags: [("x".into(), "nytt_merke".into())].into(), ..item("placement", &json!({"x": 1})) };
    assert!(sensitive.is(&tagged, "x"));
    assert!(sensitive.is(&Parcel { about_person: Some("p-1".into()), ..item("placement", &json!({"x": 1})) }, "x"));
}
