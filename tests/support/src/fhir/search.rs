//! Search parameters: which resources match, in which order, how many a page.

use samhold_model::dates::start_of;
use samhold_model::{Date, Instant};
use serde_json::Value;

/// Resources given when no `_count` is asked for.
const DEFAULT_COUNT: usize = 20;

/// A search that the record understands.
#[derive(Default)]
pub(super) struct Search {
    tests: Vec<Test>,
    newest_first: bool,
    sorted: bool,
    count: Option<usize>,
}

enum Test {
    Updated { op: String, at: Instant },
    Identifier { pointer: &'static str, wanted: String },
    Reference(String),
    Id(Vec<String>),
    Status(Vec<String>),
}

impl Search {
    /// Reads the parameters; the error is the one that is not understood.
    pub(super) fn read(params: Vec<(String, String)>, refuse_last_updated: bool) -> Result<Self, String> {
        let mut search = Self::default();
        for (name, value) in params {
            let several = || value.split(',').map(str::to_owned).collect();
            match name.as_str() {
                "_lastUpdated" if !refuse_last_updated => search.tests.push(updated(&value).ok_or(name)?),
                "_sort" => (search.sorted, search.newest_first) = sorting(&value).ok_or(name)?,
                "_count" => search.count = Some(value.parse().map_err(|_| name)?),
                "_format" | "_total" => {}
                "_id" => search.tests.push(Test::Id(several())),
                "status" => search.tests.push(Test::Status(several())),
                "identifier" => search.tests.push(Test::Identifier { pointer: "", wanted: value }),
                "patient" | "subject" => search.tests.push(Test::Reference(value)),
                "patient.identifier" | "subject.identifier" | "patient:identifier" | "subject:identifier" => {
                    search.tests.push(Test::Identifier { pointer: "subject", wanted: value });
                }
                _ => return Err(name),
            }
        }
        Ok(search)
    }

    pub(super) fn size(&self) -> usize {
        self.count.unwrap_or(DEFAULT_COUNT).max(1)
    }

    pub(super) fn run(&self, mut all: Vec<Value>) -> Vec<Value> {
        all.retain(|r| self.tests.iter().all(|t| t.admits(r)));
        if self.sorted {
            all.sort_by_key(last_updated);
        }
        if self.newest_first {
            all.reverse();
        }
        all
    }
}

fn updated(value: &str) -> Option<Test> {
    let at = value.find(|c: char| c.is_ascii_digit())?;
    let (op, moment) = value.split_at(at);
    let at = moment.parse::<Instant>().ok().or_else(|| moment.parse::<Date>().ok().map(start_of))?;
    matches!(op, "" | "eq" | "ge" | "gt" | "le" | "lt").then(|| Test::Updated { op: op.to_owned(), at })
}

fn sorting(value: &str) -> Option<(bool, bool)> {
    match value {
        "_lastUpdated" => Some((true, false)),
        "-_lastUpdated" => Some((true, true)),
        _ => None,
    }
}

fn last_updated(resource: &Value) -> Option<Instant> {
    resource.pointer("/meta/lastUpdated")?.as_str()?.parse().ok()
}

/// Who a resource is about, whatever the element is called.
fn subject(resource: &Value) -> Option<&Value> {
    ["subject", "patient", "for"].iter().find_map(|name| resource.get(name))
}

impl Test {
    fn admits(&self, resource: &Value) -> bool {
        match self {
            Self::Updated { op, at } => last_updated(resource).is_some_and(|found| match op.as_str() {
                "ge" => found >= *at,
                "gt" => found > *at,
                "le" => found <= *at,
                "lt" => found < *at,
                _ => found == *at,
            }),
            Self::Identifier { pointer: "", wanted } => identified(resource.get("identifier"), wanted),
            Self::Identifier { wanted, .. } => identified(subject(resource).and_then(|s| s.get("identifier")), wanted),
            Self::Reference(wanted) => {
                let found =
                    subject(resource).and_then(|s| s.get("reference")).and_then(Value::as_str).unwrap_or_default();
                found == wanted || found.strip_prefix("Patient/") == Some(wanted)
            }
            Self::Id(wanted) => text(resource, "id").is_some_and(|id| wanted.iter().any(|w| w == id)),
            Self::Status(wanted) => text(resource, "status").is_some_and(|s| wanted.iter().any(|w| w == s)),
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// A token match: `system|value`, or a value alone.
fn identified(identifiers: Option<&Value>, wanted: &str) -> bool {
    let one = |i: &Value| {
        let value = text(i, "value").unwrap_or_default();
        wanted
            .split_once('|')
            .map_or(value == wanted, |(s, v)| text(i, "system").unwrap_or_default() == s && value == v)
    };
    match identifiers {
        Some(Value::Array(all)) => all.iter().any(one),
        Some(single) => one(single),
        None => false,
    }
}
