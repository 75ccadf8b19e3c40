//! One file's text, its lines, and the rule that no person's number is ever repeated from it.
//!
//! Must never show the text unmasked.

use std::sync::Arc;

/// A file that is being read. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    name: Arc<str>,
    text: Arc<str>,
    shown: Arc<str>,
}

impl Source {
    /// A file of this name with this text.
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { name: mask(name).into(), text: text.into(), shown: mask(text).into() }
    }

    /// Its name as people gave it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The text as it stands, for reading only.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The text for showing, byte for byte in the same places.
    pub(crate) fn shown(&self) -> Arc<str> {
        Arc::clone(&self.shown)
    }

    /// Line and column (in characters), both from 1, of a place in bytes.
    pub(crate) fn line_and_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// The text with the digits of anything that could be a person's number replaced by stars, at the same length.
///
/// Wider than a check of control digits on purpose: eleven digits or more in a row, spaces between them or not.
pub(crate) fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() || c == ' ' {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

fn flush(run: &mut String, out: &mut String) {
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let star = |c: char| if c.is_ascii_digit() { '*' } else { c };
    if digits >= 11 {
        out.extend(run.chars().map(star));
    } else {
        out.push_str(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_masked_where_it_stands_and_dates_are_not() {
        assert_eq!(mask("by = \"13116900216\""), "by = \"***********\"");
        assert_eq!(mask("131169 00216"), "****** *****");
        assert_eq!(mask("at = 2025-03-01, 2025-03-02"), "at = 2025-03-01, 2025-03-02");
        assert_eq!(mask("æ 131169002161 ø").len(), "æ 131169002161 ø".len());
    }

    #[test]
    fn lines_and_columns_count_from_one_in_characters() {
        let source = Source::new("a.toml", "én = 1\ntø = 2");
        assert_eq!(source.line_and_column(0), (1, 1));
        assert_eq!(source.line_and_column("én = 1\ntø ".len()), (2, 4));
        assert_eq!(source.line_and_column(9999).0, 2);
    }
}
