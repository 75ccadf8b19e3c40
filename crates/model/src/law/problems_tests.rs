//! Slips an administrator can make in the catalogue, each told in words that say where and what to do.

use crate::Law;

/// What is told of the bundled catalogue with `old` replaced by `new` and these rows after it.
fn told(old: &str, new: &str, more: &str) -> Vec<String> {
    let bundled = super::super::BUNDLED;
    assert!(old.is_empty() || bundled.contains(old), "the catalogue has no {old}");
    let text = if old.is_empty() { bundled.to_owned() } else { bundled.replacen(old, new, 1) };
    let law = Law::parse(&format!("{text}\n{more}"), "laws.toml").unwrap();
    law.problems().into_iter().map(|p| format!("{}: {} ({})", p.at.join("."), p.message, p.help)).collect()
}

/// One correction of a kind of service.
fn change(rest: &str) -> String {
    format!("[[service_kind_change]]\nkind = \"vgs\"\nfrom = \"2027-01-01\"\n{rest}\n")
}

#[test]
fn the_catalogue_that_ships_has_no_problem() {
    assert!(told("", "", "").is_empty());
}

#[test]
fn two_clauses_of_one_act_never_count_on_the_same_day() {
    let found = told("to = \"2023-01-01\", cite", "to = \"2023-01-02\", cite", "");
    assert_eq!(
        found,
        ["clause.bvl-15-8.from: `bvl1992-3-2` and `bvl-15-8` of the act `bvl` both count on 2023-01-01 \
         (end the one that was replaced: `bvl1992-3-2` with `to = \"2023-01-01\"`)"]
    );
    let open = told("to = \"2024-08-01\", ", "", "");
    assert!(
        open.concat().contains("end the one that was replaced: `oppl1998-15-8` with `to = \"2024-08-01\"`"),
        "{open:?}"
    );
}

#[test]
fn a_clause_ends_after_it_begins_and_begins_with_the_duty_at_the_earliest() {
    let backwards = told("to = \"2023-01-01\"", "to = \"2022-08-01\"", "");
    assert!(backwards.concat().starts_with(
        "clause.bvl1992-3-2.to: `bvl1992-3-2` ends on 2022-08-01, but begins on 2022-08-01 only (`to` is the first day"
    ), "{backwards:?}");
    let early = told(
        "intl-50       = { act = \"intl\", from = \"2022-08-01\"",
        "intl-50 = { act = \"intl\", from = \"2021-01-01\"",
        "",
    );
    assert_eq!(
        early,
        ["clause.intl-50.from: `intl-50` counts from 2021-01-01, before the duty to coordinate itself \
         (`in_force` is 2022-08-01; begin the clause on that day or later)"]
    );
}

#[test]
fn texts_for_people_are_not_empty() {
    let cite = told("\"integreringsloven § 50\"", "\" \"", "");
    assert_eq!(
        cite,
        [
            "clause.intl-50.cite: how the clause is cited is empty (people read it in answers and reasons; say it in words)"
        ]
    );
    assert!(
        told("\"SFO\"", "\"\"", "")
            .concat()
            .starts_with("service_kind.sfo_kommunal.name: the name of the kind is empty")
    );
    let renamed = told("", "", &change("name = \"\"\nwhy = \"x\""));
    assert!(renamed.concat().starts_with("service_kind_change.0.name: the name of the kind is empty"), "{renamed:?}");
}

#[test]
fn an_act_without_a_clause_is_named_as_one_or_is_a_slip() {
    let found = told("act = \"kril\", can_hold", "act = \"krill\", can_hold", "");
    assert_eq!(
        found,
        ["service_kind.krisesenter.act: unknown act `krill` (did you mean `kril`; an act of its own needs a row in \
         `[clause]`, or a place in `acts_without_clause`)"]
    );
    let later = told("", "", &change("act = \"opll\"\nwhy = \"x\""));
    assert!(
        later.concat().starts_with("service_kind_change.0.act: unknown act `opll` (did you mean `oppll`"),
        "{later:?}"
    );
    assert!(told("", "", &change("act = \"navl\"\nwhy = \"x\"")).is_empty());
}

#[test]
fn a_category_falls_under_a_law_that_disclosure_has_rules_for() {
    let found = told("address                 = { regime = \"fvl\" }", "address = { regime = \"fvll\" }", "");
    assert_eq!(found, ["category.address.regime: unknown regime of secrecy `fvll` (did you mean `fvl`?)"]);
    let later = "[[category_change]]\ncategory = \"adress\"\nfrom = \"2027-01-01\"\nregime = \"gdpr\"\nwhy = \"x\"";
    let found = told("", "", later);
    assert!(
        found
            .iter()
            .any(|p| p.starts_with("category_change.0.regime: unknown regime of secrecy `gdpr` (one of hol, hpl,")),
        "{found:?}"
    );
    assert!(
        found.contains(&"category_change.0.category: unknown category `adress` (did you mean `address`?)".to_owned()),
        "{found:?}"
    );
}

