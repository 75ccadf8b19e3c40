//! The policies of `policies/` in the settings folder, or those that come with the program.
//!
//! Must never take a folder that cannot be read, or holds a mistake, for one that is left out.

use std::path::Path;
use std::sync::Arc;

use samhold_model::Law;
use samhold_policy::{Claims, PolicySet, unknown_in_claims, unknown_in_policies};

use super::report::{Mistake, Mistakes};

/// The folder beside the other settings.
const FOLDER: &str = "policies";

/// Reads the whole set. `None` when there is a mistake in it, which is then told.
pub(crate) fn load(folder: &Path, law: &Law, mistakes: &mut Mistakes) -> Option<Arc<PolicySet>> {
    let own = folder.join(FOLDER);
    let read = match own.try_exists() {
        Ok(false) => PolicySet::bundled(),
        _ => PolicySet::load(&own),
    };
    sound(read, |set| unknown_in_policies(set, law), mistakes).map(Arc::new)
}

/// What must hold of the policies: the bundled claims, and those of the folder.
pub(crate) fn claims(folder: &Path, law: &Law, mistakes: &mut Mistakes) -> Option<Claims> {
    let own = folder.join(FOLDER);
    let unknown = |claims: &Claims| match Claims::source(&own) {
        Ok(Some(source)) => unknown_in_claims(claims, &source, law),
        _ => Vec::new(),
    };
    sound(Claims::load(&own), unknown, mistakes)
}

/// What was read, unless a word in it is one that nothing ever has.
fn sound<T>(
    read: Result<T, Vec<samhold_policy::Mistake>>,
    unknown: impl FnOnce(&T) -> Vec<samhold_policy::Mistake>,
    mistakes: &mut Mistakes,
) -> Option<T> {
    let found = match &read {
        Ok(valid) => unknown(valid),
        Err(found) => found.clone(),
    };
    let whole = found.is_empty();
    found.into_iter().map(told).for_each(|mistake| mistakes.push(mistake));
    read.ok().filter(|_| whole)
}

fn told(found: samhold_policy::Mistake) -> Mistake {
    let mistake = match found.span {
        Some(span) => Mistake::at(&found.file, &found.text, Some(span), found.message),
        None => Mistake::about(&found.file, found.message),
    };
    match found.help {
        Some(help) => mistake.help(help),
        None => mistake,
    }
}
