//! The decision procedure, steps 2 to 23: the first that applies decides.
//!
//! Must never be reordered: the order is what makes the logged reason the same everywhere.

mod absence;
mod barnevern;
mod bodies;
mod child;
mod guardian;
mod persons;
mod protection;
mod secrecy;
mod shelter;

use crate::case::Case;
use crate::consent::Reach;
use crate::decision::{Decision, Reason};

/// coordination_exists, holder_service and coordinator_contact.
pub(crate) const META: [&str; 3] = ["coordination_exists", "holder_service", "coordinator_contact"];

/// The kinds that do the coordinating.
pub(crate) const COORDINATORS: [&str; 2] = ["barnekoordinator", "koordinerende_enhet"];

/// What a step says.
pub(crate) enum Step<'a> {
    /// It does not apply.
    Next,
    /// Nothing goes out.
    Deny(Reason),
    /// This may go out, as far as redaction leaves it.
    Release(Grant<'a>),
    /// The whole answer.
    Done(Decision),
}

/// What lets something out, and how far it reaches.
pub(crate) struct Grant<'a> {
    pub(crate) basis: Reason,
    pub(crate) reach: Reach<'a>,
}

impl<'a> Step<'a> {
    /// A ground in law, for all fields.
    fn ground(basis: Reason) -> Self {
        Self::Release(Grant { basis, reach: Reach::All })
    }

    /// The consent if it is valid, else this reason.
    fn consent_or(consent: Result<Reach<'a>, Reason>, otherwise: Reason) -> Self {
        consent.map_or(Self::Deny(otherwise), Self::consented)
    }

    /// The consent if it is valid, else why it is not.
    fn consent(consent: Result<Reach<'a>, Reason>) -> Self {
        consent.map_or_else(Self::Deny, Self::consented)
    }

    fn consented(reach: Reach<'a>) -> Self {
        Self::Release(Grant { basis: Reason::ConsentValid, reach })
    }
}

/// The number of the last step.
pub(crate) const LAST: u8 = 23;

type Rule = for<'a> fn(&Case<'a>) -> Step<'a>;

/// The steps in their order; step 1 made the case.
const STEPS: [Rule; 22] = [
    secrecy::operations,
    secrecy::order,
    shelter::contact,
    protection::address,
    protection::persons,
    protection::strict,
    protection::placement,
    absence::of_an_employee,
    persons::without_responsibility,
    guardian::guardian,
    child::child,
    persons::foster_home,
    bodies::objection,
    bodies::coordinators,
    bodies::public_participants,
    bodies::health_care,
    barnevern::own_task,
    barnevern::recipient,
    bodies::new_school_fetches,
    bodies::never,
    bodies::third_person,
    bodies::consent_decides,
];

/// Tries the steps in order: what the first that applies says, and its number in the procedure (2 to 23).
pub(crate) fn first_that_applies<'a>(case: &Case<'a>) -> (u8, Step<'a>) {
    let mut tried = (2..).zip(STEPS).map(|(number, rule)| (number, rule(case)));
    tried.find(|(_, step)| !matches!(step, Step::Next)).unwrap_or((LAST, Step::Next))
}
