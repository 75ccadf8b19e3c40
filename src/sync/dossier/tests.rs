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
    let strict = |rows: &[StoredFact]| Dossier::new(child, rows, today).protection();
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
