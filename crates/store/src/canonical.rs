//! JSON in one form only: keys sorted, no spaces. What is hashed must not depend on the order in which fields came.

use serde_json::Value;

/// The canonical text of a value.
pub(crate) fn text(value: &Value) -> String {
    sorted(value).to_string()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<_> = fields.iter().collect();
            names.sort_by(|a, b| a.0.cmp(b.0));
            Value::Object(names.into_iter().map(|(name, inner)| (name.clone(), sorted(inner))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_fields_does_not_matter_but_the_order_of_a_list_does() {
        assert_eq!(text(&json!({"b": {"y": 1, "x": 2}, "a": 3})), r#"{"a":3,"b":{"x":2,"y":1}}"#);
        assert_ne!(text(&json!([1, 2])), text(&json!([2, 1])));
    }
}
