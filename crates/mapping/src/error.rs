//! Why a document could not be mapped: place, found, expected, remedy.
//!
//! Must never hold a national identity number: every text passes [`samhold_model::national_id::redact`].

use samhold_model::national_id::redact;
use samhold_model::schema::Finding;
use serde::Serialize;

use crate::tree::{Cursor, TreeError};

/// What kind of error; each has a row in `docs/mapping.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Not JSON, not XML, a DOCTYPE, too large.
    Unreadable,
    /// The document is not of this format: other root element or shape.
    WrongShape,
    /// Something the schema or the mapping needs is not there.
    Missing,
    /// A member the schema does not allow.
    Unknown,
    /// Several values where one is expected.
    TooMany,
    /// A code without row in its code table.
    UnknownCode,
    /// Not a date under the rule given.
    BadDate,
    /// Not a number.
    BadNumber,
    /// Fails a national-id, orgnr, kommunenummer or UUID check.
    BadIdentifier,
    /// Nothing says which child it is about.
    NoChild,
    /// Two different facts under one key.
    DuplicateKey,
    /// The fact does not fit the vocabulary.
    BadFact,
    /// A `[[refuse]]` of the mapping holds.
    Refused,
}

impl Code {
    /// The word used in case expectations and logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::WrongShape => "wrong-shape",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::TooMany => "too-many",
            Self::UnknownCode => "unknown-code",
            Self::BadDate => "bad-date",
            Self::BadNumber => "bad-number",
            Self::BadIdentifier => "bad-identifier",
            Self::NoChild => "no-child",
            Self::DuplicateKey => "duplicate-key",
            Self::BadFact => "bad-fact",
            Self::Refused => "refused",
        }
    }
}

/// One reason why a document became a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}: at {place}: found {found}, expected {expected} ({remedy})", code.as_str())]
pub struct MappingError {
    /// What kind.
    pub code: Code,
    /// The rule that failed, when a rule did.
    pub rule: Option<String>,
    /// JSON pointer or element path, and line.
    pub place: String,
    /// What stood there.
    pub found: String,
    /// What may stand there.
    pub expected: String,
    /// What to do.
    pub remedy: String,
}

impl MappingError {
    /// An error at a place in the document.
    pub(crate) fn at(
        code: Code,
        place: &Cursor<'_>,
        found: impl AsRef<str>,
        expected: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            code,
            rule: None,
            place: place.place(),
            found: redact(found.as_ref()),
            expected: expected.into(),
            remedy: remedy.into(),
        }
    }

    /// The document is no tree.
    pub(crate) fn unreadable(error: &TreeError) -> Self {
        Self {
            code: Code::Unreadable,
            rule: None,
            place: format!("/ (line {})", error.line),
            found: redact(&error.found),
            expected: error.expected.clone(),
            remedy: "ask the sender for the whole document in its documented format".into(),
        }
    }

    /// A finding of the vocabulary check.
    pub(crate) fn bad_fact(place: &Cursor<'_>, finding: &Finding) -> Self {
        let code = if finding.found == "nothing" { Code::Missing } else { Code::BadFact };
        let field = finding.pointer.trim_start_matches('/');
        Self::at(
            code,
            place,
            format!("{} for the field `{field}`", finding.found),
            finding.expected.clone(),
            finding.hint.clone().unwrap_or_else(|| "correct the mapping or the source".into()),
        )
    }

    pub(crate) fn of_rule(mut self, rule: &str) -> Self {
        self.rule = Some(rule.to_owned());
        self
    }
}

/// A short, redacted quotation of a value that is a code, a date or the like, never a person's.
pub(crate) fn quote(text: &str) -> String {
    if samhold_model::national_id::looks_like_number(text) {
        return "a text that may be a person's number".into();
    }
    let mut cut: String = text.chars().take(40).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("`{}`", redact(&cut))
}
