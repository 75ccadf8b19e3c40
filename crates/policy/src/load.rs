//! Reads policy files: Cedar's own syntax, strict validation against the schema, the annotations, ids that are unique.
//!
//! Must never give a set when anything is wrong: a policy left out could be the one that forbids.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{PolicyId, Schema, ValidationMode, Validator};

use crate::SCHEMA;
use crate::annotations::{self, Told};
use crate::mistake::{Mistake, Source};

/// The parts of a set that holds together.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) schema: Schema,
    pub(crate) policies: cedar_policy::PolicySet,
    pub(crate) told: BTreeMap<String, Told>,
}

/// The policy files of a folder in the order of their names.
///
/// # Errors
/// When the folder or a file cannot be read, or holds no policy file.
pub fn sources(folder: &Path) -> Result<Vec<Source>, Vec<Mistake>> {
    let named = folder.display().to_string();
    let unreadable = |file: &str, e: &std::io::Error| vec![Mistake::about(file, format!("cannot be read: {e}"))];
    let entries = std::fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let mut paths: Vec<PathBuf> = entries.map_err(|e| unreadable(&named, &e))?.into_iter().map(|e| e.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "cedar"));
    paths.sort();
    if paths.is_empty() {
        let empty = Mistake::about(&named, "the folder holds no policy file, so nothing would be permitted");
        return Err(vec![empty.help("take the folder away to use the bundled policies, or copy them into it")]);
    }
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Source { text: Arc::from(text), name }),
            Err(e) => Err(unreadable(&name, &e)),
        }
    };
    paths.iter().map(read).collect()
}

/// Reads files into one set.
pub(crate) fn read(files: &[Source]) -> Result<Read, Vec<Mistake>> {
    let (schema, _) = Schema::from_cedarschema_str(SCHEMA)
        .map_err(|e| vec![Mistake::about("schema.cedarschema", format!("cannot be read: {e}"))])?;
    let mut whole = Whole {
        validator: Validator::new(schema.clone()),
        policies: cedar_policy::PolicySet::new(),
        told: BTreeMap::new(),
        mistakes: Vec::new(),
    };
    files.iter().for_each(|file| whole.add(file));
    if whole.mistakes.is_empty() {
        Ok(Read { schema, policies: whole.policies, told: whole.told })
    } else {
        Err(whole.mistakes)
    }
}

/// The set as it grows, with everything wrong so far.
struct Whole {
    validator: Validator,
    policies: cedar_policy::PolicySet,
    told: BTreeMap<String, Told>,
    mistakes: Vec<Mistake>,
}

impl Whole {
    fn add(&mut self, file: &Source) {
        match cedar_policy::PolicySet::from_str(&file.text) {
            Ok(read) => self.add_all(&read, file),
            Err(errors) => self.mistakes.extend(errors.iter().map(|e| Mistake::told(file, e))),
        }
    }

    fn add_all(&mut self, read: &cedar_policy::PolicySet, file: &Source) {
        // Of one file at a time, so that the places are places in it.
        let found = self.validator.validate(read, ValidationMode::Strict);
        self.mistakes.extend(found.validation_errors().map(|e| Mistake::told(file, e)));
        self.mistakes.extend(found.validation_warnings().map(|w| Mistake::told(file, w)));
        if read.templates().next().is_some() {
            self.mistakes.push(Mistake::about(&file.name, "a template has no place here; write the policy out"));
        }
        let mut policies: Vec<_> = read.policies().collect();
        policies.sort_by_key(|policy| policy.id().to_string());
        for policy in policies {
            match annotations::read(policy, file) {
                Ok(told) => self.keep(policy, told, file),
                Err(missing) => self.mistakes.extend(missing),
            }
        }
    }

    fn keep(&mut self, policy: &cedar_policy::Policy, told: Told, file: &Source) {
        let renamed = policy.new_id(PolicyId::new(&told.id));
        if let Some(other) = self.told.get(&told.id) {
            let message = format!("`{}` is already the id of a policy in {}", told.id, other.file);
            let span = file.text.rfind(&format!("\"{}\"", told.id)).map(|at| at..at + told.id.len() + 2);
            self.mistakes.push(Mistake::at(file, span, message).help("an id stands for one policy"));
        } else if let Err(e) = self.policies.add(renamed) {
            self.mistakes.push(Mistake::about(&file.name, e.to_string()));
        } else {
            self.told.insert(told.id.clone(), told);
        }
    }
}
