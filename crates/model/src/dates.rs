//! Norwegian local dates, half-open intervals and birthdays.
//!
//! Every legal date is a civil date in Europe/Oslo; an instant is only kept for when something was recorded.
//! This module has no clock: "today" is always a parameter.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};

/// A Norwegian civil date.
pub type Date = jiff::civil::Date;
/// A moment in time (UTC).
pub type Instant = Timestamp;

/// The zone of all legal dates.
pub const ZONE: &str = "Europe/Oslo";

/// Europe/Oslo, or UTC should the bundled time zone data ever lack it.
#[must_use]
pub fn oslo() -> TimeZone {
    TimeZone::get(ZONE).unwrap_or(TimeZone::UTC)
}

/// The Norwegian civil date of a moment.
#[must_use]
pub fn date_of(instant: Instant) -> Date {
    instant.to_zoned(oslo()).date()
}

/// The first moment of a Norwegian civil date.
#[must_use]
pub fn start_of(date: Date) -> Instant {
    date.to_zoned(oslo()).map_or(Timestamp::UNIX_EPOCH, |z| z.timestamp())
}

/// `date` moved by whole days, stopping at the calendar's ends.
#[must_use]
pub fn add_days(date: Date, days: i64) -> Date {
    date.saturating_add(Span::new().try_days(days).unwrap_or_default())
}

/// Whole days from `from` to `to`; negative when `to` is earlier.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// What counts as the birthday of someone born on 29 February in a common year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LeapBirthday {
    /// 1 March.
    #[default]
    Mar1,
    /// 28 February.
    Feb28,
}

/// The date on which someone born on `born` turns `age`.
#[must_use]
pub fn birthday(born: Date, age: i16, leap: LeapBirthday) -> Date {
    let year = born.year().saturating_add(age);
    Date::new(year, born.month(), born.day()).unwrap_or_else(|_| {
        let (month, day) = match leap {
            LeapBirthday::Mar1 => (3, 1),
            LeapBirthday::Feb28 => (2, 28),
        };
        Date::new(year, month, day).unwrap_or(Date::MAX)
    })
}

/// Full years of age on `on`; 0 before birth.
#[must_use]
pub fn age_on(born: Date, on: Date, leap: LeapBirthday) -> i16 {
    if on <= born {
        return 0;
    }
    let years = on.year().saturating_sub(born.year());
    if birthday(born, years, leap) <= on { years } else { years.saturating_sub(1) }.max(0)
}

/// A half-open interval [from, to): "ends on d" means no longer on d. `None` is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// First day inside.
    pub from: Date,
    /// First day no longer inside.
    pub to: Option<Date>,
}

impl Interval {
    /// Whether `on` lies inside.
    #[must_use]
    pub fn contains(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|to| on < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn leap_day_child_turns_eighteen_as_configured() {
        let born = date(2008, 2, 29);
        assert_eq!(birthday(born, 18, LeapBirthday::Mar1), date(2026, 3, 1));
        assert_eq!(birthday(born, 18, LeapBirthday::Feb28), date(2026, 2, 28));
        assert_eq!(birthday(born, 16, LeapBirthday::Mar1), date(2024, 2, 29));
        assert_eq!(age_on(born, date(2026, 2, 28), LeapBirthday::Mar1), 17);
        assert_eq!(age_on(born, date(2026, 2, 28), LeapBirthday::Feb28), 18);
    }

    #[test]
    fn days_cross_months_and_years() {
        assert_eq!(days_between(date(2025, 1, 31), date(2025, 3, 1)), 29);
        assert_eq!(days_between(date(2025, 3, 1), date(2024, 3, 1)), -365);
        assert_eq!(add_days(date(2024, 2, 28), 2), date(2024, 3, 1));
    }

    #[test]
    fn a_norwegian_day_starts_at_local_midnight() {
        let midnight: Instant = "2026-06-30T22:30:00Z".parse().unwrap_or_default();
        assert_eq!(date_of(midnight), date(2026, 7, 1));
        assert_eq!(start_of(date(2026, 7, 1)).to_string(), "2026-06-30T22:00:00Z");
    }
}
