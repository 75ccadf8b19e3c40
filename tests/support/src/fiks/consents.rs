//! Fiks samtykke: consents that a caseworker asks for, answers of the parties, and the history of both.
//!
//! Source: developers.fiks.ks.no, samtykke-ekstern-api-v1. It never tells how a consent stands as a whole, checks no date, and
//! has no event for a withdrawal: the caseworker records it.

use std::sync::{Arc, Mutex};

use samhold_model::Instant;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::locked;

/// Which status may follow which.
const STEPS: &[(&str, &[&str])] = &[
    ("VENTER_PAA_SVAR", &["SAMTYKKET", "IKKE_SAMTYKKET"]),
    ("SAMTYKKET", &["VENTER_PAA_SVAR", "TRUKKET"]),
    ("IKKE_SAMTYKKET", &["SAMTYKKET", "VENTER_PAA_SVAR"]),
    ("TRUKKET", &["SAMTYKKET", "VENTER_PAA_SVAR"]),
];

/// What the parties see and do in their own portal; clones share it.
#[derive(Clone, Default)]
pub struct Consents(Arc<Mutex<Vec<Consent>>>);

struct Consent {
    id: String,
    told: Value,
    parties: Vec<Value>,
    events: Vec<Value>,
}

impl Consents {
    /// A party answers in the portal. `None` when nobody has asked, or there is an answer already.
    #[must_use]
    pub fn answer(&self, id: &str, party: &str, yes: bool) -> Option<()> {
        let (status, event) =
            if yes { ("SAMTYKKET", "AKSEPTERT_AV_PART") } else { ("IKKE_SAMTYKKET", "AVSLAATT_AV_PART") };
        self.change(id, |consent| consent.step(party, status, event))
    }

    /// Tells a status of a party that is no word of the interface, or one that no event explains.
    #[must_use]
    pub fn tell_status(&self, id: &str, party: &str, word: &str) -> Option<()> {
        self.change(id, |consent| consent.set(party, word))
    }

    fn change<T>(&self, id: &str, change: impl FnOnce(&mut Consent) -> Option<T>) -> Option<T> {
        change(locked(&self.0).iter_mut().find(|consent| consent.id == id)?)
    }

    /// `opprettsamtykke`: the new id, or `None` for a body that lacks what must be there.
    #[must_use]
    pub fn create(&self, body: &Value) -> Option<Value> {
        let asked = body.get("personer")?.get("personer")?.as_array()?;
        let (name, until) = (body.get("samtykkeNavn")?, body.get("akseptfrist")?);
        let (folder, worker) = (body.get("mappe")?, body.get("saksbehandler")?.get("saksbehandlerId")?);
        let mut parties = Vec::new();
        for person in asked {
            // One spelling in the question, another in the answer: so it is there.
            let access = person.get("harTilgangTilInnbyggerTjenester")?;
            parties.push(json!({"fnr": person.get("fnr")?.as_str()?, "navn": person.get("navn")?,
                "samtykkeStatus": "VENTER_PAA_SVAR", "harTilgangTilInnbyggertjenester": access}));
        }
        let id = Uuid::new_v4().to_string();
        let told = json!({"samtykkeId": id, "samtykkeNavn": name, "mappe": folder, "akseptfrist": until,
            "sluttDato": body.get("sluttDato"), "dokument": {"filnavn": "samtykke.pdf", "mimeType": "application/pdf",
                "tittel": name, "storrelse": 1024, "lenke": "https://example.no/samtykke.pdf"}});
        let mut consent = Consent { id: id.clone(), told, parties, events: Vec::new() };
        consent.note("OPPRETTET", None, Some(worker));
        locked(&self.0).push(consent);
        Some(json!({"samtykkeId": id}))
    }

    /// `hentSamtykke`.
    pub(super) fn read(&self, id: &str) -> Option<Value> {
        self.change(id, |consent| {
            let mut told = consent.told.clone();
            told.as_object_mut()?.insert("personer".to_owned(), json!({"personer": consent.parties}));
            Some(json!({"samtykker": [told]}))
        })
    }

    /// `samtykkeHistorikk`.
    pub(super) fn history(&self, id: &str) -> Option<Value> {
        self.change(id, |consent| Some(json!({"samtykkeHendelser": consent.events})))
    }

    /// `oppdaterStatusForPart`: what a caseworker was told by a party.
    #[must_use]
    pub fn update(&self, id: &str, body: &Value) -> Option<Value> {
        let (party, status) = (body.get("partFnr")?.as_str()?, body.get("samtykkeSvarStatus")?.as_str()?);
        self.change(id, |consent| consent.step(party, status, "OPPDATERT_PAA_VEGNE_AV_PART"))?;
        Some(json!({}))
    }

    /// `endreSamtykke`.
    #[must_use]
    pub fn edit(&self, id: &str, body: &Value) -> Option<Value> {
        let (until, end) = (body.get("akseptfrist")?.clone(), body.get("sluttDato").cloned());
        self.change(id, |consent| {
            let told = consent.told.as_object_mut()?;
            told.insert("akseptfrist".to_owned(), until);
            told.insert("sluttDato".to_owned(), json!(end));
            consent.note("REDIGERT", None, body.get("saksbehandler"));
            Some(json!({}))
        })
    }

    /// `invaliderSamtykke`.
    #[must_use]
    pub fn invalidate(&self, id: &str, body: &Value) -> Option<Value> {
        self.change(id, |consent| {
            consent.note("SATT_UTGAATT_AV_BEHANDLER", None, body.get("saksbehandler"));
            Some(json!({}))
        })
    }
}

impl Consent {
    fn step(&mut self, party: &str, status: &str, event: &str) -> Option<()> {
        let now = self.parties.iter().find(|p| p.get("fnr") == Some(&json!(party)))?.get("samtykkeStatus")?;
        let (_, next) = STEPS.iter().find(|(from, _)| now == from)?;
        if !next.contains(&status) {
            return None;
        }
        self.set(party, status)?;
        self.note(event, Some(party), None);
        Some(())
    }

    fn set(&mut self, party: &str, word: &str) -> Option<()> {
        let person = self.parties.iter_mut().find(|p| p.get("fnr") == Some(&json!(party)))?;
        person.as_object_mut()?.insert("samtykkeStatus".to_owned(), json!(word));
        Some(())
    }

    fn note(&mut self, kind: &str, party: Option<&str>, worker: Option<&Value>) {
        let number = self.events.len() + 1;
        self.events.push(json!({"sekvensnummer": number, "hendelseType": kind, "hendelseBeskrivelse": "Se mappen",
            "tidspunkt": Instant::now().to_string(), "partFnr": party, "saksbehandlerId": worker}));
    }
}
