//! What a mapping makes of a document.
//!
//! References to people, other facts and children stand as placeholders (`@person/0`) in the fields until the caller,
//! who has the identifier table, puts opaque ids in their place with [`MappedFact::resolve`]. `Debug` shows no number.

use std::fmt;

use samhold_model::fact::FactBody;
use samhold_model::national_id::{NationalId, redact};
use samhold_model::schema::{Finding, Words};
use samhold_model::{Date, MunicipalityNo};
use serde_json::{Map, Value};

use crate::child::ChildRef;

/// What becomes of earlier facts of a record when the record comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// Each document holds everything the record now says: facts that are no longer in it are met as [`Gone`] says.
    Replace,
    /// Each document adds to what came before.
    Events,
}

/// What a fact that is no longer in its record means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// What it said has ended (a pupil no longer listed).
    End,
    /// It never counted (a correction by leaving out).
    Void,
    /// Nothing.
    Keep,
}

/// What it means when a fact of the same identity comes with other content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The earlier one was wrong: correct it.
    Correct,
    /// The world changed, and the source tells no date: a new fact from the day it was received.
    New,
}

/// A mapped document.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedDocument {
    /// The records in it, in document order.
    pub groups: Vec<MappedGroup>,
    /// What was passed over, for the operator.
    pub warnings: Vec<String>,
}

/// One record of a document: what replaces, and is replaced, as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct MappedGroup {
    /// Which record within the system; empty when the mapping names none and the caller's record key counts.
    pub key: String,
    /// The municipality, when the document or the mapping says it.
    pub municipality: Option<MunicipalityNo>,
    /// The sender's id of this sending of the record, when the format has one.
    pub submission: Option<String>,
    /// The sending this one follows; when that one never came, a sending is missing.
    pub follows: Option<String>,
    /// The source takes the record back: everything it ever said is void, and `facts` is empty.
    pub voided: bool,
    /// Its facts.
    pub facts: Vec<MappedFact>,
}

/// The place of a fact that a rule of the same mapping makes of `key` for the same child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactLink {
    /// The rule's name.
    pub rule: String,
    /// The key.
    pub key: String,
}

/// One fact. Its identity is system, record, rule, child and key together; the key alone never names a person.
#[derive(Clone, PartialEq)]
pub struct MappedFact {
    /// Name of the rule that made it.
    pub rule: String,
    /// Tells facts of one rule and child apart.
    pub key: String,
    /// All the ways the source names the child; never empty.
    pub child: Vec<ChildRef>,
    /// First day it holds, Norwegian date.
    pub at: Date,
    /// What other content under the same identity means.
    pub change: Change,
    /// The fact type of the vocabulary.
    pub type_name: String,
    /// Its own fields, with placeholders.
    pub fields: Map<String, Value>,
    /// The same, typed; placeholders still in it.
    pub body: FactBody,
    /// JSON pointer into `fields` and the person whose opaque id belongs there.
    pub persons: Vec<(String, NationalId)>,
    /// JSON pointer into `fields` and the fact whose id belongs there.
    pub facts: Vec<(String, FactLink)>,
    /// JSON pointer into `fields` and the child whose id belongs there.
    pub children: Vec<(String, Vec<ChildRef>)>,
}

impl fmt::Debug for MappedFact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = redact(&Value::Object(self.fields.clone()).to_string());
        f.debug_struct("MappedFact")
            .field("rule", &self.rule)
            .field("key", &redact(&self.key))
            .field("child", &self.child)
            .field("at", &self.at)
            .field("type", &self.type_name)
            .field("fields", &fields)
            .finish_non_exhaustive()
    }
}

impl MappedFact {
    /// The fact with ids in place of the placeholders.
    ///
    /// # Errors
    /// Findings when the fields no longer fit the vocabulary, which only a wrong id can cause.
    pub fn resolve(
        &self,
        mut person: impl FnMut(&NationalId) -> String,
        mut fact: impl FnMut(&FactLink) -> String,
        mut child: impl FnMut(&[ChildRef]) -> String,
        words: &dyn Words,
    ) -> Result<FactBody, Vec<Finding>> {
        let mut fields = Value::Object(self.fields.clone());
        let mut put = |pointer: &str, id: String| {
            if let Some(place) = fields.pointer_mut(pointer) {
                *place = Value::String(id);
            }
        };
        self.persons.iter().for_each(|(p, id)| put(p, person(id)));
        self.facts.iter().for_each(|(p, link)| put(p, fact(link)));
        self.children.iter().for_each(|(p, refs)| put(p, child(refs)));
        let Value::Object(fields) = fields else { return Ok(self.body.clone()) };
        FactBody::read(&self.type_name, &fields, "", words)
    }
}
