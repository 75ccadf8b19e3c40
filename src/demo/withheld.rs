//! For the operator's eyes: what is kept from a service and by which rule, from the audit chain. Field names and codes only.

use std::collections::BTreeMap;

use samhold_model::ChildId;
use serde::Serialize;
use serde_json::Value;

use super::cast::Cast;
use super::daemon::Daemon;
use super::reasons;
use super::received::ServiceRow;

/// One category kept back now, wholly or in part, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Data category.
    pub category: String,
    /// Reason code, as in the documentation.
    pub reason: String,
    /// The reason in words.
    pub words: &'static str,
    /// Whether nothing of the category goes out.
    pub wholly: bool,
    /// Field names that stay.
    pub fields: Vec<String>,
    /// Children it concerns, by first name.
    pub children: Vec<&'static str>,
    /// Decisions with this outcome in the audit chain.
    pub times: usize,
}

/// What a decision kept back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    category: String,
    reason: String,
    wholly: bool,
    fields: Vec<String>,
}

/// All that the chain says of one service and one child: the decisions of each entry, in order.
type History = Vec<Vec<Kept>>;

/// Adds to each service what the chain says stands for it.
pub(super) async fn add(services: &mut [ServiceRow], daemon: &Daemon, cast: &Cast) -> anyhow::Result<()> {
    let chain = read(daemon).await?;
    for service in services {
        let own = chain.iter().filter(|((actor, _), _)| actor == service.id);
        service.withheld = rows(own.map(|((_, child), history)| (cast.name(*child), history)));
    }
    Ok(())
}

async fn read(daemon: &Daemon) -> anyhow::Result<BTreeMap<(String, ChildId), History>> {
    let mut chain: BTreeMap<(String, ChildId), History> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = daemon.engine.store.audit_entries(None, after, 500).await?;
        let Some(last) = page.last() else { return Ok(chain) };
        after = last.seq;
        for entry in page.into_iter().map(|e| e.entry) {
            let decisions = entry.detail.get("decisions").and_then(Value::as_array);
            if let (Some(child), Some(decisions)) = (entry.child, decisions) {
                let kept = decisions.iter().filter_map(kept).collect();
                chain.entry((entry.actor, child)).or_default().push(kept);
            }
        }
    }
}

fn kept(decision: &Value) -> Option<Kept> {
    let text = |name: &str| decision.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let names = |name: &str| decision.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let fields: Vec<String> = names("withheld").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let wholly = names("released").is_empty();
    (!fields.is_empty()).then(|| Kept { category: text("category"), reason: text("reason"), wholly, fields })
}

/// The last entry about a child is what stands; how often the same was decided before is counted.
fn rows<'a>(histories: impl Iterator<Item = (&'static str, &'a History)>) -> Vec<Withheld> {
    let mut found: BTreeMap<(String, String, bool), Withheld> = BTreeMap::new();
    for (child, history) in histories {
        for kept in history.last().into_iter().flatten() {
            let same = |k: &Kept| (&k.category, &k.reason, k.wholly) == (&kept.category, &kept.reason, kept.wholly);
            let key = (kept.category.clone(), kept.reason.clone(), kept.wholly);
            let row = found.entry(key).or_insert_with(|| blank(kept));
            row.times += history.iter().flatten().filter(|k| same(k)).count();
            row.children.push(child);
            row.fields.extend(kept.fields.clone());
        }
    }
    found.into_values().map(tidy).collect()
}

fn blank(kept: &Kept) -> Withheld {
    let (category, reason) = (kept.category.clone(), kept.reason.clone());
    let words = reasons::words(&reason);
    Withheld { category, reason, words, wholly: kept.wholly, fields: vec![], children: vec![], times: 0 }
}

fn tidy(mut row: Withheld) -> Withheld {
    row.fields.sort();
    row.fields.dedup();
    row.children.sort_unstable();
    row.children.dedup();
    row
}
