//! What becomes known too late: who had been told otherwise hears it, and nobody else does.

use serde_json::{Value, json};

use crate::common::Folder;
use crate::house::{Child, House, content, told};

/// Lia skole until 9 March, the helsestasjon for a week, and Lia skole again: each recorded on the day. A private
/// kindergarten takes part, about which nobody has consented.
async fn three_agreements(house: &House, child: &Child) {
    let private = json!({"service": "tussilago", "kind": "barnehage_privat"});
    let four = json!({"participants": ["lia-skole", "helsestasjon", "ergo-fysio", "tussilago"]});
    let mut facts = child.opening();
    facts.extend([
        child.fact("2026-01-06", "service_started", &private),
        child.fact("2026-01-11", "cooperation_needed", &four),
        child.agreed("2026-02-20", "lia-skole"),
    ]);
    house.record("2026-03-02", &facts).await;
    house.record("2026-03-09", &[child.agreed("2026-03-09", "helsestasjon")]).await;
    house.record("2026-03-16", &[child.agreed("2026-03-16", "lia-skole")]).await;
}

/// In truth another service held from 11 to 16 March.
fn forgotten(child: &Child) -> Value {
    child.agreed("2026-03-11", "ergo-fysio")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_holder_for_past_days_is_told_anew_to_those_who_had_another_though_today_is_the_same() {
    let folder = Folder::sqlite();
    let school = told(&folder, "skolen", "skole_kommunal", &["lia-skole"]).await;
    let health = told(&folder, "helsestasjonen", "helsestasjon", &["helsestasjon"]).await;
    let newcomer = told(&folder, "nes", "skole_kommunal", &["nes-skole"]).await;
    let private = told(&folder, "barnehagen", "barnehage_privat", &["tussilago"]).await;
    let house = House::start(folder, "2026-03-02").await;
    let child = Child::born("2018-05-04");
    three_agreements(&house, &child).await;
    let all = ["lia-skole", "helsestasjon", "ergo-fysio", "tussilago", "nes-skole"];
    let joins = [
        child.fact("2026-03-20", "service_started", &json!({"service": "nes-skole", "kind": "skole_kommunal"})),
        child.fact("2026-03-20", "cooperation_needed", &json!({"participants": all})),
    ];
    house.record("2026-03-20", &joins).await;
    let before = [&school, &health, &newcomer, &private].map(|r| r.events());
    assert!(!before[2].is_empty(), "the newcomer takes part since 20 March");

    house.record("2026-03-23", &[forgotten(&child)]).await;
    for (receiver, had) in [(&school, &before[0]), (&health, &before[1])] {
        let has = receiver.events();
        let (last, new) = (had.last().unwrap(), has.last().unwrap());
        assert_eq!(has.len(), had.len() + 1, "told once more");
        assert_eq!(content(new), content(last), "what holds today is the same");
        assert!(new.version > last.version && new.key != last.key, "a new version and a new event");
    }
    assert_eq!(newcomer.events(), before[2], "who had nothing in those days is told nothing");
    assert_eq!(private.events(), [], "who takes part but has no right hears nothing");
    let items = house.work_list("LATE_EVENT").await;
    assert_eq!(items.iter().map(|item| item.recipients).collect::<Vec<_>>(), [Some(2)]);
    assert_eq!(house.rebuilt().await.1, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_late_fact_again_a_restart_and_a_late_fact_that_changes_no_past_answer_tell_nobody() {
    let folder = Folder::sqlite();
    let school = told(&folder, "skolen", "skole_kommunal", &["lia-skole"]).await;
    let house = House::start(folder, "2026-03-02").await;
    let child = Child::born("2018-05-04");
    three_agreements(&house, &child).await;
    house.record("2026-03-23", &[forgotten(&child)]).await;
    let heard = school.events();
    assert_eq!(heard.len(), 4, "three agreements and one correction");

    assert_eq!(house.offer(&[forgotten(&child)]).await, 0, "it was there already");
    house.at_rest().await;
    let house = house.restart().await;
    house.at_rest().await;
    assert_eq!(school.events(), heard);
    house.record("2026-03-25", &[child.agreed("2026-03-18", "lia-skole")]).await;
    assert_eq!(school.events(), heard, "who was agreed on held already");
    house.record("2026-04-20", &[child.fact("2026-04-20", "objection_withdrawn", &json!({"by": "12858841044"}))]).await;
    assert_eq!(house.work_list("LATE_EVENT").await, [], "pointed out no longer");
    assert_eq!(school.events(), heard, "and what was told stays told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_fact_declared_void_later_is_told_once_more() {
    let folder = Folder::sqlite();
    let school = told(&folder, "skolen", "skole_kommunal", &["lia-skole"]).await;
    let house = House::start(folder, "2026-03-02").await;
    let child = Child::born("2018-05-04");
    three_agreements(&house, &child).await;
    house.record("2026-03-23", &[forgotten(&child)]).await;
    let heard = school.events().len();
    house.record("2026-03-30", &[child.void("2026-03-30", &forgotten(&child))]).await;
    assert_eq!(school.events().len(), heard + 1);
    assert_eq!(house.rebuilt().await.1, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_known_three_weeks_late_is_told_to_the_school_and_stands_on_the_work_list() {
    let folder = Folder::sqlite();
    let school = told(&folder, "skolen", "skole_kommunal", &["lia-skole"]).await;
    let house = House::start(folder, "2026-03-02").await;
    let child = Child::born("2018-05-04");
    let mut facts = child.opening();
    facts.push(child.agreed("2026-02-20", "lia-skole"));
    house.record("2026-03-02", &facts).await;
    house.record("2026-03-27", &[child.agreed("2026-03-06", "helsestasjon")]).await;
    let told: Vec<_> = school.events().iter().map(|e| e.data["coordination"]["holder"]["service"].clone()).collect();
    assert_eq!(told, ["lia-skole", "helsestasjon"]);
    let items = house.work_list("LATE_EVENT").await;
    assert_eq!(items.iter().map(|item| item.recipients).collect::<Vec<_>>(), [Some(1)]);
}
