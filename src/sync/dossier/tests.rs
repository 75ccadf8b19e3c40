//! A child's facts sorted for the rules: protection of the strictest kind, and two registrations of one child.

use samhold_model::{FactId, Instant, MunicipalityNo, SystemName};
use serde_json::json;

use super::*;

fn row(seq: i64, child: ChildId, body: Value) -> StoredFact {
    StoredFact {
        seq,
        id: FactId::new(),
        child,
        municipality: MunicipalityNo::new("9901"),
        at: "2026-01-01".parse().unwrap(),
        recorded_at: Instant::UNIX_EPOCH,
        source: SystemName::new("kommunen"),
        record: None,
        scope: None,
        body,
    }
}

fn protection(seq: i64, child: ChildId, value: &str) -> StoredFact {
    row(seq, child, json!({"type": "address_protection", "value": value}))
}

#[test]
fn the_strictest_protection_of_any_registration_of_the_child_counts() {
    let (child, other) = (ChildId::new(), ChildId::new());
    let today = "2026-08-17".parse().unwrap();
    let strict = |rows: &[StoredFact]| Dossier::new(child, rows, today).with_protection_until(None).protection();
    let own = protection(3, child, "none");
    assert_eq!(strict(&[row(1, other, json!({"type": "died"})), own.clone()]), "none");
    assert_eq!(strict(&[protection(1, other, "strengt_fortrolig"), own.clone()]), "strengt_fortrolig");
    assert_eq!(strict(&[protection(1, other, "strengt_fortrolig"), protection(2, other, "none"), own]), "none");
    assert_eq!(strict(&[row(1, other, json!({"type": "died"}))]), "unknown");
    let order = |seq, child, active| {
        let body = json!({"type": "secrecy_order", "categories": ["plan_goals"], "active": active});
        row(seq, child, body)
    };
    let rows = [order(1, other, true), order(2, child, false)];
    assert_eq!(Dossier::new(child, &rows, today).subject().secrecy_order, ["plan_goals"]);
}

#[test]
fn what_was_said_of_protection_counts_until_its_last_day_and_then_as_strict() {
    let child = ChildId::new();
    let (last, next): (Date, Date) = ("2026-08-17".parse().unwrap(), "2026-08-18".parse().unwrap());
    let on = |word: &str, day, until| {
        Dossier::new(child, &[protection(1, child, word)], day).with_protection_until(until).protection()
    };
    for word in ["none", "fortrolig"] {
        assert_eq!([on(word, last, Some(last)), on(word, next, None)], [word, word]);
        assert_eq!(on(word, next, Some(last)), "unknown");
    }
    assert_eq!(on("strengt_fortrolig", next, Some(last)), "strengt_fortrolig");
    assert!(!Dossier::new(child, &[protection(1, child, "ny_gradering")], last).is_whole());
}

#[test]
fn an_appointment_that_names_the_joined_child_names_the_one_it_counts_as() {
    let (child, other, sibling) = (ChildId::new(), ChildId::new(), ChildId::new());
    let body =
        json!({"type": "bk_appointed", "person": "kari", "service": "ppt", "by": "ke", "covers": [other, sibling]});
    let rows = as_one(vec![row(1, other, body)], child);
    assert_eq!(rows[0].body["covers"], json!([child, sibling]));
}

#[test]
fn a_dossier_that_nobody_told_how_long_a_word_counts_takes_it_for_too_old() {
    let (child, today) = (ChildId::new(), "2026-08-17".parse().unwrap());
    let of = |word: &str| Dossier::new(child, &[protection(1, child, word)], today);
    assert_eq!([of("none").protection(), of("strengt_fortrolig").protection()], ["unknown", "strengt_fortrolig"]);
    assert!(of("none").is_strictly_protected() && !of("none").with_protection_until(None).is_strictly_protected());
    assert!(of("ny_gradering").with_protection_until(None).is_strictly_protected(), "what cannot be read may protect");
    let stale = of("none").with_protection_until(Some("2026-08-01".parse().unwrap()));
    assert_eq!(
        stale.on_day("2026-07-01".parse().unwrap()).protection(),
        "unknown",
        "asked about another day it is as old"
    );
}

/// What counts after these were said, each by a source on the next day.
fn after(said: &[(&str, &str)]) -> String {
    let child = ChildId::new();
    let row = |(n, (source, word)): (usize, &(&str, &str))| StoredFact {
        at: format!("2026-01-{:02}", n + 1).parse().unwrap(),
        source: SystemName::new(*source),
        ..protection(n as i64, child, word)
    };
    let rows: Vec<StoredFact> = said.iter().enumerate().map(row).collect();
    Dossier::new(child, &rows, "2026-08-17".parse().unwrap()).with_protection_until(None).protection()
}

#[test]
fn a_child_the_register_answers_no_more_for_is_unknown_until_it_answers_again() {
    let (old, silent) = (("register", "none"), ("register", "unknown"));
    assert_eq!(after(&[old, silent]), "unknown");
    assert_eq!(after(&[old, silent, old]), "none");
    assert_eq!(after(&[old, silent, ("register", "fortrolig")]), "fortrolig");
    assert_eq!(after(&[old, silent, old, silent]), "unknown");
    assert_eq!(after(&[old, silent, ("kommunen", "none")]), "none", "a person has looked");
}

#[test]
fn a_register_that_says_again_what_it_said_before_lifts_nothing_that_others_have_said_since() {
    let (old, silent, hidden) = (("register", "none"), ("register", "unknown"), ("kommunen", "strengt_fortrolig"));
    assert_eq!(after(&[old, hidden, silent, old]), "strengt_fortrolig");
    assert_eq!(after(&[old, silent, hidden, old]), "strengt_fortrolig");
    assert_eq!(after(&[old, hidden, silent, ("register", "fortrolig")]), "fortrolig", "what is new counts, as ever");
    for grade in ["strengt_fortrolig", "fortrolig"] {
        let said = ("register", grade);
        assert_eq!(after(&[said, silent, ("kommunen", "none"), said]), grade, "nor is what it says again lifted");
    }
}
