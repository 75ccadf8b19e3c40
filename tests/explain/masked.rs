//! What operators do not see unless they ask for it, and what the audit log then says.

use serde_json::json;

use crate::told::Told;

/// Anything that would tell of a krisesenter: the words for it, the act, the rule, and the id of this one.
const TELLING: &[&str] = &["havn", "krise", "kril", "R-25", "HOLDER_MASKED"];

#[tokio::test(flavor = "multi_thread")]
async fn a_krisesenter_is_nowhere_in_what_is_shown() {
    let child = Told::new().at_a_krisesenter().kept().await;
    let page = child.asks("show --as-of 2025-02-10");
    insta::assert_snapshot!(page);
    let json = child.asks("show --as-of 2025-02-10 --json");
    let compared = child.asks("compare --from 2025-01-20 --to 2025-02-10");
    let compared_json = child.asks("compare --from 2025-01-20 --to 2025-02-10 --json");
    for text in [&page, &json, &compared, &compared_json] {
        for word in TELLING {
            assert!(!text.to_lowercase().contains(&word.to_lowercase()), "`{word}` in {text}");
        }
        assert!(text.contains("skjermet"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_what_is_masked_gets_it_and_is_remembered() {
    let child = Told::new().at_a_krisesenter().kept().await;
    let page = child.asks("show --as-of 2025-02-10 --known-at 2025-02-12 --unmask");
    for word in ["havn", "R-25", "krisesenterlova § 4", "HOLDER_MASKED"] {
        assert!(page.contains(word), "`{word}` is not in {page}");
    }
    child.asks("compare --from 2025-01-20 --to 2025-02-10@2025-03-01");
    let details: Vec<_> = child.looked().await.into_iter().map(|e| (e.actor, e.detail)).collect();
    let asked = |as_of: &str, known_at: &str| json!({"as_of": as_of, "known_at": known_at});
    let shown = json!({"command": "duty show", "asked": asked("2025-02-10", "2025-02-12"), "unmasked": true});
    let points = [asked("2025-01-20", "2025-01-20"), asked("2025-02-10", "2025-03-01")];
    let compared = json!({"command": "duty compare", "asked": points, "unmasked": false});
    assert_eq!(details, [("operator".to_owned(), shown), ("operator".to_owned(), compared)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_child_that_is_strictly_protected_or_may_be_no_school_is_shown() {
    let agreed = || Told::new().says("kommunen", "2025-02-01", "holder_agreed", &json!({"service": "lia-skole"}));
    let said = |word: &str| agreed().says("register", "2025-03-01", "address_protection", &json!({"value": word}));
    for told in [said("strengt_fortrolig"), said("unknown"), agreed().nobody_knows()] {
        let child = told.kept().await;
        for command in
            ["show --as-of 2025-02-10", "show --as-of 2025-02-10 --json", "compare --from 2025-01-20 --to 2025-03-02"]
        {
            let text = child.asks(command);
            assert!(!text.contains("lia-skole") && !text.contains("Lia skole"), "{text}");
            assert!(text.contains("(skjermet)"), "{text}");
        }
        assert!(child.asks("show --as-of 2025-02-10 --unmask").contains("Lia skole (lia-skole)"));
    }
    for open in ["none", "fortrolig"] {
        assert!(said(open).kept().await.asks("show --as-of 2025-02-10").contains("Lia skole"), "{open}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_works_at_a_krisesenter_is_not_called_by_name() {
    let child = Told::new()
        .at_a_krisesenter()
        .says("vern", "2025-02-04", "koordinator_appointed", &json!({"person": "k-17", "service": "havn"}))
        .says("vern", "2025-02-04", "worker_contact", &json!({"person": "k-17", "name": "Kari Moen"}))
        .says("helse", "2025-02-05", "koordinator_appointed", &json!({"person": "k-18", "service": "ergo-fysio"}))
        .says(
            "helse",
            "2025-02-05",
            "worker_contact",
            &json!({"person": "k-18", "name": "Per Lid", "unit": "Krisesenteret"}),
        )
        .kept()
        .await;
    for command in ["show --as-of 2025-02-10", "show --as-of 2025-02-10 --json"] {
        let text = child.asks(command);
        assert!(!text.contains("Kari Moen") && !text.contains("Per Lid"), "{text}");
        assert!(!text.to_lowercase().contains("krise") && !text.contains("havn"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_strictly_protected_child_no_municipality_of_stay_is_shown() {
    let child = Told::new()
        .says("vern", "2025-02-01", "placed", &json!({"municipality": "9902", "care_municipality": "9901"}))
        .says("register", "2025-03-01", "address_protection", &json!({"value": "strengt_fortrolig"}))
        .kept()
        .await;
    for command in ["show --as-of 2025-03-02", "show --as-of 2025-03-02 --json"] {
        let text = child.asks(command);
        assert!(!text.contains("9902") && text.contains("Barnet bor i (skjermet)"), "{text}");
    }
}
