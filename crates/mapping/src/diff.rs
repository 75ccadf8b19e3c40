//! What changes when a mapping file is changed: both versions over the same documents.

use std::collections::BTreeSet;

use samhold_model::national_id::redact;
use serde_json::Value;

use crate::error::MappingError;
use crate::mapping::Mapping;
use crate::result::{MappedDocument, MappedFact, MappedGroup};
use crate::run::RunParameters;

/// What differs for one document. Nothing here holds a national identity number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A fact only the new mapping makes.
    Added(String),
    /// A fact only the old mapping makes.
    Removed(String),
    /// The old mapping took the document, the new one refuses it; why.
    NowRefused(String),
    /// The old mapping refused the document, the new one takes it; why it was refused.
    NowTaken(String),
}

/// The differences between two mappings over one document; empty when both say the same.
#[must_use]
pub fn diff(old: &Mapping, new: &Mapping, document: &[u8], parameters: &RunParameters<'_>) -> Vec<Difference> {
    match (old.run(document, parameters), new.run(document, parameters)) {
        (Err(_), Err(_)) => Vec::new(),
        (Ok(_), Err(errors)) => vec![Difference::NowRefused(told(&errors))],
        (Err(errors), Ok(document)) => std::iter::once(Difference::NowTaken(told(&errors)))
            .chain(lines(&document).into_iter().map(|(_, shown)| Difference::Added(shown)))
            .collect(),
        (Ok(before), Ok(after)) => compare(&lines(&before), &lines(&after)),
    }
}

fn told(errors: &[MappingError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Facts as exact lines for comparison (never shown) and as redacted lines for people.
fn lines(document: &MappedDocument) -> BTreeSet<(String, String)> {
    let all = document.groups.iter().flat_map(|g| g.facts.iter().map(move |f| (g, f)));
    all.map(|(g, f)| (exact(g, f), shown(g, f))).collect()
}

fn compare(before: &BTreeSet<(String, String)>, after: &BTreeSet<(String, String)>) -> Vec<Difference> {
    let removed = before.difference(after).map(|(_, shown)| Difference::Removed(shown.clone()));
    let added = after.difference(before).map(|(_, shown)| Difference::Added(shown.clone()));
    removed.chain(added).collect()
}

fn exact(group: &MappedGroup, fact: &MappedFact) -> String {
    let people: Vec<&str> = fact.persons.iter().map(|(_, id)| id.reveal()).collect();
    let child: Vec<String> = fact.child.iter().map(exact_child).collect();
    format!("{}{people:?}{child:?}{:?}{:?}", line(group, fact), fact.facts, fact.change)
}

fn exact_child(child: &crate::ChildRef) -> String {
    match child {
        crate::ChildRef::NationalId(id) | crate::ChildRef::GuardianOf(id) | crate::ChildRef::Duf(id) => {
            format!("{child:?}{}", id.reveal())
        }
        crate::ChildRef::Local { system, id } => format!("{system}/{id}"),
        crate::ChildRef::Unborn { mother, .. } => format!("{child:?}{}", mother.reveal()),
        crate::ChildRef::ChildId(id) => id.to_string(),
    }
}

fn shown(group: &MappedGroup, fact: &MappedFact) -> String {
    let kinds: Vec<String> = fact.child.iter().map(|c| format!("{c:?}")).collect();
    redact(&format!("{} child {}", line(group, fact), kinds.join(", ")))
}

fn line(group: &MappedGroup, fact: &MappedFact) -> String {
    let fields = Value::Object(fact.fields.clone());
    let place = if group.key.is_empty() { String::new() } else { format!("[{}] ", group.key) };
    format!("{place}{} `{}` {} from {} {fields}", fact.rule, fact.key, fact.type_name, fact.at)
}
