//! What people are told about a file that cannot be run: every slip at once, each with line and hint.
#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests may stop the test")]

use samhold_model::Law;
use samhold_scenario::{FileError, Mistake, report, run_files, run_texts};

const GOOD: &str = r#"[[duty]]
id = "T-1"
[duty.family]
birth_date = 2014-02-03
[[duty.events]]
id = "e1"
at = 2024-09-02
type = "service_started"
service = "lia-skole"
kind = "skole_kommunal"
[[duty.events]]
id = "e2"
at = "2024-09-03"
type = "correction"
of = "e1"
replace = { at = 2024-09-01, kind = "skole_privat" }
[[duty.checks]]
as_of = 2024-10-01
expect = { samordning = { state = "none_needed", acting = "" } }
"#;

const SHARING: &str = r#"[[sharing]]
id = "S-1"
date = 2025-03-01
purpose = "coordination"
[sharing.subject]
birth_date = 2016-01-01
guardians = [{ id = "mor" }]
[sharing.item]
category = "coordination_exists"
from = "koordinerende_enhet"
fields = ["coordination_exists"]
[sharing.recipient]
kind = "skole_kommunal"
[sharing.expect]
decision = "deny"
reason = "DENY_NOT_PARTICIPANT"
"#;

fn mistakes(texts: &[(&str, &str)]) -> Vec<Mistake> {
    let errors = run_texts(texts, &Law::bundled()).expect_err("the text holds a slip");
    errors
        .into_iter()
        .map(|e| match e {
            FileError::Mistake(mistake) => *mistake,
            other => panic!("{other}"),
        })
        .collect()
}

/// The one mistake that comes of replacing `from` by `to` in a good text.
fn slip(good: &str, from: &str, to: &str) -> Mistake {
    assert!(good.contains(from), "{from}");
    let mut found = mistakes(&[("a.toml", &good.replacen(from, to, 1))]);
    assert_eq!(found.len(), 1, "{from} -> {to}: {found:?}");
    found.remove(0)
}

fn assert_slip(good: &str, from: &str, to: &str, line: usize, says: &str, hint: Option<&str>) {
    let found = slip(good, from, to);
    assert_eq!(found.line, line, "{found}");
    assert!(found.found.contains(says), "{found}");
    let hint = hint.map(|h| format!("did you mean `{h}`?"));
    assert_eq!(found.hint, hint, "{found}");
}

#[test]
fn the_good_texts_hold_no_slip() {
    let results = run_texts(&[("a.toml", GOOD), ("b.toml", SHARING)], &Law::bundled()).unwrap();
    assert_eq!(results.len(), 2);
}

#[test]
fn an_unknown_key_is_named_with_line_and_nearest_key_wherever_it_stands() {
    for (good, from, to, line, key, nearest) in [
        (GOOD, "[[duty]]\n", "dutty = []\n[[duty]]\n", 1, "dutty", Some("duty")),
        (GOOD, "[duty.family]", "titel = \"x\"\n[duty.family]", 3, "titel", Some("title")),
        (GOOD, "birth_date =", "birth_date = 2014-02-03\nbirthdate =", 5, "birthdate", Some("birth_date")),
        (GOOD, "id = \"e1\"\n", "id = \"e1\"\nrecorded_att = 2024-09-02\n", 7, "recorded_att", Some("recorded_at")),
        (GOOD, "service =", "service = \"a\"\nservise =", 10, "servise", Some("service")),
        (GOOD, "{ at = 2024-09-01, kind", "{ att = 2024-09-01, kind", 16, "att", Some("at")),
        (GOOD, "kind = \"skole_privat\"", "kindd = \"skole_privat\"", 16, "kindd", Some("kind")),
        (GOOD, "as_of = 2024-10-01", "as_of = 2024-10-01\nknownat = 2024-10-01", 19, "knownat", Some("known_at")),
        (GOOD, "{ samordning", "{ samordnig = {}, samordning", 19, "samordnig", Some("samordning")),
        (GOOD, "acting =", "zzz =", 19, "zzz", None),
        (SHARING, "purpose =", "purpose = \"x\"\npurpos =", 5, "purpos", Some("purpose")),
        (SHARING, "{ id = \"mor\" }", "{ id = \"mor\", respons = true }", 7, "respons", None),
        (SHARING, "from =", "holder_kin = \"x\"\nfrom =", 10, "holder_kin", Some("holder_kind")),
        (SHARING, "kind =", "participent = true\nkind =", 13, "participent", Some("participant")),
        (
            SHARING,
            "[sharing.item]",
            "[sharing.flags]\nobjection = []\n[sharing.item]",
            9,
            "objection",
            Some("objection_by"),
        ),
        (SHARING, "reason =", "reasn =", 16, "reasn", Some("reason")),
        (
            SHARING,
            "[sharing.item]",
            "[sharing.config]\nforward_adresses = true\n[sharing.item]",
            9,
            "forward_adresses",
            Some("forward_addresses"),
        ),
        (
            GOOD,
            "[duty.family]",
            "[duty.config]\nlate_event_day = 3\n[duty.family]",
            4,
            "late_event_day",
            Some("late_event_days"),
        ),
    ] {
        assert_slip(good, from, to, line, &format!("unknown key `{key}`"), nearest);
    }
}

