//! Reads `[[case]]` from a mapping file.

use samhold_model::national_id::Realm;
use serde_json::{Map, Value};

use crate::case::{Case, Expect};
use crate::mapping::Files;
use crate::problem::Problems;
use crate::toml_read::{Item, Table};

/// Every case. A file without cases is told: what is not shown is not known to work.
pub(crate) fn read(root: &Table<'_>, problems: &Problems, files: &Files<'_>) -> Vec<Case> {
    let Some(item) = root.get("case") else {
        problems.add("no-case", &(0..0), "the mapping has no `[[case]]`");
        return Vec::new();
    };
    let items = item.items().unwrap_or_default();
    items.iter().filter_map(|i| read_one(i, problems, files)).collect()
}

fn read_one(item: &Item<'_>, problems: &Problems, files: &Files<'_>) -> Option<Case> {
    let table = item.need_table(problems)?;
    let name = table.need_text("name", problems)?.to_owned();
    let realms = [("test", Realm::Test), ("production", Realm::Production)];
    let realm = table.word("realm", &realms, problems).unwrap_or(Realm::Test);
    let latin1 = table.flag("latin1", problems).unwrap_or(false);
    let input = read_input(&table, problems, files);
    let expect = read_expect(&table, problems);
    table.finish(problems);
    Some(Case { name, input: input?, latin1, realm, expect: expect? })
}

fn read_input(table: &Table<'_>, problems: &Problems, files: &Files<'_>) -> Option<String> {
    let Some(file) = table.get("input_file") else { return table.need_text("input", problems).map(str::to_owned) };
    let name = file.text(problems)?;
    let text = files(name);
    if text.is_none() {
        problems.add("no-input", &file.span, format!("the file `{name}` was not found beside the mapping"));
    }
    text
}

fn read_expect(table: &Table<'_>, problems: &Problems) -> Option<Expect> {
    if let Some(item) = table.get("expect_error") {
        let error = item.need_table(problems)?;
        let code = error.need_text("code", problems)?.to_owned();
        let place = error.text("place", problems).map(str::to_owned);
        error.finish(problems);
        return Some(Expect::Error { code, place });
    }
    if let Some(item) = table.get("expect_output") {
        let output = serde_json::from_str(item.text(problems)?);
        if let Err(e) = &output {
            problems.add("wrong-kind", &item.span, format!("`expect_output` is not JSON: {e}"));
        }
        return output.ok().map(Expect::Output);
    }
    let item = table.need("expect", problems)?;
    let Some(items) = item.items() else {
        problems.add("wrong-kind", &item.span, "`expect` is a list of facts in [ ]");
        return None;
    };
    Some(Expect::Facts(items.iter().map(|i| plain(i)).collect()))
}

/// A TOML value as JSON.
fn plain(item: &Item<'_>) -> Value {
    if let Some(table) = item.table() {
        return Value::Object(table.all().map(|(k, _, v)| ((*k).to_owned(), plain(v))).collect::<Map<_, _>>());
    }
    if let Some(items) = item.items() {
        return Value::Array(items.iter().map(plain).collect());
    }
    let value = item.value;
    if let Some(flag) = value.as_bool() {
        return Value::Bool(flag);
    }
    if let Some(number) = value.as_integer().and_then(|i| i.as_str().parse::<i64>().ok()) {
        return Value::from(number);
    }
    Value::String(value.as_str().unwrap_or_default().to_owned())
}
