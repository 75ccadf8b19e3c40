//! A value with its place, whichever notation it was written in.
//!
//! Must never lose where something stood: every finding needs it.

use std::ops::Range;

use samhold_model::Date;
use serde_json::{Map, Value};

/// A value and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Where.
    pub(crate) span: Range<usize>,
    /// What.
    pub(crate) tree: Tree,
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// The key.
    pub(crate) key: String,
    /// Where the key stands.
    pub(crate) key_span: Range<usize>,
    /// Its value.
    pub(crate) node: Node,
}

/// What both notations can say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// JSON's null.
    Null,
    /// true or false.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Number(f64),
    /// Text.
    Text(String),
    /// TOML's own date.
    Date(Date),
    /// TOML's dates with a time, and times; never wanted here.
    Moment(String),
    /// A list.
    List(Vec<Node>),
    /// A table, in the order written.
    Table(Vec<Entry>),
}

impl Node {
    /// The members of a table; nothing for anything else.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.tree {
            Tree::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; nothing for anything else.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.tree {
            Tree::List(items) => items,
            _ => &[],
        }
    }

    /// A member of a table.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|e| e.key == key).map(|e| &e.node)
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.tree {
            Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The deepest known place on the way along a JSON pointer.
    pub(crate) fn place(&self, pointer: &str) -> Range<usize> {
        let Some(rest) = pointer.strip_prefix('/') else { return self.span.clone() };
        let (head, tail) = rest.find('/').map_or((rest, ""), |i| rest.split_at(i));
        let next = match &self.tree {
            Tree::List(items) => head.parse::<usize>().ok().and_then(|i| items.get(i)),
            _ => self.get(head),
        };
        next.map_or_else(|| self.span.clone(), |node| node.place(tail))
    }

    /// As JSON; dates become text.
    pub(crate) fn to_json(&self) -> Value {
        match &self.tree {
            Tree::Null => Value::Null,
            Tree::Bool(b) => Value::Bool(*b),
            Tree::Whole(i) => Value::from(*i),
            Tree::Number(f) => Value::from(*f),
            Tree::Text(s) | Tree::Moment(s) => Value::String(s.clone()),
            Tree::Date(d) => Value::String(d.to_string()),
            Tree::List(items) => Value::Array(items.iter().map(Node::to_json).collect()),
            Tree::Table(entries) => {
                Value::Object(entries.iter().map(|e| (e.key.clone(), e.node.to_json())).collect::<Map<_, _>>())
            }
        }
    }

    /// What stands here, in a word or two and never as the value itself.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.tree {
            Tree::Null => "null",
            Tree::Bool(_) => "true or false",
            Tree::Whole(_) => "a whole number",
            Tree::Number(_) => "a decimal number",
            Tree::Text(_) => "text",
            Tree::Date(_) => "a date",
            Tree::Moment(_) => "a time or a date with a time",
            Tree::List(_) => "a list",
            Tree::Table(_) => "a table",
        }
    }
}
