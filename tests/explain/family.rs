//! What a family reads of who got what: plain words, and nothing that one of them may not know.

use std::slice::from_ref;

use serde_json::{Value, json};

use crate::told::{CHILD, Kept, Told};

fn decision(category: &str, verdict: &str, reason: &str) -> Value {
    let (released, withheld) = if verdict == "deny" { (vec![], vec!["felt"]) } else { (vec!["felt"], vec![]) };
    let basis = if verdict == "deny" { Value::Null } else { json!(reason) };
    json!({"category": category, "decision": verdict, "reason": reason, "basis": basis, "released": released, "withheld": withheld})
}

fn release(event: &str, kind: &str, decisions: &[Value]) -> Value {
    json!({"event_id": event, "version": 1, "type": "no.samhold.coordination.assignment.v1", "recipient_kind": kind,
        "decisions": decisions})
}

fn asked(kind: &str, decisions: &[Value]) -> Value {
    json!({"road": "query", "recipient_kind": kind, "decisions": decisions})
}

fn town(told: Told) -> Told {
    told.system("skolen", "skole_kommunal", &["lia-skole"])
        .system("helsa", "helsestasjon", &["helsestasjon"])
        .system("havn", "krisesenter", &[])
        .system("barnevernet", "barnevern", &[])
        .system("vernet", "familievern", &[])
}

/// Everything that can happen to a child's data, each on a day of its own.
async fn everything(child: &Kept) {
    let need = decision("holder_service", "permit", "STATUTORY_FVL_13B_5");
    let team = decision("team_roster", "deny", "DENY_NO_CONSENT");
    let consented = decision("plan_goals", "permit", "CONSENT_VALID");
    let address = decision("coordination_exists", "deny", "DENY_ADDRESS_STRICT");
    let shelter = decision("holder_service", "deny", "DENY_CRISIS_SHELTER");
    child
        .logs(&[
            ("2025-02-01", "release", "skolen", release("a", "skole_kommunal", &[need.clone(), team.clone()])),
            ("2025-02-02", "withheld", "skolen", json!({"municipality": "9901", "decisions": [team.clone(), shelter]})),
            ("2025-02-03", "tried", "helsa", release("b", "helsestasjon", from_ref(&need))),
            ("2025-02-04", "tried", "helsa", release("c", "helsestasjon", from_ref(&need))),
            ("2025-02-05", "release", "helsa", release("c", "helsestasjon", &[need.clone(), consented])),
            ("2025-02-06", "release", "havn", release("d", "krisesenter", from_ref(&need))),
            ("2025-02-07", "release", "barnevernet", release("e", "barnevern", from_ref(&need))),
            ("2025-02-08", "withheld", "vernet", json!({"decisions": [team.clone()]})),
            ("2025-02-09", "withheld", "helsa", asked("helsestasjon", &[team.clone(), address])),
            ("2025-02-10", "retraction", "skolen", release("f", "skole_kommunal", &[])),
            (
                "2025-02-11",
                "tried",
                "skolen",
                json!({"event_id": "g", "version": 2, "kind": "assignment", "interrupted": true}),
            ),
            ("2025-02-12", "release", "nykommune", release("h", "other_municipality", from_ref(&need))),
            ("2025-02-13", "handover_accepted", "nykommune", json!({"recipient_kind": "other_municipality"})),
            ("2025-02-14", "release", "borte", json!({"event_id": "i", "decisions": [need]})),
            ("2025-02-15", "read", "skolen", json!({"road": "worklist"})),
            ("2025-02-16", "task", "operator", json!({"answer": "same_child"})),
        ])
        .await;
}

/// The report but for the line of its own reading, whose day is today.
fn report(child: &Kept, more: &[&str]) -> String {
    let id = CHILD.to_string();
    let words = [&["audit", "report", "--child", &id], more].concat();
    let text = child.runs(&words);
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.ends_with("en medarbeider i kommunen så på opplysningene")).collect();
    assert_eq!(lines.len() + 1, text.lines().count(), "its own reading is there: {text}");
    lines.join("\n")
}

