//! What operators see in the place of names: of a krisesenter nothing at all, of a strictly protected child, and of one
//! whose protection nobody knows, no school or kindergarten either.
//!
//! A krisesenter is right inside and masked outside (krisesenterlova §§ 4 and 5), and a person at a screen is outside. Must
//! be put over everything that is printed, unless it was asked for without and the audit log was told so.

mod workers;

use std::collections::BTreeSet;

use samhold_duty::{Alert, Answer};
use samhold_model::{Date, FactBody, Law};
use serde_json::Value;

use crate::config::Loaded;
use crate::sync::Dossier;

/// Stands for what is masked.
const MASKED: &str = "(skjermet)";
/// The kind of service whose name is masked everywhere, and the act that would tell of it.
const SHELTER: (&str, &str) = ("krisesenter", "kril");
/// Beginnings of kinds that tell where a child is every day.
const PLACES: [&str; 4] = ["skole", "barnehage", "sfo", "vgs"];

/// The words to mask for one child, and names for the ids that may be told.
#[derive(Debug, Default)]
pub(in crate::cli) struct Veil {
    masked: BTreeSet<String>,
    clauses: BTreeSet<String>,
    names: Vec<(String, String)>,
    municipalities: Vec<(String, String)>,
}

impl Veil {
    pub(in crate::cli) fn new(loaded: &Loaded, dossier: &Dossier) -> Self {
        let strict = dossier.is_strictly_protected();
        let daily = |kind: &str| PLACES.iter().any(|place| kind.starts_with(place));
        // A kind that nobody knows may be any, as it is where something is sent.
        let unknown = |kind: &str| !loaded.law.service_kind.contains_key(kind);
        let hidden = |kind: &str| kind == SHELTER.0 || (strict && (daily(kind) || unknown(kind)));
        let corrected = samhold_duty::corrected(&dossier.facts, Date::MAX);
        let facts = dossier.facts.iter().chain(&corrected);
        let mut masked: BTreeSet<String> = facts.filter_map(|f| named(&f.body, &hidden)).collect();
        for service in loaded.services.iter().filter(|s| hidden(&s.kind)) {
            masked.extend([service.id.clone(), service.name.clone()].into_iter().chain(service.aliases.clone()));
        }
        masked.extend(loaded.systems.values().filter(|s| s.kind == SHELTER.0).map(|s| s.name.clone()));
        if strict {
            masked.extend(dossier.facts.iter().chain(&corrected).flat_map(|f| municipalities_of(&f.body)));
        }
        let names = loaded.services.iter().map(|s| (s.id.clone(), s.name.clone())).collect();
        let own = loaded.settings.municipality.iter();
        let municipalities = own.map(|(number, own)| (number.clone(), own.name.clone())).collect();
        let mut veil = Self { clauses: telling(&loaded.law), masked, names, municipalities };
        let workers = workers::named(&veil, dossier, strict);
        veil.names.extend(workers);
        veil
    }

    /// The answer as it may be shown, and whether anything was masked.
    pub(in crate::cli) fn over(&self, answer: &Answer) -> (Answer, bool) {
        let mut shown = answer.clone();
        shown.alerts.remove(&Alert::HolderMasked);
        shown.alert_dates.remove(&Alert::HolderMasked);
        shown.steps.retain(|step| step.rule != "R-25");
        shown.samordning.duty_basis.retain(|key| !self.clauses.contains(key));
        let (value, changed) = self.over_value(serde_json::to_value(&shown).unwrap_or_default());
        let masked = changed || shown != *answer;
        (serde_json::from_value(value).unwrap_or_default(), masked)
    }

    /// Every text of a value as it may be shown, and whether anything was masked.
    pub(in crate::cli) fn over_value(&self, value: Value) -> (Value, bool) {
        match value {
            Value::String(text) => {
                let shown = self.over_text(&text);
                let changed = shown != text;
                (Value::String(shown), changed)
            }
            Value::Array(items) => {
                let kept = items.into_iter().filter(|v| v.as_str().is_none_or(|key| !self.clauses.contains(key)));
                let (items, changed): (Vec<_>, Vec<bool>) = kept.map(|item| self.over_value(item)).unzip();
                (Value::Array(items), changed.contains(&true))
            }
            Value::Object(map) => {
                let shown = map.into_iter().map(|(key, value)| (key, self.over_value(value)));
                let shown: Vec<_> = shown.collect();
                let changed = shown.iter().any(|(_, (_, changed))| *changed);
                (Value::Object(shown.into_iter().map(|(key, (value, _))| (key, value)).collect()), changed)
            }
            other => (other, false),
        }
    }

