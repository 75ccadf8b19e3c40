//! What someone who decides on a day should know before the decision is recorded.
//!
//! The rules ignore a decision that cannot count and raise an alert; a person who decides wants to be told at once. Must
//! never judge otherwise than the replay does.

use samhold_model::{Date, Fact};

use crate::case::{Case, World};
use crate::known::{History, Knowledge};
use crate::replay::{Counting, Replay};
use crate::{Family, Rules, calendar};

/// Whether a service may be named on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// A municipal service of this municipality that serves the child.
    Fit,
    /// It starts later and may hold then: the decision takes effect that day (4.1 Decision).
    From(Date),
    /// Not known to serve the child, or no municipal service of this municipality.
    Unfit,
}

/// What a person who decides meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// The role or unit has the authority, or holds a delegation on the day.
    pub authorised: bool,
    /// The services disagree, with each other or with a standing decision.
    pub disputed: bool,
    /// A decision stands that can be withdrawn.
    pub decided: bool,
    /// Nothing can be decided any more: the child has died, or moved away, or the pregnancy has ended.
    pub over: bool,
    /// Whether the service asked about may be named; [`Fitness::Unfit`] when none is asked about.
    pub service: Fitness,
}

/// What `by` meets who decides on `day`, by what had been recorded by `known_at`, naming `service`.
#[must_use]
pub fn deciding(
    family: &Family,
    facts: &[Fact],
    (day, known_at): (Date, Date),
    rules: &Rules,
    (by, service): (&str, Option<&str>),
) -> Deciding {
    let history = History::new(facts, Knowledge::RecordedBy(known_at));
    let world = World::new(family, rules, &history);
    let turning = calendar::turning_points(&world);
    let case = Replay::new(&world, &turning, Counting::Nothing).on(day).case;
    Deciding {
        authorised: case.may_decide(by, day),
        disputed: case.open_dispute().is_some() || !case.said_against_decision().is_empty(),
        decided: case.withdrawable(day).is_some(),
        over: case.terminal.is_some(),
        service: service.map_or(Fitness::Unfit, |service| fitness(&case, service, day)),
    }
}

fn fitness(case: &Case<'_>, service: &str, day: Date) -> Fitness {
    let services = &case.world.services;
    match services.holds_from(service, day) {
        _ if services.can_hold(service, day) => Fitness::Fit,
        // What waits is dropped when the service turns out to serve and not to be fit.
        _ if services.serving(service, day) => Fitness::Unfit,
        Some(start) => Fitness::From(start),
        None => Fitness::Unfit,
    }
}
