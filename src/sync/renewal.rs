//! Consents of one child that stop counting: who must be told, of what, and when that changes.
//!
//! Must never name a category that tells of a sensitive service, and never speak at all of a consent that only the user of a
//! krisesenter can give: that it exists would tell.

use std::collections::BTreeSet;

use samhold_disclosure::{Consent, Ending, Rules, endings, renewals};
use samhold_duty::Answer;
use samhold_model::Date;
use samhold_model::dates::add_days;
use samhold_store::RaisedAlert;

use super::dossier::{Dossier, Recorded};
use super::view::alive;

/// The alert.
pub const CODE: &str = "CONSENT_RENEWAL";
/// The act under which a consent is never spoken of.
const SHELTER: &str = "kril";
/// Acts under which the category itself would tell which service the child has to do with.
const SENSITIVE: [&str; 3] = ["bvl", "fvkl", "sotjl"];

/// What must be renewed of one child on one day.
#[derive(Clone, Debug, Default)]
pub struct Renewal {
    /// Those that people are told of, the nearest first.
    pub due: Vec<Ending>,
    /// The next day on which they change by themselves.
    pub next: Option<Date>,
}

impl Renewal {
    /// Works it out. Of a coordination that has ended nothing is asked for.
    #[must_use]
    pub fn due(dossier: &Dossier, answer: &Answer, rules: &Rules) -> Self {
        let consents = counting(dossier, rules);
        if consents.is_empty() || !alive(answer) {
            return Self::default();
        }
        let window = rules.config.consent_renewal_warning_days.max(1);
        let timeline = dossier.timeline(add_days(dossier.today, -1 - window));
        let due = renewals(&timeline, &consents, dossier.today, rules);
        let all = endings(&timeline, &consents, rules);
        let days = all.iter().flat_map(|ending| [ending.warn_from, ending.on, ending.told_until(rules)]);
        Self { due, next: days.filter(|day| *day > dossier.today).min() }
    }

    /// The alert, when there is something to tell.
    #[must_use]
    pub fn alert(&self) -> Option<RaisedAlert> {
        (!self.due.is_empty()).then(|| RaisedAlert::from(CODE.to_owned()))
    }

    /// The first day on which something stops counting, or stopped.
    #[must_use]
    pub fn first(&self) -> Option<Date> {
        self.due.iter().map(|ending| ending.on).min()
    }

    /// Since when it is to be told: the first day of the warning.
    #[must_use]
    pub fn since(&self) -> Option<Date> {
        self.due.iter().map(|ending| ending.warn_from).min()
    }

    /// What must be renewed, bokmål.
    #[must_use]
    pub fn text(&self, rules: &Rules) -> String {
        let words: BTreeSet<&str> = self.due.iter().map(|e| word(&e.grant.category, e.on, rules)).collect();
        let words: Vec<&str> = words.into_iter().collect();
        format!("Samtykke må fornyes: {}", words.join(", "))
    }
}

/// The consents that count for renewal: documented, and without categories that are never spoken of.
fn counting(dossier: &Dossier, rules: &Rules) -> Vec<Consent> {
    let told = |category: &String| rules.law.regime_on(category, dossier.today) != Some(SHELTER);
    let documented = dossier.all_consents().into_iter().filter(Recorded::is_documented);
    let spoken_of = documented.map(|recorded| {
        let mut consent = recorded.consent;
        consent.categories.retain(told);
        consent
    });
    spoken_of.filter(|consent| !consent.categories.is_empty()).collect()
}

fn word(category: &str, on: Date, rules: &Rules) -> &'static str {
    if rules.law.regime_on(category, on).is_none_or(|act| SENSITIVE.contains(&act)) {
        return UNNAMED;
    }
    match category {
        "coordination_exists" => "at noen samordner",
        "holder_service" => "hvem som samordner",
        "coordinator_contact" => "koordinators kontaktopplysninger",
        "team_roster" => "hvem som er med i teamet",
        "plan_exists" => "at det finnes en plan",
        "plan_goals" => "mål i planen",
        "plan_full" => "hele planen",
        "education_support" => "tilrettelegging i skolen",
        "kindergarten_transition" => "overgang fra barnehage",
        "placement" => "skole- eller barnehageplass",
        "health_condition" | "health_service_use" => "helseopplysninger",
        _ => UNNAMED,
    }
}

/// What stands in the place of a category that would tell too much.
const UNNAMED: &str = "et samtykke";
