//! The demonstration, run as a user runs it: the built program, nothing else.
//!
//! Holds it to the stories of the cast, and looks through all it prints for an identity number.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::process::{Command, Output};

use samhold_standins::Town;
use samhold_standins::town::LAST_DAY;
use serde_json::Value;

fn demo(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_samhold")).arg("demo").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn report(output: &Output) -> Value {
    let told = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}");
    serde_json::from_str(&text(&output.stdout)).unwrap()
}

/// The tour has its own dates; who holds on its last day does not depend on them.
fn town() -> Town {
    Town::new(jiff::civil::date(2026, 11, 23))
}

fn named<'a>(rows: &'a Value, key: &str, value: &str) -> &'a Value {
    let found = rows.as_array().unwrap().iter().find(|row| row[key] == value);
    found.unwrap_or_else(|| panic!("{value} is not in {rows}"))
}

fn withheld(report: &Value, service: &str) -> Vec<(String, String, String)> {
    let service = named(&report["services"], "id", service);
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = service["withheld"].as_array().unwrap().iter();
    rows.flat_map(|row| {
        let children = row["children"].as_array().unwrap().iter();
        children.map(move |child| (word(child), word(&row["category"]), word(&row["reason"])))
    })
    .collect()
}

fn knows(report: &Value, service: &str, child: &str) -> Option<String> {
    let rows = named(&report["services"], "id", service)["received"].as_array().unwrap();
    rows.iter().find(|row| row["child"] == child).map(|row| row["says"].as_str().unwrap().to_owned())
}

/// Runs of eleven digits anywhere, however they are wrapped.
fn numbers_in(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() == 11).map(str::to_owned).collect()
}

#[test]
fn the_demonstration_shows_every_child_with_the_holder_its_story_tells() {
    let output = demo(&["--json"]);
    let report = report(&output);
    let town = town();
    assert_eq!(report["children"].as_array().unwrap().len(), town.children().len());
    for child in town.children() {
        let row = named(&report["children"], "key", child.key);
        let expected = town.expected(child.key, LAST_DAY).unwrap();
        assert_eq!(row["child"], child.first_name);
        assert_eq!(
            (&row["state"], &row["holder_kind"], &row["holder_id"]),
            (&expected.state.into(), &expected.holder_kind.into(), &expected.holder.into()),
            "{}",
            child.first_name
        );
    }
    what_left_and_what_did_not(&report);
    faults_are_seen_and_survived(&report);
    no_number_is_printed(&output, &town);
}

fn what_left_and_what_did_not(report: &Value) {
    assert_eq!(knows(report, "lia-skole", "Sander").unwrap(), "held · contact point", "the shelter is not named");
    assert_eq!(knows(report, "nes-skole", "Nora"), None, "strengt fortrolig");
    assert!(knows(report, "tussilago-barnehage", "Iben").unwrap().starts_with("withdrawn"));
    assert!(knows(report, "habu", "Tiril").unwrap().contains("Eva Holm"), "the hospital's own FHIR server has it");
    assert!(knows(report, "ke", "Selmas barn").is_some(), "the feed was fetched");
    assert!(
        knows(report, "helsestasjon", "Ylva").unwrap().contains("Kari Moen"),
        "the register was asked after the birth"
    );
    assert_eq!(knows(report, "helsestasjon", "Selmas barn"), None, "nobody has said yet that the address is open");
    let has = |service: &str, child: &str, category: &str, reason: &str| {
        let rows = withheld(report, service);
        let row = (child.to_owned(), category.to_owned(), reason.to_owned());
        assert!(rows.contains(&row), "{service}: {row:?} is not in {rows:?}");
    };
    has("lia-skole", "Sander", "holder_service", "REDACT_SENSITIVE_HOLDER");
    has("nes-skole", "Nora", "coordination_exists", "DENY_ADDRESS_STRICT");
    has("tussilago-barnehage", "Iben", "holder_service", "DENY_CONSENT_WITHDRAWN");
}

fn faults_are_seen_and_survived(report: &Value) {
    let row = |id: &str| named(&report["deliveries"], "id", id).clone();
    for retried in ["lia-skole", "ergo-fysio"] {
        assert!(row(retried)["retries"].as_u64().unwrap() > 0, "{retried}");
        assert!(row(retried)["delivered"].as_u64().unwrap() > 0, "{retried}");
    }
    let dead = &row("ppt")["dead"];
    assert_eq!(dead[0]["code"], "http_422", "{dead}");
    assert!(!dead[0]["reason"].as_str().unwrap().is_empty());
    for check in report["checks"].as_array().unwrap() {
        assert_eq!(check["holds"], true, "{check}");
    }
    for source in report["sources"].as_array().unwrap() {
        assert!(source["units"].as_u64().unwrap() > 0, "nothing came from {source}");
        assert_eq!(source["dead"].as_array().unwrap().len(), 0, "{source}");
    }
}

fn no_number_is_printed(output: &Output, town: &Town) {
    let printed = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(numbers_in(&printed), Vec::<String>::new());
    for number in town.numbers() {
        assert!(!printed.contains(&number));
    }
}

#[test]
fn the_plain_text_names_every_child_and_needs_no_colour() {
    let output = demo(&[]);
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
    assert!(!printed.contains('\u{1b}'), "no escape codes where nobody looks at a terminal");
    assert_eq!(text(&output.stderr), "", "no progress where nobody looks at a terminal");
    for heading in
        ["Who coordinates now", "What each service received", "withheld (operator's eyes)", "Deliveries", "Checked"]
    {
        assert!(printed.contains(heading), "{heading}");
    }
    let town = town();
    for child in town.children() {
        assert!(printed.contains(child.first_name), "{}", child.first_name);
    }
    no_number_is_printed(&output, &town);
}

#[test]
fn a_broker_that_is_not_there_is_told_without_its_password() {
    let output = demo(&["--amqp", "amqp://demo:hemmelig-ord@127.0.0.1:1/%2f"]);
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("--amqp") && !told.contains("hemmelig-ord"), "{told}");
}

/// With a broker, child welfare's cases come by queue and what child welfare may know goes out by exchange.
#[test]
fn the_same_job_runs_over_a_real_broker() {
    #[expect(clippy::disallowed_methods, reason = "a test is told by its environment where the broker is")]
    let Ok(url) = std::env::var("SAMHOLD_TEST_AMQP") else {
        eprintln!("skipped: SAMHOLD_TEST_AMQP names no broker");
        return;
    };
    let output = demo(&["--json", "--amqp", &url]);
    let report = report(&output);
    let row = named(&report["deliveries"], "id", "barnevern");
    assert_eq!(row["road"], "AMQP queue");
    assert!(row["delivered"].as_u64().unwrap() > 0);
    assert!(knows(&report, "barnevern", "Kasper").unwrap().contains("holder"), "{report}");
    no_number_is_printed(&output, &town());
}