#[test]
fn a_word_no_answer_could_say_is_an_error_and_not_a_failing_check() {
    for (good, from, to, line, word, nearest) in [
        (GOOD, "none_needed", "none_neded", 19, "none_neded", "none_needed"),
        (GOOD, "acting = \"\"", "basis = \"hol-7-2b\"", 19, "hol-7-2b", "hol-7-2a"),
        (GOOD, "acting = \"\"", "duty_basis = [\"hol-3-4\", \"bvl-15-9\"]", 19, "bvl-15-9", "bvl-15-8"),
        (GOOD, "{ samordning", "{ alerts_exclude = [\"BK_VACCANT\"], samordning", 19, "BK_VACCANT", "BK_VACANT"),
        (SHARING, "\"deny\"", "\"denny\"", 15, "denny", "deny"),
        (SHARING, "DENY_NOT_PARTICIPANT", "DENY_NO_PARTICIPANT", 16, "DENY_NO_PARTICIPANT", "DENY_NOT_PARTICIPANT"),
    ] {
        assert_slip(good, from, to, line, &format!("unknown word `{word}`"), Some(nearest));
    }
}

#[test]
fn a_value_of_the_wrong_type_is_told_with_what_is_expected() {
    for (good, from, to, line, says) in [
        (GOOD, "2014-02-03", "20140203", 4, "`duty.family.birth_date` is a whole number"),
        (GOOD, "2014-02-03", "2014-02-03T10:00:00", 4, "a date with a time"),
        (GOOD, "\"2024-09-03\"", "\"3.9.2024\"", 13, "`events[e2].at` is no date"),
        (GOOD, "\"2024-09-03\"", "\"2024-02-30\"", 13, "is no date"),
        (GOOD, "\"lia-skole\"", "2024-09-02", 9, "`events[e1].service` is a date"),
        (GOOD, "\"skole_kommunal\"", "7", 10, "`events[e1].kind`"),
        (GOOD, "\"T-1\"", "\"\"", 2, "`duty.id` is empty"),
        (SHARING, "[\"coordination_exists\"]", "\"coordination_exists\"", 11, "`sharing.item.fields` is text"),
        (SHARING, "\"mor\"", "[]", 7, "`sharing.subject.guardians.id` is a list"),
        (SHARING, "[sharing.item]", "[sharing.config]\nsotjl_consent_age = 99999\n[sharing.item]", 8, "cannot be used"),
    ] {
        assert_slip(good, from, to, line, says, None);
    }
    let wanted = slip(GOOD, "2014-02-03", "20140203").expected.unwrap();
    assert!(wanted.contains("2025-03-01"), "{wanted}");
}

#[test]
fn what_must_be_there_is_missed_by_name() {
    for (good, line, says) in [
        (GOOD.replace("id = \"T-1\"\n", ""), 1, "`duty` lacks `id`"),
        (GOOD.replace("kind = \"skole_kommunal\"\n", ""), 5, "`events[e1]` lacks `kind`"),
        (GOOD.replace("birth_date = 2014-02-03\n", ""), 3, "`duty.family` lacks `birth_date`"),
        (GOOD.replace("as_of = 2024-10-01\n", ""), 17, "`duty.checks` lacks `as_of`"),
        (SHARING.replace("decision = \"deny\"\n", ""), 14, "`sharing.expect` lacks `decision`"),
        (String::new(), 1, "holds no scenario"),
    ] {
        let found = mistakes(&[("a.toml", &good)]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].found.contains(says), "{found:?}");
        assert_eq!(found[0].line, line, "{found:?}");
    }
}

