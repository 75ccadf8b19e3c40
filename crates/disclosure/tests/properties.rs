//! What holds for every question: never without a basis, never more than was asked, never more for a further bar.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod common;

use std::collections::BTreeSet;

use common::{day, request, rules, some_categories};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use samhold_disclosure::{Decision, Reason, Request, Rules, Verdict, decide};

fn set(names: &[String]) -> BTreeSet<&str> {
    names.iter().map(String::as_str).collect()
}

/// The answer after the bar releases nothing that the answer before it did not.
fn never_more(before: &Request, after: &Request, rules: &Rules) -> Result<(), TestCaseError> {
    let (first, then) = (decide(before, rules), decide(after, rules));
    prop_assert!(set(&then.released).is_subset(&set(&first.released)), "{first:?}\nthen {then:?}");
    Ok(())
}

fn well_formed(request: &Request, answer: &Decision) -> Result<(), TestCaseError> {
    let (released, withheld) = (set(&answer.released), set(&answer.withheld));
    prop_assert!(released.is_disjoint(&withheld));
    prop_assert_eq!(&released | &withheld, set(&request.item.fields));
    prop_assert_eq!(released.len() + withheld.len(), answer.released.len() + answer.withheld.len(), "duplicates");
    prop_assert_eq!(answer.decision == Verdict::Deny, released.is_empty());
    prop_assert_eq!(answer.decision == Verdict::Deny, answer.basis.is_none());
    prop_assert_eq!(answer.decision == Verdict::Deny, answer.reason.code().starts_with("DENY_"));
    prop_assert_eq!(answer.decision == Verdict::Redact, answer.reason.code().starts_with("REDACT_"));
    prop_assert_eq!(answer.decision == Verdict::Redact, !released.is_empty() && !withheld.is_empty());
    if answer.decision == Verdict::Permit {
        prop_assert_eq!(Some(answer.reason), answer.basis);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_answer_splits_the_fields_and_names_a_basis_for_what_it_releases(r in request(), rules in rules()) {
        well_formed(&r, &decide(&r, &rules))?;
    }

    #[test]
    fn a_stricter_address_protection_never_releases_more(r in request(), rules in rules(), odd in "x[a-zæøå_]{0,9}") {
        let with = |word: Option<&str>| {
            let mut asked = r.clone();
            asked.subject.address_protection = word.map(str::to_owned);
            asked
        };
        never_more(&with(None), &with(Some("fortrolig")), &rules)?;
        never_more(&with(Some("fortrolig")), &with(Some("strengt_fortrolig")), &rules)?;
        never_more(&with(Some("strengt_fortrolig")), &with(Some(&odd)), &rules)?;
        never_more(&with(Some(&odd)), &with(Some("strengt_fortrolig")), &rules)?;
    }

    #[test]
    fn an_objection_never_releases_more(r in request(), rules in rules(), who in "mor|far|child|soster|barnevern") {
        let mut after = r.clone();
        after.flags.objection_by.push(who);
        never_more(&r, &after, &rules)?;
    }

    #[test]
    fn a_withdrawal_never_releases_more(r in request(), rules in rules(), pick in any::<prop::sample::Index>(), on in day()) {
        prop_assume!(!r.consents.is_empty());
        let mut after = r.clone();
        let at = pick.index(after.consents.len());
        after.consents[at].withdrawn = Some(after.consents[at].withdrawn.map_or(on, |w| w.min(on)));
        never_more(&r, &after, &rules)?;
    }

    #[test]
    fn an_order_of_secrecy_never_releases_more(r in request(), rules in rules(), more in some_categories()) {
        let mut after = r.clone();
        after.subject.secrecy_order.extend(more);
        never_more(&r, &after, &rules)?;
    }

    #[test]
    fn weighty_reasons_and_contact_bans_never_release_more(r in request(), rules in rules(), more in some_categories()) {
        let mut after = r.clone();
        after.subject.weighty_reasons.extend(more);
        after.subject.guardians.iter_mut().for_each(|g| g.contact_ban = true);
        never_more(&r, &after, &rules)?;
    }

    #[test]
    fn an_extra_tag_never_releases_more(r in request(), rules in rules(), field in 0usize..6, tag in "[a-z_]{1,20}") {
        let mut after = r.clone();
        if let Some(name) = r.item.fields.get(field).filter(|f| !r.item.field_tags.contains_key(*f)) {
            after.item.field_tags.insert(name.clone(), tag);
        }
        never_more(&r, &after, &rules)?;
    }

    #[test]
    fn losing_participation_never_releases_more(mut r in request(), rules in rules()) {
        r.recipient.participant = true;
        let mut after = r.clone();
        after.recipient.participant = false;
        never_more(&r, &after, &rules)?;
    }

    #[test]
    fn an_unknown_word_is_always_denied(r in request(), rules in rules(), which in 0..4) {
        let mut asked = r.clone();
        match which {
            0 => asked.item.category = "skostørrelse".to_owned(),
            1 => asked.recipient.kind = "idrettslag".to_owned(),
            2 => asked.purpose = "statistikk".to_owned(),
            _ => (asked.subject.birth_date, asked.subject.due_date) = (None, None),
        }
        prop_assert_eq!(decide(&asked, &rules).reason, Reason::DenyUnknown);
    }
}

/// The properties above say something only if many questions are answered with a release, on every basis.
#[test]
fn the_arbitrary_questions_reach_every_basis_and_most_reasons() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let (mut bases, mut reasons, mut released) = (BTreeSet::new(), BTreeSet::new(), 0);
    for _ in 0..20_000 {
        let (asked, rules) = (request(), rules()).new_tree(&mut runner).expect("a question").current();
        let answer = decide(&asked, &rules);
        released += usize::from(answer.decision != Verdict::Deny);
        bases.extend(answer.basis);
        reasons.insert(answer.reason);
    }
    assert!(released > 1_000, "only {released} of 20000 release anything");
    assert_eq!(bases.len(), 8, "{bases:?}");
    let never_seen: Vec<_> = Reason::ALL.iter().filter(|r| !r.is_of_policies() && !reasons.contains(r)).collect();
    assert!(never_seen.is_empty(), "{never_seen:?}");
}
