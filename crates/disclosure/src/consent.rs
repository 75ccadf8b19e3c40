//! When a consent counts, how far it reaches, and why it failed (hpl 22, fvl 13 a no 1, GDPR 7).
//!
//! Must never count a record of someone who is not entitled on the day, nor one to a category under an order of
//! secrecy.

use std::collections::BTreeSet;

use samhold_model::Date;
use samhold_model::dates::add_days;

use crate::case::{CHILD, Case};
use crate::decision::Reason;
use crate::entitled::{Party, WhoConsents, who_consents};
use crate::request::Consent;

/// Which fields a consent covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach<'a> {
    /// All.
    All,
    /// Only these.
    Only(BTreeSet<&'a str>),
}

impl<'a> Reach<'a> {
    pub(crate) fn covers(&self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(fields) => fields.contains(field),
        }
    }

    fn of(record: &'a Consent) -> Self {
        record.fields.as_ref().map_or(Self::All, |f| Self::Only(f.iter().map(String::as_str).collect()))
    }

    fn unite(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(a), Self::Only(b)) => Self::Only(a.union(&b).copied().collect()),
            _ => Self::All,
        }
    }

    fn intersect(self, other: Self) -> Self {
        match (self, other) {
            (Self::All, x) | (x, Self::All) => x,
            (Self::Only(a), Self::Only(b)) => Self::Only(a.intersection(&b).copied().collect()),
        }
    }
}

/// Whether a record counts on the date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Live,
    Withdrawn,
    Expired,
    NotYet,
}

/// The first day a record no longer counts.
pub(crate) fn end(record: &Consent, max_days: i64) -> Date {
    record.valid_to.unwrap_or_else(|| add_days(record.given, max_days))
}

/// Withdrawn counts the same day.
pub(crate) fn standing(record: &Consent, on: Date, max_days: i64) -> Standing {
    if record.withdrawn.is_some_and(|day| day <= on) {
        Standing::Withdrawn
    } else if on >= end(record, max_days) {
        Standing::Expired
    } else if on < record.given {
        Standing::NotYet
    } else {
        Standing::Live
    }
}

/// A valid consent of everyone who must give it, or why there is none.
pub(crate) fn consent<'a>(case: &Case<'a>, category: &'a str) -> Result<Reach<'a>, Reason> {
    let (row, parties) = who_consents(case, category);
    Asked { case, category }.answer(row, parties)
}

/// A valid consent of one person, whoever else might be entitled.
pub(crate) fn consent_of<'a>(case: &Case<'a>, person: &'a str, category: &'a str) -> Result<Reach<'a>, Reason> {
    let row = if person == CHILD { WhoConsents::YouthTowardsGuardians } else { WhoConsents::PersonItIsAbout };
    Asked { case, category }.answer(row, vec![Party { persons: vec![person], one_is_enough: false }])
}

/// What was asked about consents, of whom and why of them, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask<'a> {
    pub(crate) category: &'a str,
    pub(crate) row: WhoConsents,
    pub(crate) parties: Vec<Party<'a>>,
    pub(crate) outcome: Result<Reach<'a>, Reason>,
}

/// How far the valid consent of one party reaches, whoever else might be entitled; `None` when there is none.
pub(crate) fn consent_by<'a>(case: &Case<'a>, party: &Party<'a>) -> Option<Reach<'a>> {
    Asked { case, category: case.category() }.reach(std::slice::from_ref(party))
}

/// Consents to one category, for the recipient and purpose of the case.
pub(crate) struct Asked<'c, 'a> {
    pub(crate) case: &'c Case<'a>,
    pub(crate) category: &'a str,
}

