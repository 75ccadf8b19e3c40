//! One child in one municipality, as the commands ask about it: its facts, the settings' rules, what is masked.
//!
//! Must never change anything but the audit log, which is told before anything is shown.

use std::collections::{BTreeMap, BTreeSet};

use samhold_duty::compare::{Comparison, Point, compare};
use samhold_duty::words::fact_detail;
use samhold_duty::{Answer, Rules};
use samhold_model::dates::date_of;
use samhold_model::{ChildId, Fact, Instant, MunicipalityNo};
use samhold_store::{AuditEntry, Store};
use serde_json::{Value, json};

use crate::cli::veil::Veil;
use crate::config::Loaded;
use crate::sync::{Dossier, family_of};

/// All that is asked about.
pub(super) struct Case {
    pub child: ChildId,
    pub municipality: MunicipalityNo,
    pub rules: Rules,
    pub veil: Veil,
    facts: Vec<Fact>,
}

/// The child in each municipality that knows of it; a line of error when none does.
pub(super) async fn cases(store: &dyn Store, loaded: &Loaded, child: ChildId) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    for municipality in store.municipalities_of(child).await? {
        let dossier = Dossier::of_store(store, loaded, (child, &municipality), date_of(Instant::now())).await?;
        let veil = Veil::new(loaded, &dossier);
        cases.push(Case {
            child,
            rules: loaded.duty_rules(municipality.as_str()),
            municipality,
            veil,
            facts: dossier.facts,
        });
    }
    if cases.is_empty() {
        unknown(child);
    }
    Ok(cases)
}

/// Says that no municipality knows of a child.
pub(in crate::cli) fn unknown(child: ChildId) {
    eprintln!("no-such-child: tried to find facts about {child}; `samhold duty overdue` shows the ids of children");
}

impl Case {
    /// The answer from the facts in the store.
    pub(super) fn answer(&self, point: Point) -> Answer {
        let family = family_of(self.child, &self.facts, point.known());
        samhold_duty::answer(&family, &self.facts, point.as_of, Some(point.known()), &self.rules)
    }

    /// What each fact of an answer is about, by its id, with names; under the veil unless asked for without. And whether
    /// anything was masked.
    pub(super) fn details(&self, answer: &Answer, point: Point, unmask: bool) -> (BTreeMap<String, String>, bool) {
        let used: BTreeSet<&str> = answer.facts.iter().map(|fact| fact.id.as_str()).collect();
        let (mut details, mut masked) = (BTreeMap::new(), false);
        for fact in samhold_duty::corrected(&self.facts, point.known()) {
            let detail = fact_detail(&fact.body, &self.rules.law).filter(|_| used.contains(fact.id.as_str()));
            let Some(detail) = detail else { continue };
            let shown = if unmask { detail.clone() } else { self.veil.over_text(&detail) };
            masked |= shown != detail;
            details.insert(fact.id, self.veil.with_names(&shown));
        }
        (details, masked)
    }

    /// What differs between two points.
    pub(super) fn compare(&self, from: Point, to: Point) -> Comparison {
        let family = |facts: &[Fact], known_at| family_of(self.child, facts, known_at);
        compare(&family, &self.facts, &self.rules, from, to)
    }
}

/// Tells the audit log who is about to see what. Comes first: what cannot be told is not shown.
pub(in crate::cli) async fn tell(store: &dyn Store, child: ChildId, detail: Value) -> anyhow::Result<()> {
    let (kind, actor) = ("read".into(), "operator".into());
    Ok(store.audit(vec![AuditEntry { at: Instant::now(), kind, child: Some(child), actor, detail }]).await?)
}

/// What is told of a point.
pub(super) fn told(point: Point) -> Value {
    json!({"as_of": point.as_of, "known_at": point.known()})
}
