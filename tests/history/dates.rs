//! What time alone changes: found by the date that was worked out for each child, not by looking at every child daily.

use serde_json::{Value, json};

use crate::common::Folder;
use crate::house::{Child, House, day, told};

const PARENT: &str = "12858841044";

/// The child has a barnekoordinator since February.
fn coordinated(child: &Child) -> Vec<Value> {
    let mut facts = child.opening();
    let office = "koordinerende_enhet";
    let who = json!({"person": "ansatt-17", "service": "helsestasjon", "by": office});
    facts.extend([
        child.fact("2026-01-07", "guardians_changed", &json!({"guardians": [PARENT]})),
        child.fact("2026-01-12", "bk_conditions_assessed", &json!({"met": true, "by": office})),
        child.fact("2026-01-20", "bk_wish", &json!({"by": PARENT, "wish": "yes"})),
        child.fact("2026-02-02", "bk_appointed", &who),
    ]);
    facts
}

fn field(answer: &Value, track: &str) -> String {
    answer[track]["state"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_eighteenth_birthday_ends_the_barnekoordinator_on_the_day() {
    let folder = Folder::sqlite();
    let health = told(&folder, "helsestasjonen", "helsestasjon", &["helsestasjon"]).await;
    let house = House::start(folder, "2026-03-02").await;
    let child = Child::born("2008-06-10");
    house.record("2026-03-02", &coordinated(&child)).await;
    assert_eq!(field(&house.answers(&child).await.last().unwrap().answer, "barnekoordinator"), "appointed");
    let heard = health.events().len();
    let dates = house.go_on_to(&child, "2026-06-12").await;
    assert!(dates.contains(&day("2026-06-10")), "{dates:?}");
    let answers = house.answers(&child).await;
    let ended = answers.iter().find(|a| field(&a.answer, "barnekoordinator") == "ended").unwrap();
    assert_eq!(ended.as_of, day("2026-06-10"));
    assert_eq!(house.work_list("BK_ENDED_AT_18").await.len(), 1);
    assert!(health.events().len() > heard, "those who take part are told");
    assert_eq!(house.rebuilt().await.1, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_substitute_leaves_the_role_vacant_on_the_day() {
    let house = House::start(Folder::sqlite(), "2026-03-02").await;
    let child = Child::born("2018-05-04");
    let mut facts = coordinated(&child);
    facts.push(child.fact("2026-02-20", "person_absent", &json!({"person": "ansatt-17"})));
    let substitute =
        json!({"for": "ansatt-17", "person": "ansatt-23", "by": "koordinerende_enhet", "until": "2026-04-01"});
    facts.push(child.fact("2026-02-20", "substitute_appointed", &substitute));
    house.record("2026-03-02", &facts).await;
    let now = house.answers(&child).await.last().unwrap().answer.clone();
    assert_eq!(now["samordning"]["holder"]["kind"], "barnekoordinator_substitute");
    let dates = house.go_on_to(&child, "2026-04-02").await;
    assert!(dates.contains(&day("2026-04-01")), "{dates:?}");
    let answers = house.answers(&child).await;
    let vacant = answers.iter().find(|a| field(&a.answer, "samordning") == "vacant").unwrap();
    assert_eq!(vacant.as_of, day("2026-04-01"));
    assert_eq!(house.work_list("BK_VACANT").await.len(), 1);
    assert_eq!(house.rebuilt().await.1, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_kindergarten_place_leaves_the_duty_with_the_municipality_on_the_day() {
    let house = House::start(Folder::sqlite(), "2026-03-02").await;
    let child = Child::born("2020-05-04");
    let mut facts = child.opening();
    let parties = ["helsestasjon", "ergo-fysio", "tussilago"];
    facts.extend([
        child.fact("2026-01-06", "service_started", &json!({"service": "tussilago", "kind": "barnehage_kommunal"})),
        child.fact("2026-01-11", "cooperation_needed", &json!({"participants": parties})),
        child.fact("2026-01-20", "holder_agreed", &json!({"service": "tussilago", "parties": parties})),
        child.fact("2026-08-01", "service_ended", &json!({"service": "tussilago"})),
    ]);
    house.record("2026-03-02", &facts).await;
    assert_eq!(house.answers(&child).await.last().unwrap().answer["samordning"]["holder"]["ref"], "tussilago");
    let dates = house.go_on_to(&child, "2026-08-02").await;
    assert!(dates.contains(&day("2026-08-01")), "{dates:?}");
    let answers = house.answers(&child).await;
    let open = answers.iter().find(|a| field(&a.answer, "samordning") == "held_by_default").unwrap();
    assert_eq!(open.as_of, day("2026-08-01"));
    assert_eq!(house.work_list("HANDOVER_NEEDED").await.len(), 1);
    assert_eq!(house.rebuilt().await.1, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_child_nobody_is_named_for_is_overdue_the_day_after_the_grace_period() {
    let house = House::start(Folder::sqlite(), "2026-01-12").await;
    let child = Child::born("2018-05-04");
    house.record("2026-01-12", &child.opening()).await;
    assert_eq!(house.work_list("NO_HOLDER_OVERDUE").await, []);
    let dates = house.go_on_to(&child, "2026-01-24").await;
    assert_eq!(house.work_list("NO_HOLDER_OVERDUE").await, [], "fourteen days are not over");
    let dates = [dates, house.go_on_to(&child, "2026-01-25").await].concat();
    assert!(dates.contains(&day("2026-01-25")), "{dates:?}");
    assert_eq!(house.work_list("NO_HOLDER_OVERDUE").await.len(), 1);
    assert_eq!(house.rebuilt().await.1, []);
}
