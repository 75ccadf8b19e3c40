//! The law corrected with a date: the question is decided by the rows of its own day.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use samhold_disclosure::{Flags, Item, Recipient, Request, Rules, Share, Subject, Verdict, decide};
use samhold_model::{Date, Law};

const DAY_BEFORE: Date = jiff::civil::date(2026, 12, 31);
const CHANGED: Date = jiff::civil::date(2027, 1, 1);

/// May the school's `category` go to `kind` for this purpose? A named person has found it necessary.
fn verdict(date: Date, (category, kind, purpose): (&str, &str, &str), rules: &Rules) -> Verdict {
    let subject = Subject { birth_date: Some(jiff::civil::date(2018, 5, 1)), ..Subject::default() };
    let fields = vec![category.to_owned()];
    let item = Item { category: category.into(), from: "skole_kommunal".into(), fields, ..Item::default() };
    let recipient = Recipient { kind: kind.into(), participant: true, id: None };
    let flags = Flags { necessary_by: Some("kari".into()), ..Flags::default() };
    let purpose = purpose.to_owned();
    decide(&Request { date, purpose, subject, item, recipient, flags, consents: Vec::new() }, rules).decision
}

fn rules(more: &str) -> Rules {
    let law = Law::parse(&format!("{}\n{more}", include_str!("../../../config/laws.toml")), "laws.toml").unwrap();
    assert_eq!(law.problems(), []);
    Rules { law, config: Share::default() }
}

#[test]
fn a_private_school_that_becomes_an_organ_may_know_from_that_day_and_not_before() {
    let corrected =
        rules("[[recipient_kind_change]]\nkind = \"skole_privat\"\nfrom = \"2027-01-01\"\npublic = true\nwhy = \"x\"");
    let asked = ("coordination_exists", "skole_privat", "coordination");
    assert_eq!(verdict(DAY_BEFORE, asked, &corrected), Verdict::Deny);
    assert_eq!(verdict(CHANGED, asked, &corrected), Verdict::Permit);
    assert_eq!(verdict(CHANGED, asked, &rules("")), Verdict::Deny);
}

#[test]
fn a_category_moved_to_another_law_is_bound_by_it_from_that_day() {
    let moved = rules(
        "[[category_change]]\ncategory = \"education_support\"\nfrom = \"2027-01-01\"\nregime = \"hpl\"\nwhy = \"x\"",
    );
    let asked = ("education_support", "spesialisthelse", "health_care");
    assert_eq!(verdict(DAY_BEFORE, asked, &moved), Verdict::Deny);
    assert_eq!(verdict(CHANGED, asked, &moved), Verdict::Permit);
}
