//! Fødselsnummer, D-number and DUF number.
//!
//! A national identity number is a secret: `Debug` and `Display` mask it, it is not `Serialize`, and only
//! [`NationalId::reveal`] gives the digits. Sex and century are never derived from it: the 2032 series and the
//! extended D-number series break both. Source: Skatteetaten, "Nytt fødselsnummer fra 2032".

use std::fmt;

use crate::dates::Date;

/// Which numbers an installation accepts: real people or synthetic ones, never both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Realm {
    /// Numbers of real people; synthetic ranges are refused.
    #[default]
    Production,
    /// Synthetic numbers only (month + 80 of Skatteetaten, month + 40 of NAV Dolly).
    Test,
}

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IdKind {
    /// Fødselsnummer, 1964 or 2032 series.
    Foedselsnummer,
    /// D-number: day + 40.
    DNumber,
    /// DUF number of the immigration authorities, 12 digits, presumed valid.
    Duf,
}

impl IdKind {
    /// Name used in the identifier table.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Foedselsnummer => "fnr",
            Self::DNumber => "dnr",
            Self::Duf => "duf",
        }
    }
}

/// Why a text is not accepted as a national identity number. Never repeats the digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not eleven digits (twelve for DUF).
    #[error("is not eleven digits")]
    Length,
    /// Day and month do not make a date.
    #[error("does not hold a date")]
    Date,
    /// The control digits fail under both the 1964 and the 2032 rule.
    #[error("has wrong control digits")]
    Checksum,
    /// Ends in 99999, 00100, 00200 or 55555: a placeholder, never a person.
    #[error("is a placeholder number")]
    Placeholder,
    /// Synthetic in production, or real in a test installation.
    #[error("is not of the range this installation accepts")]
    WrongRealm,
    /// H-number, FH-number or NPID: local to one trust or agency, never matched across services.
    #[error("is a local auxiliary number, not a national one")]
    Auxiliary,
}

/// A checked national identity number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NationalId {
    digits: String,
    kind: IdKind,
}

impl NationalId {
    /// Reads a fødselsnummer or D-number. Spaces are ignored, as real records hold them.
    ///
    /// # Errors
    /// [`IdError`] says what is wrong, without the digits.
    pub fn parse(text: &str, realm: Realm) -> Result<Self, IdError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let d = eleven(&digits).ok_or(IdError::Length)?;
        let month_class = d[2];
        if d[0] >= 8 {
            return Err(IdError::Auxiliary);
        }
        let kind = if d[0] >= 4 { IdKind::DNumber } else { IdKind::Foedselsnummer };
        let (offset, synthetic) = match month_class {
            0 | 1 => (0, false),
            4 | 5 => (40, true),
            8 | 9 => (80, true),
            _ => return Err(IdError::Auxiliary),
        };
        date_like(&d, kind, offset)?;
        checksum(&d)?;
        match (realm, synthetic, offset) {
            (Realm::Production, false, _) | (Realm::Test, true, _) => Ok(Self { digits, kind }),
            (Realm::Production, true, 40) => Err(IdError::Auxiliary),
            _ => Err(IdError::WrongRealm),
        }
    }

    /// As [`NationalId::parse`], but first refuses the suffixes that child-welfare and kindergarten files use as placeholders.
    ///
    /// # Errors
    /// [`IdError::Placeholder`] before any control-digit check, since about one in thirty of them passes it.
    pub fn parse_unless_placeholder(text: &str, realm: Realm) -> Result<Self, IdError> {
        if is_placeholder(text) {
            return Err(IdError::Placeholder);
        }
        Self::parse(text, realm)
    }

    /// Reads a DUF number: 12 digits. The control rule is not official, so it is not used to refuse.
    ///
    /// # Errors
    /// [`IdError::Length`] when it is not twelve digits.
    pub fn parse_duf(text: &str) -> Result<Self, IdError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self { digits, kind: IdKind::Duf })
        } else {
            Err(IdError::Length)
        }
    }

    /// What kind of number it is.
    #[must_use]
    pub fn kind(&self) -> IdKind {
        self.kind
    }

    /// The digits. Only for encryption, keyed look-up and an audited disclosure.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.digits
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NationalId({})", self.kind.scheme())
    }
}

impl fmt::Display for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***********")
    }
}

/// Whether the number ends in a suffix used for "unborn", "unknown" and the like.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    let t = text.trim();
    t.len() == 11 && ["99999", "00100", "00200", "55555", "00000"].iter().any(|s| t.ends_with(s))
}

/// Whether a text anywhere holds eleven digits that could be a person's number. Wider than the checksum on
/// purpose: the 2032 rule lets four times as many random numbers through, so a log filter must not rely on it.
#[must_use]
pub fn looks_like_number(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit() && c != ' ')
        .map(|run| run.chars().filter(char::is_ascii_digit).collect::<String>())
        .any(|run| eleven(&run).is_some_and(|d| possible_date(&d)))
}

