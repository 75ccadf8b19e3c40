//! What is wrong with a file: place, what was found, what was expected, what to do.
//!
//! Must never repeat a national identity number: every text passes the mask on its way in.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use crate::text::{Source, mask};

/// Why the checks of a file could not be run. All of them are told at once.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file could not be opened.
    #[error("{file}: the file could not be read; check the name and the right to read it")]
    Unreadable {
        /// The file, as it was named.
        file: String,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// The file holds something it may not hold.
    #[error(transparent)]
    Mistake(Box<Mistake>),
}

/// One slip in a scenario file.
#[derive(Clone)]
pub struct Mistake {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was found.
    pub found: String,
    /// What may stand there.
    pub expected: Option<String>,
    /// What to do, such as "did you mean …".
    pub hint: Option<String>,
    span: Range<usize>,
    shown: NamedSource<Arc<str>>,
}

impl Mistake {
    /// A slip at a place in a file.
    pub(crate) fn new(source: &Source, span: Range<usize>, found: &str) -> Self {
        let (line, column) = source.line_and_column(span.start);
        let (file, found) = (source.name().to_owned(), mask(found));
        let shown = NamedSource::new(source.name(), source.shown());
        Self { file, line, column, found, expected: None, hint: None, span, shown }
    }

    /// A text that is not TOML or JSON at all.
    pub(crate) fn syntax(source: &Source, span: Range<usize>, notation: &str, what: &str) -> Self {
        Self::new(source, span, &format!("this is not {notation}: {}", what.lines().next().unwrap_or_default()))
    }

    /// Adds what may stand there.
    pub(crate) fn expected(mut self, expected: &str) -> Self {
        self.expected = Some(mask(expected));
        self
    }

    /// Adds what to do.
    pub(crate) fn hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.map(|h| mask(&h));
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: line {}: {}", self.file, self.line, self.found)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, ", {hint}"))
    }
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mistake({self}; expected {:?})", self.expected)
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.expected.as_ref().map(|e| Box::new(format!("expected {e}")) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.shown)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        // A table's place may be many lines; the caret belongs on the first.
        let text = self.shown.inner();
        let (start, end) = (self.span.start.min(text.len()), self.span.end.min(text.len()));
        let marked = text.get(start..end).unwrap_or_default();
        let length = marked.find(['\n', '\r']).unwrap_or(marked.len());
        let label = self.hint.clone().unwrap_or_else(|| "here".into());
        Some(Box::new(std::iter::once(LabeledSpan::new(Some(label), start, length))))
    }
}
