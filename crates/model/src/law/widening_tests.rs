//! What a municipality may not write into the catalogue without a day, and what is listed when it has one.

use crate::Law;

/// The shipped catalogue with `old` replaced by `new` and these rows after it.
fn law(old: &str, new: &str, more: &str) -> Law {
    let bundled = super::super::BUNDLED;
    assert!(old.is_empty() || bundled.contains(old), "the catalogue has no {old}");
    let text = if old.is_empty() { bundled.to_owned() } else { bundled.replacen(old, new, 1) };
    Law::parse(&format!("{text}\n{more}"), "laws.toml").unwrap()
}

fn refused(old: &str, new: &str) -> Vec<String> {
    law(old, new, "").undated_widenings().into_iter().map(|p| p.at.join(".")).collect()
}

fn listed(more: &str) -> Vec<String> {
    let law = law("", "", more);
    assert!(law.problems().is_empty() && law.undated_widenings().is_empty(), "a dated change is no slip");
    law.dated_widenings().iter().map(ToString::to_string).collect()
}

#[test]
fn the_law_that_ships_and_one_that_is_narrower_are_taken() {
    assert!(refused("", "").is_empty() && listed("").is_empty());
    assert!(refused("ppt_kommunal        = { public = true }", "ppt_kommunal = { public = false }").is_empty());
    assert!(
        refused("barnekoordinator    = { public = true, allow_listed_strict = true }", "barnekoordinator = {}")
            .is_empty()
    );
    assert!(refused("ngo                 = { public = false }", "ngo = {}\nmenighet = { public = false }").is_empty());
}

#[test]
fn who_gets_more_for_every_day_there_ever_was_is_refused() {
    assert_eq!(
        refused(
            "ngo                 = { public = false }",
            "ngo = { public = true, health = true, allow_listed_strict = true }"
        ),
        ["recipient_kind.ngo.public", "recipient_kind.ngo.health", "recipient_kind.ngo.allow_listed_strict"]
    );
    let school = refused(
        "skole_kommunal      = { public = true }",
        "skole_kommunal = { public = true, allow_listed_strict = true }",
    );
    assert_eq!(school, ["recipient_kind.skole_kommunal.allow_listed_strict"]);
    let new =
        refused("ngo                 = { public = false }", "ngo = {}\nmenighet = { allow_listed_strict = true }");
    assert_eq!(new, ["recipient_kind.menighet.allow_listed_strict"], "a kind that does not ship has nothing yet");
    assert_eq!(refused("guardian            = { person = true }", "guardian = {}"), ["recipient_kind.guardian.person"]);
    assert_eq!(
        refused("vgs                 = { public = true }", "vgs = { public = true, person = true }"),
        ["recipient_kind.vgs.person"]
    );
}

#[test]
fn a_category_under_another_law_of_secrecy_for_every_day_there_ever_was_is_refused() {
    let found = law("health_condition        = { regime = \"hpl\" }", "health_condition = { regime = \"fvl\" }", "");
    let found = found.undated_widenings();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].at, ["category", "health_condition", "regime"]);
    assert!(found[0].help.contains("[[category_change]]"), "{found:?}");
}

#[test]
fn what_lets_more_out_from_a_day_on_is_listed_with_its_row_day_and_reason() {
    let row = |rest: &str| {
        format!("[[recipient_kind_change]]\nkind = \"skole_privat\"\nfrom = \"2027-01-01\"\n{rest}\nwhy = \"lov\"\n")
    };
    assert_eq!(
        listed(&row("public = true")),
        ["`[[recipient_kind_change]]` of `skole_privat` from 2027-01-01 lets more be told (public = true): lov"]
    );
    assert!(listed(&row("public = false")).is_empty());
    let category = "[[category_change]]\ncategory = \"health_condition\"\nfrom = \"2027-01-01\"\nregime = \"fvl\"\nwhy = \"lov\"\n";
    assert_eq!(
        listed(category),
        ["`[[category_change]]` of `health_condition` from 2027-01-01 lets more be told (regime = \"fvl\"): lov"]
    );
    let back = category.replace("2027", "2028").replace("fvl", "hpl");
    assert_eq!(listed(&format!("{category}{back}")).len(), 2, "which law is stricter is not for the program to say");
}
