//! Which opaque id stands for which child of the cast, so that the operator's tables can call it by its first name.

use std::collections::BTreeMap;

use anyhow::Context;
use samhold_model::{ChildId, NationalId, Realm};
use samhold_standins::{ChildStory, Town};

use super::daemon::Daemon;
use crate::sync::{ChildReference, Found, find};

/// The children by opaque id.
#[derive(Clone, Debug, Default)]
pub(super) struct Cast {
    by_key: BTreeMap<&'static str, ChildId>,
    names: BTreeMap<ChildId, &'static str>,
}

impl Cast {
    /// Gives every child its id, as the first record about it would.
    pub(super) async fn meet(town: &Town, daemon: &Daemon) -> anyhow::Result<Self> {
        let mut cast = Self::default();
        for child in town.children() {
            let now = daemon.engine.clock.now();
            let found = find(daemon.engine.store.as_ref(), &[reference(child)?], town.start(), now).await?;
            let Found::Children(ids) = found else { anyhow::bail!("{} is not one child", child.first_name) };
            let id = *ids.first().with_context(|| format!("{} has no id", child.first_name))?;
            cast.by_key.insert(child.key, id);
            cast.names.insert(id, child.first_name);
        }
        Ok(cast)
    }

    /// The id of the child with this key.
    pub(super) fn id(&self, key: &str) -> Option<ChildId> {
        self.by_key.get(key).copied()
    }

    /// A child's first name.
    pub(super) fn name(&self, id: ChildId) -> &'static str {
        self.names.get(&id).copied().unwrap_or("(somebody else)")
    }

    /// A child's first name by the subject of an event.
    pub(super) fn name_of_subject(&self, subject: &str) -> &'static str {
        subject.parse().map_or("(somebody else)", |id| self.name(id))
    }
}

/// As the municipality's own facts refer to it: a child known before birth keeps that reference.
fn reference(child: &ChildStory) -> anyhow::Result<ChildReference> {
    let number = |text: &str| NationalId::parse(text, Realm::Test).context("a number of the cast is not valid");
    if let (Some(due_date), Some(mother)) = (child.due_date, child.guardians.first()) {
        return Ok(ChildReference::Unborn { mother: number(&mother.national_id)?, due_date, ordinal: 1 });
    }
    let own = child.national_id.as_deref().context("a child of the cast has neither number nor due date")?;
    Ok(ChildReference::Number(number(own)?))
}
