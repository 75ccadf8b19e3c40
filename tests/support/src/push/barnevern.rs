//! Child-welfare cases as SSB/Bufdir Barnevern XML 4.0.1: one case a file, the whole case again at each change, the
//! former submission named by `ForrigeId`.
//!
//! Identifiers are UUIDs of version 5: the schema accepts versions 1 to 5 only.

use samhold_model::dates::add_days;

use super::{id_of, morning, xml};
use crate::town::places::{CASE_BEFORE_MEASURE, CHILD_WELFARE, Place};
use crate::town::{ChildStory, MUNICIPALITY, PushedDocument, Town};

/// Days on which a case is sent: child, days in order.
const SUBMISSIONS: &[(&str, &[u8])] = &[("oskar", &[1, 4]), ("kasper", &[1])];

pub(super) fn of_day(town: &Town, n: u8) -> Vec<PushedDocument> {
    CHILD_WELFARE.iter().filter_map(|place| submission(town, place, n)).collect()
}

fn submission(town: &Town, place: &Place, n: u8) -> Option<PushedDocument> {
    let (_, days) = SUBMISSIONS.iter().find(|(child, _)| *child == place.child)?;
    let at = days.iter().position(|day| *day == n)?;
    let former = at.checked_sub(1).and_then(|i| days.get(i));
    let body = case(town, place, n, former.copied())?;
    let id = id_of(town, &format!("barnevern/{}/{n}", place.child));
    Some(PushedDocument {
        system: "barnevern-ssb",
        file_name: format!("barnevern-{id}.xml"),
        content_type: "application/xml",
        body: body.into_bytes(),
    })
}

/// The case as of day `n`; `former` is the day of the submission before it.
fn case(town: &Town, place: &Place, n: u8, former: Option<u8>) -> Option<String> {
    let child = town.child(place.child)?;
    let office = town.services().into_iter().find(|s| s.id == place.service)?;
    let id = |what: &str| id_of(town, &format!("barnevern/{}/{what}", place.child));
    let chain = former.map_or_else(String::new, |day| format!(" ForrigeId=\"{}\"", id(&day.to_string())));
    let started = add_days(town.start(), place.from - CASE_BEFORE_MEASURE);
    Some(format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<Barnevern Id="{submission}" DatoUttrekk="{now}"{chain}>
  <Fagsystem Leverandor="Fjellvik" Navn="Barnevern stand-in" Versjon="1.0"/>
  <Avgiver Organisasjonsnummer="{orgnr}" Kommunenummer="{MUNICIPALITY}" Kommunenavn="Fjellvik"/>
  <Sak Id="{case}" StartDato="{started}" Journalnummer="{journal}">
{personalia}{report}{plan}{measure}  </Sak>
</Barnevern>
"#,
        submission = id(&n.to_string()),
        now = morning(town.date(n)),
        orgnr = office.orgnr,
        case = id("case"),
        journal = xml(&id("journal")),
        personalia = personalia(child, &id("personalia"), started),
        report = report(&id("report"), started),
        plan = if former.is_some() { plan(&id("plan"), town.date(n)) } else { String::new() },
        measure = measure(
            &id("measure"),
            add_days(started, CASE_BEFORE_MEASURE),
            if place.child == "kasper" { "6.3" } else { "6.4" }
        ),
    ))
}

fn personalia(child: &ChildStory, id: &str, started: samhold_model::Date) -> String {
    let number = child.national_id.as_deref().unwrap_or_default();
    let born = child.birth_date.map(|d| d.to_string()).unwrap_or_default();
    format!(
        "    <Personalia Id=\"{id}\" StartDato=\"{started}\" Fodselsnummer=\"{number}\" Fodseldato=\"{born}\" Kjonn=\"1\"/>\n"
    )
}

/// A report of concern from the school (Melder 11), concluded after four days.
fn report(id: &str, started: samhold_model::Date) -> String {
    let concluded = add_days(started, 4);
    format!(
        "    <Melding Id=\"{id}\" StartDato=\"{started}\">\n      <Melder Kode=\"11\"/>\n      <Saksinnhold Kode=\"1\"/>\n      \
         <Konklusjon SluttDato=\"{concluded}\" Kode=\"2\"/>\n    </Melding>\n"
    )
}

/// Tiltaksplan, barnevernsloven § 8-1.
fn plan(id: &str, started: samhold_model::Date) -> String {
    format!("    <Plan Id=\"{id}\" StartDato=\"{started}\" Plantype=\"1\"/>\n")
}

/// A measure: 6.3 individuell plan, 6.4 deltakelse i ansvarsgruppe.
fn measure(id: &str, started: samhold_model::Date, category: &str) -> String {
    format!(
        "    <Tiltak Id=\"{id}\" StartDato=\"{started}\">\n      \
         <Lovhjemmel><Lov>BVL2021</Lov><Kapittel>3</Kapittel><Paragraf>1</Paragraf></Lovhjemmel>\n      \
         <Kategori Kode=\"{category}\"/>\n    </Tiltak>\n"
    )
}
