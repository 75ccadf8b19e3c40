//! The tour shows what it says: the duty rules, given what the municipality posts and what the systems tell, come to
//! the expected answers.

use jiff::civil::date;
use samhold_duty::{Family, Reconcile, Rules, answer};
use samhold_model::{Fact, FactBody, Law};
use serde_json::Map;

use super::places::{CHILD_WELFARE, HEALTH, KINDERGARTEN, MOVES, SCHOOL};
use super::*;

/// Facts as the daemon would have them on day `n`: posted ones, and what each system's document comes to.
fn facts_of(town: &Town, child: &ChildStory, n: u8) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut add = |at: Date, told: u8, body: FactBody| {
        let order = facts.len() as u64;
        let (id, recorded_at) = (format!("f{order}"), town.date(told));
        facts.push(Fact { id, at, recorded_at, order, source: None, of_municipality: false, body });
    };
    for day in 1..=n {
        for posted in town.day(day).facts.iter().filter(|f| is_about(f, child)) {
            add(posted["at"].as_str().unwrap().parse().unwrap(), day, body_of(posted));
        }
    }
    let offset = |days: i64| add_days(town.start(), days);
    for place in [SCHOOL, KINDERGARTEN, HEALTH, CHILD_WELFARE].into_iter().flatten() {
        if place.child != child.key || place.known > n {
            continue;
        }
        let kind = town.services().iter().find(|s| s.id == place.service).unwrap().kind.to_owned();
        let service = place.service.to_owned();
        let started =
            FactBody::ServiceStarted { service: service.clone(), kind, level: None, municipality: None, until: None };
        add(offset(place.from), place.known, started);
        if let Some((last, told)) = place.last.filter(|(_, told)| *told <= n) {
            add(offset(last + 1), told, FactBody::ServiceEnded { service });
        }
    }
    for (at, told, body) in from_other_systems(town, child) {
        if told <= n {
            add(at, told, body);
        }
    }
    facts
}

/// By the reference the municipality uses, whatever other names stand beside it.
fn is_about(posted: &Value, child: &ChildStory) -> bool {
    let own = child.reference();
    own.as_object().unwrap().iter().all(|(name, value)| &posted["child"][name] == value)
}

/// Care teams, the referral and the register's move.
fn from_other_systems(town: &Town, child: &ChildStory) -> Vec<(Date, u8, FactBody)> {
    let before = |days: i64| add_days(town.start(), -days);
    let koordinator =
        |person: &str, service: &str| FactBody::KoordinatorAppointed { person: person.into(), service: service.into() };
    match child.key {
        "tiril" => {
            let by = "koordinerende_enhet".into();
            let body =
                FactBody::BkAppointed { person: "eva-holm".into(), service: "helsestasjon".into(), by, covers: vec![] };
            vec![(before(230), 1, body)]
        }
        "frida" => vec![(before(90), 1, koordinator("jon-lie", "ergo-fysio"))],
        "kasper" => vec![(add_days(town.date(2), -30), 2, koordinator("berit-aas", "barnevern"))],
        key => {
            let moved = MOVES.iter().filter(|(mover, _)| *mover == key);
            moved.map(|(_, day)| (town.date(*day), *day, FactBody::Moved { to: NEIGHBOUR.into() })).collect()
        }
    }
}

fn body_of(posted: &Value) -> FactBody {
    let common = ["id", "type", "at", "child", "municipality"];
    let mut fields: Map<String, Value> = posted.as_object().unwrap().clone();
    fields.retain(|name, _| !common.contains(&name.as_str()));
    if posted["type"] == "born" {
        fields.insert("child".into(), json!(posted["child"].to_string()));
    }
    for covered in fields.get_mut("covers").and_then(Value::as_array_mut).into_iter().flatten() {
        *covered = json!(covered.to_string());
    }
    FactBody::read(posted["type"].as_str().unwrap(), &fields, "", &Law::bundled()).unwrap()
}

fn family(child: &ChildStory) -> Family {
    Family {
        birth_date: child.birth_date.filter(|_| !child.unborn_at_start()),
        due_date: child.due_date,
        child: Some(child.reference().to_string()),
        guardians: child.guardians.iter().map(|g| g.national_id.clone()).collect(),
    }
}

#[test]
fn each_child_is_held_by_whom_the_story_says_on_every_day() {
    let town = Town::new(date(2026, 11, 23));
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    for child in town.children() {
        for n in 1..=LAST_DAY {
            let found = answer(&family(child), &facts_of(&town, child, n), town.date(n), None, &rules).samordning;
            let found = json!([found.state, found.holder.kind, found.holder.reference.unwrap_or_default()]);
            let expected = town.expected(child.key, n).unwrap();
            let expected = json!([expected.state, expected.holder_kind, expected.holder]);
            assert_eq!(found, expected, "{} on day {n}", child.first_name);
        }
    }
}

#[test]
fn the_child_nobody_is_named_for_is_overdue_and_the_shelter_is_masked() {
    let town = Town::new(date(2026, 11, 23));
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    for (key, alert) in [
        ("oskar", "NO_HOLDER_OVERDUE"),
        ("sander", "HOLDER_MASKED"),
        ("hakon", "BK_ENDED_AT_18"),
        ("kasper", "KOORDINATOR_DERIVED"),
    ] {
        let child = town.child(key).unwrap();
        let found = answer(&family(child), &facts_of(&town, child, 4), town.date(4), None, &rules);
        assert!(json!(found.alerts).as_array().unwrap().contains(&json!(alert)), "{key}: {:?}", found.alerts);
    }
}
