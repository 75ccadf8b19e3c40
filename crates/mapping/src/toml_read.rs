//! Reading TOML with the place of every key, so that a slip gets a caret.
//!
//! Must never ignore a key: what nobody asked for is a problem with "did you mean".

use std::cell::RefCell;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Problems, hint};

/// Bytes in the file.
pub(crate) type Span = Range<usize>;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) value: &'a DeValue<'a>,
    pub(crate) span: Span,
}

impl<'a> Item<'a> {
    fn new(spanned: &'a Spanned<DeValue<'a>>) -> Self {
        Self { value: spanned.get_ref(), span: spanned.span() }
    }

    pub(crate) fn items(&self) -> Option<Vec<Item<'a>>> {
        self.value.as_array().map(|a| a.iter().map(Item::new).collect())
    }

    pub(crate) fn table(&self) -> Option<Table<'a>> {
        self.value.as_table().map(|t| Table::new(t, self.span.clone()))
    }

    /// The text here, or a problem.
    pub(crate) fn text(&self, problems: &Problems) -> Option<&'a str> {
        let text = self.value.as_str();
        if text.is_none() {
            problems.add("wrong-kind", &self.span, format!("found {}, expected text in quotes", self.kind()));
        }
        text
    }

    /// The table here, or a problem.
    pub(crate) fn need_table(&self, problems: &Problems) -> Option<Table<'a>> {
        if self.value.as_table().is_none() {
            problems.add("wrong-kind", &self.span, format!("found {}, expected a table {{ … }}", self.kind()));
        }
        self.table()
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self.value.type_str() {
            "string" => "a text",
            "integer" | "float" => "a number",
            "boolean" => "true or false",
            "array" => "a list",
            "table" => "a table",
            _ => "a date",
        }
    }
}

/// A table whose keys are taken one by one; what is left over is a problem.
#[derive(Debug)]
pub(crate) struct Table<'a> {
    entries: Vec<(&'a str, Span, Item<'a>)>,
    asked: RefCell<Vec<&'static str>>,
    pub(crate) span: Span,
}

impl<'a> Table<'a> {
    fn new(table: &'a DeTable<'a>, span: Span) -> Self {
        let mut entries: Vec<_> = table.iter().map(|(k, v)| (k.get_ref().as_ref(), k.span(), Item::new(v))).collect();
        // Order as written, which the parser does not keep.
        entries.sort_by_key(|(_, at, _)| at.start);
        Self { entries, asked: RefCell::default(), span }
    }

    /// The value of `key`, remembered as a key that may stand here.
    pub(crate) fn get(&self, key: &'static str) -> Option<Item<'a>> {
        self.asked.borrow_mut().push(key);
        self.entries.iter().find(|(k, _, _)| *k == key).map(|(_, _, v)| v.clone())
    }

    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn text(&self, key: &'static str, problems: &Problems) -> Option<&'a str> {
        self.get(key)?.text(problems)
    }

    /// The text of `key`, or a problem when it is missing.
    pub(crate) fn need_text(&self, key: &'static str, problems: &Problems) -> Option<&'a str> {
        let item = self.need(key, problems)?;
        item.text(problems)
    }

    /// The value of `key`, or a problem when it is missing.
    pub(crate) fn need(&self, key: &'static str, problems: &Problems) -> Option<Item<'a>> {
        let item = self.get(key);
        if item.is_none() {
            problems.add("missing-key", &self.head(), format!("`{key}` is missing here"));
        }
        item
    }

    pub(crate) fn flag(&self, key: &'static str, problems: &Problems) -> Option<bool> {
        let item = self.get(key)?;
        let flag = item.value.as_bool();
        if flag.is_none() {
            problems.add("wrong-kind", &item.span, format!("found {}, expected true or false", item.kind()));
        }
        flag
    }

    pub(crate) fn int(&self, key: &'static str, problems: &Problems) -> Option<i64> {
        let item = self.get(key)?;
        let number = item.value.as_integer().and_then(|i| i.as_str().replace('_', "").parse().ok());
        if number.is_none() {
            problems.add("wrong-kind", &item.span, format!("found {}, expected a whole number", item.kind()));
        }
        number
    }

    /// One of a closed list of words.
    pub(crate) fn word<T: Copy>(&self, key: &'static str, words: &[(&str, T)], problems: &Problems) -> Option<T> {
        let item = self.get(key)?;
        let text = item.text(problems)?;
        let found = words.iter().find(|(w, _)| *w == text).map(|(_, t)| *t);
        if found.is_none() {
            let help = hint(text, words.iter().map(|(w, _)| *w));
            problems.add_with("unknown-word", &item.span, format!("`{text}` is not known for `{key}`"), help);
        }
        found
    }

    /// Every entry, for tables whose keys are free.
    pub(crate) fn all(&self) -> impl Iterator<Item = &(&'a str, Span, Item<'a>)> {
        self.entries.iter()
    }

    /// Which of these keys stand here; all are remembered.
    pub(crate) fn present(&self, keys: &'static [&'static str]) -> Vec<&'static str> {
        keys.iter().copied().filter(|k| self.has(k)).collect()
    }

    /// Where to point when something is missing from the table: its first key.
    pub(crate) fn head(&self) -> Span {
        self.entries.first().map_or_else(|| self.span.clone(), |(_, at, _)| at.clone())
    }

    /// Tells every key that nobody asked for.
    pub(crate) fn finish(&self, problems: &Problems) {
        let asked = self.asked.borrow();
        for (key, at, _) in self.entries.iter().filter(|(k, _, _)| !asked.contains(k)) {
            let mut known = asked.clone();
            known.sort_unstable();
            known.dedup();
            problems.add_with("unknown-key", at, format!("the key `{key}` is not known here"), hint(key, known));
        }
    }
}

/// Parses a file and hands its root table to `read`; syntax errors and all problems become one [`crate::BadFile`].
pub(crate) fn read_file<T>(
    name: &str,
    text: &str,
    read: impl FnOnce(&Table<'_>, &Problems) -> Option<T>,
) -> Result<T, crate::BadFile> {
    let problems = Problems::default();
    let (parsed, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        problems.add("toml", &error.span().unwrap_or(0..0), error.message());
    }
    let done = if errors.is_empty() {
        let root = Table::new(parsed.get_ref(), 0..0);
        let done = read(&root, &problems);
        root.finish(&problems);
        done
    } else {
        None
    };
    if done.is_none() && problems.is_empty() {
        problems.add("toml", &(0..0), "the file could not be read");
    }
    match (problems.into_bad_file(name, text), done) {
        (None, Some(done)) => Ok(done),
        (Some(bad), _) => Err(bad),
        (None, None) => Err(crate::BadFile { file: name.into(), text: text.into(), problems: Vec::new() }),
    }
}
