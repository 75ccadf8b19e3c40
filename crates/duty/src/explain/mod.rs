//! How the answer was reached: each rule that spoke, and each that was passed over and why, in bokmål.
//!
//! Texts name dates, services and roles, never how many days have passed, so that an explanation only changes when
//! the answer does. Must never name a person by anything but the id the facts carry.

mod bk;
mod holder;
mod need;
mod plan;

use samhold_model::Date;

use crate::answer::Step;
use crate::case::Case;
use crate::known::Mark;
use crate::replay::Picture;

/// Every step, in the order of evaluation.
pub(crate) fn steps(picture: &Picture<'_>) -> Vec<Step> {
    let mut steps = Steps { case: &picture.case, steps: Vec::new() };
    need::explain(picture, &mut steps);
    if picture.case.terminal.is_none() {
        bk::explain(picture, &mut steps);
        holder::explain(picture, &mut steps);
        plan::explain(picture, &mut steps);
    }
    steps.steps
}

/// The steps so far.
struct Steps<'p, 'w> {
    case: &'p Case<'w>,
    steps: Vec<Step>,
}

impl Steps<'_, '_> {
    /// A rule that settled something.
    fn applied(&mut self, rule: &str, text: impl Into<String>, marks: impl IntoIterator<Item = Mark>) {
        self.push(rule, true, text.into(), marks);
    }

    /// A rule that had something to go on, but was passed over.
    fn passed_over(&mut self, rule: &str, text: impl Into<String>, marks: impl IntoIterator<Item = Mark>) {
        self.push(rule, false, text.into(), marks);
    }

    fn push(&mut self, rule: &str, applied: bool, text: String, marks: impl IntoIterator<Item = Mark>) {
        let facts = self.case.ids(marks);
        self.steps.push(Step { rule: rule.into(), applied, text, facts });
    }
}

/// A date as people write it.
fn on(date: Date) -> String {
    date.strftime("%d.%m.%Y").to_string()
}

/// Several names as a sentence says them.
fn list(names: &[&str]) -> String {
    match names {
        [] => "ingen".into(),
        [one] => (*one).into(),
        [most @ .., last] => format!("{} og {last}", most.join(", ")),
    }
}
