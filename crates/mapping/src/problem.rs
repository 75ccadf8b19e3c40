//! What is wrong with a file that a person edits: place with caret, what was expected, what to do.
//!
//! Every problem of a file is collected before it is refused. Must never hold text of a document, only of the file.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};
use samhold_model::hint::can_be_drawn;

/// One problem in a mapping or schema file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, explained in `docs/mapping.md`.
    pub code: &'static str,
    /// One line, lower case, the editor's own words in backticks.
    pub message: String,
    /// Bytes of the file it concerns.
    pub span: Range<usize>,
    /// What to do, when there is something to suggest.
    pub help: Option<String>,
}

/// Collects problems while a file is read.
#[derive(Debug, Default)]
pub(crate) struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    pub(crate) fn add(&self, code: &'static str, span: &Range<usize>, message: impl Into<String>) {
        self.push(code, span, message.into(), None);
    }

    pub(crate) fn add_with(&self, code: &'static str, span: &Range<usize>, message: String, help: Option<String>) {
        self.push(code, span, message, help);
    }

    fn push(&self, code: &'static str, span: &Range<usize>, message: String, help: Option<String>) {
        let problem = Problem { code, message, span: span.clone(), help };
        let mut all = self.0.borrow_mut();
        if !all.contains(&problem) {
            all.push(problem);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// The file refused with everything found, in file order; `None` when nothing was found.
    pub(crate) fn into_bad_file(self, name: &str, text: &str) -> Option<BadFile> {
        let mut problems = self.0.into_inner();
        problems.sort_by_key(|p| p.span.start);
        (!problems.is_empty()).then(|| BadFile { file: name.to_owned(), text: text.to_owned(), problems })
    }
}

/// "did you mean" among the words that would do, else the words themselves when they are few.
pub(crate) fn hint<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = samhold_model::hint::nearest(given, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let shown: Vec<String> = known.iter().take(12).map(|k| format!("`{k}`")).collect();
    (!shown.is_empty()).then(|| format!("here may stand {}", shown.join(", ")))
}

/// A mapping or schema file that cannot be used, with all its problems.
#[derive(Clone, Debug)]
pub struct BadFile {
    /// Name of the file as the caller gave it.
    pub file: String,
    /// Its text, for the carets.
    pub text: String,
    /// Every problem, in file order.
    pub problems: Vec<Problem>,
}

impl BadFile {
    /// All problems with file, line and a caret, without colour.
    #[must_use]
    pub fn report(&self) -> String {
        let mut out = String::new();
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
        for problem in &self.problems {
            let shown = Shown { source: NamedSource::new(&self.file, self.text.clone()), problem };
            if !can_be_drawn(&self.text, &problem.span) || handler.render_report(&mut out, &shown).is_err() {
                out.push_str(&problem.message);
                out.push('\n');
            }
        }
        out
    }
}

impl fmt::Display for BadFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be used: {} problem(s)", self.file, self.problems.len())?;
        self.problems.iter().try_for_each(|p| write!(f, "; {} [{}]", p.message, p.code))
    }
}

impl std::error::Error for BadFile {}

/// A problem together with the text it points into.
struct Shown<'a> {
    source: NamedSource<String>,
    problem: &'a Problem,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.problem.code))
    }
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display>)
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_with_span(Some("here".into()), self.problem.span.clone());
        Some(Box::new(std::iter::once(label)))
    }
}
