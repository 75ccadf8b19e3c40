//! A counterexample in plain bokmål: who would get what about which child, with whose consent, and which policy lets it out.
//!
//! Must never leave out that the example is invented.

use std::fmt::Write;

use samhold_model::Law;
use serde_json::{Map, Value};

use super::Asked;
use super::named::{said_category, said_purpose, said_service};
use crate::annotations::Told;

/// The whole story, a line for each part.
pub(super) fn tell(asked: &Asked, released_by: &[Told], possible_today: bool) -> String {
    let mut out = story(asked, "ville fått", possible_today);
    for policy in released_by {
        let _ = writeln!(out, "Slippes ut av {} ({}): {}", policy.id, policy.file, policy.text);
    }
    out
}

/// A request that makes a policy fail, so that it decides nothing.
pub(super) fn tell_failure(asked: &Asked, possible_today: bool) -> String {
    let mut out = story(asked, "skulle hatt", possible_today);
    out.push_str("Da kan regelen ikke regnes ut, og den bestemmer ingenting.\n");
    out
}

fn story(asked: &Asked, verb: &str, possible_today: bool) -> String {
    let mut out = format!("Oppdiktet eksempel: {} {verb} {}, {}.\n", recipient(asked), field(asked), child(asked));
    let _ = writeln!(out, "Formål: {}. {}", said_purpose(said(&asked.context, "purpose")), consents(asked));
    let circumstances = circumstances(asked);
    if !circumstances.is_empty() {
        let _ = writeln!(out, "Forhold: {}.", circumstances.join("; "));
    }
    if !possible_today {
        out.push_str("Eksempelet kan først oppstå om tabellene i laws.toml blir endret.\n");
    }
    out
}

fn said<'a>(part: &'a Map<String, Value>, key: &str) -> &'a str {
    part.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is(part: &Map<String, Value>, key: &str) -> bool {
    part.get(key) == Some(&Value::Bool(true))
}

/// The names of what is true, in the order given.
fn which<'a>(part: &Map<String, Value>, words: &[(&str, &'a str)]) -> Vec<&'a str> {
    words.iter().filter(|(key, _)| is(part, key)).map(|(_, word)| *word).collect()
}

fn recipient(asked: &Asked) -> String {
    let kind = said(&asked.recipient, "kind");
    let named = match kind {
        "guardian" => "en foresatt",
        "parent_without_responsibility" => "en forelder uten foreldreansvar",
        "child" => "barnet selv",
        "foster_home" => "fosterhjemmet",
        "ngo" => "en frivillig organisasjon",
        "it_operations" => "de som drifter systemene",
        "barnekoordinator" => "barnekoordinatoren",
        "other_municipality" => "en annen kommune",
        _ => "",
    };
    let law = Law::bundled();
    let service = law.service_kind.get(kind).map(|row| row.name.as_str());
    let mut out = match (named, service) {
        ("", Some(name)) => format!("mottakeren «{name}»"),
        ("", None) => format!("en mottaker av slaget «{kind}»"),
        (name, _) => name.to_owned(),
    };
    let mut more = which(
        &asked.recipient,
        &[
            ("responsible", "med foreldreansvar"),
            ("barred", "med kontaktforbud"),
            ("allow_listed", "som står på listen for strengt fortrolig"),
            ("takes_part", "som deltar i saken"),
        ],
    );
    if !is(&asked.recipient, "person") && !is(&asked.recipient, "takes_part") {
        more.push("som ikke deltar i saken");
    }
    if !more.is_empty() {
        let _ = write!(out, " ({})", more.join(", "));
    }
    out
}

fn field(asked: &Asked) -> String {
    let (name, category) = (said(&asked.field, "name"), said(&asked.field, "category"));
    let mut out = format!("feltet «{name}» i {}", said_category(category));
    let from = said(&asked.field, "from");
    if !from.is_empty() {
        let _ = write!(out, " fra {}", said_service(from, &Law::bundled()));
    }
    let tag = said(&asked.field, "tag");
    if !tag.is_empty() {
        let _ = write!(out, ", merket «{tag}»");
    }
    let more = which(
        &asked.field,
        &[
            ("is_location", "som forteller hvor barnet er"),
            ("ordered_secret", "som det er pålagt taushet om"),
            ("about_recipient", "om mottakeren selv"),
        ],
    );
    if is(&asked.field, "about_other") && !is(&asked.field, "about_recipient") {
        out.push_str(", om en annen enn barnet");
    }
    more.iter().for_each(|word| {
        let _ = write!(out, ", {word}");
    });
    out
}

fn child(asked: &Asked) -> String {
    let age = asked.field.get("age").map(ToString::to_string).unwrap_or_default();
    let mut out = format!("i saken til et barn på {age} år");
    match said(&asked.field, "protection") {
        "none" => {}
        "strengt" => out.push_str(" med strengt fortrolig adresse"),
        "fortrolig" => out.push_str(" med fortrolig adresse"),
        other => {
            let _ = write!(out, " med ukjent adressesperre «{other}»");
        }
    }
    if is(&asked.field, "care_order") {
        out.push_str(", med omsorgsovertakelse");
    }
    if is(&asked.field, "keeps_private") {
        out.push_str(", som vil holde dette for seg selv");
    }
    out
}

/// Those who can consent or object, by their names in the schema.
const PARTIES: [(&str, &str); 5] = [
    ("child", "barnet"),
    ("guardians", "de med foreldreansvar"),
    ("care_order_holder", "den som har omsorgen"),
    ("shelter_user", "brukeren av krisesenteret"),
    ("person", "den opplysningene gjelder"),
];

fn parties(asked: &Asked, key: &str) -> Vec<&'static str> {
    asked.context.get(key).and_then(Value::as_object).map(|part| which(part, &PARTIES)).unwrap_or_default()
}

fn consents(asked: &Asked) -> String {
    let mut given = parties(asked, "consent");
    if is(&asked.context, "tag_consent") {
        given.push("den merket gjelder");
    }
    if is(&asked.context, "holder_consent") {
        given.push("den som kan samtykke til at tjenesten navngis");
    }
    let mut out = if given.is_empty() {
        "Ingen har samtykket.".to_owned()
    } else {
        format!("Samtykket har: {}.", given.join(", "))
    };
    let objecting = parties(asked, "objects");
    if !objecting.is_empty() {
        let _ = write!(out, " Motsatt seg har: {}.", objecting.join(", "));
    }
    out
}

fn circumstances(asked: &Asked) -> Vec<&'static str> {
    let mut out = which(
        &asked.context,
        &[
            ("necessary", "en navngitt person har funnet det nødvendig"),
            ("fetched_by_new_school", "en ny skole henter det"),
        ],
    );
    out.extend(which(
        &asked.field,
        &[
            ("weighty_reasons", "tungtveiende hensyn taler mot at foresatte får det"),
            ("holder_sensitive", "navnet på den som samordner er følsomt eller ukjent"),
        ],
    ));
    if let Some(settings) = asked.context.get("settings").and_then(Value::as_object) {
        out.extend(which(
            settings,
            &[
                ("forward_addresses", "kommunen sender adresser videre"),
                ("guardian_push_education", "kommunen gir foresatte til 15-17-åringer opplysninger om opplæringen"),
                ("nav_without_consent", "kommunen deler NAV-kontakt uten samtykke"),
            ],
        ));
    }
    if !is(&asked.field, "known") {
        out.push("et ord i forespørselen er ukjent");
    }
    out
}
