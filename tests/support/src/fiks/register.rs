//! Persons and events of the population register, as the oppvekst and hendelser interfaces of KS Fiks give them.

use samhold_model::Date;
use serde_json::{Value, json};

use crate::town::places::MOVES;
use crate::town::{ChildStory, Guardian, LAST_DAY, MUNICIPALITY, NEIGHBOUR, Protection, Town};

/// One `PersonDefinisjon` for each number that the register knows on that day; the others are left out.
pub(super) fn persons(town: &Town, numbers: &[&str], day: u8) -> Vec<Value> {
    let known = |number: &&str| {
        town.children()
            .iter()
            .find(|c| c.registered(day) && c.national_id.as_deref() == Some(*number))
            .map(|c| person(c, day))
    };
    numbers.iter().filter_map(known).collect()
}

fn person(child: &ChildStory, day: u8) -> Value {
    let number = child.national_id.as_deref().unwrap_or_default();
    let born = child.birth_date.map(|d| d.to_string());
    let name = json!({"fornavn": child.first_name.to_uppercase(), "etternavn": child.last_name.to_uppercase()});
    if child.protection == Protection::StrengtFortrolig {
        return json!({"identifikasjonsnummer": identifier(number), "foedselsdato": born, "personstatus": "bosatt",
            "foreldreansvarstype": shared(child), "navn": name, "adressebeskyttelse": "strengtFortrolig",
            "postadresse": {"adressegradering": "strengtFortrolig", "frittFormat": {"adresselinje": ["POSTBOKS 2094 VIKA"],
                "poststed": {"poststedsnavn": "OSLO", "postnummer": "0125"}}},
            "foreldreansvarlige": responsible(child, day), "familierelasjoner": relations(child)});
    }
    json!({"identifikasjonsnummer": identifier(number), "foedselsdato": born, "personstatus": "bosatt",
        "foreldreansvarstype": shared(child), "kjoenn": "kvinne", "navn": name, "statsborgerskap": "NOR",
        "adressebeskyttelse": "ugradert", "bostedsadresse": address(child, day),
        "foreldreansvarlige": responsible(child, day), "familierelasjoner": relations(child)})
}

fn identifier(number: &str) -> Value {
    json!({"foedselsEllerDNummer": number, "identifikatortype": "foedselsnummer"})
}

fn shared(child: &ChildStory) -> &'static str {
    if child.guardians.len() > 1 { "felles" } else { "mor" }
}

fn responsible(child: &ChildStory, day: u8) -> Vec<Value> {
    let open = child.protection == Protection::None;
    let one = |g: &Guardian| {
        let mut entry = json!({"ansvar": shared(child), "identifikasjonsnummer": identifier(&g.national_id),
            "personstatus": "bosatt", "navn": {"fornavn": g.first_name.to_uppercase(), "etternavn": child.last_name.to_uppercase()},
            "kjoenn": if g.role == "mor" { "kvinne" } else { "mann" }, "foedsel": g.birth_date.to_string()});
        if let (true, Some(members)) = (open, entry.as_object_mut()) {
            members.insert("bostedsadresse".to_owned(), address(child, day));
        }
        entry
    };
    child.guardians.iter().map(one).collect()
}

fn relations(child: &ChildStory) -> Vec<Value> {
    let one = |g: &Guardian| json!({"familierelasjonPerson": g.national_id, "familierelasjonRolle": g.role});
    child.guardians.iter().map(one).collect()
}

fn address(child: &ChildStory, day: u8) -> Value {
    let (street, house) = child.street.rsplit_once(' ').unwrap_or((child.street, "1"));
    let away = MOVES.iter().any(|(key, on)| *key == child.key && *on <= day);
    let (municipality, town, code) =
        if away { (NEIGHBOUR, "YTRE FJELLVIK", "9992") } else { (MUNICIPALITY, "FJELLVIK", "9991") };
    json!({"adressegradering": "ugradert", "vegadresse": {"adressenavn": street, "adressenummer": {"husnummer": house},
        "poststed": {"poststedsnavn": town, "postnummer": code}, "kommunenummer": municipality, "adressekode": "00001"},
        "skolekrets": 1, "grunnkrets": 101})
}

/// Numbers of those with such an event from `fraDato` on, as known on `day`; `None` for a request that says too little.
pub(super) fn events(town: &Town, request: &Value, day: u8) -> Option<Vec<String>> {
    let kind = request.get("hendelsestype").and_then(Value::as_str)?;
    let from: Date = request.get("fraDato").and_then(Value::as_str)?.parse().ok()?;
    let asked = request.get("kommuner").and_then(Value::as_array)?;
    let of = |number: &str| asked.iter().any(|k| k.get("kommunenummer").and_then(Value::as_str) == Some(number));
    let moves = || MOVES.iter().filter_map(|(key, on)| town.child(key).map(|c| (*on, c)));
    let births = || town.children().iter().filter_map(|c| c.registered_on.filter(|on| *on > 1).map(|on| (on, c)));
    let happened: Vec<(u8, &ChildStory)> = match kind {
        "FLYTTET_FRA_KOMMUNE" if of(MUNICIPALITY) => moves().collect(),
        "FLYTTET_TIL_KOMMUNE" if of(NEIGHBOUR) => moves().collect(),
        "FOEDT" if of(MUNICIPALITY) => births().collect(),
        "FLYTTET_FRA_KOMMUNE" | "FLYTTET_TIL_KOMMUNE" | "FOEDT" | "DOED" => Vec::new(),
        _ => return None,
    };
    let known = happened.into_iter().filter(|(on, _)| *on <= day.min(LAST_DAY) && town.date(*on) >= from);
    Some(known.filter_map(|(_, c)| c.national_id.clone()).collect())
}
