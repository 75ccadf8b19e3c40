//! Code tables: the source's words into ours, with an explicit rule for words that are not there.

use indexmap::IndexMap;
use serde_json::Value;

use crate::problem::{Problems, hint};
use crate::toml_read::{Item, Span, Table};

/// All tables of a mapping file by name.
pub(crate) type Codes = IndexMap<String, CodeTable>;

/// One `[code.NAME]`.
#[derive(Clone, Debug)]
pub(crate) struct CodeTable {
    pub(crate) rows: IndexMap<String, Value>,
    pub(crate) otherwise: Otherwise,
    pub(crate) span: Span,
}

/// What becomes of a value that does not fit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Otherwise {
    /// The rule fails.
    Error,
    /// As if the value were absent.
    Skip,
    /// This instead.
    Value(Value),
}

impl CodeTable {
    /// Everything the table can give.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        let otherwise = match &self.otherwise {
            Otherwise::Value(value) => Some(value),
            Otherwise::Error | Otherwise::Skip => None,
        };
        self.rows.values().chain(otherwise)
    }
}

/// Reads `[code.…]` of the mapping file.
pub(crate) fn read(root: &Table<'_>, problems: &Problems) -> Codes {
    let Some(table) = root.get("code").and_then(|c| c.need_table(problems)) else { return Codes::new() };
    table.all().filter_map(|(name, _, item)| Some(((*name).to_owned(), read_one(item, problems)?))).collect()
}

fn read_one(item: &Item<'_>, problems: &Problems) -> Option<CodeTable> {
    let table = item.need_table(problems)?;
    let otherwise = table.get("otherwise").map_or(Some(Otherwise::Error), |o| otherwise(&o, problems));
    let map = table.need("map", problems)?.need_table(problems)?;
    let rows = map.all().filter_map(|(k, _, v)| Some(((*k).to_owned(), scalar(v, problems)?))).collect();
    let span = table.head();
    table.finish(problems);
    Some(CodeTable { rows, otherwise: otherwise?, span })
}

/// `"error"`, `"skip"`, or the value itself.
pub(crate) fn otherwise(item: &Item<'_>, problems: &Problems) -> Option<Otherwise> {
    match item.value.as_str() {
        Some("error") => Some(Otherwise::Error),
        Some("skip") => Some(Otherwise::Skip),
        _ => scalar(item, problems).map(Otherwise::Value),
    }
}

/// A text, true/false or whole number of the mapping file as JSON.
pub(crate) fn scalar(item: &Item<'_>, problems: &Problems) -> Option<Value> {
    if let Some(text) = item.value.as_str() {
        return Some(Value::String(text.to_owned()));
    }
    if let Some(flag) = item.value.as_bool() {
        return Some(Value::Bool(flag));
    }
    if let Some(number) = item.value.as_integer().and_then(|i| i.as_str().parse::<i64>().ok()) {
        return Some(Value::from(number));
    }
    problems.add(
        "wrong-kind",
        &item.span,
        format!("found {}, expected a text, true or false, or a number", item.kind()),
    );
    None
}

/// The table called `name`, or a problem.
pub(crate) fn find<'c>(codes: &'c Codes, name: &str, span: &Span, problems: &Problems) -> Option<&'c CodeTable> {
    let found = codes.get(name);
    if found.is_none() {
        let help = hint(name, codes.keys().map(String::as_str));
        problems.add_with("unknown-code-table", span, format!("there is no code table `{name}`"), help);
    }
    found
}
