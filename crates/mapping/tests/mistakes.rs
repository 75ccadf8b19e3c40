//! Slips of an administrator, each found at load with place, caret and a way out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers and properties of tests may stop the test"
)]

mod support;

use samhold_mapping::BadFile;
use support::{bundled_mapping, parse};

const GOOD: &str = r#"[mapping]
id = "x"
direction = "in"
version = "1"
schema = "schemas/nav-barnehagelister-v1.toml"
update = "replace"

[record]
each = "kindergartens[*]"
key = "organizationNumber"

[code.kind]
map = { a = "barnehage_kommunal" }

[[fact]]
type = "service_started"
each = "childrenInformation[*]"
key = "startDate"
child = { national_id = "child.socialSecurityNumber" }
at = { date = "startDate", as = "date" }
fields = { service = "^.organizationNumber", kind = { const = "barnehage_privat" } }

[[case]]
name = "nothing"
input = '{"id": "1", "kindergartens": [], "listInformation": {"municipalityNumber": "4601"}}'
expect = []
"#;

/// The good mapping with one slip in it.
fn with(right: &str, wrong: &str) -> BadFile {
    assert!(GOOD.contains(right), "{right}");
    parse("slip.toml", &GOOD.replacen(right, wrong, 1)).expect_err("a slip must be found")
}

/// One problem with this code and help.
fn found(right: &str, wrong: &str, code: &str, help: &str) {
    let bad = with(right, wrong);
    let hit = bad.problems.iter().find(|p| p.code == code && p.help.as_deref().unwrap_or("").contains(help));
    assert!(hit.is_some(), "{wrong}: no `{code}` with `{help}` in\n{}", bad.report());
}

#[test]
fn the_mapping_without_slip_is_good() {
    assert!(parse("good.toml", GOOD).is_ok());
    assert_eq!(
        bundled_mapping("nav-barnehagelister-v1.toml").rule_names().collect::<Vec<_>>(),
        ["started", "ended", "protected"]
    );
}

#[test]
fn a_misspelled_source_field_gets_a_caret_and_a_suggestion() {
    let bad = with("child.socialSecurityNumber", "child.socialSecurtyNumber");
    assert_eq!(bad.problems.len(), 1, "one slip, one problem: {bad}");
    insta::assert_snapshot!(bad.report());
}

#[test]
fn a_misspelled_field_of_ours_gets_a_suggestion() {
    found("service = ", "servise = ", "unknown-field", "did you mean `service`?");
    found("service_started", "service_startet", "unknown-fact-type", "did you mean `service_started`?");
    found("\"barnehage_privat\"", "\"barnehage_privatt\"", "unknown-word", "did you mean `barnehage_privat`?");
}

#[test]
fn a_misspelled_key_gets_a_suggestion_at_every_level() {
    found("update = ", "updaet = ", "unknown-key", "did you mean `update`?");
    found("child = {", "chidl = {", "unknown-key", "did you mean `child`?");
    found("[code.kind]", "[cod.kind]", "unknown-key", "did you mean `code`?");
    found("each = \"kinder", "eahc = \"kinder", "unknown-key", "did you mean `each`?");
    found("{ national_id", "{ nationl_id", "one-child-reference", "did you mean `national_id`?");
    found("{ const =", "{ cosnt =", "one-operation", "did you mean `const` for `cosnt`?");
    found("as = \"date\"", "as = \"dato\"", "unknown-word", "did you mean `date`?");
    found("\"replace\"", "\"replac\"", "unknown-word", "did you mean `replace`?");
}

#[test]
fn types_must_fit_the_vocabulary() {
    found("{ date = \"startDate\", as = \"date\" }", "\"startDate\"", "not-a-date", "date = ");
    found("{ const = \"barnehage_privat\" }", "\"^.name\"", "open-words", "barnehage_kommunal");
    found("\"^.organizationNumber\"", "{ person = \"child.socialSecurityNumber\" }", "wrong-type", "a text");
    found(", kind = { const = \"barnehage_privat\" }", "", "missing-field", "");
}

#[test]
fn lists_must_be_met_as_lists() {
    found("\"kindergartens[*]\"", "\"kindergartens\"", "path-list", "kindergartens[*]");
    found("\"^.organizationNumber\"", "\"guardians[*].firstName\"", "several-values", "first");
    found("\"^.organizationNumber\"", "\"child\"", "path-not-a-value", "socialSecurityNumber");
    found("\"^.organizationNumber\"", "\"startDate.year\"", "path-past-value", "");
    found("\"^.organizationNumber\"", "\"^.^.^.x\"", "path-above-document", "");
    found("\"^.organizationNumber\"", "\"guardians[firstName=Kari].lastName\"", "unknown-source-field", "");
}

