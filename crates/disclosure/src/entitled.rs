//! Who must consent (table 6.2), and who may object.
//!
//! Must never leave the question open: where nobody is entitled, no consent can be valid.

use crate::case::{CHILD, Case, Regime};
use crate::config::{BvlFrom15, GuardianRule};

/// Persons whose consent stands for one party.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Party<'a> {
    pub(crate) persons: Vec<&'a str>,
    /// One of them is enough; otherwise all are needed.
    pub(crate) one_is_enough: bool,
}

impl<'a> Party<'a> {
    fn alone(person: &'a str) -> Self {
        Self { persons: vec![person], one_is_enough: false }
    }
}

/// Every party that must consent to a category. Empty when nobody is entitled.
pub(crate) fn must_consent<'a>(case: &Case<'a>, category: &str) -> Vec<Party<'a>> {
    let Some(regime) = case.regime_of(category) else { return Vec::new() };
    if let Some(person) = third_person(case, category, regime) {
        return person.map(Party::alone).into_iter().collect();
    }
    if regime == Regime::Kril {
        return case.subject().shelter_user.as_deref().map(Party::alone).into_iter().collect();
    }
    if child_decides_alone(case, category, regime) {
        return vec![Party::alone(CHILD)];
    }
    if regime == Regime::Bvl && case.age >= 15 && case.config().bvl_consent_from_15 == BvlFrom15::ChildAndGuardians {
        return vec![Party::alone(CHILD), guardians(case)];
    }
    vec![guardians(case)]
}

/// The one person whose data it is: `Some(None)` when it is someone's and nobody says whose.
fn third_person<'a>(case: &Case<'a>, category: &str, regime: Regime) -> Option<Option<&'a str>> {
    if category == "other_person_health" {
        return Some(case.other_person());
    }
    let theirs = matches!(regime, Regime::Hpl | Regime::Sotjl | Regime::Fvkl);
    if theirs { case.other_person().map(Some) } else { None }
}

/// Ages 12, 15, 16 and 18 (pbrl 4-3 and 4-4, opplæringslova 24-5, plan regulation s 5).
fn child_decides_alone(case: &Case<'_>, category: &str, regime: Regime) -> bool {
    let age = case.age;
    if age >= 18 {
        return true;
    }
    match regime {
        Regime::Hpl | Regime::Hol => age >= 16 || (age >= 12 && case.kept_from_guardians(category)),
        Regime::Fvkl => age >= 16,
        Regime::Oppll => age >= 15,
        Regime::Bvl => age >= 15 && case.config().bvl_consent_from_15 == BvlFrom15::Child,
        Regime::Sotjl => age >= case.config().sotjl_consent_age,
        Regime::Bhl | Regime::Fvl | Regime::Kril | Regime::Employee => false,
    }
}

/// Those with foreldreansvar, or whoever holds the care order in their place.
fn guardians<'a>(case: &Case<'a>) -> Party<'a> {
    if let Some(holder) = case.subject().care_order_by.as_deref() {
        return Party::alone(holder);
    }
    let persons = case.subject().guardians.iter().filter(|g| g.responsibility).map(|g| g.id.as_str()).collect();
    Party { persons, one_is_enough: case.config().guardian_rule == GuardianRule::Any }
}

/// Someone entitled objects: each whose consent the category needs, whoever the data is about, and the child from 12.
pub(crate) fn objects(case: &Case<'_>) -> bool {
    let parties = must_consent(case, case.category());
    let entitled = |who: &str| {
        (who == CHILD && case.age >= 12)
            || case.other_person() == Some(who)
            || parties.iter().any(|p| p.persons.contains(&who))
    };
    case.request.flags.objection_by.iter().any(|who| entitled(who))
}
