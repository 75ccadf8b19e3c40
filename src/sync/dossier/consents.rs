//! The consents on record about a child, each with what documents it, and the days on which sharing changes by itself.
//!
//! Must never let a consent count that is not documented or not informed (RULES S-11): it is kept, shown, and opens nothing.

use std::collections::{BTreeMap, BTreeSet};

use samhold_disclosure::{Consent, Subject, Timeline};
use samhold_model::fact::HowGiven;
use samhold_model::{Date, Fact, FactBody, RecordId};
use serde::Serialize;

use super::Dossier;

/// What a consent lacks without which it is none (fvl § 13 a, GDPR articles 4 (11) and 7 (1)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Nobody says where it is filed.
    Undocumented,
    /// Nobody says that who consents was told what it means.
    Uninformed,
}

impl Lack {
    /// As people are told, bokmål.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Undocumented => "udokumentert",
            Self::Uninformed => "ikke informert",
        }
    }
}

/// One consent as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The fact that says so.
    pub fact: String,
    /// The system it came from.
    pub source: Option<String>,
    /// The day it became known here.
    pub recorded_at: Date,
    /// What it says.
    pub consent: Consent,
    /// Where it is documented.
    pub evidence: Option<String>,
    /// Whether who consents was told what it means.
    pub informed: bool,
    /// How it was given.
    pub how: Option<HowGiven>,
    /// Who wrote it down.
    pub recorded_by: Option<String>,
}

impl Recorded {
    /// Documented and informed: without both it is no consent.
    #[must_use]
    pub fn is_documented(&self) -> bool {
        self.lacks().is_empty()
    }

    /// What keeps it from being a consent at all; nothing where it is one.
    #[must_use]
    pub fn lacks(&self) -> Vec<Lack> {
        let filed = self.evidence.as_deref().is_some_and(|place| !place.trim().is_empty());
        let lacking = [(!filed, Lack::Undocumented), (!self.informed, Lack::Uninformed)];
        lacking.into_iter().filter(|(lacks, _)| *lacks).map(|(_, lack)| lack).collect()
    }

    fn of(fact: &Fact, withdrawn: &BTreeMap<&str, Date>) -> Option<Self> {
        let FactBody::Consent {
            by,
            categories,
            recipients,
            purposes,
            valid_to,
            fields,
            evidence,
            informed,
            how,
            recorded_by,
        } = &fact.body
        else {
            return None;
        };
        let consent = Consent {
            by: by.clone(),
            categories: categories.clone(),
            recipients: recipients.clone(),
            purposes: purposes.clone(),
            given: fact.at,
            valid_to: *valid_to,
            withdrawn: withdrawn.get(fact.id.as_str()).copied(),
            fields: fields.clone(),
        };
        Some(Self {
            fact: fact.id.clone(),
            source: fact.source.clone(),
            recorded_at: fact.recorded_at,
            consent,
            evidence: evidence.clone(),
            informed: informed.unwrap_or(false),
            how: *how,
            recorded_by: recorded_by.clone(),
        })
    }
}

impl Dossier {
    /// Every consent on record with its withdrawal, whether it counts or not, in ledger order.
    #[must_use]
    pub fn recorded_consents(&self) -> Vec<Recorded> {
        // The first withdrawal counts: read backwards, it is written last.
        let withdrawals = self.effective.iter().rev().filter_map(|fact| match &fact.body {
            FactBody::ConsentWithdrawn { consent } => Some((consent.as_str(), fact.at)),
            _ => None,
        });
        let withdrawn: BTreeMap<&str, Date> = withdrawals.collect();
        self.effective.iter().filter_map(|fact| Recorded::of(fact, &withdrawn)).collect()
    }

    /// The latest words about a consent that was asked for in a consent register.
    #[must_use]
    pub fn asked_for(&self, register: &str, wanted: &str) -> Option<&FactBody> {
        self.effective.iter().rev().map(|fact| &fact.body).find(|body| match body {
            FactBody::ConsentRequested { system, request, .. } => system == register && request == wanted,
            _ => false,
        })
    }

    /// The consents that may count: those that are documented and informed.
    #[must_use]
    pub fn consents(&self) -> Vec<Consent> {
        let recorded = self.recorded_consents().into_iter();
        recorded.filter(Recorded::is_documented).map(|recorded| recorded.consent).collect()
    }

    /// As [`Dossier::consents`], as if these facts had never been told.
    #[must_use]
    pub fn consents_without(&self, left_out: &BTreeSet<&str>) -> Vec<Consent> {
        let counting = self.recorded_consents().into_iter().filter(Recorded::is_documented);
        counting.filter(|one| !left_out.contains(one.fact.as_str())).map(|one| one.consent).collect()
    }

    /// The record of its source that a consent was read from; nothing when it was told as a fact.
    #[must_use]
    pub fn record_of(&self, consent: &str) -> Option<RecordId> {
        self.records.get(consent).copied()
    }

    /// As [`Dossier::recorded_consents`], with those whose day has not come.
    #[must_use]
    pub fn all_consents(&self) -> Vec<Recorded> {
        self.as_known(Date::MAX, self.today).recorded_consents()
    }

    /// The child as it was, is and will be by the facts known today, from `first` on.
    #[must_use]
    pub fn timeline(&self, first: Date) -> Timeline {
        let later = self.facts.iter().map(|fact| fact.at).filter(|day| *day > first);
        let days: BTreeSet<Date> = later.chain([first, self.today]).collect();
        let on = |day: Date| -> Subject { self.as_known(day, self.today).subject() };
        Timeline::new(days.into_iter().map(|day| (day, on(day))))
    }

    /// The days on which what may leave can change by itself, after today: consents that begin or end, birthdays, facts whose
    /// day comes.
    #[must_use]
    pub fn sharing_dates(&self, rules: &samhold_disclosure::Rules) -> Vec<Date> {
        let consents: Vec<Consent> = self.all_consents().into_iter().map(|recorded| recorded.consent).collect();
        let mut dates = samhold_disclosure::days_that_matter(&self.timeline(self.today), &consents, rules);
        dates.extend(self.facts.iter().map(|fact| fact.at));
        dates.into_iter().filter(|day| *day > self.today).collect()
    }
}