#[test]
fn a_correction_of_nothing_is_ignored_but_one_of_something_must_fit_it() {
    assert!(run_texts(&[("a.toml", &GOOD.replace("of = \"e1\"", "of = \"e11\""))], &Law::bundled()).is_ok());
    assert_slip(GOOD, "of = \"e1\"", "of = \"e2\"", 15, "names the event itself", None);
    assert_slip(GOOD, "\"skole_privat\"", "\"skole_prvat\"", 16, "`events[e2].replace.kind`", Some("skole_privat"));
}

#[test]
fn the_same_fact_or_scenario_twice_is_no_mistake() {
    assert!(run_texts(&[("a.toml", &GOOD.replace("id = \"e2\"", "id = \"e1\""))], &Law::bundled()).is_ok());
    assert!(run_texts(&[("a.toml", GOOD), ("b.toml", GOOD)], &Law::bundled()).is_ok());
}

#[test]
fn all_slips_of_all_files_are_told_at_once_in_the_order_of_the_file() {
    let a = GOOD.replace("lia-skole\"", "lia-skole\"\nservise = 1").replace("none_needed", "non_needed");
    let b = SHARING.replace("\"deny\"", "\"no\"");
    let found = mistakes(&[("a.toml", &a), ("b.toml", &b), ("c.toml", "x =")]);
    let places: Vec<(&str, usize)> = found.iter().map(|m| (m.file.as_str(), m.line)).collect();
    assert_eq!(places, [("a.toml", 10), ("a.toml", 20), ("b.toml", 15), ("c.toml", 1)]);
}

#[test]
fn the_drawing_shows_the_line_the_caret_and_the_remedy() {
    let text = GOOD.replace("service =", "servise =");
    let drawn = report::errors(&run_texts(&[("skole.toml", &text)], &Law::bundled()).unwrap_err());
    assert!(drawn.contains("skole.toml: line 9: unknown key `servise` in `events[e1]` (service_started)"), "{drawn}");
    assert!(drawn.contains("servise = \"lia-skole\""), "{drawn}");
    assert!(drawn.contains("┬") && drawn.contains("did you mean `service`?"), "{drawn}");
    assert!(drawn.trim_end().ends_with("errors; nothing was run"), "{drawn}");
}

#[test]
fn json_files_get_the_same_findings_with_lines() {
    let text = "{\"duty\": [\n{\"id\": \"J\",\n\"titel\": \"x\",\n\"family\": {\"birth_date\": \"2014-02-03\"},\n\"checks\": []}]}";
    let found = mistakes(&[("a.json", text)]);
    assert_eq!((found[0].line, found[0].column), (3, 1));
    assert_eq!(found[0].hint.as_deref(), Some("did you mean `title`?"));
    assert_eq!(mistakes(&[("b.json", "{\"duty\": [\n{\"id\" 1}]}")])[0].line, 2);
}

#[test]
fn a_person_number_in_a_file_is_never_repeated() {
    let number = "13116900216";
    let text = GOOD
        .replace("\"lia-skole\"", &format!("\"lia-skole\"\n\"{number}\" = \"{number}\""))
        .replace("none_needed", number)
        .replace("of = \"e1\"", &format!("of = \"{number}\""));
    let errors = run_texts(&[(number, &text)], &Law::bundled()).unwrap_err();
    assert!(errors.len() >= 2);
    let all = format!("{}{errors:?}", report::errors(&errors));
    assert!(!all.contains(number), "{all}");
}

#[test]
fn a_file_that_is_not_there_is_named_beside_the_slips_of_the_others() {
    let errors = run_files(&["no-such-file.toml".into()], &Law::bundled()).unwrap_err();
    assert!(matches!(&errors[0], FileError::Unreadable { file, .. } if file == "no-such-file.toml"));
    let outcome = run_files(&["no-such-file.toml".into()], &Law::bundled());
    assert_eq!(report::exit_code(&outcome), 2);
    assert!(report::errors(&errors).contains("no-such-file.toml"));
}

#[test]
fn a_slip_far_out_on_one_long_line_is_still_told() {
    let filler = "x".repeat(70_000);
    let text = format!("{{\"duty\": [{{\"id\": \"J\", \"why\": \"{filler}\", \"titel\": \"x\"}}]}}");
    let drawn = report::errors(&run_texts(&[("a.json", &text)], &Law::bundled()).unwrap_err());
    assert!(drawn.contains("unknown key `titel`"), "{}", drawn.len());
}
