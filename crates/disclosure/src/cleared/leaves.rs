//! The scalar values and object keys inside JSON values.
//!
//! Must never recurse: the depth of what a mapping makes is not known.

use std::collections::BTreeSet;

use serde_json::Value;

/// A scalar as text; a number and its text are the same value, null is like nothing else.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Bool(b) => Some(b.to_string()),
        Value::Number(n) => Some(n.to_string()),
        Value::String(s) => Some(s.clone()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Values and keys that may stand in a message.
#[derive(Default)]
pub(super) struct Allowed {
    scalars: BTreeSet<Option<String>>,
    keys: BTreeSet<String>,
}

impl Allowed {
    /// Everything inside `value` may stand in the message.
    pub(super) fn add(&mut self, value: &Value) {
        let mut open = vec![value];
        while let Some(next) = open.pop() {
            match next {
                Value::Array(list) => open.extend(list),
                Value::Object(map) => {
                    self.keys.extend(map.keys().cloned());
                    open.extend(map.values());
                }
                leaf => {
                    self.scalars.insert(scalar(leaf));
                }
            }
        }
    }

    pub(super) fn add_keys(&mut self, keys: impl IntoIterator<Item = String>) {
        self.keys.extend(keys);
    }

    /// Where something stands that may not: the place, and whether it is a key. The place holds allowed keys only.
    pub(super) fn stranger(&self, message: &Value) -> Option<(String, bool)> {
        let mut open = vec![(String::new(), message)];
        while let Some((place, next)) = open.pop() {
            match next {
                Value::Array(list) => {
                    open.extend(list.iter().enumerate().map(|(i, v)| (format!("{place}/{i}"), v)));
                }
                Value::Object(map) => {
                    if map.keys().any(|k| !self.keys.contains(k)) {
                        return Some((place, true));
                    }
                    open.extend(map.iter().map(|(k, v)| (format!("{place}/{k}"), v)));
                }
                leaf if !self.scalars.contains(&scalar(leaf)) => return Some((place, false)),
                _ => {}
            }
        }
        None
    }
}
