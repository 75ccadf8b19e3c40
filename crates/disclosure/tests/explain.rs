//! An explanation never tells another story than the decision, and its masked form tells nothing of a sensitive relation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod common;
#[path = "common/files.rs"]
mod files;

use std::collections::BTreeSet;

use common::{request, rules};
use proptest::prelude::*;
use samhold_disclosure::explain::{MASKED, Outcome, Standing, words};
use samhold_disclosure::{
    Decision, Explanation, Item, Reason, Recipient, Request, Rules, Share, Subject, decide, explain,
};
use samhold_model::Law;

fn names<'a>(list: impl IntoIterator<Item = &'a String>) -> BTreeSet<&'a str> {
    list.into_iter().map(String::as_str).collect()
}

/// Steps before the deciding one are passed by, those after it are not reached.
fn in_order(told: &Explanation) -> bool {
    let decides = told.deciding().expect("one decides").number;
    let right = |n: u8| match n.cmp(&decides) {
        std::cmp::Ordering::Less => Outcome::Passed,
        std::cmp::Ordering::Equal => Outcome::Decides,
        std::cmp::Ordering::Greater => Outcome::NotReached,
    };
    told.steps.len() == 23 && (1..=23).zip(&told.steps).all(|(n, step)| step.number == n && step.outcome == right(n))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn an_explanation_ends_in_the_very_decision(r in request(), rules in rules()) {
        let told = explain(&r, &rules);
        prop_assert_eq!(&told.decision, &decide(&r, &rules));
        prop_assert!(in_order(&told));
    }

    #[test]
    fn every_field_that_stays_has_a_reason_and_every_field_that_goes_has_none(r in request(), rules in rules()) {
        let told = explain(&r, &rules);
        let goes = names(told.fields.iter().filter(|f| f.goes).map(|f| &f.field));
        let stays = names(told.fields.iter().filter(|f| !f.goes).map(|f| &f.field));
        prop_assert_eq!(goes, names(&told.decision.released));
        prop_assert_eq!(stays, names(&told.decision.withheld));
        prop_assert!(told.fields.iter().all(|f| f.goes != f.reason.is_some()));
    }

    #[test]
    fn a_release_by_consent_shows_the_records_that_carry_it(r in request(), rules in rules()) {
        let told = explain(&r, &rules);
        if told.decision.basis == Some(Reason::ConsentValid) {
            let carried = told.consents.iter().any(|c| c.counts && c.category == r.item.category
                && c.records.iter().any(|record| record.standing == Standing::Counts));
            prop_assert!(carried, "{:?}", told.consents);
        }
    }

    #[test]
    fn a_consent_without_any_record_that_counts_is_not_valid(r in request(), rules in rules()) {
        for consent in explain(&r, &rules).consents {
            let any = consent.records.iter().any(|record| record.standing == Standing::Counts);
            prop_assert!(any || !consent.counts, "{consent:?}");
            prop_assert_eq!(consent.counts, consent.failure.is_none());
        }
    }

    /// The three relations are masked alike: which of them it is cannot be read from the masked form.
    #[test]
    fn a_masked_explanation_does_not_tell_which_service_a_tag_would_reveal(mut r in request(), rules in rules()) {
        let masked = |tag: &str, r: &mut Request| {
            r.item.field_tags.insert("name".to_owned(), tag.to_owned());
            explain(r, &rules).veiled(&|_| false)
        };
        let relations = ["barnevern_case_exists", "crisis_shelter_contact", "family_counselling_contact"];
        prop_assume!(!relations.contains(&r.item.category.as_str()));
        prop_assume!(!["barnevern", "krisesenter", "familievern"].contains(&r.recipient.kind.as_str()));
        r.consents.retain(|c| !c.categories.iter().any(|c| relations.contains(&c.as_str())));
        r.item.field_tags.clear();
        let shown = masked("reveals_krisesenter", &mut r);
        prop_assert_eq!(&shown, &masked("reveals_barnevern", &mut r));
        prop_assert_eq!(shown, masked("reveals_familievern", &mut r));
    }
}

/// A roster whose one member is tagged as the krisesenter, to the koordinerende enhet.
fn roster() -> Request {
    let item = Item {
        category: "team_roster".into(),
        from: "koordinerende_enhet".into(),
        fields: vec!["solvang".into(), "lia-skole".into()],
        field_tags: [("solvang".to_owned(), "reveals_krisesenter".to_owned())].into(),
        ..Item::default()
    };
    Request {
        date: jiff::civil::date(2026, 8, 17),
        purpose: "coordination".into(),
        subject: Subject {
            birth_date: Some(jiff::civil::date(2016, 1, 1)),
            shelter_user: Some("mor-krs".into()),
            ..Subject::default()
        },
        item,
        recipient: Recipient { kind: "koordinerende_enhet".into(), participant: true, id: None },
        flags: samhold_disclosure::Flags::default(),
        consents: Vec::new(),
    }
}

#[test]
fn the_masked_form_names_neither_the_member_that_would_tell_nor_who_could_consent() {
    let rules = Rules { law: Law::bundled(), config: Share::default() };
    let whole = explain(&roster(), &rules);
    let text = serde_json::to_string(&whole).unwrap();
    assert!(text.contains("solvang") && text.contains("mor-krs") && text.contains("crisis_shelter_contact"), "{text}");
    let masked = serde_json::to_string(&whole.veiled(&|_| false)).unwrap();
    for word in ["solvang", "mor-krs", "crisis_shelter_contact", "shelter_user"] {
        assert!(!masked.contains(word), "{word}: {masked}");
    }
    assert!(masked.contains(MASKED) && masked.contains("lia-skole"), "{masked}");
}

#[test]
fn every_step_has_its_act_and_every_reason_its_words() {
    for (says, law) in words::STEPS {
        assert!(
            !says.is_empty() && (law.contains('§') || law.contains("artikkel") || law == "ukjent betyr nei"),
            "{says}"
        );
    }
    let said: Vec<_> = Reason::ALL.iter().filter(|r| words::reason(**r).starts_with("se ")).collect();
    assert!(said.is_empty(), "{said:?}");
}

/// What the scenario files expect is what their explanations end in, with the step that the reason belongs to.
#[test]
fn every_scenario_is_explained_to_its_own_end() {
    let mut steps = BTreeSet::new();
    for (name, scenario) in files::scenarios() {
        let (request, rules) = files::question(scenario).unwrap_or_else(|e| panic!("{name}: {e}"));
        let told = explain(&request, &rules);
        let decision: Decision = decide(&request, &rules);
        assert_eq!(told.decision, decision, "{name}");
        steps.insert(told.deciding().expect("one decides").number);
    }
    assert_eq!(steps, (1..=23).collect(), "a step that decides no scenario is explained by none");
}
