//! How the answer was reached: each rule that spoke, and each that was passed over and why, in bokmål.
//!
//! Texts name dates, services and roles, never how many days have passed, so that an explanation only changes when
//! the answer does. Must never name a person by anything but the id the facts carry.

mod authority;
mod bk;
mod holder;
mod known;
mod need;
mod passed;
mod plan;
mod role;
mod turned;
mod wishes;

use samhold_model::{Date, FactBody};

use crate::answer::{Basis, DutyState, Step};
use crate::case::Case;
use crate::known::{Mark, concerns_duty};
use crate::replay::Picture;
use crate::words;

/// Every step, in the order of evaluation.
pub(crate) fn steps(picture: &Picture<'_>) -> Vec<Step> {
    let mut steps = Steps { case: &picture.case, day: picture.day, steps: Vec::new() };
    known::explain(picture, &mut steps);
    need::explain(picture, &mut steps);
    if picture.case.terminal.is_none() {
        bk::explain(picture, &mut steps);
        holder::explain(picture, &mut steps);
        plan::explain(picture, &mut steps);
    }
    since(picture, &mut steps);
    steps.steps
}

/// The day since when it has been so, where no step has named a fact of it or told of it: with what happened that day.
fn since(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let Some(since) = picture.since.filter(|since| !steps.tell_of_day(*since)) else { return };
    let facts = &picture.case.world.history.facts;
    let rule = match (picture.outcome.state, picture.outcome.basis) {
        (DutyState::NoneNeeded, _) => "R-01",
        (DutyState::Ended, _) => "R-22",
        (DutyState::Vacant, _) => "R-14",
        (DutyState::Disputed, _) => "R-09",
        (_, Some(Basis::Hol72a)) => "R-03",
        (_, Some(Basis::Decision)) => "R-04",
        (_, Some(Basis::Agreement)) => "R-05",
        (_, Some(Basis::Hol72)) => "R-06",
        (_, Some(Basis::ClearCase)) => "R-07",
        _ => "R-02",
    };
    let marks = steps.marks(since, |at, _| at == since);
    let told = marks.into_iter().filter(|mark| facts.get(mark.nr).is_some_and(concerns_duty));
    steps.applied(rule, format!("Slik har det vært siden {}.", on(since)), told.collect::<Vec<_>>());
}

/// The steps so far.
struct Steps<'p, 'w> {
    case: &'p Case<'w>,
    day: Date,
    steps: Vec<Step>,
}

impl<'w> Steps<'_, 'w> {
    /// A rule that settled something.
    fn applied(&mut self, rule: &str, text: impl Into<String>, marks: impl IntoIterator<Item = Mark>) {
        let facts = self.case.ids(marks);
        self.push(rule, true, text.into(), facts);
    }

    /// A rule that had something to go on, but was passed over.
    fn passed_over(&mut self, rule: &str, text: impl Into<String>, marks: impl IntoIterator<Item = Mark>) {
        let facts = self.case.ids(marks);
        self.push(rule, false, text.into(), facts);
    }

    fn push(&mut self, rule: &str, applied: bool, text: String, facts: Vec<String>) {
        let law = self.case.world.rules.law.ground_on(rule, self.day).to_owned();
        self.steps.push(Step { rule: rule.into(), applied, text, law, facts });
    }

    /// Whether some step tells of a rule.
    fn tell_of(&self, rule: &str) -> bool {
        self.steps.iter().any(|step| step.rule == rule)
    }

    /// Whether some step names a fact of a day, or tells of it.
    fn tell_of_day(&self, day: Date) -> bool {
        let facts = self.case.world.history.facts.iter().filter(|fact| fact.at == day);
        let ids: Vec<&str> = facts.map(|fact| fact.id.as_str()).collect();
        let date = on(day);
        let named = |step: &Step| step.facts.iter().any(|id| ids.contains(&id.as_str()));
        self.steps.iter().any(|step| named(step) || says(&step.text, &date))
    }

    /// Facts of the child so far for which `which` holds; some parts of the case keep no marks of their own.
    fn marks(&self, day: Date, which: impl Fn(Date, &FactBody) -> bool) -> Vec<Mark> {
        let facts = self.case.world.history.facts.iter().enumerate();
        let past = facts.take_while(|(_, fact)| fact.at <= day);
        past.filter(|(_, fact)| which(fact.at, &fact.body)).map(|(nr, fact)| Mark { at: fact.at, nr }).collect()
    }

    /// What the fact at a mark says.
    fn body(&self, mark: Mark) -> Option<&'w FactBody> {
        self.case.world.history.facts.get(mark.nr).map(|fact| &fact.body)
    }

    /// A role, unit or guardian as people call it.
    fn unit(&self, by: &'w str) -> &'w str {
        words::unit(by, &self.case.world.rules.law)
    }
}

/// Whether a text says this date, and not one that ends alike: «21. mars» is not «1. mars».
fn says(text: &str, date: &str) -> bool {
    let whole = |(place, _)| !text.get(..place).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
    text.match_indices(date).any(whole)
}

/// A date as people write it.
fn on(date: Date) -> String {
    words::date(date)
}

/// Several names as a sentence says them.
fn list(names: &[&str]) -> String {
    words::list(names)
}
