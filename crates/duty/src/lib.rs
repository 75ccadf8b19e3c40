#![doc = include_str!("../README.md")]

mod age;
mod alerts;
pub mod answer;
mod asked;
mod assemble;
mod bk;
mod calendar;
mod case;
pub mod compare;
pub mod config;
mod deciding;
mod delegation;
mod explain;
mod holder;
mod known;
mod need;
mod outcome;
mod people;
mod plan;
mod replay;
mod services;
mod terminal;
pub mod words;

pub use answer::{
    Alert, AlertDates, Answer, BkAnswer, CoordinatorAnswer, DutyAnswer, Holder, HolderKind, PlanAnswer, Step, Stretch,
    UsedFact,
};
pub use config::Reconcile;
pub use deciding::{Deciding, Fitness, deciding};

use case::World;
use known::{History, Knowledge};
use replay::{Counting, Replay};
use samhold_model::{Date, Fact, Law};

/// The family a child belongs to, as far as it is known without dated facts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    /// Date of birth of a born child.
    pub birth_date: Option<Date>,
    /// Expected date of birth of an unborn child.
    pub due_date: Option<Date>,
    /// The child's name or id where the family has several.
    pub child: Option<String>,
    /// Ids of those with foreldreansvar at the start.
    pub guardians: Vec<String>,
}

/// What the rules are: the law catalogue and the municipality's own settings.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Clauses by date, service kinds.
    pub law: Law,
    /// The municipality's judgement calls.
    pub config: Reconcile,
}

/// Who holds the duty on `as_of`, from what had been recorded by `known_at`
/// (`None`: on or before `as_of`).
#[must_use]
pub fn answer(family: &Family, facts: &[Fact], as_of: Date, known_at: Option<Date>, rules: &Rules) -> Answer {
    let reference = known_at.unwrap_or(as_of);
    let history = History::new(facts, Knowledge::RecordedBy(reference));
    let world = World::new(family, rules, &history);
    assemble::answer(&Replay::new(&world, &calendar::turning_points(&world), Counting::Alerts).on(as_of), reference)
}

/// The first date after `after` on which the answer (alerts included) can differ by the passing of time alone,
/// with the facts recorded by `known_at` (`None`: all of them). `None`: never again.
///
/// With `known_at` the knowledge is frozen there: late facts are measured against it on every day. Without it the
/// facts given are today's knowledge, whatever their recorded dates, and stay so; late facts are measured against
/// the day itself, so that their alert is seen to lapse. Facts dated ahead count from their date. No field of the
/// answer and no alert differs on any day strictly between `after` and the date returned, and something does on it.
#[must_use]
pub fn next_change(
    family: &Family,
    facts: &[Fact],
    after: Date,
    known_at: Option<Date>,
    rules: &Rules,
) -> Option<Date> {
    let history = History::new(facts, known_at.map_or(Knowledge::Everything, Knowledge::RecordedBy));
    let world = World::new(family, rules, &history);
    let turning = calendar::turning_points(&world);
    let mut replay = Replay::new(&world, &turning, Counting::Nothing);
    let mut on = |day: Date| assemble::answer(&replay.on(day), known_at.unwrap_or(day));
    let now = on(after);
    let deadlines = calendar::deadlines(&world, &turning, known_at);
    let mut ahead = turning.union(&deadlines).copied().filter(|day| *day > after);
    ahead.find(|day| on(*day) != now)
}

/// The dates on which state or holder can differ from the day before, by what had been recorded by `known_at`. It may hold
/// dates on which nothing happens, and leaves out none on which something does.
#[must_use]
pub fn turning_points(
    family: &Family,
    facts: &[Fact],
    known_at: Date,
    rules: &Rules,
) -> std::collections::BTreeSet<Date> {
    let history = History::new(facts, Knowledge::RecordedBy(known_at));
    calendar::turning_points(&World::new(family, rules, &history))
}

/// The facts recorded by `known_at` with their corrections applied and voided ones gone, in the order they count.
/// For readers of facts the duty does not look at, so that they see corrections the same way.
#[must_use]
pub fn corrected(facts: &[Fact], known_at: Date) -> Vec<Fact> {
    known::History::new(facts, known::Knowledge::RecordedBy(known_at)).facts
}
