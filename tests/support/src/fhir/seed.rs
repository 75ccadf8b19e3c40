//! What the health record of the town holds on a day: patients, episodes of care, care teams, a plan and a consent.
//!
//! Identifier systems and codes: no-basis profiles and Volven 9034 and 9602; `barnekoordinator` has no national code.
//! Ids of resources are opaque: they stand in addresses and logs.

use samhold_model::dates::add_days;
use serde_json::{Value, json};

use super::LOCAL_ROLES;
use crate::push::id_of;
use crate::town::places::{HEALTH, Place};
use crate::town::{ChildStory, MUNICIPALITY, Protection, Town};

const NUMBER: &str = "urn:oid:2.16.578.1.12.4.1.4.1";
const ORGANISATION: &str = "urn:oid:2.16.578.1.12.4.1.4.101";
const FUNCTIONS: &str = "urn:oid:2.16.578.1.12.4.1.1.9034";
const ADDRESS_GRADE: &str = "http://ehelse.no/fhir/CodeSystem/gd-address-confidentiality";
/// System of the record's own identifiers.
const OWN: &str = "https://fjellvik.example/epj";

/// Everything as of day `n`.
pub(super) fn resources(town: &Town, n: u8) -> Vec<Value> {
    let seed = Seed { town, n };
    let mut all: Vec<Value> =
        town.children().iter().filter(|c| seed.patient_of(c.key)).map(|c| seed.patient(c)).collect();
    all.extend(HEALTH.iter().filter(|p| p.known <= n).map(|p| seed.episode(p)));
    all.extend([seed.barnekoordinator("tiril"), seed.koordinator("frida"), seed.plan("frida"), seed.consent("frida")]);
    all
}

struct Seed<'a> {
    town: &'a Town,
    n: u8,
}

impl Seed<'_> {
    fn id(&self, what: &str) -> String {
        id_of(self.town, &format!("fhir/{what}"))
    }

    fn date(&self, offset: i64) -> String {
        add_days(self.town.start(), offset).to_string()
    }

    fn patient_of(&self, key: &str) -> bool {
        HEALTH.iter().any(|p| p.child == key && p.known <= self.n)
    }

    fn subject(&self, key: &str) -> Value {
        json!({"reference": format!("Patient/{}", self.id(&format!("patient/{key}")))})
    }

    fn organisation(&self, service: &str) -> Value {
        let found = self.town.services().into_iter().find(|s| s.id == service);
        found.map_or(
            Value::Null,
            |s| json!({"identifier": {"system": ORGANISATION, "value": s.orgnr}, "display": s.name}),
        )
    }

    fn patient(&self, child: &ChildStory) -> Value {
        // The grade stands at the person; the address is in the record all the same, and must not go further.
        let grade = if child.protection == Protection::None { "ugradert" } else { "strengtFortrolig" };
        json!({"resourceType": "Patient", "id": self.id(&format!("patient/{}", child.key)),
            "meta": {"profile": ["http://hl7.no/fhir/StructureDefinition/no-basis-Patient"],
                "security": [{"system": ADDRESS_GRADE, "code": grade}]},
            "identifier": [{"system": NUMBER, "value": child.national_id}], "active": true,
            "name": [{"given": [child.first_name], "family": child.last_name}],
            "birthDate": child.birth_date.map(|d| d.to_string()),
            "address": [{"use": "home", "line": [child.street], "postalCode": "9991", "city": "Fjellvik"}]})
    }

    fn episode(&self, place: &Place) -> Value {
        let last = place.last_known(self.n);
        let mut period = json!({"start": self.date(place.from)});
        if let (Some(last), Some(period)) = (last, period.as_object_mut()) {
            period.insert("end".to_owned(), json!(self.date(last)));
        }
        let what = format!("episode/{}/{}", place.child, place.service);
        json!({"resourceType": "EpisodeOfCare", "id": self.id(&what),
            "identifier": [{"system": OWN, "value": self.id(&what)}],
            "status": if last.is_some() { "finished" } else { "active" }, "patient": self.subject(place.child),
            "managingOrganization": self.organisation(place.service), "period": period})
    }

    /// The barnekoordinator, by the municipality's local code, appointed by the koordinerende enhet.
    fn barnekoordinator(&self, key: &str) -> Value {
        let role =
            json!([{"coding": [{"system": LOCAL_ROLES, "code": "barnekoordinator"}], "text": "Barnekoordinator"}]);
        self.team(key, &role, -230, ("eva-holm", "Eva Holm", "helsestasjon"), "ke")
    }

    /// An ordinary koordinator: Volven 9034 code 8, "Koordinator Individuell plan".
    fn koordinator(&self, key: &str) -> Value {
        let role = json!([{"coding": [{"system": FUNCTIONS, "code": "8", "display": "Koordinator Individuell plan"}]}]);
        self.team(key, &role, -90, ("jon-lie", "Jon Lie", "ergo-fysio"), "ergo-fysio")
    }

    fn team(&self, key: &str, role: &Value, from: i64, who: (&str, &str, &str), manager: &str) -> Value {
        let what = format!("team/{key}");
        let period = json!({"start": self.date(from)});
        json!({"resourceType": "CareTeam", "id": self.id(&what), "identifier": [{"system": OWN, "value": self.id(&what)}],
            "status": "active", "subject": self.subject(key), "period": period,
            "participant": [{"role": role, "member": {"identifier": {"system": format!("{OWN}/ansatt"), "value": who.0}, "display": who.1},
                "onBehalfOf": self.organisation(who.2), "period": period}],
            "managingOrganization": [self.organisation(manager)]})
    }

    /// An individuell plan: Volven 9602 A02-2.
    fn plan(&self, key: &str) -> Value {
        let what = format!("plan/{key}");
        json!({"resourceType": "CarePlan", "id": self.id(&what), "identifier": [{"system": OWN, "value": self.id(&what)}],
            "status": "active", "intent": "plan", "subject": self.subject(key),
            "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.9602", "code": "A02-2", "display": "Individuell plan"}]}],
            "period": {"start": self.date(-55)}, "careTeam": [{"reference": format!("CareTeam/{}", self.id(&format!("team/{key}")))}],
            "author": self.organisation("ergo-fysio")})
    }

    /// Both guardians consent to sharing within the municipality.
    fn consent(&self, key: &str) -> Value {
        let what = format!("consent/{key}");
        let guardians = self.town.child(key).map(|c| c.guardians.clone()).unwrap_or_default();
        let performer: Vec<Value> = guardians
            .iter()
            .map(|g| json!({"type": "RelatedPerson", "identifier": {"system": NUMBER, "value": g.national_id}}))
            .collect();
        json!({"resourceType": "Consent", "id": self.id(&what), "identifier": [{"system": OWN, "value": self.id(&what)}],
            "status": "active",
            "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            "patient": self.subject(key), "dateTime": self.date(-60), "performer": performer,
            "policyRule": {"coding": [{"system": "http://hl7.no/fhir/CodeSystem/no-basis-legal-formality-or-basis", "code": "PBRL5-3"}]},
            "provision": {"type": "permit", "period": {"start": self.date(-60), "end": self.date(200)},
                "purpose": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "COORD", "display": format!("Samordning i kommune {MUNICIPALITY}")}]}})
    }
}
