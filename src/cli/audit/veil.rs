//! What the family may not read out of the report about their child: who else has to do with it, and what the child keeps.
//!
//! Narrow on purpose (krisesenterlova § 5, familievernkontorloven § 5, barnevernsloven § 13-1, pasient- og brukerrettighetsloven
//! § 3-4, folkeregisterloven § 10-4): the program does not know which parent reads, so that what one of them may not know is left
//! out wholly, without a trace that something was.

use std::collections::BTreeSet;

use samhold_model::dates::date_of;
use samhold_model::{ChildId, FactBody, Instant};
use samhold_store::{AuditEntry, Store};
use serde_json::Value;

use crate::config::Loaded;
use crate::sync::{Dossier, reveals};

/// For whom the report is written.
#[derive(Debug, Default)]
pub(super) struct Veil {
    /// The family reads.
    pub family: bool,
    /// Nobody may read where the child is.
    guarded: bool,
    /// Categories that the child keeps to itself, or that are kept from the family.
    kept: BTreeSet<String>,
}

impl Veil {
    /// For the municipality's own people.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// For the family, by all that was ever said of the child: what was once kept from a parent is not told later either.
    pub(super) async fn family(store: &dyn Store, loaded: &Loaded, child: ChildId) -> anyhow::Result<Self> {
        let mut veil = Self { family: true, ..Self::default() };
        for municipality in store.municipalities_of(child).await? {
            let today = date_of(Instant::now());
            let dossier = Dossier::of_store(store, loaded, (child, &municipality), today).await?;
            veil.guarded |= dossier.is_strictly_protected() || dossier.protection() != "none";
            dossier.facts.iter().for_each(|fact| veil.consider(&fact.body));
        }
        Ok(veil)
    }

    fn consider(&mut self, fact: &FactBody) {
        match fact {
            FactBody::ChildConfidential { categories, .. }
            | FactBody::WeightyReasons { categories, .. }
            | FactBody::SecrecyOrder { categories, .. } => self.kept.extend(categories.iter().cloned()),
            FactBody::ShelterUser { .. } | FactBody::ContactBan { .. } => self.guarded = true,
            FactBody::ServiceStarted { kind, .. } => self.guarded |= kind == "krisesenter",
            _ => {}
        }
    }

    /// Whether an entry may be told of at all: who got something, or asked, may not itself be a secret.
    pub(super) fn tells(&self, loaded: &Loaded, entry: &AuditEntry) -> bool {
        if !self.family {
            return true;
        }
        let kind = kind_of(loaded, entry);
        let operator = !loaded.systems.contains_key(&entry.actor) && matches!(entry.kind.as_str(), "read" | "task");
        let sensitive = kind.as_deref().is_none_or(|kind| reveals(kind).is_some());
        let moved = kind.as_deref() == Some("other_municipality") || entry.kind.starts_with("handover_");
        (operator || !sensitive) && !(moved && self.guarded)
    }

    /// Whether a category may be told of.
    pub(super) fn shows(&self, category: &str) -> bool {
        !self.family || !self.kept.contains(category)
    }

    /// Whether the names of services may be told: a school's name is where the child is.
    pub(super) fn names(&self) -> bool {
        !self.family || !self.guarded
    }
}

/// What the other end was at the time; of what nobody knows any more, `None`.
pub(super) fn kind_of(loaded: &Loaded, entry: &AuditEntry) -> Option<String> {
    let then = entry.detail.get("recipient_kind").and_then(Value::as_str).map(str::to_owned);
    let now = loaded.systems.get(&entry.actor).map(|system| system.kind.clone());
    // Sensitive now or then is sensitive.
    match (then, now) {
        (_, Some(now)) if reveals(&now).is_some() => Some(now),
        (then, now) => then.or(now),
    }
}
