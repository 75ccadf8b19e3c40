//! From the text of a file to a tree whose keys and values know their place.
//!
//! Must never know what a key means: that is the business of [`crate::shape`].

mod json;
mod source;
mod toml;
mod tree;

pub(crate) use source::{Source, mask};
pub(crate) use tree::{Entry, Node, Tree};

use crate::error::Mistake;

/// Reads TOML, or JSON when the name ends in `.json` or the text starts with a brace.
///
/// # Errors
/// Every slip of syntax that could be found.
pub(crate) fn parse(source: &Source) -> Result<Node, Vec<Mistake>> {
    let named_json = source.name().to_lowercase().ends_with(".json");
    let named_toml = source.name().to_lowercase().ends_with(".toml");
    if named_json || (!named_toml && source.text().trim_start().starts_with('{')) {
        json::parse(source)
    } else {
        toml::parse(source)
    }
}
