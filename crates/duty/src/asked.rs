//! Who must wish or consent, and what their answers amount to.

use std::collections::BTreeMap;

use samhold_model::Date;

use crate::case::Case;

/// What the answers of those who must answer amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answers {
    Given,
    Refused,
    Missing,
}

/// How several answers become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joint {
    /// Everyone must say yes; one no is a no.
    All,
    /// One yes is enough; a no counts when there is no yes.
    One,
    /// One yes is enough, unless someone says no.
    OneUnlessRefused,
}

/// The answers of `asked`, where `answers` says yes or no by person.
pub(crate) fn weigh(asked: &[&str], answers: &BTreeMap<&str, bool>, joint: Joint) -> Answers {
    let yes = asked.iter().filter(|p| answers.get(*p) == Some(&true)).count();
    let no = asked.iter().any(|p| answers.get(*p) == Some(&false));
    match joint {
        Joint::One if yes > 0 => Answers::Given,
        _ if no => Answers::Refused,
        Joint::All if yes == asked.len() && yes > 0 => Answers::Given,
        Joint::OneUnlessRefused if yes > 0 => Answers::Given,
        _ => Answers::Missing,
    }
}

impl<'w> Case<'w> {
    /// Those who answer for the child: barnevern under a care order, else all with foreldreansvar.
    /// Where no guardian is known, those who have answered, so that nobody's silence counts as a yes.
    pub(crate) fn responsible(&self, answered: impl Iterator<Item = &'w str>) -> Vec<&'w str> {
        if self.care_order.is_some() {
            vec!["barnevern"]
        } else if self.guardians.is_empty() {
            answered.collect()
        } else {
            self.guardians.clone()
        }
    }

    /// Whether the youth is of age to consent on `day` (pbrl 4-3).
    pub(crate) fn is_16(&self, day: Date) -> bool {
        self.life.is_at_least(16, day)
    }
}
