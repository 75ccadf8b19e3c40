//! The policies of `policies/` in the settings folder, or those that come with the program.
//!
//! Must never take a folder that cannot be read, or holds a mistake, for one that is left out.

use std::path::Path;
use std::sync::Arc;

use samhold_policy::{Claims, PolicySet};

use super::report::{Mistake, Mistakes};

/// The folder beside the other settings.
const FOLDER: &str = "policies";

/// Reads the whole set. `None` when there is a mistake in it, which is then told.
pub(crate) fn load(folder: &Path, mistakes: &mut Mistakes) -> Option<Arc<PolicySet>> {
    let own = folder.join(FOLDER);
    let read = match own.try_exists() {
        Ok(false) => PolicySet::bundled(),
        _ => PolicySet::load(&own),
    };
    match read {
        Ok(set) => Some(Arc::new(set)),
        Err(found) => {
            found.into_iter().map(told).for_each(|mistake| mistakes.push(mistake));
            None
        }
    }
}

/// What must hold of the policies: the bundled claims, and those of the folder.
pub(crate) fn claims(folder: &Path, mistakes: &mut Mistakes) -> Option<Claims> {
    match Claims::load(&folder.join(FOLDER)) {
        Ok(claims) => Some(claims),
        Err(found) => {
            found.into_iter().map(told).for_each(|mistake| mistakes.push(mistake));
            None
        }
    }
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
