//! The town holds together: stories, facts and documents agree with each other and with the vocabulary.

use jiff::civil::date;
use samhold_model::schema::check_fields;
use samhold_model::vocabulary::type_spec;
use samhold_model::{Law, NationalId, Realm};
use serde_json::Map;

use super::*;

fn town() -> Town {
    Town::new(date(2026, 11, 23))
}

fn facts(town: &Town) -> Vec<Value> {
    (1..=LAST_DAY).flat_map(|n| town.day(n).facts).collect()
}

#[test]
fn every_fact_of_every_day_fits_the_vocabulary() {
    let law = Law::bundled();
    for fact in facts(&town()) {
        let kind = fact["type"].as_str().unwrap();
        let spec = type_spec(kind).unwrap_or_else(|| panic!("unknown kind {kind}"));
        let common = ["id", "type", "at", "child", "municipality"];
        let own: Map<String, Value> = fact
            .as_object()
            .unwrap()
            .iter()
            .filter(|(k, _)| !common.contains(&k.as_str()))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        let mut findings = check_fields(spec, &own, "", &law);
        // The child of `born` is the common one.
        findings.retain(|f| !(kind == "born" && f.pointer == "/child"));
        assert!(findings.is_empty(), "{kind}: {findings:?}");
        assert!(uuid::Uuid::parse_str(fact["id"].as_str().unwrap()).is_ok());
    }
}

#[test]
fn facts_have_ids_of_their_own_and_are_the_same_in_every_run() {
    let all = facts(&town());
    let mut ids: Vec<&str> = all.iter().map(|f| f["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    assert_eq!(facts(&town()), all);
}

#[test]
fn a_fact_is_told_on_its_day_or_later_never_before() {
    let town = town();
    for n in 1..=LAST_DAY {
        for fact in town.day(n).facts {
            let at: Date = fact["at"].as_str().unwrap().parse().unwrap();
            assert!(at <= town.date(n), "{fact}");
        }
    }
    assert!(town.day(0).facts.is_empty() && town.day(LAST_DAY + 1).facts.is_empty());
}

#[test]
fn every_person_has_a_synthetic_number_of_their_own() {
    let town = town();
    let children: Vec<&str> = town.children().iter().filter_map(|c| c.national_id.as_deref()).collect();
    assert_eq!(children.len(), town.children().len() - 1, "all but the unborn one");
    for number in town.numbers() {
        assert!(NationalId::parse(&number, Realm::Test).is_ok());
    }
    let people: usize = town.children().iter().map(|c| c.guardians.len()).sum::<usize>() + children.len();
    // Kaja and Eirik have two children.
    assert_eq!(town.numbers().len(), people - 2);
}

#[test]
fn the_tour_has_at_least_twelve_children_each_with_a_story_and_services_that_exist() {
    let town = town();
    assert!(town.children().len() >= 12);
    assert!(town.children().iter().all(|c| !c.story.is_empty()));
    let services: Vec<&str> = town.services().iter().map(|s| s.id).collect();
    let law = Law::bundled();
    for service in town.services() {
        assert!(law.service_kind.contains_key(service.kind), "{}", service.kind);
        assert_eq!(service.orgnr.len(), 9);
    }
    for place in places::SCHOOL.iter().chain(places::KINDERGARTEN).chain(places::HEALTH).chain(places::CHILD_WELFARE) {
        assert!(services.contains(&place.service) && town.child(place.child).is_some(), "{place:?}");
    }
    for fact in facts(&town) {
        let named = fact
            .get("service")
            .into_iter()
            .chain(fact.get("participants").and_then(Value::as_array).into_iter().flatten());
        for service in named {
            assert!(services.contains(&service.as_str().unwrap()), "{fact}");
        }
    }
}

#[test]
fn ages_are_what_the_stories_say() {
    let town = town();
    let hakon = town.child("hakon").unwrap().birth_date.unwrap();
    assert_eq!((hakon.month(), hakon.day()), (town.date(4).month(), town.date(4).day()));
    assert_eq!(hakon.year() + 18, town.date(4).year());
    let ylva = town.child("ylva").unwrap();
    assert_eq!(ylva.birth_date, Some(town.date(2)));
    assert!(!ylva.registered(1) && ylva.registered(2));
    assert!(town.child("selma").unwrap().unborn_at_start() && !town.child("selma").unwrap().registered(LAST_DAY));
}

#[test]
fn the_protected_address_stands_in_no_fact_and_no_pushed_document() {
    let town = town();
    let address = town.protected_addresses().remove(0);
    for n in 1..=LAST_DAY {
        let day = town.day(n);
        assert!(day.facts.iter().all(|f| !f.to_string().contains(&address)));
        assert!(day.documents.iter().all(|d| !String::from_utf8_lossy(&d.body).contains(&address)));
    }
}

#[test]
fn any_start_date_gives_a_whole_town() {
    for start in [date(2028, 2, 29), date(2026, 1, 1), date(2027, 12, 31), date(2033, 3, 28)] {
        let town = Town::new(start);
        assert!(town.numbers().iter().all(|n| NationalId::parse(n, Realm::Test).is_ok()), "{start}");
    }
}
