//! What is remembered: the answer that asking anew gives, under the same policies, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

#[path = "../../disclosure/tests/common/files.rs"]
mod files;

use samhold_disclosure::{FieldFacts, Narrow, Request, Rules};
use samhold_policy::{PolicySet, Source};

const SAID: &str = r#"@rule("S-04") @step("16") @law("fvl § 13 b") @text("Koordinering.")"#;

/// Everything is permitted but what is forbidden here.
fn but(forbidden: &str) -> PolicySet {
    let permit = format!("@id(\"alt\") {SAID}\npermit (principal, action == Action::\"release\", resource);\n");
    let forbid = format!("@id(\"lokal\") {SAID}\nforbid (principal, action, resource) when {{ {forbidden} }};\n");
    let text = if forbidden.is_empty() { permit } else { permit + &forbid };
    PolicySet::from_sources(vec![Source { name: "egne.cedar".into(), text: text.into() }]).unwrap()
}

/// The questions of the scenarios, as lawyers and coordinators have written them, and the rules of each.
fn questions() -> Vec<(Request, Rules)> {
    files::scenarios().into_iter().filter_map(|(_, scenario)| files::question(scenario).ok()).collect()
}

/// A child's holder, to a school that takes part.
fn one() -> (Request, Rules) {
    let fits = |(request, rules): &(Request, Rules)| {
        request.item.category == "holder_service" && FieldFacts::of(request, rules, "9901").len() > 1
    };
    questions().into_iter().find(fits).expect("a scenario about who holds")
}

#[test]
fn what_is_remembered_is_what_the_policies_answer_when_they_are_asked_anew() {
    let (set, mut asked, mut no) = (PolicySet::bundled().unwrap(), 0, 0);
    for (request, rules) in questions().iter().step_by(4) {
        for facts in FieldFacts::of(request, rules, "9901") {
            let anew = set.rule(&facts).permitted;
            // The first answer is kept, unless an earlier scenario has asked the same; the second is the one kept.
            assert_eq!([set.permits(&facts), set.permits(&facts)], [anew, anew], "{facts:?}");
            (asked, no) = (asked + 1, no + usize::from(!anew));
        }
    }
    assert!(asked > 200 && no > 20 && asked - no > 20, "{asked} fields, {no} of them held back");
}

#[test]
fn a_question_from_another_municipality_or_under_other_settings_is_another_question() {
    let (request, rules) = one();
    let here = but("context.municipality == \"9902\" || context.settings.forward_addresses");
    let asked = |municipality: &str, rules: &Rules| {
        let facts = FieldFacts::of(&request, rules, municipality);
        facts.iter().all(|facts| here.permits(facts))
    };
    let mut forwarding = rules.clone();
    forwarding.config.forward_addresses = !rules.config.forward_addresses;
    let open = if rules.config.forward_addresses { &forwarding } else { &rules };
    let shut = if rules.config.forward_addresses { &rules } else { &forwarding };
    for _ in 0..2 {
        assert_eq!((asked("9901", open), asked("9902", open), asked("9901", shut)), (true, false, false));
    }
}

#[test]
fn a_policy_that_fails_is_a_no_and_is_remembered_as_nothing_else() {
    let (request, rules) = one();
    let fails = but("resource.age * 9223372036854775807 * 9223372036854775807 > 12");
    for facts in FieldFacts::of(&request, &rules, "9901") {
        assert_ne!(fails.rule(&facts).failed, Vec::<String>::new());
        assert_eq!([fails.permits(&facts), fails.permits(&facts)], [false, false]);
    }
}

#[test]
fn new_policies_remember_nothing_of_the_old_ones() {
    let (request, rules) = one();
    let facts = FieldFacts::of(&request, &rules, "9901");
    let (before, after) = (but(""), but("resource.category == \"holder_service\""));
    for _ in 0..2 {
        assert!(facts.iter().all(|facts| before.permits(facts)));
        assert!(facts.iter().all(|facts| !after.permits(facts)));
    }
    assert_ne!(before.fingerprint(), after.fingerprint());
}
