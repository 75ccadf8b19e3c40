//! Puts worked-out values into JSON, with placeholders for what the caller must resolve.

use samhold_model::national_id::NationalId;
use serde_json::{Map, Value};

use crate::child::ChildRef;
use crate::expr::Out;
use crate::result::FactLink;

/// The fields of a fact and what stands behind its placeholders.
#[derive(Default)]
pub(crate) struct Settled {
    pub(crate) persons: Vec<(String, NationalId)>,
    pub(crate) facts: Vec<(String, FactLink)>,
    pub(crate) children: Vec<(String, Vec<ChildRef>)>,
}

impl Settled {
    /// The value at `pointer`, placeholders noted.
    pub(crate) fn value(&mut self, out: Out, pointer: &str) -> Value {
        match out {
            Out::Value(value) => value,
            Out::Person(id) => {
                self.persons.push((pointer.to_owned(), id));
                Value::String(format!("@person/{}", self.persons.len() - 1))
            }
            Out::Fact(rule, key) => {
                self.facts.push((pointer.to_owned(), FactLink { rule, key }));
                Value::String(format!("@fact/{}", self.facts.len() - 1))
            }
            Out::Child(refs) => {
                self.children.push((pointer.to_owned(), refs));
                Value::String(format!("@child/{}", self.children.len() - 1))
            }
            Out::List(items) => {
                let item = |(i, out)| self.value(out, &format!("{pointer}/{i}"));
                Value::Array(items.into_iter().enumerate().map(item).collect())
            }
            Out::Object(members) => Value::Object(self.object(members, pointer)),
        }
    }

    /// An object at `pointer`.
    pub(crate) fn object(&mut self, members: Vec<(String, Out)>, pointer: &str) -> Map<String, Value> {
        let member = |(name, out): (String, Out)| {
            let value = self.value(out, &format!("{pointer}/{name}"));
            (name, value)
        };
        members.into_iter().map(member).collect()
    }
}
