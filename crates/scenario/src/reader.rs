//! Goes through the tree with a shape, collects every slip, and gives the clean value as JSON.
//!
//! Must never stop at the first slip: a person wants to mend a file in one go.

use std::ops::Range;

use samhold_model::hint::nearest;
use samhold_model::{Date, Law};
use serde_json::{Map, Value};

use crate::error::Mistake;
use crate::shape::{Key, Shape, names};
use crate::text::{Entry, Node, Source, Tree};

/// Reads one file.
pub(crate) struct Reader<'a> {
    source: &'a Source,
    /// The law catalogue, for its words.
    pub(crate) law: &'a Law,
    mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    /// A reader with nothing to complain of yet.
    pub(crate) fn new(source: &'a Source, law: &'a Law) -> Self {
        Self { source, law, mistakes: Vec::new() }
    }

    /// What was wrong, in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Mistake> {
        self.mistakes.sort_by_key(|m| (m.line, m.column));
        self.mistakes
    }

    /// How many slips so far.
    pub(crate) fn count(&self) -> usize {
        self.mistakes.len()
    }

    /// Notes a slip.
    pub(crate) fn report(&mut self, span: Range<usize>, found: &str, expected: &str, hint: Option<String>) {
        self.mistakes.push(Mistake::new(self.source, span, found).expected(expected).hint(hint));
    }

    /// Reads a table: unknown and missing keys are slips, known ones are read each with its shape.
    pub(crate) fn table(&mut self, node: &Node, place: &str, keys: &'static [Key]) -> Map<String, Value> {
        let mut read = Map::new();
        if !self.is_table(node, place) {
            return read;
        }
        for entry in node.entries() {
            match keys.iter().find(|k| k.name == entry.key) {
                Some(key) => {
                    let value = self.value(&entry.node, &format!("{place}.{}", key.name), &key.shape);
                    read.insert(entry.key.clone(), value);
                }
                None => self.unknown_key(entry, place, &names(keys)),
            }
        }
        for key in keys.iter().filter(|k| k.required && node.get(k.name).is_none()) {
            self.missing(node, place, key.name, &key.shape.describe());
        }
        read
    }

    /// Whether it is a table; a slip if not.
    pub(crate) fn is_table(&mut self, node: &Node, place: &str) -> bool {
        let yes = matches!(node.tree, Tree::Table(_));
        if !yes {
            self.wrong_type(node, place, "a table");
        }
        yes
    }

    /// A key that nobody knows here.
    pub(crate) fn unknown_key(&mut self, entry: &Entry, place: &str, known: &[&str]) {
        let hint = nearest(&entry.key, known.iter().copied()).map(|n| format!("did you mean `{n}`?"));
        let found = format!("unknown key `{}` in {}", entry.key, ticked(place));
        self.report(entry.key_span.clone(), &found, &format!("one of {}", known.join(", ")), hint);
    }

    /// A key that is not there and must be.
    pub(crate) fn missing(&mut self, node: &Node, place: &str, key: &str, expected: &str) {
        self.report(node.span.clone(), &format!("{} lacks `{key}`", ticked(place)), expected, None);
    }

    fn wrong_type(&mut self, node: &Node, place: &str, expected: &str) {
        self.report(node.span.clone(), &format!("`{place}` is {}", node.kind()), expected, None);
    }

    /// Reads one value of a shape. After a slip the value is worth nothing, and the caller gives it up at the end.
    fn value(&mut self, node: &Node, place: &str, shape: &Shape) -> Value {
        match (shape, &node.tree) {
            (Shape::Table(keys), _) => return Value::Object(self.table(node, place, keys)),
            (Shape::List(item), Tree::List(items)) => {
                return items.iter().map(|i| self.value(i, place, item)).collect();
            }
            (Shape::Tags, Tree::Table(entries)) => {
                let tag = |e: &Entry| (e.key.clone(), self.value(&e.node, place, &Shape::Text));
                return Value::Object(entries.iter().map(tag).collect());
            }
            (Shape::Date, _) => self.check_date(node, place),
            (Shape::Word(words) | Shape::WordOrNone(words), Tree::Text(text)) => {
                let absent = matches!(shape, Shape::WordOrNone(_)) && text.is_empty();
                self.check_word(node, place, words(), absent, shape);
            }
            (Shape::Clause, Tree::Text(_)) => {
                let known: Vec<&str> = self.law.clause.keys().map(String::as_str).collect();
                self.check_word(node, place, &known, false, shape);
            }
            (Shape::Name, Tree::Text(text)) if !text.trim().is_empty() => {}
            (Shape::Name, Tree::Text(_)) => {
                self.report(node.span.clone(), &format!("`{place}` is empty"), "text", None)
            }
            (Shape::Text, Tree::Text(_)) | (Shape::Bool, Tree::Bool(_)) | (Shape::Whole, Tree::Whole(_)) => {}
            (Shape::Later, Tree::Table(_)) => {}
            _ => self.wrong_type(node, place, &shape.describe()),
        }
        node.to_json()
    }

    fn check_word(&mut self, node: &Node, place: &str, known: &[&str], absent: bool, shape: &Shape) {
        let given = node.text().unwrap_or_default();
        if absent || known.contains(&given) {
            return;
        }
        let hint = nearest(given, known.iter().copied()).map(|n| format!("did you mean `{n}`?"));
        let expected = match shape {
            Shape::Clause => format!("one of {}", known.join(", ")),
            _ => shape.describe(),
        };
        self.report(node.span.clone(), &format!("unknown word `{given}` in `{place}`"), &expected, hint);
    }

    fn check_date(&mut self, node: &Node, place: &str) {
        let expected = Shape::Date.describe();
        match &node.tree {
            Tree::Date(_) => {}
            Tree::Text(text) if as_date(text).is_some() => {}
            Tree::Text(_) => self.report(node.span.clone(), &format!("`{place}` is no date"), &expected, None),
            _ => self.wrong_type(node, place, &expected),
        }
    }

    /// Reads a date; a slip if it is none.
    pub(crate) fn date(&mut self, node: &Node, place: &str) -> Option<Date> {
        self.check_date(node, place);
        node.to_json().as_str().and_then(as_date)
    }

    /// Reads a text that is not empty; a slip if it is none.
    pub(crate) fn name(&mut self, node: &Node, place: &str) -> Option<String> {
        self.value(node, place, &Shape::Name).as_str().map(str::to_owned)
    }
}

/// A place in backticks; what follows it in brackets is said without.
fn ticked(place: &str) -> String {
    match place.split_once(' ') {
        Some((path, rest)) if rest.starts_with('(') => format!("`{path}` {rest}"),
        _ => format!("`{place}`"),
    }
}

/// `YYYY-MM-DD` and nothing else.
pub(crate) fn as_date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}
