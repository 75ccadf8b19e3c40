//! A person's answer to a task: which answers fit, what follows from them, and which of two children survives when they are one.
//!
//! Must never answer by itself, and must never tell more of a child than its opaque id.

use std::cmp::Reverse;

use samhold_model::dates::date_of;
use samhold_model::{ChildId, FactId, Instant, MunicipalityNo, SystemName};
use samhold_store::{Answered, AuditEntry, NewFact, Sameness, Store, StoreError, Task, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::dossier::{Dossier, rows_of};

/// Questions whether two children are one.
const ABOUT_TWO: [&str; 2] = ["unborn_may_be_born", "possible_same_child"];

/// What a person may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Answer {
    /// The two are one child.
    SameChild,
    /// The two are two children, also when they were thought one.
    NotSame,
    /// What had to be done is done, or need not be done.
    Done,
}

impl Answer {
    /// The word it is written with.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SameChild => "same_child",
            Self::NotSame => "not_same",
            Self::Done => "done",
        }
    }
}

/// Why an answer was not taken. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No such task.
    #[error("there is no such task; the work list shows those that are open")]
    Unknown,
    /// Closed, and the answer says nothing new.
    #[error("the task is closed; only a question about two children may be answered otherwise later")]
    Closed,
    /// Not an answer to this kind of task.
    #[error("`{0}` is no answer to this task; it takes {1}")]
    DoesNotFit(&'static str, String),
    /// The two are one, or would be, only through a third.
    #[error("one of the two counts as a third child already; answer the task about that one first")]
    ThroughAnother,
}

/// An answer as given.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// The task.
    pub task: Uuid,
    /// The answer.
    pub answer: Answer,
    /// The system or operator who answers.
    pub by: &'a str,
    /// When.
    pub at: Instant,
}

/// The answers that fit a task.
#[must_use]
pub fn fitting(task: &Task) -> &'static [Answer] {
    match task.children.as_slice() {
        [_, _] if ABOUT_TWO.contains(&task.kind.as_str()) => &[Answer::SameChild, Answer::NotSame],
        _ => &[Answer::Done],
    }
}

/// Whether a person has told these children apart, or they are one already: then there is nothing to ask.
///
/// # Errors
/// When the store fails.
pub async fn is_settled(store: &dyn Store, children: &[ChildId]) -> Result<bool, StoreError> {
    let [one, other] = children else { return Ok(false) };
    let one_already = store.survivor_of(*one).await? == store.survivor_of(*other).await?;
    Ok(one_already || store.said_of(*one, *other).await? == Some(false))
}

/// Takes an answer with all that follows from it, in one transaction.
///
/// # Errors
/// The outer error when the store fails, the inner one when the answer was not taken.
pub async fn answer(store: &dyn Store, given: Given<'_>) -> Result<Result<(), Refused>, StoreError> {
    let Some(task) = store.task(given.task).await? else { return Ok(Err(Refused::Unknown)) };
    let fit = fitting(&task);
    if !fit.contains(&given.answer) {
        let words: Vec<String> = fit.iter().map(|a| format!("`{}`", a.word())).collect();
        return Ok(Err(Refused::DoesNotFit(given.answer.word(), words.join(" or "))));
    }
    let verdict = verdict(store, &task, given).await?;
    Ok(match store.answer_task(verdict, given.at).await? {
        Answered::Taken => Ok(()),
        Answered::Unknown => Err(Refused::Unknown),
        Answered::Closed => Err(Refused::Closed),
        Answered::ThroughAnother => Err(Refused::ThroughAnother),
    })
}

async fn verdict(store: &dyn Store, task: &Task, given: Given<'_>) -> Result<Verdict, StoreError> {
    let mut facts = Vec::new();
    let sameness = match (given.answer, task.children.as_slice()) {
        (Answer::SameChild, [a, b]) => {
            let (child, into) = who_survives(store, *a, *b, given.at).await?;
            facts = birth_of(store, child, into, given).await?;
            Some(Sameness::One { child, into })
        }
        (Answer::NotSame, [a, b]) => Some(Sameness::Two(*a, *b)),
        _ => None,
    };
    let audit = audited(task, given);
    Ok(Verdict { task: task.id, answer: given.answer.word().into(), by: given.by.to_owned(), sameness, facts, audit })
}

