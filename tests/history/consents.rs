//! Consents over time: told of before they end, called back the day they do, and sent again when those who must have consented.

use samhold_standins::Receiver;
use serde_json::{Value, json};

use crate::common::Folder;
use crate::house::{Child, House, day, told};
use crate::story::PARENTS;

const RENEWAL: &str = "CONSENT_RENEWAL";

/// A child whose services agreed on `lia-skole`, and a private school that may know nothing without consent.
async fn at_home(born: &str, today: &str) -> (House, Receiver, Child) {
    let folder = Folder::sqlite();
    let school = told(&folder, "friskolen", "skole_privat", &["fri-skole"]).await;
    let house = House::start(folder, today).await;
    let child = Child::born(born);
    let mut facts = child.opening();
    facts.push(child.fact("2026-01-05", "guardians_changed", &json!({"guardians": PARENTS})));
    facts.push(child.agreed("2026-01-20", "lia-skole"));
    house.record(today, &facts).await;
    assert!(school.events().is_empty(), "without consent not even that there is something");
    (house, school, child)
}

fn consent(child: &Child, at: &str, by: &str, more: &Value) -> Value {
    let mut fields = json!({"by": by, "categories": ["coordination_exists", "holder_service"], "recipients": ["skole_privat"],
        "purposes": ["coordination"], "evidence": "sak-2026/9", "informed": true});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    child.fact(at, "consent", &fields)
}

fn of_both(child: &Child, at: &str) -> Vec<Value> {
    PARENTS.map(|parent| consent(child, at, parent, &json!({"valid_to": "2029-01-01"}))).into()
}

fn kinds(school: &Receiver) -> Vec<String> {
    school.events().into_iter().map(|event| event.kind).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_told_ninety_days_before_and_not_the_day_before_that() {
    let (house, _school, child) = at_home("2011-03-20", "2026-08-01").await;
    house.record("2026-08-02", &of_both(&child, "2026-08-02")).await;
    assert!(house.work_list(RENEWAL).await.is_empty());
    let dates = house.go_on_to(&child, "2026-12-20").await;
    assert!(dates.contains(&day("2026-12-20")), "{dates:?}");
    let list = house.work_list(RENEWAL).await;
    assert_eq!((list[0].since, list[0].due), (day("2026-12-20"), Some(day("2027-03-20"))));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_documented_or_not_informed_opens_nothing() {
    let (house, school, child) = at_home("2018-03-20", "2026-03-01").await;
    let [mut mother, mut father] = of_both(&child, "2026-03-02").try_into().unwrap();
    mother.as_object_mut().unwrap().shift_remove("evidence");
    father["informed"] = json!(false);
    house.record("2026-03-02", &[mother, father]).await;
    assert!(kinds(&school).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fields_two_guardians_share_only_those_that_both_name() {
    let (house, school, child) = at_home("2018-03-20", "2026-03-01").await;
    let exists = |by| consent(&child, "2026-03-02", by, &json!({"categories": ["coordination_exists"]}));
    let holder = |by, fields: &[&str]| {
        consent(&child, "2026-03-02", by, &json!({"categories": ["holder_service"], "fields": fields}))
    };
    let facts = [
        exists(PARENTS[0]),
        exists(PARENTS[1]),
        holder(PARENTS[0], &["service"]),
        holder(PARENTS[0], &["service_name"]),
        holder(PARENTS[1], &["service_name", "service_unit"]),
    ];
    house.record("2026-03-02", &facts).await;
    let events = school.events();
    assert_eq!(events[0].data["coordination"]["holder"], json!({"name": "Lia skole"}), "{}", events[0].data);
}
