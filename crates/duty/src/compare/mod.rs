//! What differs between two answers for one child, and which fact caused it.
//!
//! Pure, like the answer itself. A cause is found by asking again without the fact: where the difference is gone or another
//! without it, the fact caused it. Must never name as cause something that is the same at both points, and must give the same
//! comparison for every order in which the facts are handed over.

mod causes;
mod fields;
mod points;
mod said;
mod time;

use samhold_model::{Date, Fact};
use serde::Serialize;
use serde_json::Value;

pub use fields::Track;
pub use points::{Change, ChangedFact, Point};

use crate::{Answer, Family, Rules, answer};
use fields::Fields;

/// The family as it is known from these facts on this day.
pub type FamilyOf<'a> = &'a dyn Fn(&[Fact], Date) -> Family;

/// What differs between two points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The first point.
    pub from: Point,
    /// The second point.
    pub to: Point,
    /// What differs, track by track; empty when nothing does.
    pub differences: Vec<Difference>,
}

/// One field of a track that differs, or one alert raised or closed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Which track.
    pub track: Track,
    /// Which field of it, by its name in the answer; for alerts the code.
    pub field: String,
    /// At the first point; absent when the field is.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub before: Value,
    /// At the second point; absent when the field is.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub after: Value,
    /// In bokmål for people.
    pub text: String,
    /// Why; never empty.
    pub causes: Vec<Cause>,
}

/// What kind of cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// Without this fact the difference would be none, or another.
    Fact,
    /// Without these facts together it would be; no single one of them made it.
    FactsTogether,
    /// Without any of the facts there would be one still: the date itself did it, or had a part in it.
    Time,
}

/// Why something differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cause {
    /// What kind of cause.
    pub kind: CauseKind,
    /// The facts; for time those that state the date.
    pub facts: Vec<ChangedFact>,
    /// For time: the day on which it changed, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
    /// In bokmål for people.
    pub text: String,
}

/// Compares the answers of two points. `family_of` gives the family by what is known of it on a day.
#[must_use]
pub fn compare(family_of: FamilyOf<'_>, facts: &[Fact], rules: &Rules, from: Point, to: Point) -> Comparison {
    let question = Question { family_of, facts, rules, from, to };
    let [before, after] = question.fields(&[]);
    let changed = fields::changed(&before, &after);
    let causes = causes::Causes::new(&question, [before.clone(), after.clone()]);
    let differences = changed.into_iter().map(|key| {
        let value = |fields: &Fields| fields.get(&key).cloned().unwrap_or_default();
        let (before, after) = (value(&before), value(&after));
        let text = said::difference(&key, (&before, &after), &rules.law);
        Difference { track: key.track, causes: causes.of(&key), field: key.field, before, after, text }
    });
    Comparison { from, to, differences: differences.collect() }
}

/// Everything that is asked about.
struct Question<'a> {
    family_of: FamilyOf<'a>,
    facts: &'a [Fact],
    rules: &'a Rules,
    from: Point,
    to: Point,
}

impl Question<'_> {
    /// The fields of both answers had the facts of these ids never been.
    fn fields(&self, without: &[&str]) -> [Fields; 2] {
        let rest = self.without(without);
        [self.from, self.to].map(|point| fields::fields(&self.answer(&rest, point)))
    }

    fn without(&self, ids: &[&str]) -> Vec<Fact> {
        self.facts.iter().filter(|fact| !ids.contains(&fact.id.as_str())).cloned().collect()
    }

    fn answer(&self, facts: &[Fact], point: Point) -> Answer {
        let family = (self.family_of)(facts, point.known());
        answer(&family, facts, point.as_of, Some(point.known()), self.rules)
    }
}
