//! Mistakes in settings, for people: file, line, a caret, and what to do.
//!
//! Must never show the value of a secret; settings hold only references to secrets.

use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, NamedSource, Severity, SourceCode};
use samhold_model::hint::can_be_drawn;

/// One mistake.
#[derive(Clone, Debug)]
pub struct Mistake {
    file: String,
    text: Arc<str>,
    span: Option<std::ops::Range<usize>>,
    message: String,
    help: Option<String>,
}

impl Mistake {
    /// A mistake at a place in a file.
    #[must_use]
    pub fn at(file: &str, text: &Arc<str>, span: Option<std::ops::Range<usize>>, message: impl Into<String>) -> Self {
        Self { file: file.into(), text: Arc::clone(text), span, message: message.into(), help: None }
    }

    /// A mistake about a file as a whole, or about no file.
    #[must_use]
    pub fn about(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.into(), text: Arc::from(""), span: None, message: message.into(), help: None }
    }

    /// With what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// One line: `file:line: message (help)`.
    #[must_use]
    pub fn line(&self) -> String {
        let line = self.span.as_ref().map(|s| 1 + self.text.get(..s.start).unwrap_or("").matches('\n').count());
        let place = line.map_or_else(|| self.file.clone(), |n| format!("{}:{n}", self.file));
        let help = self.help.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
        format!("{place}: {}{help}", self.message)
    }
}

impl std::fmt::Display for Mistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn std::fmt::Display>)
    }
    fn severity(&self) -> Option<Severity> {
        Some(Severity::Error)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.span.clone()?;
        Some(Box::new(std::iter::once(LabeledSpan::underline(span))))
    }
}

/// All mistakes found.
#[derive(Clone, Debug, Default)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// Adds one.
    pub fn push(&mut self, mistake: Mistake) {
        self.0.push(mistake);
    }

    /// For a terminal: each with its lines and a caret.
    #[must_use]
    pub fn render(&self) -> String {
        let handler = GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
        self.0.iter().map(|m| render_one(&handler, m)).collect()
    }

    /// One line each, for logs and `--json`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(Mistake::line).collect()
    }
}

fn render_one(handler: &GraphicalReportHandler, mistake: &Mistake) -> String {
    let mut out = String::new();
    let source: Arc<dyn SourceCode> = Arc::new(NamedSource::new(&mistake.file, mistake.text.to_string()));
    let shown = WithSource { inner: mistake, source };
    let drawable = mistake.span.as_ref().is_some_and(|span| can_be_drawn(&mistake.text, span));
    if !drawable || handler.render_report(&mut out, &shown).is_err() {
        return format!("error: {}\n", mistake.line());
    }
    out
}

/// The mistake together with the text it points into.
struct WithSource<'a> {
    inner: &'a Mistake,
    source: Arc<dyn SourceCode>,
}

impl std::fmt::Debug for WithSource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

impl std::fmt::Display for WithSource<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

impl std::error::Error for WithSource<'_> {}

impl Diagnostic for WithSource<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Diagnostic::help(self.inner)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.inner.labels()
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }
}

impl std::fmt::Display for Mistakes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

impl std::error::Error for Mistakes {}
