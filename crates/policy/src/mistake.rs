//! What is wrong in a policy file: where, what, and what to do.
//!
//! Must never hold anything but the text of policy files, which hold nothing about a person.

use std::ops::Range;
use std::sync::Arc;

/// One mistake in one file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct Mistake {
    /// The file, as the reader named it.
    pub file: String,
    /// Its whole text, for a caret.
    pub text: Arc<str>,
    /// Bytes of the text that are wrong; `None` when it is about the file as a whole.
    pub span: Option<Range<usize>>,
    /// What was found and expected.
    pub message: String,
    /// The remedy, when one is known.
    pub help: Option<String>,
}

impl Mistake {
    /// About a file as a whole.
    pub(crate) fn about(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), text: Arc::from(""), span: None, message: message.into(), help: None }
    }

    /// At a place in a file.
    pub(crate) fn at(source: &Source, span: Option<Range<usize>>, message: impl Into<String>) -> Self {
        let text = Arc::clone(&source.text);
        Self { file: source.name.clone(), text, span, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What Cedar itself says of a file.
    pub(crate) fn told(source: &Source, by: &dyn miette::Diagnostic) -> Self {
        let label = by.labels().and_then(|mut labels| labels.next());
        let span = label.as_ref().map(|l| l.offset()..l.offset().saturating_add(l.len()));
        let detail = label.as_ref().and_then(|l| l.label()).map(|l| format!(": {l}")).unwrap_or_default();
        let mistake = Self::at(source, span, format!("{by}{detail}"));
        Self { help: by.help().map(|h| h.to_string()), ..mistake }
    }
}

/// A policy file as read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Path or bundled name.
    pub name: String,
    /// Its text.
    pub text: Arc<str>,
}
