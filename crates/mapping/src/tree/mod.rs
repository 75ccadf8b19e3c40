//! One tree for JSON and XML, so that one path syntax reads both.
//!
//! A JSON object and an XML element are both an [`Object`](Kind::Object); an attribute is the member `@Name`, and a child
//! element is a member under `{namespace}local`. Must never lose a digit (numbers stay text), never accept the same key
//! twice, never expand an entity, and never read past its limits.

mod cursor;
mod json;
mod xml;

use indexmap::IndexMap;

pub use cursor::{Cursor, Step};

/// Upper bounds for one document.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the document as received.
    pub bytes: usize,
    /// Levels of nesting.
    pub depth: usize,
    /// Values, elements and attributes together.
    pub nodes: usize,
    /// Attributes, namespace declarations included, of one element.
    pub attributes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 32 * 1024 * 1024, depth: 64, nodes: 2_000_000, attributes: 256 }
    }
}

/// One value with the line it starts on (1 is the first).
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub kind: Kind,
    /// Line in the document.
    pub line: u32,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// JSON null.
    Null,
    /// JSON true or false.
    Bool(bool),
    /// A JSON number exactly as written.
    Number(String),
    /// A JSON string or an XML attribute.
    Text(String),
    /// A JSON array, or all XML children of one name.
    List(Vec<Node>),
    /// A JSON object or an XML element; an element may have text of its own.
    Object(IndexMap<String, Node>, Option<String>),
}

/// A whole document.
#[derive(Clone, Debug)]
pub struct Tree {
    /// The outermost value; for XML an object whose only member is the root element.
    pub root: Node,
}

/// Why a document is not a tree. Never repeats document text beyond a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: found {found}, expected {expected}")]
pub struct TreeError {
    /// Where, 1 is the first line.
    pub line: u32,
    /// What stood there.
    pub found: String,
    /// What may stand there.
    pub expected: String,
}

impl TreeError {
    fn new(line: u32, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { line, found: found.into(), expected: expected.into() }
    }
}

impl Tree {
    /// Reads JSON: UTF-8 with or without byte order mark.
    ///
    /// # Errors
    /// Broken JSON, the same key twice in an object, or a limit passed; with the line.
    pub fn json(bytes: &[u8], limits: &Limits) -> Result<Self, TreeError> {
        json::read(bytes, limits).map(|root| Self { root })
    }

    /// Reads XML: UTF-8 or ISO-8859-1 as its declaration says, with or without byte order mark.
    ///
    /// # Errors
    /// Broken XML, any DOCTYPE, an entity or prefix that is not declared, or a limit passed; with the line.
    pub fn xml(bytes: &[u8], limits: &Limits) -> Result<Self, TreeError> {
        xml::read(bytes, limits).map(|root| Self { root })
    }

    /// A cursor at the outermost value.
    #[must_use]
    pub fn cursor(&self) -> Cursor<'_> {
        Cursor::root(&self.root)
    }
}

impl Node {
    /// The scalar as text: a string, a number as written, `true`/`false`, or the own text of an XML element.
    #[must_use]
    pub fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(text) | Kind::Object(_, Some(text)) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            Kind::Null | Kind::List(_) | Kind::Object(_, None) => None,
        }
    }

    /// The member of an object; JSON null counts as absent.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Object(members, _) => members.get(name).filter(|n| n.kind != Kind::Null),
            _ => None,
        }
    }

    /// What it is, in words for an error.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "true or false",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Object(_, Some(_)) => "an element with text",
            Kind::Object(_, None) => "an object",
        }
    }
}

/// Checks the size, and strips a UTF-8 byte order mark.
fn body<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a [u8], TreeError> {
    if bytes.len() > limits.bytes {
        let found = format!("a document of {} bytes", bytes.len());
        return Err(TreeError::new(1, found, format!("at most {} bytes", limits.bytes)));
    }
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// Counts nodes against the limit while a document is read.
struct Budget {
    left: usize,
    limit: usize,
}

impl Budget {
    fn new(limits: &Limits) -> Self {
        Self { left: limits.nodes, limit: limits.nodes }
    }

    fn take(&mut self, line: u32) -> Result<(), TreeError> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| TreeError::new(line, "more values than allowed", format!("at most {}", self.limit)))?;
        Ok(())
    }
}
