//! JSON into the tree. Own reader, because each key and value must know its place.
//!
//! Must never take what RFC 8259 does not allow, nor a key given twice, nor nest without bound.

use std::ops::Range;

use super::{Entry, Node, Source, Tree};
use crate::error::Mistake;

/// Deeper than any scenario; keeps a hostile text from exhausting the stack.
const MAX_DEPTH: usize = 64;

type Slip = (Range<usize>, String);

/// Reads a whole JSON text.
///
/// # Errors
/// The first slip of syntax; there is no telling what follows it.
pub(super) fn parse(source: &Source) -> Result<Node, Vec<Mistake>> {
    let mut cursor = Cursor { text: source.text(), at: 0, depth: 0 };
    cursor.document().map_err(|(span, what)| vec![Mistake::syntax(source, span, "JSON", &what)])
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Cursor<'_> {
    fn document(&mut self) -> Result<Node, Slip> {
        let node = self.value()?;
        self.blank();
        if self.peek().is_some() { Err(self.slip("nothing more after the closing brace")) } else { Ok(node) }
    }

    fn value(&mut self) -> Result<Node, Slip> {
        self.blank();
        let start = self.at;
        let tree = match self.peek() {
            Some('{') => self.nested(Self::table)?,
            Some('[') => self.nested(Self::list)?,
            Some('"') => Tree::Text(self.string()?),
            Some(_) => self.bare()?,
            None => return Err(self.slip("a value")),
        };
        Ok(Node { span: start..self.at, tree })
    }

    fn nested(&mut self, inner: fn(&mut Self) -> Result<Tree, Slip>) -> Result<Tree, Slip> {
        if self.depth == MAX_DEPTH {
            return Err(self.slip("no more than 64 levels of nesting"));
        }
        self.depth += 1;
        self.at += 1;
        let tree = inner(self);
        self.depth -= 1;
        tree
    }

    fn table(&mut self) -> Result<Tree, Slip> {
        let mut entries: Vec<Entry> = Vec::new();
        if self.take('}') {
            return Ok(Tree::Table(entries));
        }
        loop {
            let entry = self.entry()?;
            if entries.iter().any(|e| e.key == entry.key) {
                return Err((entry.key_span, format!("the key `{}` is given twice", entry.key)));
            }
            entries.push(entry);
            if self.take('}') {
                return Ok(Tree::Table(entries));
            }
            self.must(',', "`,` or `}`")?;
        }
    }

    fn entry(&mut self) -> Result<Entry, Slip> {
        self.blank();
        let start = self.at;
        if self.peek() != Some('"') {
            return Err(self.slip("a key in double quotes"));
        }
        let key = self.string()?;
        let key_span = start..self.at;
        self.must(':', "`:` after the key")?;
        Ok(Entry { key, key_span, node: self.value()? })
    }

    fn list(&mut self) -> Result<Tree, Slip> {
        let mut items = Vec::new();
        if self.take(']') {
            return Ok(Tree::List(items));
        }
        loop {
            items.push(self.value()?);
            if self.take(']') {
                return Ok(Tree::List(items));
            }
            self.must(',', "`,` or `]`")?;
        }
    }

    /// The string at the cursor. Its escapes are left to serde_json, which knows them all.
    fn string(&mut self) -> Result<String, Slip> {
        let start = self.at;
        let mut escaped = false;
        for (i, c) in self.rest().char_indices().skip(1) {
            if c == '"' && !escaped {
                self.at = start + i + 1;
                return self.decode(start);
            }
            escaped = c == '\\' && !escaped;
        }
        Err((start..start + 1, "this text is never closed: expected `\"`".into()))
    }

    fn decode(&self, start: usize) -> Result<String, Slip> {
        let raw = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(raw).map_err(|_| (start..self.at, "a line break or an unknown escape in this text".into()))
    }

    /// Numbers and the three words.
    fn bare(&mut self) -> Result<Tree, Slip> {
        let start = self.at;
        let end = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'));
        let raw = self.rest().get(..end.unwrap_or(self.rest().len())).unwrap_or_default();
        let tree = match serde_json::from_str(raw) {
            Ok(serde_json::Value::Null) => Tree::Null,
            Ok(serde_json::Value::Bool(b)) => Tree::Bool(b),
            Ok(serde_json::Value::Number(n)) => {
                n.as_i64().map_or_else(|| Tree::Number(n.as_f64().unwrap_or(f64::NAN)), Tree::Whole)
            }
            _ => {
                return Err((start..start + raw.len().max(1), "expected a value; text stands in double quotes".into()));
            }
        };
        self.at = start + raw.len();
        Ok(tree)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn take(&mut self, wanted: char) -> bool {
        self.blank();
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    fn must(&mut self, wanted: char, expected: &str) -> Result<(), Slip> {
        if self.take(wanted) { Ok(()) } else { Err(self.slip(expected)) }
    }

    fn slip(&self, expected: &str) -> Slip {
        let width = self.peek().map_or(0, char::len_utf8);
        let found = self.peek().map_or_else(|| "the end of the file".to_owned(), |c| format!("`{c}`"));
        (self.at..self.at + width, format!("found {found}, expected {expected}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Node, String> {
        parse(&Source::new("a.json", text)).map_err(|mistakes| mistakes[0].to_string())
    }

    #[test]
    fn a_value_reads_as_serde_json_reads_it() {
        let text = r#" {"a": [1, -2.5, "æ\u00e5\"", true, null, {}], "b": {"c": []}} "#;
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(read(text).unwrap().to_json(), expected);
    }

    #[test]
    fn keys_and_values_know_their_place() {
        let text = "{\n  \"a\": {\"b\": 12}\n}";
        let node = read(text).unwrap();
        assert_eq!(&text[node.entries()[0].key_span.clone()], "\"a\"");
        assert_eq!(&text[node.place("/a/b")], "12");
        assert_eq!(&text[node.place("/a/missing")], "{\"b\": 12}");
    }

    #[test]
    fn slips_are_told_with_their_line() {
        for (text, line, says) in [
            ("{\n\"a\": 1,\n\"a\": 2}", 3, "given twice"),
            ("{\n\"a\": 1,\n}", 3, "a key in double quotes"),
            ("{\"a\": 1}\nx", 2, "nothing more"),
            ("{\"a\":\n 01}", 2, "expected a value"),
            ("{\"a\": \"x", 1, "never closed"),
            ("", 1, "a value"),
        ] {
            let mistake = read(text).unwrap_err();
            assert!(mistake.contains(&format!("line {line}:")), "{mistake}");
            assert!(mistake.contains(says), "{mistake}");
        }
    }

    #[test]
    fn a_text_that_nests_without_end_is_refused() {
        let mistake = read(&"[".repeat(100_000)).unwrap_err();
        assert!(mistake.contains("64 levels"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_exactly_when_serde_json_reads_it(text in r#"[\[\]{},:"a1\-.eu\\ tn]{0,12}"#) {
            let theirs = serde_json::from_str::<serde_json::Value>(&text);
            let ours = read(&text);
            // Ours also refuses a key given twice; otherwise the two agree.
            let twice = ours.as_ref().is_err_and(|m| m.contains("twice"));
            if !twice {
                proptest::prop_assert_eq!(theirs.is_ok(), ours.is_ok());
            }
        }
    }
}
