//! Synthetic identity and organisation numbers with right control digits, computed here and looked up nowhere.
//!
//! Must never give a number of a real person: the month is always raised by 80, the range Skatteetaten reserves for
//! test data.

use samhold_model::Date;

const FIRST: [u32; 9] = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const SECOND: [u32; 10] = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
const ORGANISATION: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

/// The first synthetic fødselsnummer (1964 series) for `birth` whose individual number is `from` or later.
/// Individual numbers without valid control digits are passed over, as the register does.
#[must_use]
pub fn synthetic_number(birth: Date, from: u16) -> String {
    let start = format!("{:02}{:02}{:02}", birth.day(), birth.month() + 80, birth.year().rem_euclid(100));
    (from..1000).find_map(|individual| with_control(&format!("{start}{individual:03}"))).unwrap_or_default()
}

fn with_control(nine: &str) -> Option<String> {
    let ten = format!("{nine}{}", control(nine, &FIRST)?);
    let last = control(&ten, &SECOND)?;
    Some(format!("{ten}{last}"))
}

/// The first organisation number from the eight digits `from` on that has a valid control digit. Numbers that begin
/// with 3 are the test range of Brønnøysundregistrene.
#[must_use]
pub fn organisation_number(from: u32) -> String {
    (from..from.saturating_add(20))
        .find_map(|n| {
            let eight = format!("{n:08}");
            control(&eight, &ORGANISATION).map(|k| format!("{eight}{k}"))
        })
        .unwrap_or_default()
}

/// The mod 11 control digit; `None` where it would be ten.
fn control(digits: &str, weights: &[u32]) -> Option<u32> {
    let sum: u32 = digits.chars().filter_map(|c| c.to_digit(10)).zip(weights).map(|(d, w)| d * w).sum();
    let digit = (11 - sum % 11) % 11;
    (digit < 10).then_some(digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use samhold_model::{NationalId, Realm};

    #[test]
    fn computed_numbers_are_accepted_in_a_test_installation_and_refused_in_production() {
        for day in 1..=28 {
            for individual in (500..990).step_by(35) {
                let number = synthetic_number(date(2015, 3, day), individual);
                assert_eq!(number.len(), 11);
                assert!(NationalId::parse(&number, Realm::Test).is_ok());
                assert!(NationalId::parse(&number, Realm::Production).is_err());
            }
        }
    }

    #[test]
    fn known_vectors_come_out_as_published() {
        assert_eq!(with_control("038515987").as_deref(), Some("03851598730"));
        assert_eq!(control("31002814", &ORGANISATION), Some(2));
        assert_eq!(organisation_number(31_002_814), "310028142");
    }
}
