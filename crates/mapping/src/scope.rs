//! Where an expression stands: the shapes from the document down to the value that paths start from.
//!
//! Used only while a mapping file is read. Must know the same moves as [`crate::tree::Cursor`].

use indexmap::IndexMap;

use crate::codes::Codes;
use crate::problem::Problems;
use crate::schema::{Schema, Shape};
use samhold_model::schema::Words;

/// What stays the same for a whole mapping file.
pub(crate) struct Env<'e> {
    pub(crate) problems: &'e Problems,
    pub(crate) schema: &'e Schema,
    pub(crate) namespaces: &'e IndexMap<String, String>,
    pub(crate) codes: &'e Codes,
    pub(crate) words: &'e dyn Words,
    pub(crate) outbound: bool,
}

/// The shapes on the way down, the document first.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(crate) chain: Vec<Shape>,
}

impl Scope {
    /// At the document.
    pub(crate) fn document(schema: &Schema) -> Self {
        Self { chain: vec![schema.root.clone()] }
    }

    /// The shape paths start from.
    pub(crate) fn here(&self) -> Option<&Shape> {
        self.chain.last()
    }

    pub(crate) fn up(mut self) -> Option<Self> {
        self.chain.pop();
        (!self.chain.is_empty()).then_some(self)
    }

    pub(crate) fn top(mut self) -> Self {
        self.chain.truncate(1);
        self
    }

    pub(crate) fn down(mut self, shape: Shape) -> Self {
        self.chain.push(shape);
        self
    }
}
