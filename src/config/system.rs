//! `systems/*.toml`: one file per connected system. What it is, what it may do here, and how it is reached.
//!
//! What a client says about itself in a request is never trusted over this.

use std::collections::BTreeMap;

use samhold_adapter_api::SecretRef;
use serde::Deserialize;

/// One connected system.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemSettings {
    /// Its name here; default the file's name.
    #[serde(default)]
    pub name: String,
    /// Recipient kind of the law catalogue: decides what it may know.
    pub kind: String,
    /// The municipalities it serves.
    pub municipalities: Vec<String>,
    /// The services it speaks for.
    #[serde(default)]
    pub services: Vec<String>,
    /// Its bearer token when it calls us.
    #[serde(default)]
    pub token: Option<SecretRef>,
    /// SHA-256 of its client certificate (hex), when it shows one.
    #[serde(default)]
    pub client_certificate_sha256: Option<String>,
    /// What it may call.
    #[serde(default)]
    pub may: Vec<Permission>,
    /// Roles and units it may speak as (`kommunedirektor`, `koordinerende_enhet`); `*` for the municipality's own system.
    #[serde(default)]
    pub acts_as: Vec<String>,
    /// It yields records.
    #[serde(default)]
    pub source: Option<SourceSection>,
    /// It receives.
    #[serde(default)]
    pub recipient: Option<RecipientSection>,
}

/// What a client may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// `POST /api/v1/facts`.
    Facts,
    /// `POST /api/v1/coordination/query`.
    Query,
    /// `GET /api/v1/worklist`.
    Worklist,
    /// `POST /api/v1/decisions` and `POST /api/v1/tasks/{id}`.
    Decide,
    /// `POST /in/{system}`.
    Push,
    /// `POST /api/v1/consents/query`.
    Consents,
}

/// How records come in. Exactly one road.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSection {
    /// Mapping file by id, or `facts` for our own schema.
    pub mapping: String,
    /// Mappings of records whose key begins so, for a source that yields several kinds of records:
    /// `{ "hendelse:" = "fiks-hendelse-v1" }`. All others take `mapping`.
    #[serde(default)]
    pub mapping_by_key: BTreeMap<String, String>,
    /// Pushed to us at `POST /in/{system}`.
    #[serde(default)]
    pub push: Option<PushSource>,
    /// Consents that were asked for in Altinn 3.
    #[serde(default)]
    pub altinn: Option<samhold_adapter_altinn::SourceSettings>,
    /// A queue.
    #[serde(default)]
    pub amqp: Option<samhold_adapter_amqp::SourceSettings>,
    /// A folder.
    #[serde(default)]
    pub file: Option<samhold_adapter_file::SourceSettings>,
    /// OneRoster 1.2 REST.
    #[serde(default)]
    pub oneroster: Option<samhold_adapter_oneroster::SourceSettings>,
    /// FHIR R4 REST.
    #[serde(default)]
    pub fhir: Option<samhold_adapter_fhir::SourceSettings>,
    /// KS Fiks population register.
    #[serde(default)]
    pub folkeregister: Option<samhold_adapter_fiks::FolkeregisterSettings>,
    /// KS Fiks digisos.
    #[serde(default)]
    pub digisos: Option<samhold_adapter_fiks::DigisosSettings>,
    /// KS Fiks samtykke, a consent register.
    #[serde(default)]
    pub samtykke: Option<samhold_adapter_fiks::SamtykkeSettings>,
}

/// Pushed to us; no settings of its own.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushSource {}

/// How events go out. Exactly one road.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientSection {
    /// Outbound mapping by id.
    #[serde(default = "bundled_assignment")]
    pub mapping: String,
    /// Outbound mapping by id of what a koordinerende enhet gets when a child has moved to its municipality.
    #[serde(default = "bundled_handover")]
    pub handover_mapping: String,
    /// Which of our identifiers the recipient knows the child by: its own local id under this system name, else the
    /// national number.
    #[serde(default)]
    pub local_ids_of: Option<String>,
    /// HTTP push.
    #[serde(default)]
    pub http: Option<samhold_adapter_http::RecipientSettings>,
    /// A topic exchange.
    #[serde(default)]
    pub amqp: Option<samhold_adapter_amqp::RecipientSettings>,
    /// FHIR R4 REST.
    #[serde(default)]
    pub fhir: Option<samhold_adapter_fhir::RecipientSettings>,
    /// It fetches from `GET /api/v1/changes`.
    #[serde(default)]
    pub pull: Option<PullRecipient>,
}

/// It fetches; no settings of its own.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PullRecipient {}

fn bundled_assignment() -> String {
    "samhold-assignment-v1".into()
}

fn bundled_handover() -> String {
    "samhold-handover-v1".into()
}

impl SystemSettings {
    /// Whether the koordinerende enhet of a municipality is told by it of children who move there. A FHIR server is not: it
    /// would hold the case of another municipality as its own.
    #[must_use]
    pub fn takes_over(&self, number: &str) -> bool {
        let listens = self.recipient.as_ref().is_some_and(|r| r.fhir.is_none());
        listens && self.kind == "koordinerende_enhet" && self.serves(number)
    }

    /// Whether it serves a municipality.
    #[must_use]
    pub fn serves(&self, number: &str) -> bool {
        self.municipalities.iter().any(|m| m == number)
    }

    /// Whether it may speak as a role or unit: one it names in `acts_as`, or its own kind.
    #[must_use]
    pub fn may_act_as(&self, unit: &str) -> bool {
        self.speaks_for_all() || self.acts_as.iter().any(|a| a == unit) || unit == self.kind
    }

    /// Whether it is the municipality's own system, which speaks for every role, unit and service.
    #[must_use]
    pub fn speaks_for_all(&self) -> bool {
        self.acts_as.iter().any(|a| a == "*")
    }
}

impl SourceSection {
    /// How many roads are set; must be one.
    #[must_use]
    pub fn roads(&self) -> usize {
        [
            self.push.is_some(),
            self.altinn.is_some(),
            self.amqp.is_some(),
            self.file.is_some(),
            self.oneroster.is_some(),
            self.fhir.is_some(),
            self.folkeregister.is_some(),
            self.digisos.is_some(),
            self.samtykke.is_some(),
        ]
        .into_iter()
        .filter(|set| *set)
        .count()
    }
}

impl RecipientSection {
    /// How many roads are set; must be one.
    #[must_use]
    pub fn roads(&self) -> usize {
        [self.http.is_some(), self.amqp.is_some(), self.fhir.is_some(), self.pull.is_some()]
            .into_iter()
            .filter(|set| *set)
            .count()
    }
}
