//! Social assistance at the municipal part of NAV: the Fiks case and `digisos-soker.json` with the whole history.
//!
//! The applicant is a parent. `IKKE_INNSYN` means that not even the applicant is shown the case.

use samhold_model::Date;
use samhold_model::dates::{add_days, start_of};
use serde_json::{Value, json};

use super::ORG_ID;
use crate::push::id_of;
use crate::town::{LAST_DAY, MUNICIPALITY, Town};

/// Child whose mother applied, days from the start, whether the case may be seen.
const CASES: &[(&str, i64, bool)] = &[("oskar", -20, true), ("nora", -12, false)];

/// All cases as of `day`, each a `DigisosSak`.
pub(super) fn cases(town: &Town, day: u8) -> Vec<Value> {
    CASES.iter().filter_map(|case| wrapper(town, case, day)).collect()
}

fn wrapper(town: &Town, case: &(&str, i64, bool), day: u8) -> Option<Value> {
    let mother = town.child(case.0)?.guardians.first()?;
    let changed = history(town, case, day).last().and_then(|e| e.get("hendelsestidspunkt").cloned());
    let changed: i64 =
        changed.and_then(|t| t.as_str()?.parse().ok()).map_or(0, |t: samhold_model::Instant| t.as_millisecond());
    let id = |what: &str| id_of(town, &format!("digisos/{}/{what}", case.0));
    Some(json!({
        "fiksDigisosId": id("case"), "sokerFnr": mother.national_id, "fiksOrgId": ORG_ID, "kommunenummer": MUNICIPALITY,
        "sistEndret": changed,
        "originalSoknadNAV": {"navEksternRefId": "110000001", "metadata": id("metadata"), "vedleggMetadata": id("attachments"),
            "soknadDokument": {"filnavn": "soknad.pdf", "dokumentlagerDokumentId": id("pdf"), "storrelse": 12345},
            "vedlegg": [], "timestampSendt": start_of(add_days(town.start(), case.1)).as_millisecond()},
        "digisosSoker": {"metadata": id("soker"), "dokumenter": [], "timestampSistOppdatert": changed},
        "ettersendtInfoNAV": {"ettersendelser": []}, "tilleggsinformasjon": {"enhetsnummer": MUNICIPALITY},
    }))
}

/// `digisos-soker.json` of a case, when `document` is the one the case points at.
pub(super) fn document(town: &Town, digisos_id: &str, document: &str, day: u8) -> Option<Value> {
    let id = |child: &str, what: &str| id_of(town, &format!("digisos/{child}/{what}"));
    let case = CASES.iter().find(|c| id(c.0, "case") == digisos_id && id(c.0, "soker") == document)?;
    Some(json!({"version": "1.0.0", "avsender": {"systemnavn": "Fjellvik sosialsystem", "systemversjon": "1.0.0"},
        "hendelser": history(town, case, day)}))
}

fn history(town: &Town, case: &(&str, i64, bool), day: u8) -> Vec<Value> {
    let (_, applied, visible) = *case;
    let at = |date: Date, time: &str| json!(format!("{date}T{time}.000Z"));
    let sent = add_days(town.start(), applied);
    let status = if visible { "UNDER_BEHANDLING" } else { "IKKE_INNSYN" };
    let mut events = vec![
        json!({"type": "soknadsStatus", "hendelsestidspunkt": at(sent, "07:00:00"), "status": "MOTTATT"}),
        json!({"type": "tildeltNavKontor", "hendelsestidspunkt": at(sent, "07:05:00"), "navKontor": MUNICIPALITY}),
        json!({"type": "soknadsStatus", "hendelsestidspunkt": at(add_days(sent, 2), "08:00:00"), "status": "UNDER_BEHANDLING"}),
        json!({"type": "saksStatus", "hendelsestidspunkt": at(add_days(sent, 2), "08:00:01"), "referanse": "SAK1",
            "tittel": "Økonomisk stønad", "status": status}),
    ];
    if visible && day >= LAST_DAY {
        let decided = town.date(LAST_DAY);
        events.push(
            json!({"type": "vedtakFattet", "hendelsestidspunkt": at(decided, "08:00:00"), "saksreferanse": "SAK1",
            "utfall": "INNVILGET", "vedlegg": [],
            "vedtaksfil": {"referanse": {"type": "dokumentlager", "id": id_of(town, "digisos/decision")}}}),
        );
    }
    events
}
