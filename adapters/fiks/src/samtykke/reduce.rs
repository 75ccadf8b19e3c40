//! Leaving out of a consent what says more than who answered what, when, and until when it counts.
//!
//! Must never let through a member that is not named here, and must give the same bytes while nothing has changed at the source.

use samhold_adapter_api::Requested;
use serde_json::{Map, Value, json};

use super::state::{Event, Party, overall};

const CONSENT: [&str; 4] = ["samtykkeId", "samtykkeType", "akseptfrist", "sluttDato"];
const EVENT: [&str; 4] = ["sekvensnummer", "hendelseType", "tidspunkt", "partFnr"];
/// The interface spells it one way in its requests and another in its answers.
const ACCESS: [&str; 2] = ["harTilgangTilInnbyggertjenester", "harTilgangTilInnbyggerTjenester"];

/// The record of a consent, and whether its history explains how it stands.
pub(super) struct Reduced {
    pub(super) body: Value,
    pub(super) clear: bool,
}

/// `{"request", "samtykke", "status", …, "hendelser"}`, or what is missing in the answers.
pub(super) fn record(
    asked: &Requested,
    consent: &Map<String, Value>,
    history: &Value,
) -> Result<Reduced, &'static str> {
    let persons = consent.get("personer").and_then(|p| p.get("personer")).and_then(Value::as_array);
    let persons = objects(persons).ok_or("the consent has no list personer.personer of objects")?;
    let mut persons: Vec<Map<String, Value>> = persons.into_iter().map(person).collect();
    persons.sort_by_cached_key(|p| Value::Object(p.clone()).to_string());
    let events = objects(history.get("samtykkeHendelser").and_then(Value::as_array));
    let events = events.ok_or("the history has no list samtykkeHendelser of objects")?;
    let mut events: Vec<Map<String, Value>> = events.into_iter().map(|e| keep(e, &EVENT)).collect();
    events.sort_by_key(|e| e.get("sekvensnummer").and_then(Value::as_i64));

    let parties: Vec<Party<'_>> = persons.iter().map(Party::of).collect();
    // Without their numbers nobody knows which answer was the last: then no event explains anything.
    let numbered = events.iter().all(|e| e.get("sekvensnummer").is_some_and(Value::is_i64));
    let told: Vec<Event<'_>> = events.iter().filter(|_| numbered).map(Event::of).collect();
    let state = overall(&parties, &told, consent.get("akseptfrist").and_then(Value::as_str));
    let clear = state.is_clear();
    let mut body = json!({"request": asked, "samtykke": keep(consent, &CONSENT)});
    if let Some(members) = body.as_object_mut() {
        members.extend(state.members());
        members.insert("personer".to_owned(), json!(persons));
        members.insert("hendelser".to_owned(), json!(events));
    }
    Ok(Reduced { body, clear })
}

fn objects(list: Option<&Vec<Value>>) -> Option<Vec<&Map<String, Value>>> {
    list?.iter().map(Value::as_object).collect()
}

fn person(from: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = keep(from, &["fnr", "samtykkeStatus"]);
    let access = ACCESS.iter().find_map(|name| from.get(*name).filter(|v| !v.is_null()));
    kept.extend(access.map(|value| (ACCESS[0].to_owned(), value.clone())));
    kept
}

/// The named members, in the order of the names. `null` and absent are the same.
fn keep(from: &Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let there = |name: &&str| from.get(*name).filter(|v| !v.is_null()).map(|v| ((*name).to_owned(), v.clone()));
    names.iter().filter_map(there).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> Requested {
        let words = |w: &str| vec![w.to_owned()];
        Requested {
            request: "7d1".into(),
            child_id: "0198c0de-0000-7000-8000-000000000001".into(),
            categories: words("holder_service"),
            recipients: words("barnehage_privat"),
            purposes: words("coordination"),
        }
    }

    fn consent(persons: &Value) -> Map<String, Value> {
        let consent = json!({"samtykkeId": "7d1", "samtykkeNavn": "Deling med barnehagen til Even", "sluttDato": null,
            "personer": {"personer": persons}, "mappe": {"mappeId": "4711"}, "akseptfrist": "2026-03-01",
            "dokument": {"filnavn": "samtykke.pdf"}});
        consent.as_object().unwrap().clone()
    }

    fn history(events: &Value) -> Value {
        json!({"samtykkeHendelser": events})
    }

    #[test]
    fn answers_stay_and_names_folders_and_texts_go() {
        let persons = json!([{"fnr": "12858841044", "navn": "Mor Nordmann", "samtykkeStatus": "SAMTYKKET",
            "harTilgangTilInnbyggertjenester": true}]);
        let events = json!([{"sekvensnummer": 2, "hendelseType": "AKSEPTERT_AV_PART", "partFnr": "12858841044",
            "tidspunkt": "2026-02-01T10:00:00Z", "hendelseBeskrivelse": "Hun var sint", "saksbehandlerId": "ab12"}]);
        let reduced = record(&asked(), &consent(&persons), &history(&events)).unwrap();
        let text = reduced.body.to_string();
        for gone in ["Even", "Nordmann", "4711", "pdf", "sint", "ab12", "sluttDato"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        assert!(reduced.clear);
        assert_eq!(
            (&reduced.body["status"], &reduced.body["request"]["request"]),
            (&json!("SAMTYKKET"), &json!("7d1"))
        );
    }

    #[test]
    fn the_order_of_the_answer_and_the_spelling_of_a_member_change_no_byte() {
        let (one, two) = (
            json!({"fnr": "1", "samtykkeStatus": "VENTER_PAA_SVAR", "harTilgangTilInnbyggerTjenester": true}),
            json!({"samtykkeStatus": "VENTER_PAA_SVAR", "fnr": "2", "navn": null}),
        );
        let same = json!({"harTilgangTilInnbyggertjenester": true, "fnr": "1", "samtykkeStatus": "VENTER_PAA_SVAR"});
        let (first, then) = (
            json!({"sekvensnummer": 1, "hendelseType": "OPPRETTET", "tidspunkt": "x"}),
            json!({"tidspunkt": "y", "hendelseType": "REDIGERT", "sekvensnummer": 10}),
        );
        let bytes = |persons: Value, events: Value| {
            record(&asked(), &consent(&persons), &history(&events)).unwrap().body.to_string()
        };
        assert_eq!(bytes(json!([one, two]), json!([first, then])), bytes(json!([two, same]), json!([then, first])));
    }

    #[test]
    fn an_answer_of_another_shape_is_told() {
        let whole = consent(&json!([]));
        assert!(record(&asked(), &Map::new(), &history(&json!([]))).is_err());
        assert!(record(&asked(), &consent(&json!(["12858841044"])), &history(&json!([]))).is_err());
        for bad in [json!([]), json!({}), history(&json!({})), history(&json!([1]))] {
            assert!(record(&asked(), &whole, &bad).is_err(), "{bad}");
        }
    }
}
