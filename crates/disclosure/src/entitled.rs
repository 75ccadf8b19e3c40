//! Who must consent (table 6.2), and who may object.
//!
//! Must never leave the question open: where nobody is entitled, no consent can be valid.

use serde::Serialize;

use crate::case::{CHILD, Case, Regime};
use crate::config::{BvlFrom15, GuardianRule};

/// Persons whose consent stands for one party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Party<'a> {
    pub(crate) persons: Vec<&'a str>,
    /// One of them is enough; otherwise all are needed.
    pub(crate) one_is_enough: bool,
}

impl<'a> Party<'a> {
    pub(crate) fn alone(person: &'a str) -> Self {
        Self { persons: vec![person], one_is_enough: false }
    }
}

/// Why these must consent: the rows of table 6.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhoConsents {
    /// The law of the category is not known: nobody can.
    UnknownLaw,
    /// The person the data is about (S-10).
    PersonItIsAbout,
    /// The user of the crisis shelter (krisesenterlova 5).
    ShelterUser,
    /// Of age: the child alone.
    ChildFrom18,
    /// Health and coordination from 16: the child alone (pbrl 4-3).
    ChildFrom16,
    /// Health and coordination that a child of 12 to 15 keeps from its guardians: the child alone (pbrl 4-3).
    ChildInConfidence,
    /// Education from 15: the child alone (oppll 24-5).
    PupilFrom15,
    /// Child welfare from 15, as the municipality has set it: the child alone.
    ChildWelfareFrom15,
    /// Child welfare from 15: the child and the guardians (bvl 12-3).
    ChildAndGuardians,
    /// Social services from the age that the municipality has set: the child alone.
    SocialServicesFromAge,
    /// Family counselling from 16: the child alone (fvkl 6).
    FamilyCounsellingFrom16,
    /// Whoever holds the care order, in the guardians' place (pbrl 4-4, oppll 24-4).
    CareOrderHolder,
    /// Those with foreldreansvar (pbrl 4-4).
    Guardians,
    /// The youth, towards its own guardians (table 6.3).
    YouthTowardsGuardians,
    /// Not shown: it would tell of a sensitive relation.
    Masked,
}

/// Every party that must consent to a category. Empty when nobody is entitled.
pub(crate) fn must_consent<'a>(case: &Case<'a>, category: &str) -> Vec<Party<'a>> {
    who_consents(case, category).1
}

/// Every party that must consent to a category, and by which row of the table.
pub(crate) fn who_consents<'a>(case: &Case<'a>, category: &str) -> (WhoConsents, Vec<Party<'a>>) {
    let Some(regime) = case.regime_of(category) else { return (WhoConsents::UnknownLaw, Vec::new()) };
    if let Some(person) = third_person(case, category, regime) {
        return (WhoConsents::PersonItIsAbout, person.map(Party::alone).into_iter().collect());
    }
    if regime == Regime::Kril {
        let user = case.subject().shelter_user.as_deref().map(Party::alone);
        return (WhoConsents::ShelterUser, user.into_iter().collect());
    }
    if let Some(row) = child_decides_alone(case, category, regime) {
        return (row, vec![Party::alone(CHILD)]);
    }
    if regime == Regime::Bvl && case.age >= 15 && case.config().bvl_consent_from_15 == BvlFrom15::ChildAndGuardians {
        return (WhoConsents::ChildAndGuardians, vec![Party::alone(CHILD), guardians(case)]);
    }
    let placed = case.subject().care_order_by.is_some();
    let row = if placed { WhoConsents::CareOrderHolder } else { WhoConsents::Guardians };
    (row, vec![guardians(case)])
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
fn child_decides_alone(case: &Case<'_>, category: &str, regime: Regime) -> Option<WhoConsents> {
    let (age, config) = (case.age, case.config());
    let (decides, row) = match regime {
        _ if age >= 18 => (true, WhoConsents::ChildFrom18),
        Regime::Hpl | Regime::Hol if age >= 16 => (true, WhoConsents::ChildFrom16),
        Regime::Hpl | Regime::Hol => (age >= 12 && case.kept_from_guardians(category), WhoConsents::ChildInConfidence),
        Regime::Fvkl => (age >= 16, WhoConsents::FamilyCounsellingFrom16),
        Regime::Oppll => (age >= 15, WhoConsents::PupilFrom15),
        Regime::Bvl => (age >= 15 && config.bvl_consent_from_15 == BvlFrom15::Child, WhoConsents::ChildWelfareFrom15),
        Regime::Sotjl => (age >= config.sotjl_consent_age, WhoConsents::SocialServicesFromAge),
        Regime::Bhl | Regime::Fvl | Regime::Kril | Regime::Employee => return None,
    };
    decides.then_some(row)
}

/// Those with foreldreansvar, or whoever holds the care order in their place.
fn guardians<'a>(case: &Case<'a>) -> Party<'a> {
    if let Some(holder) = case.subject().care_order_by.as_deref() {
        return Party::alone(holder);
    }
    with_responsibility(case)
}

/// Those with foreldreansvar, care order or not.
pub(crate) fn with_responsibility<'a>(case: &Case<'a>) -> Party<'a> {
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
