//! What is offered to a recipient about one child: items with their values, and what people have found.
//!
//! Must never be sent, and never show values in Debug.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use samhold_model::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::request::{Consent, Flags, Item, Recipient, Request, Subject};

/// Everything that could go to one recipient about one child on one day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// About whom. A missing `address_protection` is unknown here, and counts as strengt fortrolig: whoever sends must
    /// have looked, and say `none` when there is none. (A bare [`Request`] reads missing as none, because scenario files
    /// leave it out.)
    pub subject: Subject,
    /// To whom.
    pub recipient: Recipient,
    /// For what.
    pub purpose: String,
    /// What people have found, and who objects.
    #[serde(default)]
    pub flags: Circumstances,
    /// Consents on record.
    #[serde(default)]
    pub consents: Vec<Consent>,
    /// The Norwegian day it would leave.
    pub date: Date,
    /// The items.
    #[serde(default)]
    pub items: Vec<Parcel>,
}

/// Circumstances found by people, for the whole package.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Circumstances {
    /// Findings of necessity; each reaches only what it names.
    pub necessity: Vec<Necessity>,
    /// Who objects.
    pub objection_by: Vec<String>,
    /// A new school fetches it (opplæringslova 25-1).
    pub pull_by_new_school: bool,
}

/// A named person has found it necessary that these recipients know this, for this purpose (bvl 13-1, hpl 25).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Necessity {
    /// Who found it.
    pub by: String,
    /// Data categories.
    pub categories: Vec<String>,
    /// Recipient kinds.
    pub recipients: Vec<String>,
    /// Purpose.
    pub purpose: String,
}

/// One item with its values.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Parcel {
    /// Data category.
    pub category: String,
    /// Service kind of the source.
    pub from: String,
    /// Service kind of the holder, for holder_service and coordinator_contact.
    pub holder_kind: Option<String>,
    /// When the data is about someone else than the child.
    pub about_person: Option<String>,
    /// Values by field name, in the order to send. A field is the unit: it goes whole or not at all.
    pub fields: Map<String, Value>,
    /// Tags by field name.
    pub tags: BTreeMap<String, String>,
    /// Names of the fields whose value tells where the child is. Whoever offers a value knows what it says; the name of a
    /// field alone does not tell it, and a municipality's own list of such names can only add to this.
    pub location: BTreeSet<String>,
}

impl fmt::Debug for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.keys().collect();
        f.debug_struct("Parcel").field("category", &self.category).field("fields", &names).finish_non_exhaustive()
    }
}

impl Circumstances {
    /// The flags for one category: a finding of necessity counts only for what it names.
    fn flags(&self, category: &str, recipient: &str, purpose: &str) -> Flags {
        let names = |list: &[String], word: &str| list.iter().any(|w| w == word);
        let covers =
            |n: &&Necessity| n.purpose == purpose && names(&n.categories, category) && names(&n.recipients, recipient);
        Flags {
            necessary_by: self.necessity.iter().find(covers).map(|n| n.by.clone()),
            objection_by: self.objection_by.clone(),
            pull_by_new_school: self.pull_by_new_school,
        }
    }
}

impl Package {
    /// The subject, with a protection that nobody has looked up as unknown.
    fn guarded(&self) -> Subject {
        let mut subject = self.subject.clone();
        subject.address_protection.get_or_insert_with(|| "unknown".to_owned());
        subject
    }

    /// The question about one of its items.
    #[must_use]
    pub fn question(&self, parcel: &Parcel) -> Request {
        let mut question = self.any_question();
        self.turn(&mut question, parcel);
        question
    }

    /// What the questions about its items have in common; [`Package::turn`] makes it one about an item.
    pub(super) fn any_question(&self) -> Request {
        Request {
            date: self.date,
            purpose: self.purpose.clone(),
            subject: self.guarded(),
            item: Item::default(),
            recipient: self.recipient.clone(),
            flags: Flags::default(),
            consents: self.consents.clone(),
        }
    }

    /// Turns a question to an item. All that is of the item is replaced, the findings of necessity too.
    pub(super) fn turn(&self, question: &mut Request, to: &Parcel) {
        question.item = Item {
            category: to.category.clone(),
            from: to.from.clone(),
            fields: to.fields.keys().cloned().collect(),
            field_tags: to.tags.clone(),
            location: to.location.clone(),
            holder_kind: to.holder_kind.clone(),
            about_person: to.about_person.clone(),
        };
        question.flags = self.flags.flags(&to.category, &self.recipient.kind, &self.purpose);
    }
}
