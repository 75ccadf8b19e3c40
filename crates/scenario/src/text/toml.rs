//! TOML into the tree.
//!
//! Must never guess past a slip of syntax: a text that does not parse is not read further.

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::{Entry, Node, Source, Tree};
use crate::error::Mistake;

/// Reads a whole TOML text.
///
/// # Errors
/// Every slip of syntax.
pub(super) fn parse(source: &Source) -> Result<Node, Vec<Mistake>> {
    let (table, errors) = DeTable::parse_recoverable(source.text());
    if errors.is_empty() {
        let span = table.span();
        return Ok(Node { span, tree: table_tree(table.get_ref()) });
    }
    Err(errors.iter().map(|e| Mistake::syntax(source, e.span().unwrap_or(0..0), "TOML", e.message())).collect())
}

fn table_tree(table: &DeTable<'_>) -> Tree {
    let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        Entry { key: name.to_string(), key_span: key.span(), node: node(value) }
    };
    let mut entries: Vec<Entry> = table.iter().map(entry).collect();
    // The parser sorts by name; people read, and reports repeat, in the order written.
    entries.sort_by_key(|e| e.key_span.start);
    Tree::Table(entries)
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let tree = match value.get_ref() {
        DeValue::String(s) => Tree::Text(s.to_string()),
        DeValue::Integer(i) => whole(i.as_str(), i.radix()),
        DeValue::Float(f) => Tree::Number(f.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(b) => Tree::Bool(*b),
        DeValue::Datetime(d) => date(d),
        DeValue::Array(items) => Tree::List(items.iter().map(node).collect()),
        DeValue::Table(table) => table_tree(table),
    };
    Node { span: value.span(), tree }
}

fn whole(text: &str, radix: u32) -> Tree {
    i64::from_str_radix(text, radix).map_or(Tree::Number(f64::NAN), Tree::Whole)
}

fn date(found: &Datetime) -> Tree {
    let text = found.to_string();
    match (found.time, text.parse()) {
        (None, Ok(date)) => Tree::Date(date),
        _ => Tree::Moment(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Node {
        parse(&Source::new("a.toml", text)).unwrap()
    }

    #[test]
    fn keys_stay_in_the_order_written_and_know_their_place() {
        let text = "b = 1\na = { d = true, c = 0x10 }\n";
        let node = read(text);
        let keys: Vec<&str> = node.entries().iter().map(|e| e.key.as_str()).collect();
        assert_eq!(keys, ["b", "a"]);
        assert_eq!(node.get("a").unwrap().to_json().to_string(), r#"{"d":true,"c":16}"#);
        assert_eq!(&text[node.place("/a/c")], "0x10");
    }

    #[test]
    fn a_date_is_told_from_a_moment_and_from_text() {
        let node = read("d = 2025-03-01\nm = 2025-03-01T10:00:00Z\nt = 10:00:00\ns = \"2025-03-01\"");
        let kinds: Vec<&str> = node.entries().iter().map(|e| e.node.kind()).collect();
        assert_eq!(kinds, ["a date", "a time or a date with a time", "a time or a date with a time", "text"]);
        assert_eq!(node.get("d").unwrap().to_json(), "2025-03-01");
    }

    #[test]
    fn every_slip_of_syntax_has_its_line() {
        let mistakes = parse(&Source::new("a.toml", "a = 1\nb = \nc = 2025-02-30\na = 3\n")).unwrap_err();
        let lines: Vec<usize> = mistakes.iter().map(|m| m.line).collect();
        assert!([2, 3, 4].iter().all(|l| lines.contains(l)), "{mistakes:?}");
    }
}
