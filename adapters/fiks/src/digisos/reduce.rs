//! Leaving out of a case what says more than that somebody has one, where and since when.
//!
//! Must never let through a member that is not named here.

use serde_json::{Map, Value, json};

const CASE: [&str; 6] =
    ["fiksDigisosId", "sokerFnr", "fiksOrgId", "kommunenummer", "sistEndret", "tilleggsinformasjon"];
const EVENT: [&str; 6] = ["type", "hendelsestidspunkt", "status", "navKontor", "referanse", "saksreferanse"];

/// `{"sak", "soker"}`, or `None` when the document has no list of events.
pub(crate) fn record(case: &Map<String, Value>, document: &Value) -> Option<Value> {
    let events = document.get("hendelser")?.as_array()?;
    let events: Vec<Value> = events.iter().filter_map(Value::as_object).map(|e| keep(e, &EVENT)).collect();
    let mut soker = Map::new();
    for name in ["version", "avsender"] {
        soker.extend(document.get(name).map(|v| (name.to_owned(), v.clone())));
    }
    soker.insert("hendelser".to_owned(), Value::Array(events));
    Some(json!({"sak": keep(case, &CASE), "soker": soker}))
}

fn keep(from: &Map<String, Value>, names: &[&str]) -> Value {
    let kept = names.iter().filter_map(|n| from.get(*n).map(|v| ((*n).to_owned(), v.clone())));
    Value::Object(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_stays_and_money_and_texts_go() {
        let case = json!({"fiksDigisosId": "3f9a", "sokerFnr": "12858841044", "originalSoknadNAV": {"filnavn": "x"}});
        let document = json!({"version": "1.3.0", "avsender": {"systemnavn": "s"}, "ukjent": 1, "hendelser": [
            {"type": "soknadsStatus", "hendelsestidspunkt": "2026-09-01T07:00:00.000Z", "status": "MOTTATT"},
            {"type": "saksStatus", "referanse": "SAK1", "tittel": "Økonomisk stønad", "status": "UNDER_BEHANDLING"},
            {"type": "utbetaling", "status": "UTBETALT", "kontonummer": "12345678903", "belop": 10000},
            {"type": "noe nytt", "hendelsestidspunkt": "2026-09-01T07:00:00.000Z", "fritekst": "hemmelig"},
        ]});
        let record = record(case.as_object().unwrap(), &document).unwrap();
        let text = record.to_string();
        for gone in ["originalSoknadNAV", "tittel", "kontonummer", "belop", "hemmelig", "ukjent"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        assert_eq!(record["soker"]["hendelser"].as_array().map(Vec::len), Some(4));
        assert_eq!(record["sak"]["sokerFnr"], "12858841044");
    }

    #[test]
    fn a_document_without_a_list_of_events_is_none() {
        let case = Map::new();
        for document in [json!([]), json!({}), json!({"hendelser": {}}), Value::Null] {
            assert!(record(&case, &document).is_none());
        }
    }
}