    /// A text as it may be shown.
    pub(in crate::cli) fn over_text(&self, text: &str) -> String {
        let shown = self.masked.iter().rev().fold(text.to_owned(), |text, word| replaced(&text, word, MASKED));
        // Whatever else would tell of it.
        if shown.to_lowercase().contains("krisesent") { told_otherwise(&shown) } else { shown }
    }

    /// Whether a word must be masked where it stands alone.
    pub(in crate::cli) fn hides(&self, word: &str) -> bool {
        self.masked.contains(word)
    }

    /// A sentence with names in the place of the ids of services and of those who work there, and of the numbers of
    /// municipalities; of what is masked the id is gone already.
    pub(in crate::cli) fn with_names(&self, text: &str) -> String {
        let named = self.names.iter().fold(text.to_owned(), |text, (id, name)| replaced(&text, id, name));
        self.municipalities.iter().fold(named, |text, (number, name)| municipality_named(&text, number, name))
    }

    /// A municipality as people call it, with its number.
    pub(in crate::cli) fn municipality(&self, number: &str) -> String {
        let known = self.municipalities.iter().find(|(own, _)| own == number);
        known.map_or_else(|| format!("kommune {number}"), |(_, name)| format!("{name} ({number})"))
    }
}

/// A number in a sentence by the municipality's name. After a month it is a year.
fn municipality_named(text: &str, number: &str, name: &str) -> String {
    const MONTHS: &str = "januar februar mars april mai juni juli august september oktober november desember";
    let mut before = "";
    let mut words = Vec::new();
    for word in text.split(' ') {
        let year = MONTHS.split(' ').any(|month| month == before);
        words.push(if year { word.to_owned() } else { replaced(word, number, name) });
        before = word;
    }
    words.join(" ")
}

/// Where a child lives, and who has the care case, by the municipality.
fn municipalities_of(body: &FactBody) -> Vec<String> {
    match body {
        FactBody::Placed { municipality, care_municipality } => vec![municipality.clone(), care_municipality.clone()],
        FactBody::Moved { to } => vec![to.clone()],
        _ => Vec::new(),
    }
}

/// Clauses of the act that would tell of it.
fn telling(law: &Law) -> BTreeSet<String> {
    law.clause.iter().filter(|(_, clause)| clause.act == SHELTER.1).map(|(key, _)| key.clone()).collect()
}

/// The service of a fact that says what kind it is.
fn named(body: &FactBody, hidden: &impl Fn(&str) -> bool) -> Option<String> {
    match body {
        FactBody::ServiceStarted { service, kind, .. } if hidden(kind) => Some(service.clone()),
        _ => None,
    }
}

/// A sentence with every word that tells of it masked, section and all.
fn told_otherwise(text: &str) -> String {
    let mut out: Vec<&str> = Vec::new();
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        if !word.to_lowercase().contains("krisesent") {
            out.push(word);
            continue;
        }
        out.push(MASKED);
        while words.next_if(|w| w.starts_with('§') || w.starts_with(|c: char| c.is_ascii_digit())).is_some() {}
    }
    out.join(" ")
}

/// Each standing alone of a word replaced: what is part of a longer word is another word.
fn replaced(text: &str, word: &str, by: &str) -> String {
    let part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(word).filter(|_| !word.is_empty()) {
        let inside =
            before.chars().next_back().or_else(|| out.chars().next_back()).is_some_and(part) || after.starts_with(part);
        out.push_str(before);
        out.push_str(if inside { word } else { by });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_masked_where_it_stands_alone() {
        let veil = Veil { masked: ["senter-1".to_owned()].into(), ..Veil::default() };
        let shown = |text: &str| veil.over_text(text);
        assert_eq!(shown("senter-1 samordner, med senter-12"), "(skjermet) samordner, med senter-12");
        assert_eq!(shown("nord-senter-1 og senter-1."), "nord-senter-1 og (skjermet).");
    }

    #[test]
    fn a_municipality_is_called_by_its_name_and_a_year_is_a_year() {
        let veil = Veil { municipalities: vec![("2025".into(), "Elvebakken kommune".into())], ..Veil::default() };
        assert_eq!(
            veil.with_names("Siden 1. mars 2025 bor barnet i 2025, mens 9901 er omsorgskommune."),
            "Siden 1. mars 2025 bor barnet i Elvebakken kommune, mens 9901 er omsorgskommune."
        );
        assert_eq!(
            (veil.municipality("2025"), veil.municipality("9901")),
            ("Elvebakken kommune (2025)".into(), "kommune 9901".into())
        );
    }

    #[test]
    fn the_act_that_would_tell_is_masked_with_its_section() {
        let veil = Veil::default();
        assert_eq!(
            veil.over_text("Plikten følger av krisesenterlova § 4 og opplæringslova § 24-1."),
            "Plikten følger av (skjermet) og opplæringslova § 24-1."
        );
    }
}
