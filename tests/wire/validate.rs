//! A validator of JSON Schema, as far as our published schemas go. A keyword it does not know fails the test.

use serde_json::Value;

/// Whether the value is what the schema wants.
pub fn valid(schema: &Value, value: &Value) -> bool {
    schema.as_object().unwrap().iter().all(|(keyword, wanted)| keeps(schema, keyword, wanted, value))
}

fn keeps(schema: &Value, keyword: &str, wanted: &Value, value: &Value) -> bool {
    let all = |list: &Value| list.as_array().unwrap().iter().filter(|s| valid(s, value)).count();
    let number = |wanted: &Value| wanted.as_u64().unwrap();
    match keyword {
        "$schema" | "$id" | "title" | "description" => true,
        "type" => is_of(wanted.as_str().unwrap(), value),
        "const" => value == wanted,
        "enum" => wanted.as_array().unwrap().contains(value),
        "oneOf" => all(wanted) == 1,
        "anyOf" => all(wanted) > 0,
        "required" => value
            .as_object()
            .is_none_or(|v| wanted.as_array().unwrap().iter().all(|k| v.contains_key(k.as_str().unwrap()))),
        "properties" => {
            value.as_object().is_none_or(|v| v.iter().all(|(k, v)| wanted.get(k).is_none_or(|s| valid(s, v))))
        }
        "additionalProperties" => {
            let more = |v: &Value| wanted.is_object() && valid(wanted, v);
            value.as_object().is_none_or(|v| v.iter().all(|(k, v)| schema["properties"].get(k).is_some() || more(v)))
        }
        "items" => value.as_array().is_none_or(|v| v.iter().all(|item| valid(wanted, item))),
        "minItems" => value.as_array().is_none_or(|v| v.len() as u64 >= number(wanted)),
        "minProperties" => value.as_object().is_none_or(|v| v.len() as u64 >= number(wanted)),
        "minLength" => value.as_str().is_none_or(|v| v.chars().count() as u64 >= number(wanted)),
        "minimum" => value.as_i64().is_none_or(|v| v >= wanted.as_i64().unwrap()),
        "pattern" => value.as_str().is_none_or(|v| fits(wanted.as_str().unwrap(), v)),
        "format" => value.as_str().is_none_or(|v| is_format(wanted.as_str().unwrap(), v)),
        other => panic!("the validator of this test does not know `{other}`"),
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("the validator of this test does not know the type `{other}`"),
    }
}

fn is_format(name: &str, text: &str) -> bool {
    match name {
        "date" => text.parse::<samhold_model::Date>().is_ok(),
        "uuid" => text.parse::<uuid::Uuid>().is_ok(),
        other => panic!("the validator of this test does not know the format `{other}`"),
    }
}

/// Patterns of digits, `^\d{6} ?\d{5}$`, and of words: `^[\p{L}\p{N}_./:#-]{1,80}$`.
fn fits(pattern: &str, text: &str) -> bool {
    if let Some(most) = pattern.strip_prefix("^[\\p{L}\\p{N}_./:#-]{1,").and_then(|rest| rest.strip_suffix("}$")) {
        let known = |c: char| c.is_alphanumeric() || "_./:#-".contains(c);
        return (1..=most.parse().unwrap()).contains(&text.chars().count()) && text.chars().all(known);
    }
    let mut rest = text;
    let mut pattern = pattern.strip_prefix('^').unwrap().strip_suffix('$').unwrap();
    while !pattern.is_empty() {
        if let Some(after) = pattern.strip_prefix("\\d{") {
            let (count, more) = after.split_once('}').unwrap();
            let count: usize = count.parse().unwrap();
            if rest.len() < count || !rest.bytes().take(count).all(|b| b.is_ascii_digit()) {
                return false;
            }
            (rest, pattern) = (&rest[count..], more);
        } else if let Some(more) = pattern.strip_prefix(" ?") {
            (rest, pattern) = (rest.strip_prefix(' ').unwrap_or(rest), more);
        } else if let Some(more) = pattern.strip_prefix('-') {
            let Some(after) = rest.strip_prefix('-') else { return false };
            (rest, pattern) = (after, more);
        } else {
            panic!("the validator of this test does not know the pattern `{pattern}`");
        }
    }
    rest.is_empty()
}
