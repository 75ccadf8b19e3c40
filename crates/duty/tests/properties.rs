//! What must hold for every history: the answer is a pure function of facts, rules and two dates.
#![allow(clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "support/history.rs"]
mod history;

use history::{DAYS, FIRST, day, facts, family, law, rules, settings};
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use samhold_duty::answer::{Basis, BkState, DutyState, EndReason};
use samhold_duty::config::ServiceLevels;
use samhold_duty::{Answer, Family, HolderKind, Reconcile, Rules, answer, corrected, next_change};
use samhold_model::dates::add_days;
use samhold_model::fact::Level;
use samhold_model::{Date, Fact, FactBody};

/// The answers by frozen knowledge, on each of so many days after `from`.
fn days_after(from: Date, count: i64) -> impl Iterator<Item = Date> {
    (1..=count).map(move |n| add_days(from, n))
}

fn holds(found: &Answer) -> bool {
    !matches!(found.samordning.state, DutyState::NoneNeeded | DutyState::Ended)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_facts_are_handed_over_changes_nothing(
        (given, shuffled) in facts(30).prop_flat_map(|f| (Just(f.clone()), Just(f).prop_shuffle())),
        family in family(), settings in settings(), law in law(), on in day(), known in prop::option::of(day()),
    ) {
        let rules = Rules { law, config: settings };
        prop_assert_eq!(answer(&family, &given, on, known, &rules), answer(&family, &shuffled, on, known, &rules));
    }

    #[test]
    fn a_fact_delivered_twice_counts_once(
        given in facts(30), family in family(), settings in settings(), law in law(), on in day(), again in any::<prop::sample::Index>(),
    ) {
        let rules = Rules { law, config: settings };
        let mut doubled = given.clone();
        if !given.is_empty() {
            doubled.push(again.get(&given).clone());
            doubled.extend(given.clone());
        }
        prop_assert_eq!(answer(&family, &given, on, None, &rules), answer(&family, &doubled, on, None, &rules));
    }

    #[test]
    fn nothing_recorded_after_the_known_date_is_used(
        given in facts(30), family in family(), settings in settings(), law in law(), on in day(), known in day(),
    ) {
        let rules = Rules { law, config: settings };
        let then: Vec<Fact> = given.iter().filter(|f| f.recorded_at <= known).cloned().collect();
        prop_assert_eq!(
            answer(&family, &given, on, Some(known), &rules),
            answer(&family, &then, on, Some(known), &rules)
        );
        prop_assert_eq!(answer(&family, &given, on, None, &rules), answer(&family, &given, on, Some(on), &rules));
    }

    #[test]
    fn somebody_holds_exactly_while_there_is_a_duty(
        given in facts(40), family in family(), settings in settings(), law in law(), on in day(),
    ) {
        let rules = Rules { law, config: settings };
        let found = answer(&family, &given, on, Some(Date::MAX), &rules);
        prop_assert_eq!(holds(&found), found.samordning.holder.kind != HolderKind::None);
        prop_assert_eq!(holds(&found), found.samordning.basis.is_some());
        prop_assert_eq!(found.samordning.state == DutyState::Ended, found.samordning.end_reason.is_some());
        prop_assert_eq!(found.samordning.state == DutyState::Held, found.samordning.holder.reference.is_some());
        prop_assert!(holds(&found) || found.samordning.duty_basis.is_empty());
        prop_assert!(found.samordning.duty_basis.windows(2).all(|w| w[0] < w[1]));
        prop_assert!(found.participants.windows(2).all(|w| w[0] < w[1]));
        prop_assert!(found.samordning.since.is_none_or(|since| since <= on));
        let kind = found.samordning.holder.kind;
        prop_assert_eq!(
            matches!(found.samordning.state, DutyState::HeldByDefault | DutyState::Disputed | DutyState::Vacant),
            kind == HolderKind::Municipality
        );
        prop_assert_eq!(
            found.samordning.basis == Some(Basis::Hol72a),
            matches!(kind, HolderKind::Barnekoordinator | HolderKind::BarnekoordinatorSubstitute)
        );
        let acts = matches!(found.samordning.state, DutyState::Disputed | DutyState::Vacant);
        prop_assert!(acts || found.samordning.acting.is_none());
    }

    #[test]
    fn a_service_that_holds_or_acts_has_started_and_may_hold(
        given in facts(40), family in family(), settings in settings(), on in day(),
    ) {
        let rules = rules(Reconcile { service_levels: ServiceLevels::default(), ..settings });
        let found = answer(&family, &given, on, Some(Date::MAX), &rules).samordning;
        let holder = found.holder.reference.filter(|_| found.holder.kind == HolderKind::Service);
        let facts = corrected(&given, Date::MAX);
        for service in holder.into_iter().chain(found.acting) {
            let may_hold = |fact: &Fact| match &fact.body {
                FactBody::ServiceStarted { service: started, kind, level, municipality, until } => {
                    let row = &rules.law.service_kind[kind];
                    *started == service
                        && fact.at <= on
                        && until.is_none_or(|until| on < until)
                        && municipality.as_ref().is_none_or(|m| *m == rules.config.municipality)
                        && level.map_or(row.can_hold, |level| level == Level::Kommunal)
                }
                _ => false,
            };
            prop_assert!(facts.iter().any(may_hold), "{service} holds or acts");
        }
    }

    #[test]
    fn a_valid_barnekoordinator_who_is_there_always_holds(
        given in facts(40), family in family(), settings in settings(), law in law(), on in day(),
    ) {
        let rules = Rules { law, config: settings };
        let found = answer(&family, &given, on, Some(Date::MAX), &rules);
        let by_barnekoordinator = found.samordning.basis == Some(Basis::Hol72a);
        prop_assert_eq!(found.barnekoordinator.state == BkState::Appointed, by_barnekoordinator);
        prop_assert_eq!(found.barnekoordinator.state == BkState::Vacant, found.samordning.state == DutyState::Vacant);
        if by_barnekoordinator {
            let acts = found.barnekoordinator.substitute.clone().or(found.barnekoordinator.person.clone());
            prop_assert_eq!(found.samordning.holder.reference, acts);
        }
    }

    #[test]
    fn every_step_names_its_rule_and_facts_that_were_given(
        given in facts(40), family in family(), settings in settings(), law in law(), on in day(),
    ) {
        let found = answer(&family, &given, on, Some(Date::MAX), &Rules { law, config: settings });
        for step in &found.steps {
            prop_assert!(step.rule.starts_with("R-") && !step.text.is_empty());
            for id in &step.facts {
                let fact = given.iter().find(|f| f.id == *id);
                prop_assert!(fact.is_some(), "{} names {id}", step.rule);
            }
        }
        prop_assert!(holds(&found) || found.steps.iter().all(|s| s.rule != "R-02"));
    }

    #[test]
    fn death_and_the_end_of_a_pregnancy_silence_every_alert(
        given in facts(40), family in family(), settings in settings(), law in law(), on in day(),
    ) {
        let rules = Rules { law, config: settings };
        let found = answer(&family, &given, on, Some(Date::MAX), &rules);
        if matches!(found.samordning.end_reason, Some(EndReason::Died | EndReason::PregnancyEnded)) {
            prop_assert!(found.alerts.is_empty(), "{:?}", found.alerts);
        }
    }

    #[test]
    fn since_is_the_first_day_of_the_unbroken_stretch(
        given in facts(25), family in family(), settings in settings(), law in law(), on in day(),
    ) {
        let rules = Rules { law, config: settings };
        let known = Some(Date::MAX);
        let stands = |day: Date| {
            let duty = answer(&family, &given, day, known, &rules).samordning;
            (duty.state, duty.holder)
        };
        let now = stands(on);
        let mut first = None;
        for day in (-40..DAYS).map(|n| add_days(FIRST, n)).filter(|day| *day <= on) {
            match (stands(day) == now, first) {
                (true, None) => first = Some(day),
                (false, _) => first = None,
                _ => {}
            }
        }
        let since = answer(&family, &given, on, known, &rules).samordning.since;
        let from_the_beginning = first == Some(add_days(FIRST, -40));
        prop_assert_eq!(since, first.filter(|_| !from_the_beginning));
    }

    #[test]
    fn the_next_change_with_frozen_knowledge_is_found_to_the_day(
        given in facts(25), family in family(), settings in settings(), law in law(), after in day(), known in day(),
    ) {
        let rules = Rules { law, config: settings };
        let next = next_change(&family, &given, after, Some(known), &rules);
        let now = answer(&family, &given, after, Some(known), &rules);
        let found = days_after(after, 260).find(|day| answer(&family, &given, *day, Some(known), &rules) != now);
        prop_assert_eq!(next.filter(|day| *day <= add_days(after, 260)), found);
    }

    #[test]
    fn the_next_change_with_todays_knowledge_is_found_to_the_day(
        given in facts(25), family in family(), settings in settings(), law in law(), after in day(),
    ) {
        let rules = Rules { law, config: settings };
        let given: Vec<Fact> = given.into_iter().filter(|f| f.recorded_at <= after).collect();
        let next = next_change(&family, &given, after, None, &rules);
        let now = answer(&family, &given, after, None, &rules);
        let found = days_after(after, 260).find(|day| answer(&family, &given, *day, None, &rules) != now);
        prop_assert_eq!(next.filter(|day| *day <= add_days(after, 260)), found);
    }

    #[test]
    fn no_date_and_no_setting_makes_it_fail(
        given in facts(20), family in family(), days in prop::array::uniform7(any::<i64>()),
        on in prop_oneof![Just(Date::MIN), Just(Date::MAX), day()], shift in any::<i32>(), law in law(),
    ) {
        let config = Reconcile {
            long_absence_days: days[0], no_holder_grace_days: days[1], dispute_decision_days: days[2],
            age_limit_warning_days: days[3], transition_warning_days: days[4], substitute_warning_days: days[5],
            late_event_days: days[6], ..Reconcile::default()
        };
        let rules = Rules { law, config };
        let moved: Vec<Fact> = given
            .into_iter()
            .map(|f| Fact { at: add_days(f.at, i64::from(shift)), ..f })
            .collect();
        let _ = answer(&family, &moved, on, Some(Date::MAX), &rules);
        let _ = next_change(&family, &moved, on, None, &rules);
    }
}