#[test]
fn only_what_is_municipal_may_hold_before_and_after_a_correction() {
    let row = told(
        "vgs                 = { level = \"fylkeskommunal\", act = \"oppll\", can_hold = false",
        "vgs = { level = \"fylkeskommunal\", act = \"oppll\", can_hold = true",
        "",
    );
    assert!(
        row.concat().starts_with(
            "service_kind.vgs: `vgs` may hold the duty, but its level is not `kommunal` (only a municipal \
         service can coordinate: `can_hold = false`;"
        ),
        "{row:?}"
    );
    let later = told("", "", &change("can_hold = true\nwhy = \"x\""));
    assert!(later.concat().starts_with("service_kind_change.0.from: `vgs` may hold the duty"), "{later:?}");
    assert!(told("", "", &change("can_hold = true\nlevel = \"kommunal\"\nwhy = \"x\"")).is_empty());
}

#[test]
fn a_correction_names_a_known_row_says_something_and_why() {
    let unknown = told("", "", &change("name = \"n\"\nwhy = \"x\"").replace("\"vgs\"", "\"ppt_komunal\""));
    assert_eq!(unknown, ["service_kind_change.0.kind: unknown kind `ppt_komunal` (did you mean `ppt_kommunal`?)"]);
    let silent = told("", "", &change("why = \" \""));
    assert_eq!(
        silent,
        [
            "service_kind_change.0.kind: the correction of `vgs` changes nothing (say what changes, or take the correction out)",
            "service_kind_change.0.why: a correction without a reason (name the act, the regulation or the decision, for those who ask later)",
        ]
    );
}

#[test]
fn a_row_is_corrected_once_a_day_and_after_it_came() {
    let twice = told("", "", &change("name = \"n\"\nwhy = \"x\"").repeat(2));
    assert_eq!(
        twice,
        ["service_kind_change.1.from: two corrections of `vgs` from 2027-01-01 (write what changes that day as one)"]
    );
    let early = told(
        "vgs                 = { level",
        "vgs = { from = \"2027-01-01\", level",
        &change("name = \"n\"\nwhy = \"x\""),
    );
    assert_eq!(
        early,
        ["service_kind_change.0.from: `vgs` is known from 2027-01-01 only, and corrected from 2027-01-01 \
         (write it in the row itself, or correct it from a later day)"]
    );
}

const R18: &str = "rule = \"R-18\"\nfrom = \"2022-08-01\"\nto = \"2023-01-01\"\n";

#[test]
fn a_rule_rests_on_one_ground_on_every_day_since_the_duty_began() {
    let gap = told(R18, &R18.replace("2023-01-01", "2022-12-31"), "");
    assert_eq!(
        gap,
        [
            "ground.19.from: `R-18` has no ground from 2022-12-31 to 2023-01-01 (every rule rests on something on every day \
          since `in_force`; say on what)"
        ]
    );
    let late = told(R18, &R18.replace("2022-08-01", "2022-09-01"), "");
    assert!(
        late.concat().starts_with("ground.18.from: `R-18` has no ground from 2022-08-01 to 2022-09-01"),
        "{late:?}"
    );
    let both = told(R18, &R18.replace("2023-01-01", "2023-02-01"), "");
    assert_eq!(
        both,
        ["ground.19.from: `R-18` has two grounds on 2023-01-01 (end the one that was replaced: `to = \"2023-01-01\"`)"]
    );
    let open = told(R18, "rule = \"R-18\"\nfrom = \"2022-08-01\"\n", "");
    assert!(open.concat().starts_with("ground.19.from: `R-18` has two grounds on 2023-01-01"), "{open:?}");
    let over = told("cite = \"krisesenterlova §§", "to = \"2030-01-01\"\ncite = \"krisesenterlova §§", "");
    assert!(over.concat().starts_with("ground: `R-25` has no ground from 2030-01-01"), "{over:?}");
}

#[test]
fn a_ground_is_of_a_rule_there_is_ends_after_it_begins_and_says_something() {
    let unknown = told("rule = \"R-26\"", "rule = \"R26\"", "");
    assert!(unknown.concat().contains("unknown rule `R26` (did you mean `R-26`?)"), "{unknown:?}");
    assert!(unknown.concat().contains("ground: `R-26` has no ground from 2022-08-01"), "{unknown:?}");
    let backwards = told(R18, &R18.replace("to = \"2023-01-01\"", "to = \"2022-08-01\""), "");
    assert!(
        backwards.concat().contains("ground.18.to: the ground of `R-18` ends on 2022-08-01, but begins on"),
        "{backwards:?}"
    );
    let silent = told("\"kommuneloven § 13-1\"", "\"\"", "");
    assert!(silent.concat().starts_with("ground.9.cite: how the ground is cited is empty"), "{silent:?}");
    let own = told("", "", "[[ground]]\nrule = \"R-24\"\nfrom = \"2022-08-01\"\ncite = \"x\"");
    assert!(own.concat().starts_with("ground.27.rule: `R-24` has no ground of its own"), "{own:?}");
}

#[test]
fn a_catalogue_from_before_it_had_grounds_is_told_of_once() {
    let mut law = Law::bundled();
    law.ground.clear();
    let found: Vec<String> = law.problems().into_iter().map(|p| p.message).collect();
    assert_eq!(found, ["no rule has a ground"]);
}

#[test]
fn all_mistakes_are_told_at_once() {
    let found = told("\"integreringsloven § 50\"", "\"\"", &change("act = \"opll\"\nwhy = \"\""));
    assert_eq!(found.len(), 3, "{found:?}");
}
