//! Every state, by the words of the interface.

use super::*;

const MOTHER: &str = "12858841044";
const FATHER: &str = "03898531138";
const YES: &str = "AKSEPTERT_AV_PART";
const NO: &str = "AVSLAATT_AV_PART";
const FOR: &str = "OPPDATERT_PAA_VEGNE_AV_PART";
const OUT: &str = "SATT_UTGAATT_AV_BEHANDLER";

/// Both parents by their status, and the history as (kind, party, moment); asked until 1 March.
fn state(both: [&str; 2], history: &[(&str, &str, &str)]) -> Value {
    state_until(Some("2026-03-01"), both, history)
}

fn state_until(deadline: Option<&str>, both: [&str; 2], history: &[(&str, &str, &str)]) -> Value {
    let party = |number, status| Party { number: Some(number), status: Some(status), access: Some(true) };
    let parties = [party(MOTHER, both[0]), party(FATHER, both[1])];
    let event = |(kind, party, at): &(&'static str, &'static str, &'static str)| Event {
        kind: Some(kind),
        party: Some(*party).filter(|p| !p.is_empty()),
        at: Some(at),
    };
    let history: Vec<(&'static str, &'static str, &'static str)> = history.iter().map(leaked).collect();
    let events: Vec<Event<'_>> = history.iter().map(event).collect();
    Value::Object(overall(&parties, &events, deadline).members())
}

/// Test data lives as long as the test.
fn leaked(line: &(&str, &str, &str)) -> (&'static str, &'static str, &'static str) {
    let keep = |text: &str| -> &'static str { text.to_owned().leak() };
    (keep(line.0), keep(line.1), keep(line.2))
}

fn both_said_yes() -> Vec<(&'static str, &'static str, &'static str)> {
    vec![
        ("OPPRETTET", "", "2026-01-20T08:00:00Z"),
        (YES, MOTHER, "2026-02-01T10:00:00Z"),
        (YES, FATHER, "2026-02-03T23:30:00Z"),
    ]
}

fn with(more: &[(&'static str, &'static str, &'static str)]) -> Vec<(&'static str, &'static str, &'static str)> {
    let mut history = both_said_yes();
    history.extend(more);
    history
}

#[test]
fn it_is_given_when_every_party_has_consented_and_each_has_a_day() {
    let given = state([GIVEN, GIVEN], &both_said_yes());
    assert_eq!((&given["status"], &given["alleHarSamtykket"]), (&json!(GIVEN), &json!(true)));
    assert_eq!(given["parter"][0], json!({"fnr": MOTHER, "svart": "2026-02-01T10:00:00Z", "elektronisk": true}));
    assert_eq!(given["parter"][1]["svart"], "2026-02-03T23:30:00Z");
    assert!(given.get("avsluttet").is_none());
}

#[test]
fn one_who_has_not_said_yes_decides_for_all() {
    for (word, history) in [(WAITS, vec![]), (REFUSED, vec![(NO, FATHER, "2026-02-03T10:00:00Z")])] {
        let mut all = both_said_yes();
        all.truncate(2);
        all.extend(history);
        let state = state([GIVEN, word], &all);
        assert_eq!(
            (&state["status"], &state["alleHarSamtykket"], &state["parter"]),
            (&json!(word), &json!(false), &json!([]))
        );
    }
}

#[test]
fn what_the_caseworker_recorded_is_an_answer_but_not_an_electronic_one() {
    let mut history = both_said_yes();
    history[2].0 = FOR;
    let given = state([GIVEN, GIVEN], &history);
    assert_eq!((&given["status"], &given["parter"][1]["elektronisk"]), (&json!(GIVEN), &json!(false)));
    assert_eq!(given["parter"][0]["elektronisk"], true);
}

#[test]
fn a_withdrawal_ends_it_for_all_from_the_day_the_caseworker_recorded() {
    let state = state(
        [GIVEN, WITHDRAWN],
        &with(&[(FOR, FATHER, "2026-02-20T10:00:00Z"), ("REDIGERT", "", "2026-02-25T10:00:00Z")]),
    );
    assert_eq!((&state["status"], &state["avsluttet"]), (&json!(WITHDRAWN), &json!("2026-02-20T10:00:00Z")));
    assert_eq!(state["parter"][1]["svart"], "2026-02-03T23:30:00Z", "what came before it was the consent");
}

#[test]
fn a_withdrawal_nobody_dated_counts_from_the_consent_itself_also_when_something_else_happened_later() {
    let state = state([WITHDRAWN, GIVEN], &with(&[("REDIGERT", "", "2026-02-25T10:00:00Z")]));
    assert_eq!((&state["status"], &state["avsluttet"]), (&json!(WITHDRAWN), &json!("2026-02-01T10:00:00Z")));
}

#[test]
fn a_withdrawal_without_a_consent_in_the_history_leaves_nothing() {
    for history in [vec![], vec![(FOR, FATHER, "2026-02-20T10:00:00Z")], vec![(NO, FATHER, "2026-02-02T10:00:00Z")]] {
        let mut all = both_said_yes();
        all.truncate(2);
        all.extend(history);
        let state = state([GIVEN, WITHDRAWN], &all);
        assert_eq!((&state["status"], &state["alleHarSamtykket"]), (&json!(WITHDRAWN), &json!(false)));
        assert!(state.get("avsluttet").is_none());
    }
}

#[test]
fn one_who_withdrew_and_consented_again_consents_from_then() {
    let history = with(&[(FOR, FATHER, "2026-02-20T10:00:00Z"), (YES, FATHER, "2026-02-22T10:00:00Z")]);
    let again = state([GIVEN, GIVEN], &history);
    assert_eq!((&again["status"], &again["parter"][1]["svart"]), (&json!(GIVEN), &json!("2026-02-22T10:00:00Z")));
}

#[test]
fn the_caseworker_ends_it_whatever_the_parties_say_and_the_first_end_counts() {
    let ended =
        state([GIVEN, GIVEN], &with(&[(OUT, "", "2026-02-10T10:00:00Z"), ("REDIGERT", "", "2026-02-11T10:00:00Z")]));
    assert_eq!((&ended["status"], &ended["avsluttet"]), (&json!(INVALID), &json!("2026-02-10T10:00:00Z")));
    let both = with(&[(FOR, FATHER, "2026-02-05T10:00:00Z"), (OUT, "", "2026-02-10T10:00:00Z")]);
    assert_eq!(state([GIVEN, WITHDRAWN], &both)["avsluttet"], "2026-02-05T10:00:00Z");
    let waiting = state([GIVEN, WAITS], &[(YES, MOTHER, "2026-02-01T10:00:00Z"), (OUT, "", "2026-02-10T10:00:00Z")]);
    assert_eq!((&waiting["status"], &waiting["alleHarSamtykket"]), (&json!(INVALID), &json!(false)));
}

#[test]
fn an_answer_counts_on_the_day_of_the_deadline_and_not_after_it_in_norwegian_time() {
    let answered = |at: &'static str| {
        let mut history = both_said_yes();
        history[2].2 = at;
        state([GIVEN, GIVEN], &history)["status"].clone()
    };
    assert_eq!(answered("2026-03-01T22:59:59Z"), GIVEN);
    assert_eq!(answered("2026-03-01T23:00:00Z"), LATE, "it is 2 March in Norway");
    assert_eq!(answered("2026-03-09T10:00:00Z"), LATE);
}

#[test]
fn what_the_history_does_not_explain_is_for_a_person() {
    assert_eq!(state([GIVEN, GIVEN], &[])["status"], UNCLEAR);
    let refused_last = with(&[(NO, FATHER, "2026-02-20T10:00:00Z")]);
    assert_eq!(state([GIVEN, GIVEN], &refused_last)["status"], UNCLEAR);
    let nobodys = [(YES, MOTHER, "2026-02-01T10:00:00Z"), (YES, "", "2026-02-03T10:00:00Z")];
    assert_eq!(state([GIVEN, GIVEN], &nobodys)["status"], UNCLEAR);
    for deadline in [None, Some("om en uke"), Some("2026-02-30")] {
        assert_eq!(state_until(deadline, [GIVEN, GIVEN], &both_said_yes())["status"], UNCLEAR, "{deadline:?}");
    }
    assert_eq!(overall(&[], &[], Some("2026-03-01")).status, UNCLEAR, "nobody was asked");
}

#[test]
fn a_word_nobody_knows_is_never_taken_for_one_that_is_known() {
    assert_eq!(state([GIVEN, "SAMTYKKET_DELVIS"], &both_said_yes())["status"], UNKNOWN);
    assert_eq!(state(["", GIVEN], &both_said_yes())["status"], UNKNOWN);
}

#[test]
fn a_moment_that_cannot_be_read_is_kept_as_it_is_for_the_mapping_to_refuse() {
    let state = state([GIVEN, WITHDRAWN], &with(&[(FOR, FATHER, "i går"), (OUT, "", "2026-02-10T10:00:00Z")]));
    assert_eq!(state["avsluttet"], "i går");
}