/// One entry for each child concerned: who answered what. Codes and opaque ids only.
fn audited(task: &Task, given: Given<'_>) -> Vec<AuditEntry> {
    let entry = |child| AuditEntry {
        at: given.at,
        kind: "task".into(),
        child,
        actor: given.by.to_owned(),
        detail: json!({"task": task.id, "kind": task.kind, "answer": given.answer.word()}),
    };
    match task.children.as_slice() {
        [] => vec![entry(None)],
        children => children.iter().map(|child| entry(Some(*child))).collect(),
    }
}

/// Which of the two counts as the other: the born one survives, then the one with the better number, then the one known
/// longest.
async fn who_survives(
    store: &dyn Store,
    a: ChildId,
    b: ChildId,
    now: Instant,
) -> Result<(ChildId, ChildId), StoreError> {
    let a_is_better = standing(store, a, now).await? > standing(store, b, now).await?;
    Ok(if a_is_better { (b, a) } else { (a, b) })
}

async fn standing(store: &dyn Store, child: ChildId, now: Instant) -> Result<(bool, u8, Reverse<i64>), StoreError> {
    let (mut born, mut first) = (false, i64::MAX);
    for number in store.municipalities_of(child).await? {
        let rows = store.facts_of(child, &number).await?;
        first = rows.first().map_or(first, |row| first.min(row.seq));
        born |= Dossier::new(child, &rows, date_of(now)).subject().birth_date.is_some();
    }
    let schemes = store.identifiers_of(child).await?;
    let has = |scheme: &str| schemes.iter().any(|id| id.scheme == scheme);
    let number = if has("fnr") { 2 } else { u8::from(has("dnr") || has("duf")) };
    Ok((born, number, Reverse(first)))
}

/// The birth of an expected child, wherever the born one's date of birth is known, so that what hangs on it counts from then.
async fn birth_of(
    store: &dyn Store,
    unborn: ChildId,
    born: ChildId,
    given: Given<'_>,
) -> Result<Vec<NewFact>, StoreError> {
    let mut facts = Vec::new();
    for number in store.municipalities_of(unborn).await? {
        let expected = family(store, unborn, &number, given.at).await?;
        let registered = family(store, born, &number, given.at).await?;
        if let (None, Some(_), Some(birth)) = (expected.birth_date, expected.due_date, registered.birth_date) {
            facts.push(NewFact {
                id: FactId::derived("same_child", &given.task.to_string(), "born", number.as_str()),
                child: born,
                municipality: number,
                at: birth,
                recorded_at: given.at,
                source: SystemName::new(given.by),
                record: None,
                scope: None,
                body: json!({"type": "born", "child": born}),
            });
        }
    }
    Ok(facts)
}

async fn family(
    store: &dyn Store,
    child: ChildId,
    number: &MunicipalityNo,
    now: Instant,
) -> Result<samhold_duty::Family, StoreError> {
    let rows = rows_of(store, child, number).await?;
    Ok(Dossier::new(child, &rows, date_of(now)).family())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(kind: &str, children: usize) -> Task {
        let children = (0..children).map(|_| ChildId::new()).collect();
        let (id, detail, opened_at) = (Uuid::new_v4(), String::new(), Instant::UNIX_EPOCH);
        Task { id, kind: kind.into(), children, detail, opened_at, closed_at: None, answer: None }
    }

    #[test]
    fn only_a_question_about_two_children_can_be_answered_with_whether_they_are_one() {
        for kind in ABOUT_TWO {
            assert_eq!(fitting(&task(kind, 2)), [Answer::SameChild, Answer::NotSame]);
            assert_eq!(fitting(&task(kind, 1)), [Answer::Done]);
            assert_eq!(fitting(&task(kind, 3)), [Answer::Done]);
        }
        assert_eq!(fitting(&task("mass_deletion_held", 0)), [Answer::Done]);
    }

    #[test]
    fn the_audit_entry_tells_who_answered_what_for_each_child() {
        let asked = task("unborn_may_be_born", 2);
        let given = Given { task: asked.id, answer: Answer::NotSame, by: "kommunen", at: Instant::UNIX_EPOCH };
        let entries = audited(&asked, given);
        assert_eq!(entries.iter().filter_map(|e| e.child).collect::<Vec<_>>(), asked.children);
        assert!(entries.iter().all(|e| e.kind == "task" && e.actor == "kommunen" && e.detail["answer"] == "not_same"));
    }
}
