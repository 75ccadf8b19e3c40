//! Expected against actual, key by key.
//!
//! Must never compare what the expectation does not name.

use serde_json::{Map, Value};

/// One thing that is not as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where in the answer, e.g. `samordning.holder.ref`.
    pub key: String,
    /// What was expected, as it would stand in the file.
    pub expected: String,
    /// What came out.
    pub actual: String,
}

/// How lists are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lists {
    /// As written.
    Ordered,
    /// Without order or repetition.
    Sets,
}

/// Everything that differs. `""` expects that the value is absent.
pub(crate) fn differences(expected: &Value, actual: &Value, lists: Lists) -> Vec<Difference> {
    let mut found = Vec::new();
    if let Value::Object(wanted) = expected {
        walk("", wanted, actual, lists, &mut found);
    }
    found
}

fn walk(path: &str, wanted: &Map<String, Value>, actual: &Value, lists: Lists, found: &mut Vec<Difference>) {
    for (key, value) in wanted {
        let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (key.as_str(), value) {
            ("alerts_include" | "alerts_exclude", Value::Array(codes)) => alerts(&path, codes, actual, found),
            (_, Value::Object(inner)) => walk(&path, inner, actual.get(key).unwrap_or(&Value::Null), lists, found),
            _ => leaf(&path, value, actual.get(key), lists, found),
        }
    }
}

fn alerts(path: &str, codes: &[Value], actual: &Value, found: &mut Vec<Difference>) {
    let include = path == "alerts_include";
    let raised = |code: &Value| actual.get("alerts").and_then(Value::as_array).is_some_and(|a| a.contains(code));
    for code in codes.iter().filter(|code| raised(code) != include) {
        let actual = if include { "not raised" } else { "raised" };
        let expected = if include { "raised" } else { "not raised" };
        let key = format!("{path} {}", code.as_str().unwrap_or_default());
        found.push(Difference { key, expected: expected.into(), actual: actual.into() });
    }
}

fn leaf(path: &str, expected: &Value, actual: Option<&Value>, lists: Lists, found: &mut Vec<Difference>) {
    if !same(expected, actual, lists) {
        let actual = actual.map_or_else(|| "absent".into(), Value::to_string);
        let expected = if expected == "" { "absent".into() } else { expected.to_string() };
        found.push(Difference { key: path.into(), expected, actual });
    }
}

fn same(expected: &Value, actual: Option<&Value>, lists: Lists) -> bool {
    match (expected, actual) {
        (Value::String(s), None) => s.is_empty(),
        (Value::Array(a), Some(Value::Array(b))) if lists == Lists::Sets => {
            a.iter().all(|x| b.contains(x)) && b.iter().all(|x| a.contains(x))
        }
        (expected, Some(actual)) => expected == actual,
        (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn keys(expected: &Value, actual: &Value, lists: Lists) -> Vec<String> {
        differences(expected, actual, lists).into_iter().map(|d| d.key).collect()
    }

    #[test]
    fn only_what_is_named_is_compared_and_that_exactly() {
        let actual = json!({"samordning": {"state": "held", "holder": {"kind": "service", "ref": "a"}}});
        assert_eq!(keys(&json!({"samordning": {"state": "held"}}), &actual, Lists::Ordered), Vec::<String>::new());
        let wrong = json!({"samordning": {"state": "held", "holder": {"ref": "b"}}});
        assert_eq!(keys(&wrong, &actual, Lists::Ordered), ["samordning.holder.ref"]);
    }

    #[test]
    fn an_empty_text_expects_absence() {
        let actual = json!({"samordning": {"acting": "a"}, "ip": {}});
        assert_eq!(keys(&json!({"samordning": {"acting": ""}}), &actual, Lists::Ordered), ["samordning.acting"]);
        assert!(keys(&json!({"ip": {"main": ""}}), &actual, Lists::Ordered).is_empty());
        assert_eq!(keys(&json!({"ip": {"main": "a"}}), &actual, Lists::Ordered), ["ip.main"]);
    }

    #[test]
    fn named_alerts_must_or_must_not_be_raised_and_others_are_free() {
        let actual = json!({"alerts": ["DISPUTE_OPEN", "LATE_EVENT"]});
        assert!(keys(&json!({"alerts_include": ["DISPUTE_OPEN"]}), &actual, Lists::Ordered).is_empty());
        let wrong = json!({"alerts_include": ["MOVED_OUT"], "alerts_exclude": ["LATE_EVENT", "BK_VACANT"]});
        assert_eq!(keys(&wrong, &actual, Lists::Ordered), ["alerts_include MOVED_OUT", "alerts_exclude LATE_EVENT"]);
    }

    #[test]
    fn clauses_are_compared_as_written_and_fields_as_sets() {
        let (ab, ba) = (json!({"l": ["a", "b"]}), json!({"l": ["b", "a"]}));
        assert_eq!(keys(&ab, &ba, Lists::Ordered), ["l"]);
        assert!(keys(&ab, &ba, Lists::Sets).is_empty());
        assert_eq!(keys(&ab, &json!({"l": ["a", "b", "c"]}), Lists::Sets), ["l"]);
        assert_eq!(keys(&ab, &json!({"l": ["a"]}), Lists::Sets), ["l"]);
    }
}
