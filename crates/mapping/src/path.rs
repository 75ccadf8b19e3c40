//! Paths: `a.b`, `a[*].c`, `a[x='1'].c`, `^.a` (one level up), `$.a` (the document), `.` (the value itself).
//!
//! Read and checked against the source schema in one go; a wrong name is a problem with "did you mean".

mod read;
mod walk;

pub(crate) use read::{Found, check_word, read};

/// A checked path.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    pub(crate) start: Start,
    pub(crate) steps: Vec<Step>,
    /// As written, for errors.
    pub(crate) text: String,
}

/// Where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the current value, so many levels up.
    Here(usize),
    /// At the document.
    Document,
}

/// One step down.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Member name, XML names as `{namespace}local`.
    pub(crate) name: String,
    pub(crate) select: Select,
}

/// Which of the values under that name.
#[derive(Clone, Debug)]
pub(crate) enum Select {
    /// The only one.
    One,
    /// All of a list.
    All,
    /// Those of a list for which every filter holds.
    Where(Vec<Filter>),
}

/// `left='text'` or `left=path`: some value of `left`, below the item, equals.
#[derive(Clone, Debug)]
pub(crate) struct Filter {
    pub(crate) left: Path,
    pub(crate) right: Right,
}

/// What a filter compares with.
#[derive(Clone, Debug)]
pub(crate) enum Right {
    /// A fixed text.
    Text(String),
    /// A path from where the whole expression starts.
    Path(Path),
}
