//! The law corrected with a date: the answer reads by the row of the day, and the day itself is foretold.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use samhold_duty::answer::DutyState;
use samhold_duty::config::ServiceLevels;
use samhold_duty::{Answer, Family, Reconcile, Rules, answer, next_change};
use samhold_model::fact::Level;
use samhold_model::{Date, Fact, FactBody, Law};

const CHANGED: Date = jiff::civil::date(2027, 1, 1);
const DAY_BEFORE: Date = jiff::civil::date(2026, 12, 31);

/// A child whose services, the school and `kind`, agreed in 2025 that the second one coordinates.
fn agreed_on(kind: &str, level: Option<Level>) -> Vec<Fact> {
    let started = |service: &str, kind: &str, level| FactBody::ServiceStarted {
        service: service.into(),
        kind: kind.into(),
        level,
        municipality: None,
        until: None,
    };
    let both = vec!["skole".to_owned(), "tjenesten".to_owned()];
    let bodies = [
        started("skole", "skole_privat", None),
        started("tjenesten", kind, level),
        FactBody::CooperationNeeded { participants: both.clone() },
        FactBody::HolderAgreed { service: "tjenesten".into(), parties: both },
    ];
    let at = jiff::civil::date(2025, 8, 18);
    let fact = |(order, body)| Fact {
        id: format!("e{order}"),
        at,
        recorded_at: at,
        order,
        source: None,
        of_municipality: false,
        body,
    };
    (0..).zip(bodies).map(fact).collect()
}

fn corrected(row: &str) -> Rules {
    let bundled = include_str!("../../../config/laws.toml");
    let law = Law::parse(
        &format!("{bundled}\n[[service_kind_change]]\nfrom = \"2027-01-01\"\nwhy = \"x\"\n{row}"),
        "laws.toml",
    );
    let law = law.unwrap();
    assert_eq!(law.problems(), []);
    Rules { law, config: Reconcile::default() }
}

fn on(day: Date, facts: &[Fact], rules: &Rules) -> Answer {
    answer(&Family::default(), facts, day, None, rules)
}

fn holder(day: Date, facts: &[Fact], rules: &Rules) -> Option<String> {
    on(day, facts, rules).samordning.holder.reference
}

/// From one change to the next, until the law changes.
fn foretold(facts: &[Fact], rules: &Rules) -> bool {
    let mut days = std::iter::successors(next_change(&Family::default(), facts, facts[0].at, None, rules), |day| {
        next_change(&Family::default(), facts, *day, None, rules)
    });
    days.any(|day| day == CHANGED)
}

#[test]
fn a_kind_that_may_no_longer_hold_holds_until_the_day_before_and_the_day_is_foretold() {
    let facts = agreed_on("ppt_kommunal", None);
    let rules = corrected("kind = \"ppt_kommunal\"\ncan_hold = false");
    assert_eq!(holder(DAY_BEFORE, &facts, &rules).as_deref(), Some("tjenesten"));
    let after = on(CHANGED, &facts, &rules);
    assert_eq!((after.samordning.state, after.samordning.since), (DutyState::HeldByDefault, Some(CHANGED)));
    assert!(foretold(&facts, &rules));
    assert!(!foretold(&facts, &Rules { law: Law::bundled(), config: Reconcile::default() }));
}

#[test]
fn that_a_service_says_it_is_municipal_does_not_let_it_hold_what_the_law_took_from_its_kind() {
    let facts = agreed_on("ppt_kommunal", Some(Level::Kommunal));
    let rules = corrected("kind = \"ppt_kommunal\"\ncan_hold = false");
    assert_eq!(holder(DAY_BEFORE, &facts, &rules).as_deref(), Some("tjenesten"));
    assert_eq!(holder(CHANGED, &facts, &rules), None);
}

#[test]
fn an_act_that_no_longer_brings_a_clause_is_not_cited_from_that_day() {
    let facts = agreed_on("ppt_kommunal", None);
    let rules = corrected("kind = \"ppt_kommunal\"\nact = \"none\"");
    assert_eq!(on(DAY_BEFORE, &facts, &rules).samordning.duty_basis, ["oppll-24-1", "privsl-3-6a"]);
    assert_eq!(on(CHANGED, &facts, &rules).samordning.duty_basis, ["privsl-3-6a"]);
    assert!(foretold(&facts, &rules));
}

#[test]
fn a_kind_that_may_have_the_plan_from_a_day_is_no_misfit_from_that_day() {
    let mut facts = agreed_on("ppt_kommunal", None);
    let (at, body) = (CHANGED, FactBody::IpMainAgreed { service: "tjenesten".into() });
    facts.push(Fact { id: "plan".into(), at, recorded_at: at, order: 9, source: None, of_municipality: false, body });
    let alerts = |rules: &Rules| on(CHANGED, &facts, rules).alerts;
    let misfit = samhold_duty::Alert::IpMainNotEligible;
    assert!(alerts(&Rules { law: Law::bundled(), config: Reconcile::default() }).contains(&misfit));
    assert!(!alerts(&corrected("kind = \"ppt_kommunal\"\nip_main = true")).contains(&misfit));
}

#[test]
fn a_municipal_upper_secondary_school_may_hold_from_the_day_the_register_says_so_until_it_does_not() {
    let mut service_levels = ServiceLevels::default();
    service_levels.set("tjenesten", Date::MIN, Level::Kommunal);
    service_levels.set("tjenesten", CHANGED, Level::Fylkeskommunal);
    let rules = Rules { law: Law::bundled(), config: Reconcile { service_levels, ..Reconcile::default() } };
    let facts = agreed_on("vgs", None);
    assert_eq!(holder(DAY_BEFORE, &facts, &rules).as_deref(), Some("tjenesten"));
    assert_eq!(holder(CHANGED, &facts, &rules), None);
    assert!(foretold(&facts, &rules));
    let said = agreed_on("vgs", Some(Level::Fylkeskommunal));
    assert_eq!(holder(DAY_BEFORE, &said, &rules), None, "what the source says of the level comes first");
}

#[test]
fn a_step_cites_the_act_of_the_day() {
    let placed = FactBody::Placed { municipality: "9902".into(), care_municipality: "9901".into() };
    let at = jiff::civil::date(2022, 9, 1);
    let facts =
        [Fact { id: "e0".into(), at, recorded_at: at, order: 0, source: None, of_municipality: false, body: placed }];
    let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
    let cited = |day: Date| on(day, &facts, &rules).steps.iter().find(|s| s.rule == "R-18").map(|s| s.law.clone());
    let before = "helse- og omsorgstjenesteloven § 3-1 og barnevernloven (1992)";
    assert_eq!(cited(jiff::civil::date(2022, 12, 31)).as_deref(), Some(before));
    assert!(cited(jiff::civil::date(2023, 1, 1)).unwrap().contains("barnevernsloven §§ 13-5, 15-4 og 15-5"));
}
