//! The pushed documents keep the rules of their formats.

use jiff::civil::date;
use serde_json::Value;

use super::*;

fn town() -> Town {
    Town::new(date(2026, 11, 23))
}

fn documents(town: &Town, n: u8, system: &str) -> Vec<String> {
    let all = of_day(town, n).into_iter().filter(|d| d.system == system);
    all.map(|d| String::from_utf8(d.body).unwrap()).collect()
}

fn attribute<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    xml.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

#[test]
fn a_case_sent_again_names_the_former_submission() {
    let town = town();
    let first = documents(&town, 1, "barnevern-ssb");
    let second = documents(&town, 4, "barnevern-ssb");
    assert_eq!((first.len(), second.len()), (2, 1));
    assert_eq!(attribute(&first[0], "ForrigeId"), None);
    assert_eq!(attribute(&second[0], "ForrigeId"), attribute(&first[0], "Id"));
    assert_ne!(attribute(&second[0], "Id"), attribute(&first[0], "Id"));
    assert!(second[0].contains("<Tiltak ") && second[0].contains("<Plan "), "the whole case again");
}

#[test]
fn identifiers_in_a_case_are_uuids_of_a_version_the_schema_takes() {
    for xml in documents(&town(), 1, "barnevern-ssb") {
        for (_, rest) in xml.match_indices(" Id=\"").map(|(i, _)| xml.split_at(i + 5)) {
            let id = rest.split('"').next().unwrap();
            assert!((1..=5).contains(&Uuid::parse_str(id).unwrap().get_version_num()), "{id}");
        }
    }
}

#[test]
fn the_moment_of_extraction_has_its_norwegian_offset_summer_and_winter() {
    assert_eq!(morning(date(2026, 11, 23)), "2026-11-23T08:00:00+01:00");
    assert_eq!(morning(date(2026, 7, 1)), "2026-07-01T08:00:00+02:00");
}

#[test]
fn the_list_tells_a_leaving_child_with_its_last_day() {
    let town = town();
    let end = |n: u8, name: &str| {
        let list = kindergarten::list(&town, n);
        let all = list["kindergartens"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|k| k["childrenInformation"].as_array().unwrap().clone());
        all.into_iter().find(|c| c["child"]["firstName"] == name).map(|c| c["endDate"].clone()).unwrap()
    };
    assert_eq!(end(1, "Mille"), town.date(2).to_string());
    assert_eq!(end(1, "Amira"), Value::Null);
    assert_eq!(end(3, "Amira"), town.date(2).to_string());
    assert_eq!(end(3, "Live"), Value::Null);
    assert_eq!(documents(&town, 2, "kindergarten").len(), 0, "unchanged lists are not sent");
}

#[test]
fn the_referral_names_its_coordinator_and_the_child() {
    let town = town();
    let referral = documents(&town, 2, "barnevern-bufdir").remove(0);
    assert!(referral.contains("<b:Status>1</b:Status>") && referral.contains("<g:Navn>Berit Ås</g:Navn>"));
    assert!(referral.contains(town.child("kasper").unwrap().national_id.as_deref().unwrap()));
}

#[test]
fn text_in_xml_is_escaped() {
    assert_eq!(xml(r#"a<b & "c">"#), "a&lt;b &amp; &quot;c&quot;&gt;");
}