#[test]
fn with_no_facts_there_is_no_duty_and_nothing_to_wait_for() {
    let (family, rules) = (Family::default(), rules(Reconcile::default()));
    let found = answer(&family, &[], FIRST, None, &rules);
    assert_eq!(found.samordning.state, DutyState::NoneNeeded);
    assert_eq!(next_change(&family, &[], FIRST, None, &rules), None);
}

#[test]
fn the_generated_histories_reach_every_state() {
    let mut runner = TestRunner::deterministic();
    let strategy = (facts(40), family(), settings(), day());
    let (mut duty, mut bk, mut plan) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for _ in 0..6_000 {
        if (duty.len(), bk.len(), plan.len()) == (10, 8, 7) {
            return;
        }
        let (given, family, settings, on) = strategy.new_tree(&mut runner).unwrap().current();
        let found = answer(&family, &given, on, Some(Date::MAX), &rules(settings));
        duty.insert((found.samordning.state, found.samordning.basis.map(|b| format!("{b:?}"))));
        bk.insert(found.barnekoordinator.state);
        plan.insert(found.ip.state);
    }
    panic!("ten ways to hold or not, eight and seven states wanted: {duty:?}\n{bk:?}\n{plan:?}");
}

#[test]
fn the_generated_histories_hold_every_fact_the_duty_looks_at() {
    let mut runner = TestRunner::deterministic();
    let mut types = BTreeSet::new();
    let mut late = 0;
    for _ in 0..400 {
        let given = facts(40).new_tree(&mut runner).unwrap().current();
        late += given.iter().filter(|f| f.recorded_at > f.at).count();
        types.extend(given.iter().map(|f| f.body.type_name()));
    }
    assert_eq!(types.len(), 38, "{types:?}");
    assert!(late > 100, "{late} recorded after their day");
}
