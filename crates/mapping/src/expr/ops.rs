//! Dates and checks on single texts.

use jiff::civil::DateTime;
use samhold_model::dates::{Date, Instant, add_days, date_of};

use crate::error::{Code, MappingError, quote};
use crate::expr::{CheckKind, DateRule};
use crate::tree::Cursor;

/// The Norwegian civil date of `text` under `rule`, moved by `days`.
pub(crate) fn date(text: &str, rule: DateRule, days: i64, at: &Cursor<'_>) -> Result<Date, MappingError> {
    let read = match rule {
        DateRule::Date => civil(text),
        DateRule::Instant => instant(text),
        DateRule::DateOrInstant if text.len() > 10 => instant(text),
        DateRule::DateOrInstant => civil(text),
        DateRule::Local => local(text),
        DateRule::EpochMs => text.parse().ok().and_then(|ms| Instant::from_millisecond(ms).ok()).map(date_of),
        DateRule::YearMonth => civil(&format!("{text}-01")),
        DateRule::DayMonthYear => day_month_year(text),
    };
    // Years beyond four digits are slips, and dates must stay comparable as text.
    let read = read.map(|d| add_days(d, days)).filter(|d| (1800..=2200).contains(&d.year()));
    read.ok_or_else(|| {
        let remedy = "ask the source for the documented form, or choose another rule in `as`";
        MappingError::at(Code::BadDate, at, quote(text), expected(rule), remedy)
    })
}

/// `2026-09-01`, and after it at most a zone, which does not move a civil date.
fn civil(text: &str) -> Option<Date> {
    let (day, zone) = text.split_at_checked(10)?;
    let zone_ok = zone.is_empty() || zone == "Z" || (zone.len() == 6 && zone.starts_with(['+', '-']));
    if zone_ok { day.parse().ok() } else { None }
}

fn instant(text: &str) -> Option<Date> {
    text.parse::<Instant>().ok().map(date_of)
}

/// Norwegian time without zone. The date is the same on both sides of a change of clocks, so no side is chosen.
fn local(text: &str) -> Option<Date> {
    let zoned = text.ends_with('Z') || text.get(19..).is_some_and(|rest| rest.contains(['+', '-']));
    if zoned { None } else { text.parse::<DateTime>().ok().map(|t| t.date()) }
}

fn day_month_year(text: &str) -> Option<Date> {
    if text.len() != 8 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    civil(&format!("{}-{}-{}", text.get(4..8)?, text.get(2..4)?, text.get(0..2)?))
}

fn expected(rule: DateRule) -> &'static str {
    match rule {
        DateRule::Date => "a date as 2026-09-01",
        DateRule::Instant => "a moment with zone as 2026-09-01T07:00:00Z",
        DateRule::DateOrInstant => "a date as 2026-09-01, or a moment with zone",
        DateRule::Local => "Norwegian time without zone as 2026-09-01T07:00:00",
        DateRule::EpochMs => "milliseconds since 1970",
        DateRule::YearMonth => "a month as 2026-09",
        DateRule::DayMonthYear => "a date as 01092026",
    }
}

/// The text in its normal form, or `None` when it is not what it should be.
pub(crate) fn check(text: &str, kind: CheckKind) -> Option<String> {
    match kind {
        CheckKind::Orgnr => orgnr(text),
        CheckKind::Kommunenummer => (text.len() == 4 && digits(text).is_some()).then(|| text.to_owned()),
        CheckKind::Uuid => uuid::Uuid::parse_str(text).ok().map(|u| u.to_string()),
    }
}

fn digits(text: &str) -> Option<Vec<u32>> {
    text.chars().map(|c| c.to_digit(10)).collect()
}

/// Nine digits with control digit (weights 3 2 7 6 5 4 3 2), after `NO` (Feide, PIFU) or `0192:` (ISO 6523).
fn orgnr(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.strip_prefix("NO").or_else(|| bare.strip_prefix("0192:")).unwrap_or(&bare);
    let all = digits(bare).filter(|d| d.len() == 9)?;
    let sum: u32 = all.iter().zip([3, 2, 7, 6, 5, 4, 3, 2]).map(|(a, b)| a * b).sum();
    let control = (11 - sum % 11) % 11;
    (all.last() == Some(&control)).then(|| bare.to_owned())
}

/// The error for a text that fails its check. The text itself is not told: it may be personal.
pub(crate) fn bad_check(kind: CheckKind, at: &Cursor<'_>) -> MappingError {
    let expected = match kind {
        CheckKind::Orgnr => "an organisasjonsnummer: nine digits with a right control digit",
        CheckKind::Kommunenummer => "a kommunenummer: four digits",
        CheckKind::Uuid => "a UUID",
    };
    MappingError::at(Code::BadIdentifier, at, "another text", expected, "have the source corrected")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Limits, Tree};

    fn read(text: &str, rule: DateRule) -> Option<String> {
        let tree = Tree::json(b"{}", &Limits::default()).unwrap();
        date(text, rule, 0, &tree.cursor()).ok().map(|d| d.to_string())
    }

    #[test]
    fn a_moment_near_midnight_is_the_norwegian_day() {
        assert_eq!(read("2026-06-30T22:30:00Z", DateRule::Instant).as_deref(), Some("2026-07-01"));
        assert_eq!(read("2026-09-01T00:10:00+02:00", DateRule::DateOrInstant).as_deref(), Some("2026-09-01"));
        assert_eq!(read("1789891201000", DateRule::EpochMs).as_deref(), Some("2026-09-20"));
    }

    #[test]
    fn the_hour_that_comes_twice_has_one_date() {
        assert_eq!(read("2026-10-25T02:30:00", DateRule::Local).as_deref(), Some("2026-10-25"));
    }

    #[test]
    fn a_rule_accepts_only_its_own_form() {
        assert_eq!(read("2026-09-01T07:00:00", DateRule::Instant), None);
        assert_eq!(read("2026-09-01T07:00:00Z", DateRule::Local), None);
        assert_eq!(read("1/05/2023", DateRule::Date), None);
        assert_eq!(read("2026-09", DateRule::DateOrInstant), None);
        assert_eq!(read("2026-02-02+01:00", DateRule::Date).as_deref(), Some("2026-02-02"));
        assert_eq!(read("01092026", DateRule::DayMonthYear).as_deref(), Some("2026-09-01"));
        assert_eq!(read("2026-10", DateRule::YearMonth).as_deref(), Some("2026-10-01"));
    }

    #[test]
    fn organisation_numbers_are_read_in_their_three_written_forms() {
        for form in ["310028142", "NO310028142", "0192:310028142", "310 028 142"] {
            assert_eq!(check(form, CheckKind::Orgnr).as_deref(), Some("310028142"));
        }
        assert_eq!(check("310028143", CheckKind::Orgnr), None);
    }
}
