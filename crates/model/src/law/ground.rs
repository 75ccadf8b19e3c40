//! What each rule of the duty rests on, with dates: the act and section, or that the municipality has judged it.
//!
//! Must name only what the rule rests on: the clauses of the child's own services stand in the step itself.

use serde::{Deserialize, Serialize};

use super::Law;
use crate::dates::Date;

/// The rules of the duty.
pub const RULES: [&str; 26] = [
    "R-01", "R-02", "R-03", "R-04", "R-05", "R-06", "R-07", "R-08", "R-09", "R-10", "R-11", "R-12", "R-13", "R-14",
    "R-15", "R-16", "R-17", "R-18", "R-19", "R-20", "R-21", "R-22", "R-23", "R-24", "R-25", "R-26",
];

/// The one rule that has no ground of its own: its steps cite the clauses of the child's services.
pub const CITES_CLAUSES: &str = "R-24";

/// How the ground of a rule is cited in [from, to).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// The rule (`R-18`).
    pub rule: String,
    /// First day it is cited.
    pub from: Date,
    /// First day it is no longer cited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
    /// How people cite it.
    pub cite: String,
}

impl Law {
    /// What a rule rests on on `day`; before the duty as on its first day. Empty when the catalogue does not say.
    #[must_use]
    pub fn ground_on(&self, rule: &str, day: Date) -> &str {
        let day = day.max(self.in_force);
        let counts = |g: &&Ground| g.rule == rule && g.from <= day && g.to.is_none_or(|to| day < to);
        self.ground.iter().find(counts).map_or("", |ground| ground.cite.as_str())
    }

    /// Every date on which a rule begins or ceases to rest on something.
    pub fn ground_dates(&self) -> impl Iterator<Item = Date> + '_ {
        self.ground.iter().flat_map(|ground| [Some(ground.from), ground.to]).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_ground_of_a_rule_follows_the_date() {
        let law = Law::bundled();
        let on = |rule, year, month, day| law.ground_on(rule, date(year, month, day)).to_owned();
        assert_eq!(on("R-18", 2022, 12, 31), "helse- og omsorgstjenesteloven § 3-1 og barnevernloven (1992)");
        assert!(on("R-18", 2023, 1, 1).ends_with("barnevernsloven §§ 13-5, 15-4 og 15-5"));
        assert!(on("R-17", 2024, 7, 31).contains("opplæringslova (1998) og"));
        assert!(on("R-17", 2024, 8, 1).contains("opplæringslova § 4-7"));
        assert_eq!(on("R-18", 2020, 1, 1), on("R-18", 2022, 8, 1));
        assert_eq!(on("R-24", 2025, 1, 1), "");
    }
}