#[test]
fn a_condition_on_a_word_the_source_never_says_is_a_slip() {
    let text = include_str!("../../../mappings/digisos-soker-1.toml");
    let bad = parse("d.toml", &text.replace("[type='soknadsStatus'][status='MOTTATT']", "[type='soknadStatus']"))
        .expect_err("a slip");
    assert!(bad.problems.iter().all(|p| p.code == "unknown-source-word"), "{bad}");
    assert_eq!(bad.problems[0].help.as_deref(), Some("did you mean `soknadsStatus`?"));
}

#[test]
fn a_slip_in_the_schema_points_into_the_schema() {
    let files = |_: &str| Some("format = \"json\"\n[document]\na = \"txet\"\n".to_owned());
    let bad = samhold_mapping::Mapping::parse("m.toml", GOOD, &files, &samhold_model::Law::bundled()).unwrap_err();
    assert_eq!(bad.file, "schemas/nav-barnehagelister-v1.toml");
    assert_eq!(bad.problems[0].help.as_deref(), Some("did you mean `text`?"));
}

#[test]
fn all_slips_are_told_at_once() {
    let text =
        GOOD.replace("startDate", "strtDate").replace("update =", "updaet =").replace("barnehage_privat", "barnehage");
    let bad = parse("many.toml", &text).unwrap_err();
    assert!(bad.problems.len() >= 5, "{}", bad.report());
}

#[test]
fn broken_toml_has_a_place_too() {
    let bad = with("id = \"x\"", "id = \"x");
    assert_eq!(bad.problems[0].code, "toml");
    assert!(bad.report().contains("slip.toml:2"), "{}", bad.report());
}

#[test]
fn a_mapping_without_cases_and_a_fact_of_an_unknown_rule_are_refused() {
    let (head, _) = GOOD.split_once("[[case]]").unwrap();
    let bad = parse("nocase.toml", head).unwrap_err();
    assert_eq!(bad.problems[0].code, "no-case");
    let consent = include_str!("../../../mappings/fhir-consent-r4.toml");
    let wrong = format!(
        "{consent}\n[[fact]]\ntype = \"consent_withdrawn\"\nchild = {{ local = \"resource.id\" }}\nat = {{ date = \"resource.dateTime\", as = \"date\" }}\nfields = {{ consent = {{ fact = \"consnt\", key = \"resource.id\" }} }}\n"
    );
    let bad = parse("fact.toml", &wrong).unwrap_err();
    assert_eq!(bad.problems[0].help.as_deref(), Some("did you mean `consent`?"), "{}", bad.report());
}

#[test]
fn an_outbound_mapping_can_only_rearrange_what_was_released() {
    let text = include_str!("../../../mappings/samhold-assignment-v1.toml");
    for wrong in [
        "{ path = \"municipality\", prefix = \"kommune \" }",
        "{ join = [\"municipality\", \"valid_from\"] }",
        "{ date = \"valid_from\", as = \"date\", plus_days = 1 }",
        "{ const = 4601 }",
    ] {
        let text = text.replace("municipality = \"municipality\"", &format!("municipality = {wrong}"));
        let bad = parse("out.toml", &text).unwrap_err();
        assert_eq!(bad.problems[0].code, "not-outbound", "{}", bad.report());
    }
}

#[test]
fn what_is_stripped_is_text_and_what_is_looked_up_in_a_condition_is_a_code_table() {
    let at = "at = { date = \"startDate\", as = \"date\" }";
    found(at, "at = { date = \"startDate\", as = \"date\", strip = \"x\" }", "wrong-kind", "");
    let child = "child = { national_id = \"child.socialSecurityNumber\" }";
    let when = |table: &str| format!("{child}\nwhen = {{ path = \"startDate\", in_code = \"{table}\" }}");
    found(child, &when("kinds"), "unknown-code-table", "`kind`");
    let good = GOOD.replacen(child, &when("kind"), 1);
    assert!(parse("good.toml", &good).is_ok());
}

#[test]
fn a_word_of_our_own_stands_only_where_the_vocabulary_is_asked() {
    let kind = "kind = { const = \"barnehage_privat\" }";
    let good = GOOD.replacen(kind, "kind = { own = \"startDate\" }", 1);
    assert!(parse("good.toml", &good).is_ok());
    found("service = \"^.organizationNumber\"", "service = { own = \"^.organizationNumber\" }", "wrong-type", "a text");
}
