//! Who is who, and what a person must decide. A value of an identifier never shows in Debug.

use samhold_model::{ChildId, Instant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AuditEntry, NewFact};

/// One identifier of a child or person.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// `fnr`, `dnr`, `duf`, `local:<system>`, `unborn`.
    pub scheme: String,
    /// The value; encrypted at rest and looked up by keyed hash.
    pub value: Secret,
}

/// A value that masks itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// Answer to "which child is this?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// One child; `new` when it was created now. Identifiers not known before were added to it.
    Child {
        /// The child.
        child: ChildId,
        /// Created now.
        new: bool,
    },
    /// The identifiers point to different children: a person must look; nothing was changed.
    Conflict(Vec<ChildId>),
    /// None matched and creation was not asked for.
    Unknown,
}

/// Something a person must do.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: Uuid,
    /// `possible_same_child`, `unborn_may_be_born`, `mass_deletion_held`, …
    pub kind: String,
    /// Children concerned.
    pub children: Vec<ChildId>,
    /// For people; no person's number.
    pub detail: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// When it was closed, if it is.
    pub closed_at: Option<Instant>,
    /// What a person answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// What a person said of two children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// They are one: `child` counts as `into` from now on.
    One {
        /// The one that is read with the other.
        child: ChildId,
        /// The one that survives.
        into: ChildId,
    },
    /// They are two, also when they were thought one before.
    Two(ChildId, ChildId),
}

/// A person's answer to a task, with everything that follows from it.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The task.
    pub task: Uuid,
    /// The answer, one word.
    pub answer: String,
    /// Who answered.
    pub by: String,
    /// What it says of two children.
    pub sameness: Option<Sameness>,
    /// Facts that follow.
    pub facts: Vec<NewFact>,
    /// For the audit log.
    pub audit: Vec<AuditEntry>,
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answered {
    /// It stands.
    Taken,
    /// There is no such task.
    Unknown,
    /// The task is closed, and nothing changes.
    Closed,
    /// One of the two counts as a third child already; that must be answered first.
    ThroughAnother,
}
