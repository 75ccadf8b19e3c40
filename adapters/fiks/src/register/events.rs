//! Events of followed children, dated by asking day by day.
//!
//! Must never keep the number of anybody who is not followed.

use std::collections::{BTreeMap, HashSet};

use samhold_adapter_api::AdapterError;
use samhold_model::Date;
use samhold_model::dates::{add_days, days_between};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::connection::Fiks;
use crate::settings::{EventType, FolkeregisterSettings};

const ATTEMPT: &str = "list events";
/// Days that are asked one by one; what is older gets the window's first day.
const SINGLE_DAYS: i64 = 60;

/// One list: a type of event in a municipality.
#[derive(Clone, Copy)]
pub(crate) struct Stream<'a> {
    pub(crate) kind: EventType,
    pub(crate) municipality: &'a str,
}

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    fnr: Vec<String>,
}

impl Stream<'_> {
    /// Under which name the position is kept.
    pub(crate) fn cursor(&self) -> String {
        format!("hendelser:{}:{}", self.kind.as_str(), self.municipality)
    }

    /// The unit of one event. The same event has the same key in every poll.
    pub(crate) fn key(&self, number: &str, date: Date) -> String {
        format!("hendelse:{}:{number}:{date}", self.kind.as_str())
    }

    /// The record's body. It names the number itself, since the register may give no person for it.
    pub(crate) fn body(&self, number: &str, date: Date, person: Option<&Value>) -> Value {
        let event = json!({"type": self.kind.as_str(), "dato": date.to_string(), "kommune": self.municipality,
            "fnr": number});
        json!({"hendelse": event, "person": person})
    }

    /// Followed numbers with an event from `from` to `today`, each with the date of its latest.
    pub(crate) async fn read(
        &self,
        fiks: &Fiks,
        settings: &FolkeregisterSettings,
        followed: &HashSet<&str>,
        (from, today): (Date, Date),
    ) -> Result<BTreeMap<String, Date>, AdapterError> {
        let mut dated = BTreeMap::new();
        let everybody = self.since(fiks, settings, followed, from, today).await?;
        if everybody.is_empty() {
            return Ok(dated);
        }
        for day in days(from, today) {
            let since = self.since(fiks, settings, followed, day, today).await?;
            for number in since {
                dated.entry(number).or_insert(day);
            }
        }
        for number in everybody {
            dated.entry(number).or_insert(from);
        }
        Ok(dated)
    }

    async fn since(
        &self,
        fiks: &Fiks,
        settings: &FolkeregisterSettings,
        followed: &HashSet<&str>,
        day: Date,
        today: Date,
    ) -> Result<Vec<String>, AdapterError> {
        let url = fiks.at(&["folkeregister", "api", "v1", "hendelser", "liste"])?;
        let call = Fiks::post(url, &self.question(settings, day, today));
        let listed: Listed = fiks.client.fetch(ATTEMPT, &call).await?.json(fiks.system(), ATTEMPT)?;
        Ok(listed.fnr.into_iter().filter(|n| followed.contains(n.as_str())).collect())
    }

    fn question(&self, settings: &FolkeregisterSettings, day: Date, today: Date) -> Value {
        let mut question = json!({
            "rolleId": settings.rolle_id.to_string(),
            "fraDato": day.to_string(),
            "hendelsestype": self.kind.as_str(),
            "kommuner": [{"kommunenummer": self.municipality}],
        });
        if let (true, Some(question)) = (self.kind.is_move(), question.as_object_mut()) {
            let oldest = add_days(today, -366 * i64::from(settings.born_within_years));
            question.insert("foedt".into(), json!({"fraDato": oldest.to_string(), "tilDato": today.to_string()}));
        }
        question
    }
}

/// Single days of the window, the latest first, without the first day, which has been asked.
fn days(from: Date, today: Date) -> impl Iterator<Item = Date> {
    let count = days_between(from, today).clamp(0, SINGLE_DAYS);
    (0..count).map(move |back| add_days(today, -back))
}

/// From which day to ask, in view of the position kept.
pub(crate) fn window(kept: Option<&str>, settings: &FolkeregisterSettings, today: Date) -> Date {
    let last = kept.and_then(|text| text.parse::<Date>().ok()).filter(|last| *last <= today);
    last.map_or_else(
        || add_days(today, -i64::from(settings.first_days)),
        |last| add_days(last, -i64::from(settings.overlap_days)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_days_of_a_window_are_asked_from_the_latest_back_to_the_second() {
        let asked: Vec<String> = days(date("2026-11-19"), date("2026-11-22")).map(|d| d.to_string()).collect();
        assert_eq!(asked, ["2026-11-22", "2026-11-21", "2026-11-20"]);
        assert_eq!(days(date("2026-11-22"), date("2026-11-22")).count(), 0);
        assert_eq!(days(date("2020-01-01"), date("2026-11-22")).count(), 60);
        assert_eq!(days(date("2026-11-23"), date("2026-11-22")).count(), 0);
    }
}
