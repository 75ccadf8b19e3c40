//! Facts, and what became of the record they came from.

use samhold_model::{ChildId, Date, FactId, Instant, MunicipalityNo, RecordId, SystemName};
use serde_json::Value;

/// A fact to append.
#[derive(Clone, Debug)]
pub struct NewFact {
    /// Its id; the same id with the same content is a duplicate, with other content a conflict.
    pub id: FactId,
    /// The child.
    pub child: ChildId,
    /// The municipality whose case it is.
    pub municipality: MunicipalityNo,
    /// Valid date.
    pub at: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// System it came from.
    pub source: SystemName,
    /// Raw record it came from.
    pub record: Option<RecordId>,
    /// Replacement scope: facts of one scope are compared with those of the next version of the same unit.
    pub scope: Option<String>,
    /// `type` and fields as JSON (`{"type": …}`), encrypted at rest.
    pub body: Value,
}

/// What became of an offered fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// New in the ledger.
    New,
    /// Already there with the same content.
    Duplicate,
    /// Already there with other content: refused.
    Conflict,
}

/// A fact in the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFact {
    /// Number in the ledger: order of recording.
    pub seq: i64,
    /// Its id.
    pub id: FactId,
    /// The child.
    pub child: ChildId,
    /// The municipality.
    pub municipality: MunicipalityNo,
    /// Valid date.
    pub at: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// System it came from.
    pub source: SystemName,
    /// Raw record it came from.
    pub record: Option<RecordId>,
    /// Replacement scope.
    pub scope: Option<String>,
    /// `type` and fields.
    pub body: Value,
}

/// What became of a record, with everything that follows from it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// These facts follow.
    Mapped(Vec<NewFact>),
    /// It could not be mapped.
    Dead {
        /// Error code with a page in the documentation.
        code: String,
        /// What was found where, without any person's number.
        detail: String,
    },
}
