//! Conditions: a path and a test, `any` of several, or a list of which all must hold.

use crate::codes;
use crate::error::MappingError;
use crate::path::{self, Found, Path};
use crate::scope::{Env, Scope};
use crate::toml_read::{Item, Table};
use crate::tree::Cursor;

/// A checked condition.
#[derive(Clone, Debug)]
pub(crate) enum Cond {
    /// At least one holds.
    Any(Vec<Cond>),
    /// The values of the path pass the test.
    Test(Path, Test),
}

/// What is asked of the values of a path.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    /// Some value is one of these.
    In(Vec<String>),
    /// No value is one of these; holds when absent.
    NotIn(Vec<String>),
    /// There is a value, or there is none.
    Present(bool),
    /// Some value starts so.
    Prefix(String),
    /// Some value ends so.
    Suffix(String),
    /// Some value, a date or instant, lies before this day by its first ten characters.
    Before(String),
    /// Some value lies on this day or after it.
    From(String),
    /// Some value equals some value of the other path.
    SameAs(Path),
}

const TESTS: &[&str] = &[
    "equals",
    "not",
    "in",
    "not_in",
    "in_code",
    "not_in_code",
    "present",
    "starts_with",
    "ends_with",
    "before",
    "from",
    "same_as",
];

/// The words for what a condition can ask, for the guide.
#[must_use]
pub fn tests() -> &'static [&'static str] {
    TESTS
}

/// Reads one condition or a list of which all must hold.
pub(crate) fn read(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Vec<Cond> {
    match item.items() {
        Some(items) => items.iter().filter_map(|i| one(i, env, scope)).collect(),
        None => one(item, env, scope).into_iter().collect(),
    }
}

fn one(item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Cond> {
    let table = item.need_table(env.problems)?;
    let condition = match table.get("any") {
        Some(any) => Some(Cond::Any(read(&any, env, scope))),
        None => test(&table, item, env, scope),
    };
    if condition.is_some() {
        table.finish(env.problems);
    }
    condition
}

fn test(table: &Table<'_>, item: &Item<'_>, env: &Env<'_>, scope: &Scope) -> Option<Cond> {
    let path_item = table.need("path", env.problems)?;
    let found = path::read(path_item.text(env.problems)?, &path_item.span, env, scope)?;
    let given = table.present(TESTS);
    let [name] = given.as_slice() else {
        let near = table.all().find_map(|(k, _, _)| samhold_model::hint::nearest(k, TESTS.iter().copied()));
        let help = near.map_or_else(|| format!("one of {}", TESTS.join(", ")), |n| format!("did you mean `{n}`?"));
        env.problems.add_with("one-test", &item.span, "a condition has one test besides `path`".into(), Some(help));
        return None;
    };
    let argument = table.get(name)?;
    Some(Cond::Test(found.path.clone(), argument_of(name, &argument, &found, env, scope)?))
}

fn argument_of(name: &str, item: &Item<'_>, found: &Found, env: &Env<'_>, scope: &Scope) -> Option<Test> {
    match name {
        "equals" => Some(Test::In(vec![word(item, found, env)?])),
        "not" => Some(Test::NotIn(vec![word(item, found, env)?])),
        "in" => Some(Test::In(words(item, found, env)?)),
        "not_in" => Some(Test::NotIn(words(item, found, env)?)),
        "in_code" => Some(Test::In(rows(item, found, env)?)),
        "not_in_code" => Some(Test::NotIn(rows(item, found, env)?)),
        "present" => present(item, env),
        "starts_with" => Some(Test::Prefix(item.text(env.problems)?.to_owned())),
        "ends_with" => Some(Test::Suffix(item.text(env.problems)?.to_owned())),
        "before" => Some(Test::Before(day(item, env)?)),
        "from" => Some(Test::From(day(item, env)?)),
        _ => path::read(item.text(env.problems)?, &item.span, env, scope).map(|f| Test::SameAs(f.path)),
    }
}

fn present(item: &Item<'_>, env: &Env<'_>) -> Option<Test> {
    let flag = item.value.as_bool();
    if flag.is_none() {
        env.problems.add("wrong-kind", &item.span, "`present` is true or false");
    }
    flag.map(Test::Present)
}

/// A text, or true/false as the tree writes them.
fn word(item: &Item<'_>, found: &Found, env: &Env<'_>) -> Option<String> {
    found.need_leaf(&item.span, env)?;
    if let Some(flag) = item.value.as_bool() {
        return Some(flag.to_string());
    }
    let text = item.text(env.problems)?;
    path::check_word(found, text, &item.span, env);
    Some(text.to_owned())
}

fn words(item: &Item<'_>, found: &Found, env: &Env<'_>) -> Option<Vec<String>> {
    let Some(items) = item.items() else {
        env.problems.add("wrong-kind", &item.span, "expected a list of texts in [ ]");
        return None;
    };
    items.iter().map(|i| word(i, found, env)).collect()
}

/// The source's words that a code table has a row for.
fn rows(item: &Item<'_>, found: &Found, env: &Env<'_>) -> Option<Vec<String>> {
    found.need_leaf(&item.span, env)?;
    let table = codes::find(env.codes, item.text(env.problems)?, &item.span, env.problems)?;
    Some(table.rows.keys().cloned().collect())
}

fn day(item: &Item<'_>, env: &Env<'_>) -> Option<String> {
    let text = item.text(env.problems)?;
    if text.parse::<samhold_model::Date>().is_err() {
        env.problems.add("wrong-kind", &item.span, "expected a day as in \"2025-03-01\"");
        return None;
    }
    Some(text.to_owned())
}

/// Whether all of the conditions hold at `here`.
pub(crate) fn all(conditions: &[Cond], here: &Cursor<'_>) -> Result<bool, MappingError> {
    for condition in conditions {
        if !condition.holds(here)? {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Cond {
    fn holds(&self, here: &Cursor<'_>) -> Result<bool, MappingError> {
        match self {
            Self::Any(conditions) => {
                for condition in conditions {
                    if condition.holds(here)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::Test(path, Test::Present(wanted)) => Ok(path.walk(here)?.is_empty() != *wanted),
            Self::Test(path, Test::SameAs(other)) => {
                let others = other.texts(here)?;
                Ok(path.texts(here)?.iter().any(|v| others.contains(v)))
            }
            Self::Test(path, test) => Ok(test.passes(&path.texts(here)?)),
        }
    }
}

impl Test {
    fn passes(&self, values: &[&str]) -> bool {
        let is = |list: &[String], v: &&str| list.iter().any(|w| w == v);
        let day = |v: &&str| v.get(..10).unwrap_or_default().to_owned();
        match self {
            Self::In(list) => values.iter().any(|v| is(list, v)),
            Self::NotIn(list) => !values.iter().any(|v| is(list, v)),
            Self::Prefix(text) => values.iter().any(|v| v.starts_with(text.as_str())),
            Self::Suffix(text) => values.iter().any(|v| v.trim().ends_with(text.as_str())),
            Self::Before(text) => values.iter().any(|v| !v.is_empty() && day(v) < *text),
            Self::From(text) => values.iter().any(|v| day(v) >= *text),
            Self::Present(_) | Self::SameAs(_) => false,
        }
    }
}
