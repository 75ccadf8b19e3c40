//! Settings that would lower the legal floor: refused, with what to do.
//!
//! A municipality may hold back more than the law asks, never less. Names may be added to these lists; what stands in them by
//! statute must not be left out. Must never change a setting, only say what is wrong with it.

use samhold_disclosure::Share;

use super::daemon::{MunicipalitySettings, Settings};

/// For so many days at the most the word of a population register may count (folkeregisterloven § 10-4).
const OLDEST_WORD: u16 = 30;
/// Below this age nobody consents alone to anything that the acts know of; above the other, no guardian does.
const AGES_OF_CONSENT: std::ops::RangeInclusive<i16> = 15..=18;

/// One setting that lets out more than the law does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lowered {
    /// Keys from the top of the file.
    pub(super) at: Vec<String>,
    /// What is wrong.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: String,
}

/// Every such setting of every municipality.
pub(super) fn lowered(settings: &Settings) -> Vec<Lowered> {
    settings.municipality.iter().flat_map(|(number, one)| of_municipality(number, one)).collect()
}

fn of_municipality(number: &str, settings: &MunicipalitySettings) -> Vec<Lowered> {
    let (share, least) = (&settings.share, Share::default());
    let places = "they tell where a strictly protected child is (folkeregisterloven § 10-4)";
    let holders = "their names tell of a relation that is secret by statute (barnevernsloven § 13-1, krisesenterlova § 5, \
                   familievernkontorloven §§ 5 and 6)";
    let lists = [
        lacking(number, "location_fields", (&share.location_fields, &least.location_fields), places),
        lacking(
            number,
            "sensitive_holder_kinds",
            (&share.sensitive_holder_kinds, &least.sensitive_holder_kinds),
            holders,
        ),
    ];
    let age = (!AGES_OF_CONSENT.contains(&share.sotjl_consent_age)).then(|| Lowered {
        at: place(number, &["share", "sotjl_consent_age"]),
        message: "`sotjl_consent_age` must be from 15 to 18".to_owned(),
        help: "below 15 a child would consent alone, and its guardians not be asked; from 18 everybody consents alone"
            .to_owned(),
    });
    let word = (settings.protection_max_age_days > OLDEST_WORD).then(|| Lowered {
        at: place(number, &["protection_max_age_days"]),
        message: format!("`protection_max_age_days` must be from 0 to {OLDEST_WORD}"),
        help: "an older word of the population register says nothing of who must be hidden now; the default is 7"
            .to_owned(),
    });
    lists.into_iter().flatten().chain(age).chain(word).collect()
}

fn place(number: &str, rest: &[&str]) -> Vec<String> {
    ["municipality", number].iter().chain(rest).map(|key| (*key).to_owned()).collect()
}

/// What must stand in a list and does not.
fn lacking(number: &str, key: &str, (list, least): (&[String], &[String]), why: &str) -> Option<Lowered> {
    let gone: Vec<String> = least.iter().filter(|word| !list.contains(word)).map(|word| format!("`{word}`")).collect();
    (!gone.is_empty()).then(|| Lowered {
        at: place(number, &["share", key]),
        message: format!("`{key}` lacks {}: {why}", gone.join(", ")),
        help: format!(
            "put back what is lacking, or leave the line out; names may be added, these stay: {}",
            least.join(", ")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &str) -> Vec<String> {
        let text = format!(
            "store.sqlite = \"x\"\nstore.master_key = {{ env = \"X\" }}\n[municipality.9901]\nname = \"F\"\ncontact_point = \"KE\"\n{lines}\n"
        );
        let settings: Settings = toml::from_str(&text).unwrap();
        lowered(&settings).into_iter().map(|l| format!("{}: {}", l.at.join("."), l.message)).collect()
    }

    #[test]
    fn what_stands_in_a_list_by_statute_may_not_be_left_out_and_names_may_be_added() {
        assert!(found("").is_empty());
        let defaults = Share::default().location_fields;
        for left_out in &defaults {
            let rest: Vec<&String> = defaults.iter().filter(|word| *word != left_out).collect();
            let told = found(&format!("share.location_fields = {rest:?}"));
            assert_eq!(told.len(), 1);
            assert!(
                told[0].starts_with(&format!(
                    "municipality.9901.share.location_fields: `location_fields` lacks `{left_out}`"
                )),
                "{told:?}"
            );
        }
        let more: Vec<&str> = defaults.iter().map(String::as_str).chain(["bus_stop"]).collect();
        assert!(found(&format!("share.location_fields = {more:?}")).is_empty());
        let told = found("share.sensitive_holder_kinds = [\"krisesenter\", \"spesialisthelse\"]");
        assert!(told[0].contains("lacks `barnevern`, `familievern`"), "{told:?}");
        assert!(
            found(
                "share.sensitive_holder_kinds = [\"spesialisthelse\", \"barnevern\", \"krisesenter\", \"familievern\"]"
            )
            .is_empty()
        );
    }

    #[test]
    fn an_age_at_which_no_guardian_is_asked_and_a_word_that_never_grows_old_are_refused() {
        for age in [-1, 0, 14, 19] {
            assert_eq!(found(&format!("share.sotjl_consent_age = {age}")).len(), 1, "{age}");
        }
        assert!(found("share.sotjl_consent_age = 15").is_empty());
        assert_eq!(found("protection_max_age_days = 365").len(), 1);
        assert!(found("protection_max_age_days = 30").is_empty());
    }
}