/// The text with every date-like run of eleven digits replaced by stars, for logs and error texts.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once('\u{0}')) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        let hide = run.len() == 12 || eleven(&run).is_some_and(|d| possible_date(&d));
        out.push_str(if hide { "***********" } else { &run });
        run.clear();
        if c != '\u{0}' {
            out.push(c);
        }
    }
    out
}

fn eleven(text: &str) -> Option<[u32; 11]> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(10)).collect::<Option<_>>()?;
    digits.try_into().ok()
}

fn possible_date(d: &[u32; 11]) -> bool {
    let day = (d[0] % 4) * 10 + d[1];
    let month = ((d[2] % 2) * 10) + d[3];
    (1..=31).contains(&day) && (1..=12).contains(&month)
}

/// Day and month must exist. 29 February is accepted for a leap year in any century the two digits may mean.
fn date_like(d: &[u32; 11], kind: IdKind, month_offset: u32) -> Result<(), IdError> {
    let day = d[0] * 10 + d[1] - if kind == IdKind::DNumber { 40 } else { 0 };
    let month = (d[2] * 10 + d[3]).saturating_sub(month_offset);
    let year = d[4] * 10 + d[5];
    let individual = d[6] * 100 + d[7] * 10 + d[8];
    let exists = |y: u32| {
        let parts = (i16::try_from(y), i8::try_from(month), i8::try_from(day));
        matches!(parts, (Ok(y), Ok(m), Ok(d)) if Date::new(y, m, d).is_ok())
    };
    // The individual number only hints at the century, and only matters on 29 February.
    let centuries: &[u32] =
        if (month, day) == (2, 29) && individual < 500 { &[1900, 2000] } else { &[1800, 1900, 2000] };
    let leap_hint = (month, day) == (2, 29) && !year.is_multiple_of(4);
    if !leap_hint && centuries.iter().any(|c| exists(c + year)) { Ok(()) } else { Err(IdError::Date) }
}

/// First control digit: remainder 0 in the 1964 series, 0 to 3 in numbers issued from 2032. Second: always 0.
fn checksum(d: &[u32; 11]) -> Result<(), IdError> {
    let weigh = |weights: &[u32]| d.iter().zip(weights).map(|(a, b)| a * b).sum::<u32>() % 11;
    let first = weigh(&[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
    let second = weigh(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    if first <= 3 && second == 0 { Ok(()) } else { Err(IdError::Checksum) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_1964_series_and_the_2032_series_are_both_read() {
        for real in ["20036914700", "29020073150", "30108299939", "55102499947"] {
            assert!(NationalId::parse(real, Realm::Production).is_ok(), "{real}");
            assert_eq!(NationalId::parse(real, Realm::Test), Err(IdError::WrongRealm));
        }
        for synthetic in ["03851598730", "41819077302", "30908299902", "41819077906", "14821970351"] {
            assert!(NationalId::parse(synthetic, Realm::Test).is_ok(), "{synthetic}");
            assert!(NationalId::parse(synthetic, Realm::Production).is_err());
        }
    }

    #[test]
    fn what_is_not_a_number_says_why_without_digits() {
        assert_eq!(NationalId::parse("20036914712", Realm::Production), Err(IdError::Checksum));
        assert_eq!(NationalId::parse("29020105729", Realm::Production), Err(IdError::Date));
        assert_eq!(NationalId::parse("2003691470", Realm::Production), Err(IdError::Length));
        assert_eq!(NationalId::parse("17481873371", Realm::Production), Err(IdError::Auxiliary));
    }

    #[test]
    fn an_unborn_placeholder_never_becomes_a_person() {
        assert!(is_placeholder("20012799999"));
        assert_eq!(NationalId::parse_unless_placeholder("20012799999", Realm::Production), Err(IdError::Placeholder));
    }

    #[test]
    fn a_number_masks_itself_everywhere() {
        let id = NationalId::parse("131169 00216", Realm::Production).unwrap_or_else(unreachable_id);
        assert_eq!(id.reveal(), "13116900216");
        assert_eq!(format!("{id} {id:?}"), "*********** NationalId(fnr)");
        assert_eq!(redact("feil for 13116900216, sak 12345678901234"), "feil for ***********, sak 12345678901234");
        assert!(looks_like_number("a 131169 00216 b"));
        assert!(!looks_like_number("99999999999"));
    }

    fn unreachable_id(e: IdError) -> NationalId {
        assert_eq!(e, IdError::Length, "the number above is a valid test number");
        NationalId { digits: String::new(), kind: IdKind::Duf }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_and_debug_never_shows_digits(text in ".*") {
            if let Ok(id) = NationalId::parse(&text, Realm::Production) {
                let shown = format!("{id:?}{id}");
                proptest::prop_assert!(!shown.chars().any(|c| c.is_ascii_digit()));
            }
            let _ = redact(&text);
        }
    }
}