fn known_to_be_safe(told: Told) -> Told {
    told.says("register", "2025-01-01", "address_protection", &json!({"value": "none"}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_reads_who_got_what_when_and_on_which_ground_and_nothing_of_sensitive_services() {
    let child = known_to_be_safe(town(Told::new())).kept().await;
    everything(&child).await;
    let text = report(&child, &[]);
    insta::assert_snapshot!(text);
    for word in ["krise", "havn", "barnevern", "familievern", "DENY", "borte", "2025-02-06", "2025-02-07", "2025-02-14"]
    {
        assert!(!text.to_lowercase().contains(&word.to_lowercase()), "`{word}` in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_municipalitys_own_people_read_all_of_it_and_the_log_says_so() {
    let child = known_to_be_safe(town(Told::new())).kept().await;
    everything(&child).await;
    insta::assert_snapshot!(report(&child, &["--internal"]));
    let looked: Vec<Value> = child.looked().await.into_iter().map(|e| e.detail).collect();
    assert_eq!(looked.last().unwrap(), &json!({"command": "audit report", "internal": true}));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_child_who_is_hidden_no_school_and_no_move_is_told() {
    let hidden = [
        (
            "strengt fortrolig",
            Told::new().says("register", "2025-01-01", "address_protection", &json!({"value": "strengt_fortrolig"})),
        ),
        ("unknown protection", Told::new().nobody_knows()),
        (
            "no answer any more",
            Told::new().says("register", "2025-01-01", "address_protection", &json!({"value": "unknown"})),
        ),
        ("krisesenter", known_to_be_safe(Told::new()).at_a_krisesenter()),
        (
            "contact ban",
            known_to_be_safe(Told::new()).says(
                "kommunen",
                "2025-01-20",
                "contact_ban",
                &json!({"person": "far", "active": true}),
            ),
        ),
        (
            "a user of a krisesenter",
            known_to_be_safe(Told::new()).says("vern", "2025-01-20", "shelter_user", &json!({"person": "mor"})),
        ),
    ];
    for (why, told) in hidden {
        let child = town(told).kept().await;
        everything(&child).await;
        let text = report(&child, &[]);
        assert!(text.contains("2025-02-01") && text.contains("forvaltningsloven § 13 b nr. 5"), "{why}: {text}");
        for word in ["Lia skole", "ny kommune", "krise", "2025-02-12", "2025-02-13"] {
            assert!(!text.contains(word), "{why}: `{word}` in {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_child_once_kept_to_itself_no_parent_reads_not_even_later() {
    let kept = |active| json!({"categories": ["plan_goals"], "active": active});
    let child = known_to_be_safe(town(Told::new()))
        .says("helse", "2025-01-20", "child_confidential", &kept(true))
        .says("helse", "2025-03-20", "child_confidential", &kept(false))
        .kept()
        .await;
    everything(&child).await;
    let text = report(&child, &[]);
    assert!(!text.contains("mål i den individuelle planen"), "{text}");
    assert!(text.contains("2025-02-05"), "the rest of that day is told: {text}");
}

/// A decision of which these fields left and those did not.
fn partly(category: &str, released: &[&str], withheld: &[&str]) -> Value {
    json!({"category": category, "decision": "permit", "reason": "STATUTORY_FVL_13B_5", "basis": "STATUTORY_FVL_13B_5",
        "released": released, "withheld": withheld})
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_holder_was_masked_the_family_reads_that_the_contact_point_was_told_and_no_service() {
    let masked = partly("holder_service", &["contact_point"], &["service", "service_name"]);
    let coordinator = partly("coordinator_contact", &["contact_point"], &["name", "email", "phone"]);
    // A strictly protected child's holder is not named to the koordinerende enhet either: nothing is withheld, nothing offered.
    let strict = partly("holder_service", &["contact_point"], &[]);
    let exists = partly("coordination_exists", &["coordination_exists", "state", "contact_point"], &[]);
    let child = known_to_be_safe(town(Told::new()).system("ke", "koordinerende_enhet", &[])).kept().await;
    child
        .logs(&[
            ("2025-02-01", "release", "skolen", release("a", "skole_kommunal", &[exists, masked, coordinator])),
            ("2025-02-02", "release", "ke", release("b", "koordinerende_enhet", &[strict])),
        ])
        .await;
    let text = report(&child, &[]);
    let ground =
        "(offentlig tjeneste som er med i saken og trenger det for oppgaven sin, forvaltningsloven § 13 b nr. 5)";
    let school = format!("fikk vite: at noen samordner tjenestene og kontaktpunktet i kommunen {ground}");
    assert!(text.contains(&format!("kommunal skole (Lia skole) {school}")), "{text}");
    assert!(text.contains(&format!("koordinerende enhet fikk vite: kontaktpunktet i kommunen {ground}")), "{text}");
    assert!(!text.contains("hvilken tjeneste") && !text.contains("koordinator kan nås"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_got_something_is_named_and_each_ground_once() {
    let all = ["coordination_exists", "holder_service", "team_roster"];
    let told = all.map(|category| decision(category, "permit", "CONSENT_VALID"));
    let child = known_to_be_safe(town(Told::new()).system("fritid", "ngo", &[])).kept().await;
    let people = ["guardian", "child", "foster_home"];
    child.logs(&[("2025-02-01", "release", "fritid", release("a", "ngo", &told))]).await;
    for kind in people {
        child.logs(&[("2025-02-02", "release", "portalen", release(kind, kind, &told))]).await;
    }
    let text = report(&child, &[]);
    let got = "fikk vite: at noen samordner tjenestene, hvilken tjeneste som samordner og tjenester som er med i teamet \
               (samtykke som gjaldt den dagen)\n";
    for who in ["en frivillig organisasjon", "en forelder med foreldreansvar", "barnet selv", "en privatperson"] {
        assert!(text.contains(&format!("{who} {got}")), "{who}: {text}");
    }
    assert!(!text.contains("  en tjeneste ") && !text.contains("fosterhjem"), "{text}");
    let internal = child.runs(&["audit", "report", "--child", &CHILD.to_string(), "--internal"]);
    assert!(internal.contains("  fosterhjemmet fikk vite"), "{internal}");
}
