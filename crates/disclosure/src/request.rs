//! What is asked: may this item go to this recipient, for this purpose, on this date?
//!
//! Shape of a `[[sharing]]` scenario. Unknown words are kept as text, because unknown must be decided (and denied),
//! not fail to parse.

use std::collections::{BTreeMap, BTreeSet};

use samhold_model::Date;
use serde::{Deserialize, Deserializer, Serialize};

/// The whole question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The Norwegian day the item would leave.
    pub date: Date,
    /// For what.
    pub purpose: String,
    /// About whom.
    pub subject: Subject,
    /// What.
    pub item: Item,
    /// To whom.
    pub recipient: Recipient,
    /// Circumstances found by people.
    #[serde(default)]
    pub flags: Flags,
    /// Consents on record.
    #[serde(default)]
    pub consents: Vec<Consent>,
}

/// The child.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Subject {
    /// Date of birth.
    pub birth_date: Option<Date>,
    /// Expected date of birth.
    pub due_date: Option<Date>,
    /// Parents and others, with or without foreldreansvar.
    pub guardians: Vec<Guardian>,
    /// Who holds a care order, when one is in force.
    #[serde(deserialize_with = "somebody")]
    pub care_order_by: Option<String>,
    /// `none`, `fortrolig`, `strengt_fortrolig`. In a scenario missing is `none`; elsewhere missing must be given
    /// as `unknown`, which counts as strengt fortrolig.
    pub address_protection: Option<String>,
    /// Categories the child keeps from guardians.
    pub child_confidential: Vec<String>,
    /// Categories with weighty reasons against informing guardians.
    pub weighty_reasons: Vec<String>,
    /// Categories under an order of secrecy.
    pub secrecy_order: Vec<String>,
    /// Who uses the crisis shelter.
    pub shelter_user: Option<String>,
}

/// A parent or other guardian.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardian {
    /// Id.
    pub id: String,
    /// Has foreldreansvar.
    #[serde(default = "yes")]
    pub responsibility: bool,
    /// Barred from contact.
    #[serde(default)]
    pub contact_ban: bool,
}

fn yes() -> bool {
    true
}

/// A name written as empty text names nobody.
fn somebody<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.filter(|name| !name.trim().is_empty()))
}

/// The item that would leave.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Item {
    /// Data category.
    pub category: String,
    /// Service kind of the source.
    pub from: String,
    /// Its fields.
    pub fields: Vec<String>,
    /// Tags on fields.
    pub field_tags: BTreeMap<String, String>,
    /// Fields whose value tells where the child is, whatever they are called; beside those that the municipality has set.
    /// Scenario files have no such key: there a field tells it by its name.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub location: BTreeSet<String>,
    /// Service kind of the holder, for holder_service and coordinator_contact.
    pub holder_kind: Option<String>,
    /// When the data is about someone else than the child.
    #[serde(deserialize_with = "somebody")]
    pub about_person: Option<String>,
}

/// Who would receive it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipient {
    /// Recipient kind.
    pub kind: String,
    /// Takes part in this child's case.
    pub participant: bool,
    /// Id, for persons.
    pub id: Option<String>,
}

/// Circumstances found by people.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Flags {
    /// The named person who found it necessary.
    pub necessary_by: Option<String>,
    /// Who objects.
    pub objection_by: Vec<String>,
    /// A new school fetches it.
    pub pull_by_new_school: bool,
}

/// One consent on record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// Guardian id, `child`, `barnevern`, or another person's id.
    pub by: String,
    /// Data categories.
    pub categories: Vec<String>,
    /// Recipient kinds.
    pub recipients: Vec<String>,
    /// Purposes.
    pub purposes: Vec<String>,
    /// First day.
    pub given: Date,
    /// First day it no longer counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Day it was withdrawn; counts the same day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Date>,
    /// Only these fields; missing is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<Vec<String>>,
}
