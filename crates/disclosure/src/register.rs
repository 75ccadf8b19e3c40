//! The register of consents: how each stands on a day, what they open together, and who must consent.
//!
//! Answers with the same functions that decide, so that what is shown of a consent is what it is worth. Must never know a
//! second reading of the law.

use std::collections::BTreeSet;

use samhold_model::Date;
use serde::Serialize;

use crate::Rules;
use crate::case::Case;
use crate::consent::{self, Reach, consent};
use crate::entitled::must_consent;
use crate::request::{Consent, Item, Recipient, Request, Subject};

/// The category whose data is another person's than the child's.
const OF_ANOTHER: &str = "other_person_health";

/// What consents may open: one category, to one kind of recipient, for one purpose.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    /// Data category.
    pub category: String,
    /// Recipient kind.
    pub recipient: String,
    /// Purpose.
    pub purpose: String,
    /// Whom the data is about, when it is not the child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// Which fields of a category the consents open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Opened {
    /// None: somebody who must consent has not.
    Nothing,
    /// All.
    All,
    /// Only these.
    Only(BTreeSet<String>),
}

impl Opened {
    /// Whether everything that `other` opens is opened here too.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Nothing) | (Self::All, _) => true,
            (Self::Only(own), Self::Only(others)) => others.is_subset(own),
            _ => false,
        }
    }
}

/// How one consent stands for one category on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It counts.
    Live,
    /// Its day has not come.
    NotYet,
    /// Taken back; counts from the same day.
    Withdrawn,
    /// Its end has come.
    Expired,
    /// Given by someone who need not consent to this on that day.
    WrongPerson,
    /// The category is under an order of secrecy, which no consent lifts (hol 12-1, sotjl 44, familievernkontorloven 6).
    SecrecyOrder,
}

/// Everything that some consents name, each once.
#[must_use]
pub fn grants(consents: &[Consent]) -> BTreeSet<Grant> {
    consents.iter().flat_map(of_one).collect()
}

fn of_one(consent: &Consent) -> Vec<Grant> {
    let mut all = Vec::new();
    for category in &consent.categories {
        let about = (category == OF_ANOTHER).then(|| consent.by.clone());
        for recipient in &consent.recipients {
            all.extend(consent.purposes.iter().map(|purpose| Grant {
                category: category.clone(),
                recipient: recipient.clone(),
                purpose: purpose.clone(),
                about: about.clone(),
            }));
        }
    }
    all
}

/// What the consents open of a grant on a day, all who must consent taken together (RULES S-11, 6.6).
#[must_use]
pub fn opened(subject: &Subject, consents: &[Consent], grant: &Grant, date: Date, rules: &Rules) -> Opened {
    let request = request(subject, consents, grant, date);
    let Some(case) = Case::resolve(&request, rules) else { return Opened::Nothing };
    match consent(&case, case.category()) {
        Ok(Reach::All) => Opened::All,
        Ok(Reach::Only(fields)) => Opened::Only(fields.into_iter().map(str::to_owned).collect()),
        Err(_) => Opened::Nothing,
    }
}

/// How one consent stands for one of its categories.
#[must_use]
pub fn standing_of(record: &Consent, category: &str, subject: &Subject, date: Date, rules: &Rules) -> Standing {
    match consent::standing(record, date, rules.config.consent_max_days) {
        consent::Standing::Withdrawn => return Standing::Withdrawn,
        consent::Standing::Expired => return Standing::Expired,
        consent::Standing::NotYet => return Standing::NotYet,
        consent::Standing::Live => {}
    }
    let about = (category == OF_ANOTHER).then(|| record.by.clone());
    let entitled = parties(subject, (category, about), date, rules).into_iter().flatten().any(|who| who == record.by);
    match subject.secrecy_order.iter().any(|ordered| ordered == category) {
        true => Standing::SecrecyOrder,
        false if entitled => Standing::Live,
        false => Standing::WrongPerson,
    }
}

/// Who must consent to a category of the child's own data on a day, party by party: all of the parties are needed, and of each
/// party everyone, or with `guardian_rule: any` one of the guardians. Empty when no consent can be valid.
#[must_use]
pub fn who_must_consent(subject: &Subject, category: &str, date: Date, rules: &Rules) -> Vec<Vec<String>> {
    parties(subject, (category, None), date, rules)
}

fn parties(
    subject: &Subject,
    (category, about): (&str, Option<String>),
    date: Date,
    rules: &Rules,
) -> Vec<Vec<String>> {
    // Who must consent depends neither on the recipient nor on the purpose; any that the law knows will do.
    let (recipient, purpose) = (rules.law.recipient_kind.keys().next().cloned(), rules.law.purposes.first().cloned());
    let (Some(recipient), Some(purpose)) = (recipient, purpose) else { return Vec::new() };
    let grant = Grant { category: category.to_owned(), recipient, purpose, about };
    let request = request(subject, &[], &grant, date);
    let Some(case) = Case::resolve(&request, rules) else { return Vec::new() };
    let named = |persons: &[&str]| persons.iter().map(|who| (*who).to_owned()).collect();
    must_consent(&case, case.category()).iter().map(|party| named(&party.persons)).collect()
}

fn request(subject: &Subject, consents: &[Consent], grant: &Grant, date: Date) -> Request {
    Request {
        date,
        purpose: grant.purpose.clone(),
        subject: subject.clone(),
        item: Item { category: grant.category.clone(), about_person: grant.about.clone(), ..Item::default() },
        recipient: Recipient { kind: grant.recipient.clone(), ..Recipient::default() },
        flags: crate::request::Flags::default(),
        consents: consents.to_vec(),
    }
}
