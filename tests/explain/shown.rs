//! `samhold duty show`, case by case.

use serde_json::json;

use crate::told::{CHILD, Told};

/// A barnekoordinator whom both parents wished for.
fn with_barnekoordinator(told: Told) -> Told {
    let by = "koordinerende_enhet";
    told.says("kommunen", "2025-02-01", "bk_conditions_assessed", &json!({"met": true, "by": by}))
        .says("kommunen", "2025-02-03", "bk_wish", &json!({"by": "mor", "wish": "yes"}))
        .says("kommunen", "2025-02-10", "bk_wish", &json!({"by": "far", "wish": "yes"}))
        .says("kommunen", "2025-02-15", "bk_appointed", &json!({"person": "kari", "service": "ergo-fysio", "by": by}))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_holds_while_the_barnekoordinator_is_away() {
    let away = json!({"person": "kari", "expected_until": "2025-09-01"});
    let stands_in = json!({"for": "kari", "person": "ola", "by": "koordinerende_enhet", "until": "2025-09-01"});
    let child = with_barnekoordinator(Told::new())
        .says("kommunen", "2025-03-01", "holder_decided", &json!({"service": "lia-skole", "by": "kommunedirektor"}))
        .says("helse", "2025-05-01", "person_absent", &away)
        .says("kommunen", "2025-05-02", "substitute_appointed", &stands_in)
        .kept()
        .await;
    insta::assert_snapshot!(child.asks("show --as-of 2025-08-25"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_undisputed_holder_acts_while_the_services_disagree() {
    let child = Told::new()
        .says("kommunen", "2025-02-01", "holder_agreed", &json!({"service": "lia-skole"}))
        .says("helse", "2025-04-01", "dispute_raised", &json!({"parties": ["lia-skole", "ergo-fysio"]}))
        .kept()
        .await;
    insta::assert_snapshot!(child.asks("show --as-of 2025-04-20"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_ends_by_itself_on_the_eighteenth_birthday() {
    let child = with_barnekoordinator(Told::new().born("2007-06-10")).kept().await;
    insta::assert_snapshot!(child.asks("show --as-of 2025-06-10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_known_late_is_told_and_what_was_not_known_is_not() {
    let child = Told::new()
        .late("kommunen", ("2025-02-01", "2025-03-10"), "holder_agreed", &json!({"service": "lia-skole"}))
        .kept()
        .await;
    insta::assert_snapshot!(child.asks("show --as-of 2025-02-20 --known-at 2025-03-12"));
    let then = child.asks("show --as-of 2025-02-20");
    assert!(then.contains("Per 20. februar 2025, slik det var kjent 20. februar 2025"), "{then}");
    assert!(!then.contains("Avtale om samordner") && then.contains("kommunen selv"), "{then}");
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_get_the_steps_the_facts_and_the_words() {
    let child =
        Told::new().says("kommunen", "2025-02-01", "holder_agreed", &json!({"service": "lia-skole"})).kept().await;
    let shown = child.asks_json("show --as-of 2025-02-01");
    assert_eq!((shown["as_of"].as_str(), shown["known_at"].as_str()), (Some("2025-02-01"), Some("2025-02-01")));
    assert_eq!(shown["child"], CHILD.to_string());
    let steps = shown["answer"]["steps"].as_array().unwrap();
    let agreed = steps.iter().find(|s| s["rule"] == "R-05").unwrap();
    assert_eq!(agreed["applied"], true);
    assert!(agreed["law"].as_str().unwrap().contains("veileder"));
    let id = &agreed["facts"][0];
    let fact = shown["answer"]["facts"].as_array().unwrap().iter().find(|f| f["id"] == *id).unwrap();
    let told = json!({"id": id, "type": "holder_agreed", "at": "2025-02-01", "recorded_at": "2025-02-01", "source": "kommunen"});
    assert_eq!(*fact, told);
    let words = "Avtale om samordner: Lia skole (holder_agreed), gjelder fra 1. februar 2025, registrert 1. februar 2025, fra kommunen";
    assert_eq!(shown["words"]["facts"][id.as_str().unwrap()], words);
    assert_eq!(shown["words"]["duty_law"][0], "helse- og omsorgstjenesteloven § 3-4");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_coordinate_and_municipalities_are_called_by_name_and_those_with_foreldreansvar_are_not() {
    let child = with_barnekoordinator(Told::new())
        .says("helse", "2025-02-16", "worker_contact", &json!({"person": "kari", "name": "Kari Moen"}))
        .says("kommunen", "2025-02-20", "bk_wish", &json!({"by": "far", "wish": "withdrawn"}))
        .says("kommunen", "2025-02-21", "placed", &json!({"municipality": "9902", "care_municipality": "9901"}))
        .kept()
        .await;
    let page = child.asks("show --as-of 2025-03-01");
    for line in [
        "Samordner           Kari Moen (kari), barnekoordinator",
        "Kari Moen er gyldig oppnevnt barnekoordinator fra 15. februar 2025, etter ønske fra begge med foreldreansvar.",
        "· Svar på ønske om barnekoordinator: en med foreldreansvar har trukket ønsket (bk_wish)",
        "Barnet bor i 9902, mens Fjellvik kommune er omsorgskommune.",
    ] {
        assert!(page.contains(line), "{line} is not in\n{page}");
    }
    assert!(!page.contains(" mor ") && !page.contains(" far "), "{page}");
    let words = child.asks_json("show --as-of 2025-03-01")["words"]["facts"].to_string();
    assert!(words.contains("Oppnevning av barnekoordinator: Kari Moen ved Ergo- og fysioterapitjenesten"), "{words}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_was_withdrawn_is_what_ended_it() {
    let by = "kommunedirektor";
    let child = Told::new()
        .says("kommunen", "2025-02-01", "holder_agreed", &json!({"service": "ergo-fysio"}))
        .says("kommunen", "2025-03-01", "holder_decided", &json!({"service": "lia-skole", "by": by}))
        .says("kommunen", "2025-04-01", "decision_withdrawn", &json!({"by": by}))
        .kept()
        .await;
    insta::assert_snapshot!(child.asks("show --as-of 2025-04-01"));
}
