//! The words of an answer in bokmål, for people: states, grounds, alerts, kinds of facts, dates.
//!
//! Must never hold a rule: what is said here follows from the answer and changes nothing in it.

mod alerts;
mod detail;
mod facts;
mod states;

pub use alerts::alert;
pub use detail::fact_detail;
pub use facts::{fact, fact_about, fact_type};
pub use states::{
    barnekoordinator, end_reason, ground, ground_law, holder, holder_kind, koordinator, plan, samordning,
};

use samhold_model::{Date, Law};

/// A date as people write it: `17. august 2026`.
#[must_use]
pub fn date(date: Date) -> String {
    const MONTHS: [&str; 12] = [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ];
    let month = usize::try_from(date.month()).ok().and_then(|m| MONTHS.get(m.checked_sub(1)?)).copied();
    format!("{}. {} {}", date.day(), month.unwrap_or_default(), date.year())
}

/// Several names as a sentence says them: `a, b og c`.
#[must_use]
pub fn list<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => "ingen".into(),
        [one] => one.as_ref().into(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} og {}", most.join(", "), last.as_ref())
        }
    }
}

/// A role, unit or kind of service that has decided, appointed or answered, as people call it. Ids of persons are left
/// as they are.
#[must_use]
pub fn unit<'a>(by: &'a str, law: &'a Law) -> &'a str {
    match by {
        "kommunedirektor" => "kommunedirektøren",
        "child" => "barnet selv",
        "barnevern" => "barnevernet",
        _ => law.service_kind.get(by).map_or(by, |kind| kind.name.as_str()),
    }
}

/// How people cite a clause of the catalogue; the key itself where the catalogue does not have it.
#[must_use]
pub fn clause<'a>(key: &'a str, law: &'a Law) -> &'a str {
    law.clause.get(key).map_or(key, |clause| clause.cite.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_lists_and_units_read_as_people_write_them() {
        let law = Law::bundled();
        assert_eq!(date(jiff::civil::date(2026, 8, 17)), "17. august 2026");
        assert_eq!(list(&["skolen", "PPT", "NAV"]), "skolen, PPT og NAV");
        assert_eq!(list::<&str>(&[]), "ingen");
        assert_eq!(unit("koordinerende_enhet", &law), "koordinerende enhet");
        assert_eq!(unit("kommunedirektor", &law), "kommunedirektøren");
        assert_eq!(clause("oppll-24-1", &law), "opplæringslova § 24-1");
    }
}
