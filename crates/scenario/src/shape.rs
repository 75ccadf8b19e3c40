//! What may stand where in a scenario file, as data.
//!
//! The keys of both kinds of scenario are in [`crate::load`]; this is only the language they are written in, and the
//! [`crate::reader`] is the only one who reads it.

/// What a value may be.
pub(crate) enum Shape {
    /// Any text.
    Text,
    /// Text that is not empty.
    Name,
    /// true or false.
    Bool,
    /// A whole number.
    Whole,
    /// A date: TOML's own, or text.
    Date,
    /// One of a closed list of words.
    Word(fn() -> &'static [&'static str]),
    /// One of them, or `""` for "must be absent".
    WordOrNone(fn() -> &'static [&'static str]),
    /// A key of a clause in the law catalogue.
    Clause,
    /// A list of these.
    List(&'static Shape),
    /// A table with these keys and no others.
    Table(&'static [Key]),
    /// A table with free keys and text as values.
    Tags,
    /// A table that another module reads.
    Later,
}

/// One key of a table.
pub(crate) struct Key {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) shape: Shape,
    /// Whether it must be there.
    pub(crate) required: bool,
}

/// A key that must be there.
pub(crate) const fn must(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: true }
}

/// A key that may be left out.
pub(crate) const fn may(name: &'static str, shape: Shape) -> Key {
    Key { name, shape, required: false }
}

impl Shape {
    /// In words, for people.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Name => "text that is not empty".into(),
            Self::Bool => "true or false".into(),
            Self::Whole => "a whole number".into(),
            Self::Date => "a date, year-month-day, as in 2025-03-01".into(),
            Self::Word(words) => format!("one of {}", words().join(", ")),
            Self::WordOrNone(words) => format!("one of {}, or \"\" for absent", words().join(", ")),
            Self::Clause => "the key of a clause, as in hol-3-4".into(),
            Self::List(item) => format!("a list, each item {}", item.describe()),
            Self::Tags => "a table of texts".into(),
            Self::Table(keys) => format!("a table with {}", names(keys).join(", ")),
            Self::Later => "a table".into(),
        }
    }
}

/// The names of keys.
pub(crate) fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|k| k.name).collect()
}
