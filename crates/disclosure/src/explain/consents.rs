//! Each consent that was asked for: who must give it and why, and for each record whether it counted.
//!
//! Must never judge a record by other rules than those that decide: it asks the same functions.

use samhold_model::Date;
use serde::Serialize;

use crate::case::Case;
use crate::consent::{self, Ask, Asked, Reach};
use crate::decision::Reason;
use crate::entitled::{Party, WhoConsents};
use crate::request::Consent;

/// One consent that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentTrace {
    /// To what category; another than the item's when a tag or a holder needed it.
    pub category: String,
    /// Why it is these who must consent.
    pub who: WhoConsents,
    /// The ids of those who must, a list for each party.
    pub parties: Vec<Parties>,
    /// It is valid.
    pub counts: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Reason>,
    /// The fields it covers, when it does not cover all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_fields: Option<Vec<String>>,
    /// Every record of the child, in their order.
    pub records: Vec<RecordTrace>,
}

/// Persons whose consent stands for one party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parties {
    /// Opaque ids, or `child`.
    pub persons: Vec<String>,
    /// One of them is enough.
    pub one_is_enough: bool,
}

/// One consent on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordTrace {
    /// Its place among the consents of the child, from 1.
    pub number: usize,
    /// Who gave it.
    pub by: String,
    /// Whether it counted.
    #[serde(flatten)]
    pub standing: Standing,
    /// The fields it is limited to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_fields: Option<Vec<String>>,
}

/// Whether a record counted, or the first thing that was wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// It counts.
    Counts,
    /// Its giver is not among those who must consent.
    WrongPerson,
    /// It does not name all that is asked.
    OutOfScope {
        /// It names the category.
        category: bool,
        /// It names the recipient kind.
        recipient: bool,
        /// It names the purpose.
        purpose: bool,
    },
    /// Withdrawn; counts the same day.
    Withdrawn {
        /// The day.
        on: Option<Date>,
    },
    /// It has run out.
    Expired {
        /// The first day on which it no longer counted.
        on: Date,
    },
    /// It is not given yet.
    NotYet {
        /// The day from which it counts.
        from: Date,
    },
    /// An order of secrecy on the category beats every consent.
    OrderedSecret,
}

/// What was asked on the way, in its order.
pub(super) fn traced(case: &Case<'_>) -> Vec<ConsentTrace> {
    let asks = case.asked.as_ref().map(|asked| asked.borrow().clone()).unwrap_or_default();
    asks.iter().map(|ask| trace(case, ask)).collect()
}

fn trace<'a>(case: &Case<'a>, ask: &Ask<'a>) -> ConsentTrace {
    let records = (1..).zip(&case.request.consents);
    ConsentTrace {
        category: ask.category.to_owned(),
        who: ask.row,
        parties: ask.parties.iter().map(party).collect(),
        counts: ask.outcome.is_ok(),
        failure: ask.outcome.as_ref().err().copied(),
        only_fields: ask.outcome.as_ref().ok().and_then(only),
        records: records.map(|(number, record)| told(case, ask, number, record)).collect(),
    }
}

fn party(party: &Party<'_>) -> Parties {
    Parties { persons: party.persons.iter().map(|p| (*p).to_owned()).collect(), one_is_enough: party.one_is_enough }
}

fn only(reach: &Reach<'_>) -> Option<Vec<String>> {
    match reach {
        Reach::All => None,
        Reach::Only(fields) => Some(fields.iter().map(|f| (*f).to_owned()).collect()),
    }
}

fn told<'a>(case: &Case<'a>, ask: &Ask<'a>, number: usize, record: &Consent) -> RecordTrace {
    let standing = standing(case, ask, record);
    RecordTrace { number, by: record.by.clone(), standing, only_fields: record.fields.clone() }
}

fn standing<'a>(case: &Case<'a>, ask: &Ask<'a>, record: &Consent) -> Standing {
    let asked = Asked { case, category: ask.category };
    if !ask.parties.iter().any(|party| party.persons.contains(&record.by.as_str())) {
        return Standing::WrongPerson;
    }
    let [category, recipient, purpose] = asked.scope(record);
    if !(category && recipient && purpose) {
        return Standing::OutOfScope { category, recipient, purpose };
    }
    match asked.standing(record) {
        _ if case.ordered_secret(ask.category) => Standing::OrderedSecret,
        consent::Standing::Live => Standing::Counts,
        consent::Standing::Withdrawn => Standing::Withdrawn { on: record.withdrawn },
        consent::Standing::Expired => Standing::Expired { on: consent::end(record, case.config().consent_max_days) },
        consent::Standing::NotYet => Standing::NotYet { from: record.given },
    }
}
