//! The register of consents of one child: how each stands, what it opens, until when, and who must consent today.
//!
//! Must never show a consent that tells of a krisesenter to anyone but the system that gave it, nor that there is one.

use std::collections::BTreeSet;

use samhold_disclosure::{Consent, Opened, Rules, Standing, Timeline, grants, opened, standing_of, who_must_consent};
use samhold_model::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::dossier::{Dossier, Recorded};
use crate::config::Loaded;

/// The act, and the kind of service and recipient, that would tell.
const SHELTER: (&str, &str) = ("kril", "krisesenter");
/// Categories about which nobody can consent on the child's part.
const NOT_THE_CHILDS: [&str; 2] = ["employee_absence", "other_person_health"];

/// Whose register it is, for whom.
pub struct Register<'a> {
    /// All that is known about the child on the day.
    pub dossier: &'a Dossier,
    /// The municipality's rules.
    pub rules: &'a Rules,
    /// The settings.
    pub loaded: &'a Loaded,
    /// The system that reads it; an operator is none.
    pub reader: Option<&'a str>,
}

/// One consent as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// The fact that says so.
    pub id: String,
    /// Who consents: an opaque id, `child` or `barnevern`.
    pub by: String,
    /// Kinds of recipients.
    pub recipients: Vec<String>,
    /// Purposes.
    pub purposes: Vec<String>,
    /// Only these fields; nothing is all.
    pub fields: Option<Vec<String>>,
    /// First day.
    pub given: Date,
    /// First day it no longer counts, where it says so.
    pub valid_to: Option<Date>,
    /// The day it was taken back.
    pub withdrawn: Option<Date>,
    /// Where it is documented.
    pub evidence: Option<String>,
    /// Whether who consents was told what it means.
    pub informed: bool,
    /// How it was given.
    pub how: Value,
    /// Who wrote it down.
    pub recorded_by: Option<String>,
    /// The system it came from.
    pub source: Option<String>,
    /// What it is worth, by category.
    pub categories: Vec<Worth>,
}

/// What a consent is worth for one category.
#[derive(Clone, Debug, Serialize)]
pub struct Worth {
    /// Data category.
    pub category: String,
    /// `live`, `not_yet`, `withdrawn`, `expired`, `wrong_person`, `secrecy_order`, `undocumented`, or `uninformed`.
    pub standing: Value,
    /// The first day on which a live one no longer counts, by what is known today.
    pub until: Option<Date>,
    /// What is open today, all who must consent taken together.
    pub opens: Vec<Value>,
}

impl Register<'_> {
    /// Every consent that the reader may see, in ledger order.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let recorded = self.dossier.recorded_consents();
        let counting: Vec<Consent> = recorded.iter().filter(|r| r.is_documented()).map(|r| r.consent.clone()).collect();
        let timeline = self.dossier.timeline(self.dossier.today);
        let shown = recorded.iter().filter_map(|r| self.shown(r));
        shown.map(|recorded| self.line(&recorded, &counting, &timeline)).collect()
    }

    /// Those that the reader may see and that are none, for want of evidence or of information.
    #[must_use]
    pub fn not_counting(&self) -> Vec<Recorded> {
        let shown = self.dossier.recorded_consents().into_iter().filter_map(|recorded| self.shown(&recorded));
        shown.filter(|recorded| !recorded.is_documented()).collect()
    }

    /// Who must consent today to each category of the child's data, party by party.
    #[must_use]
    pub fn must_consent(&self) -> Value {
        let (subject, today) = (self.dossier.subject(), self.dossier.today);
        let spoken_of =
            |category: &&String| !NOT_THE_CHILDS.contains(&category.as_str()) && !self.is_shelters(category);
        let row = |category: &String| {
            let persons = who_must_consent(&subject, category, today, self.rules);
            json!({"category": category, "act": self.rules.law.regime_on(category, today), "persons": persons,
                "guardians": self.rules.config.guardian_rule})
        };
        self.rules.law.category.keys().filter(spoken_of).map(row).collect()
    }

    /// What the reader may see of a consent: without the words that would tell of a krisesenter, unless it gave it itself.
    fn shown(&self, recorded: &Recorded) -> Option<Recorded> {
        let own = recorded.source.as_deref().is_some_and(|source| Some(source) == self.reader);
        if own {
            return Some(recorded.clone());
        }
        let source = recorded.source.as_deref().and_then(|name| self.loaded.systems.get(name));
        let mut shown = recorded.clone();
        shown.consent.categories.retain(|category| !self.is_shelters(category));
        shown.consent.recipients.retain(|kind| kind != SHELTER.1);
        let left = !shown.consent.categories.is_empty() && !shown.consent.recipients.is_empty();
        (left && source.is_none_or(|system| system.kind != SHELTER.1)).then_some(shown)
    }

    fn is_shelters(&self, category: &str) -> bool {
        self.rules.law.regime_on(category, self.dossier.today) == Some(SHELTER.0)
    }

    fn line(&self, recorded: &Recorded, counting: &[Consent], timeline: &Timeline) -> Line {
        let consent = recorded.consent.clone();
        let worth = |category: &String| self.worth(recorded, category, counting, timeline);
        Line {
            id: recorded.fact.clone(),
            categories: consent.categories.iter().map(worth).collect(),
            by: consent.by,
            recipients: consent.recipients,
            purposes: consent.purposes,
            fields: consent.fields,
            given: consent.given,
            valid_to: consent.valid_to,
            withdrawn: consent.withdrawn,
            evidence: recorded.evidence.clone(),
            informed: recorded.informed,
            how: json!(recorded.how),
            recorded_by: recorded.recorded_by.clone(),
            source: recorded.source.clone(),
        }
    }

    fn worth(&self, recorded: &Recorded, category: &str, counting: &[Consent], timeline: &Timeline) -> Worth {
        let (today, subject) = (self.dossier.today, self.dossier.subject());
        let stands = |on: Date| {
            let then = timeline.on(on).unwrap_or(&subject);
            standing_of(&recorded.consent, category, then, on, self.rules)
        };
        let counts = stands(today) == Standing::Live && recorded.is_documented();
        let standing = recorded.lacks().first().map_or_else(|| json!(stands(today)), |lack| json!(lack));
        if !counts {
            return Worth { category: category.to_owned(), standing, until: None, opens: Vec::new() };
        }
        let days: BTreeSet<Date> =
            samhold_disclosure::days_that_matter(timeline, std::slice::from_ref(&recorded.consent), self.rules);
        let until = days.into_iter().find(|day| *day > today && stands(*day) != Standing::Live);
        let of_this = grants(std::slice::from_ref(&recorded.consent)).into_iter().filter(|g| g.category == category);
        let open = of_this.map(|grant| (opened(&subject, counting, &grant, today, self.rules), grant));
        let opens = open
            .filter(|(fields, _)| *fields != Opened::Nothing)
            .map(|(fields, grant)| json!({"recipient": grant.recipient, "purpose": grant.purpose, "fields": fields}));
        Worth { category: category.to_owned(), standing, until, opens: opens.collect() }
    }
}