impl<'a> Asked<'_, 'a> {
    /// The answer for these parties; told to whoever listens.
    fn answer(&self, row: WhoConsents, parties: Vec<Party<'a>>) -> Result<Reach<'a>, Reason> {
        let outcome = self.all(&parties);
        if let Some(heard) = &self.case.asked {
            let ask = Ask { category: self.category, row, parties, outcome: outcome.clone() };
            let mut heard = heard.borrow_mut();
            if !heard.contains(&ask) {
                heard.push(ask);
            }
        }
        outcome
    }

    fn all(&self, parties: &[Party<'a>]) -> Result<Reach<'a>, Reason> {
        self.reach(parties).ok_or_else(|| self.failure(parties))
    }

    /// What all parties have consented to; `None` when one has not, nobody is asked, or secrecy is ordered.
    fn reach(&self, parties: &[Party<'a>]) -> Option<Reach<'a>> {
        if parties.is_empty() || self.case.ordered_secret(self.category) {
            return None;
        }
        parties.iter().try_fold(Reach::All, |reach, p| Some(reach.intersect(self.party(p)?)))
    }

    /// What one party has consented to; `None` when the party has not.
    fn party(&self, party: &Party<'a>) -> Option<Reach<'a>> {
        let each = party.persons.iter().map(|p| self.live(p));
        if party.one_is_enough {
            each.flatten().reduce(Reach::unite)
        } else {
            each.collect::<Option<Vec<_>>>()?.into_iter().reduce(Reach::intersect)
        }
    }

    /// What a person's live records cover together; `None` when none is live.
    fn live(&self, person: &str) -> Option<Reach<'a>> {
        let live = self.records(person).filter(|r| self.in_scope(r) && self.standing(r) == Standing::Live);
        live.map(Reach::of).reduce(Reach::unite)
    }

    pub(crate) fn standing(&self, record: &Consent) -> Standing {
        standing(record, self.case.request.date, self.case.config().consent_max_days)
    }

    fn records<'s>(&'s self, person: &'s str) -> impl Iterator<Item = &'a Consent> + 's {
        self.case.request.consents.iter().filter(move |r| r.by == person)
    }

    fn in_scope(&self, record: &Consent) -> bool {
        self.scope(record) == [true; 3]
    }

    /// Whether a record names the category, the recipient kind and the purpose.
    pub(crate) fn scope(&self, record: &Consent) -> [bool; 3] {
        let request = self.case.request;
        [
            record.categories.iter().any(|c| c == self.category),
            record.recipients.contains(&request.recipient.kind),
            record.purposes.contains(&request.purpose),
        ]
    }

    /// The first reason in the fixed order over all who are missing.
    fn failure(&self, parties: &[Party<'a>]) -> Reason {
        let missing = parties.iter().flat_map(|p| self.missing(p)).map(|p| self.why_missing(p));
        missing.min_by_key(|reason| rank(*reason)).unwrap_or_else(|| self.given_by_another())
    }

    fn missing<'p>(&self, party: &'p Party<'a>) -> Vec<&'p str> {
        let satisfied = party.one_is_enough && self.party(party).is_some();
        let all = party.persons.iter().copied();
        all.filter(|p| !satisfied && self.live(p).is_none()).collect()
    }

    fn why_missing(&self, person: &str) -> Reason {
        let of = |s: Standing| self.records(person).any(|r| self.in_scope(r) && self.standing(r) == s);
        if of(Standing::Withdrawn) {
            Reason::DenyConsentWithdrawn
        } else if of(Standing::Expired) {
            Reason::DenyConsentExpired
        } else if of(Standing::NotYet) {
            Reason::DenyConsentNotYet
        } else if self.records(person).next().is_some() {
            Reason::DenyConsentScope
        } else {
            self.given_by_another()
        }
    }

    fn given_by_another(&self) -> Reason {
        if self.case.request.consents.iter().any(|r| self.in_scope(r)) {
            Reason::DenyConsentWrongPerson
        } else {
            Reason::DenyNoConsent
        }
    }
}

/// The order in which failures are reported.
fn rank(reason: Reason) -> usize {
    const ORDER: [Reason; 6] = [
        Reason::DenyConsentWithdrawn,
        Reason::DenyConsentExpired,
        Reason::DenyConsentNotYet,
        Reason::DenyConsentScope,
        Reason::DenyConsentWrongPerson,
        Reason::DenyNoConsent,
    ];
    ORDER.iter().position(|r| *r == reason).unwrap_or(ORDER.len())
}
