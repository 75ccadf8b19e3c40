//! A child over time, and the days on which it matters.
//!
//! Pure: who asks gives the child as it is known; nothing here asks what day it is.

use std::collections::BTreeSet;

use samhold_model::Date;
use samhold_model::dates::{LeapBirthday, birthday};

use crate::Rules;
use crate::consent::end;
use crate::request::{Consent, Subject};

/// Ages at which the law changes who must consent (pbrl 3-4, 4-3 and 4-4, opplæringslova 24-5, plan regulation s 5).
const AGES: [i16; 4] = [12, 15, 16, 18];

/// A child as it is known to be from each of some days on.
#[derive(Clone, Debug, Default)]
pub struct Timeline(Vec<(Date, Subject)>);

impl Timeline {
    /// From the child on each day on which something about it changes, in any order.
    #[must_use]
    pub fn new(days: impl IntoIterator<Item = (Date, Subject)>) -> Self {
        let mut days: Vec<(Date, Subject)> = days.into_iter().collect();
        days.sort_by_key(|(day, _)| *day);
        days.dedup_by(|later, earlier| later.1 == earlier.1);
        Self(days)
    }

    /// The child on a day; before the first day, as on that. `None` when nothing is known.
    #[must_use]
    pub fn on(&self, day: Date) -> Option<&Subject> {
        let latest = self.0.iter().rev().find(|(from, _)| *from <= day);
        latest.or_else(|| self.0.first()).map(|(_, subject)| subject)
    }
}

/// Every day on which a consent can begin or cease to count, or another person becomes the one who must give it. Between two
/// of them nothing changes.
#[must_use]
pub fn days_that_matter(timeline: &Timeline, consents: &[Consent], rules: &Rules) -> BTreeSet<Date> {
    let max_days = rules.config.consent_max_days;
    let own = consents.iter().flat_map(|c| [Some(c.given), Some(end(c, max_days)), c.withdrawn]).flatten();
    let changes = timeline.0.iter().map(|(day, _)| *day);
    let born = timeline.0.iter().filter_map(|(_, subject)| subject.birth_date.or(subject.due_date));
    let ages = born.flat_map(|born| birthdays(born, rules));
    own.chain(changes).chain(ages).chain(rules.law.sharing_dates()).collect()
}

/// The birthdays on which who must consent can change.
pub(crate) fn birthdays(born: Date, rules: &Rules) -> Vec<Date> {
    let ages = AGES.into_iter().chain([rules.config.sotjl_consent_age]);
    ages.map(|age| birthday(born, age, LeapBirthday::Mar1)).collect()
}
