//! A set of policies that is valid: immutable, and the same for as long as it lives.
//!
//! Must never be made of files with a mistake in them.

use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use cedar_policy::Schema;

use crate::annotations::Told;
use crate::bundled::FILES;
use crate::load;
use crate::memo::Memo;
use crate::mistake::{Mistake, Source};

/// Valid policies, with what they say of themselves.
#[derive(Debug)]
pub struct PolicySet {
    read: load::Read,
    files: Vec<Source>,
    fingerprint: String,
    memo: Memo,
}

impl PolicySet {
    /// The policies that come with the program.
    ///
    /// # Errors
    /// As [`PolicySet::from_sources`]; a test holds that there are none.
    pub fn bundled() -> Result<Self, Vec<Mistake>> {
        let source = |(name, text): &(&str, &str)| Source { name: (*name).to_owned(), text: (*text).into() };
        Self::from_sources(FILES.iter().map(source).collect())
    }

    /// The policies of a folder: every `*.cedar` file in it, together the whole set.
    ///
    /// # Errors
    /// Every mistake in every file.
    pub fn load(folder: &Path) -> Result<Self, Vec<Mistake>> {
        Self::from_sources(load::sources(folder)?)
    }

    /// The policies of some files.
    ///
    /// # Errors
    /// Syntax, types that do not fit the schema, missing annotations, an id used twice: all at once.
    pub fn from_sources(files: Vec<Source>) -> Result<Self, Vec<Mistake>> {
        let read = load::read(&files)?;
        let fingerprint = fingerprint(&files);
        Ok(Self { read, files, fingerprint, memo: Memo::default() })
    }

    /// SHA-256 over schema and texts, in the order of the files: equal sets are equal in meaning.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The policies for the solver and the evaluator; each one's id is its `@id`.
    #[must_use]
    pub fn policies(&self) -> &cedar_policy::PolicySet {
        &self.read.policies
    }

    /// The schema they were validated against.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.read.schema
    }

    /// Answers given before; dropped with the set.
    pub(crate) fn memo(&self) -> &Memo {
        &self.memo
    }

    /// The files they came from.
    #[must_use]
    pub fn files(&self) -> &[Source] {
        &self.files
    }

    /// What a policy says of itself.
    #[must_use]
    pub fn told(&self, id: &str) -> Option<&Told> {
        self.read.told.get(id)
    }

    /// What every policy says of itself, by id.
    pub fn all_told(&self) -> impl Iterator<Item = &Told> {
        self.read.told.values()
    }
}

/// Names are left out: a copy of the bundled files is the bundled set.
fn fingerprint(files: &[Source]) -> String {
    let mut sum = Context::new(&SHA256);
    for text in std::iter::once(crate::SCHEMA).chain(files.iter().map(|f| &*f.text)) {
        sum.update(&(text.len() as u64).to_be_bytes());
        sum.update(text.as_bytes());
    }
    hex::encode(sum.finish())
}
