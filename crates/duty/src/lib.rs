#![doc = include_str!("../README.md")]

pub mod answer;
pub mod config;

pub use answer::{Alert, Answer, BkAnswer, CoordinatorAnswer, DutyAnswer, Holder, HolderKind, PlanAnswer, Step};
pub use config::Reconcile;

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
    let _ = (family, facts, as_of, known_at, rules);
    Answer::default()
}

/// The first date after `after` on which the answer (alerts included) can differ by the passing of time alone,
/// with the facts recorded by `known_at` (`None`: all of them). `None`: never again.
#[must_use]
pub fn next_change(
    family: &Family,
    facts: &[Fact],
    after: Date,
    known_at: Option<Date>,
    rules: &Rules,
) -> Option<Date> {
    let _ = (family, facts, after, known_at, rules);
    None
}
