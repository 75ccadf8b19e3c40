//! Asking the Oppvekst interface about a batch of persons.
//!
//! Must never put a number in an address or an error, nor keep a person who was not asked about.

use std::collections::HashMap;

use samhold_adapter_api::AdapterError;
use samhold_adapter_http::Call;
use samhold_model::NationalId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::connection::Fiks;

const ATTEMPT: &str = "look up persons";
/// More refusals than this in one batch mean that it is not about single persons.
const MOST_REFUSALS: usize = 24;

/// A person the register answered about.
pub(crate) struct Person {
    /// The number the register has now, which may be another than the one asked with.
    pub(crate) number: String,
    /// The `PersonDefinisjon` as received.
    pub(crate) body: Value,
}

/// Answers by the number asked with. Who is not in it has no answer.
pub(crate) type Answered = HashMap<String, Person>;

/// Asks about a batch. When the register refuses the batch as a whole, it is halved until the one it refuses is alone.
pub(crate) async fn look_up(
    fiks: &Fiks,
    org: Uuid,
    role: Uuid,
    numbers: &[NationalId],
) -> Result<Answered, AdapterError> {
    let mut answered = Answered::new();
    let (mut waiting, mut refusals) = (vec![numbers], 0);
    while let Some(batch) = waiting.pop() {
        if let Some(persons) = ask(fiks, org, role, batch).await? {
            sort(persons, batch, &mut answered);
            continue;
        }
        refusals += 1;
        if refusals > MOST_REFUSALS {
            let cause = "the register refuses every question; check fiks_org_id, rolle_id and what the role may read";
            return Err(AdapterError::format(fiks.system(), ATTEMPT, cause));
        }
        if batch.len() > 1 {
            waiting.extend(<[_; 2]>::from(batch.split_at(batch.len() / 2)));
        }
    }
    Ok(answered)
}

/// Asks about nobody, to see that the role may ask.
pub(crate) async fn try_role(fiks: &Fiks, org: Uuid, role: Uuid) -> Result<(), AdapterError> {
    let answer = fiks.client.send(ATTEMPT, &question(fiks, org, role, &[])?).await?;
    if matches!(answer.status.as_u16(), 400 | 422) {
        return Ok(());
    }
    answer.ok(fiks.system(), ATTEMPT, fiks.client.unit()).map(drop)
}

/// `None` when the register says that something in this batch is wrong.
async fn ask(fiks: &Fiks, org: Uuid, role: Uuid, batch: &[NationalId]) -> Result<Option<Vec<Value>>, AdapterError> {
    let answer = fiks.client.send(ATTEMPT, &question(fiks, org, role, batch)?).await?;
    if matches!(answer.status.as_u16(), 400 | 404 | 422) {
        return Ok(None);
    }
    answer.ok(fiks.system(), ATTEMPT, fiks.client.unit())?.json(fiks.system(), ATTEMPT).map(Some)
}

fn question(fiks: &Fiks, org: Uuid, role: Uuid, batch: &[NationalId]) -> Result<Call, AdapterError> {
    let url = fiks.at(&["folkeregister", "api", "v1", "oppvekst", &org.to_string(), &role.to_string()])?;
    let numbers: Vec<&str> = batch.iter().map(NationalId::reveal).collect();
    Ok(Fiks::post(url, &json!({"foedselsnumre": numbers})))
}

fn sort(persons: Vec<Value>, asked: &[NationalId], answered: &mut Answered) {
    for body in persons {
        let Some(number) = current(&body).map(str::to_owned) else { continue };
        let names = std::iter::once(number.as_str()).chain(former(&body));
        let matched = names.into_iter().find(|n| asked.iter().any(|a| a.reveal() == *n)).map(str::to_owned);
        if let Some(matched) = matched {
            answered.insert(matched, Person { number, body });
        }
    }
}

fn current(person: &Value) -> Option<&str> {
    person.get("identifikasjonsnummer")?.get("foedselsEllerDNummer")?.as_str()
}

/// Former numbers: the interface describes one object, and lists are taken too.
fn former(person: &Value) -> Vec<&str> {
    match person.get("tidligereIdentifikasjonsnummer") {
        Some(Value::Array(list)) => list.iter().filter_map(|v| v.get("foedselsEllerDNummer")?.as_str()).collect(),
        Some(one) => one.get("foedselsEllerDNummer").and_then(Value::as_str).into_iter().collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use samhold_model::Realm;

    fn id(text: &str) -> NationalId {
        NationalId::parse(text, Realm::Test).unwrap()
    }

    #[test]
    fn answers_are_kept_by_the_number_asked_with_and_others_are_dropped() {
        let asked = [id("70831760174"), id("14821970351")];
        let person = |n: &str| json!({"identifikasjonsnummer": {"foedselsEllerDNummer": n}});
        let mut moved = person("05922165523");
        moved["tidligereIdentifikasjonsnummer"] = json!({"foedselsEllerDNummer": "70831760174"});
        let mut answered = Answered::new();
        sort(vec![moved, person("14821970351"), person("12858841044"), Value::Null, json!({})], &asked, &mut answered);
        assert_eq!(answered.len(), 2);
        assert_eq!(answered["70831760174"].number, "05922165523");
        assert_eq!(answered["14821970351"].number, "14821970351");
    }
}
