//! For the operator's eyes: what was kept from a service and by which rule, from the audit chain. Field names and codes only.

use std::collections::BTreeMap;

use samhold_model::ChildId;
use serde::Serialize;
use serde_json::Value;

use super::cast::Cast;
use super::daemon::Daemon;
use super::received::ServiceRow;

/// One category kept back, wholly or in part, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Reason code, as in the documentation.
    pub reason: String,
    /// Data category.
    pub category: String,
    /// Children it concerned, by first name.
    pub children: Vec<&'static str>,
    /// Field names that did not leave, however many children.
    pub fields: Vec<String>,
    /// Decisions with this outcome in the audit chain.
    pub times: u64,
}

#[derive(Default)]
struct Found {
    children: Vec<ChildId>,
    fields: Vec<String>,
    times: u64,
}

/// Actor, reason, category.
type Key = (String, String, String);

/// Adds to each service what the chain says was kept from it.
pub(super) async fn add(services: &mut [ServiceRow], daemon: &Daemon, cast: &Cast) -> anyhow::Result<()> {
    let mut found: BTreeMap<Key, Found> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = daemon.engine.store.audit_entries(None, after, 500).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for entry in &page {
            let (Some(child), decisions) = (entry.entry.child, entry.entry.detail.get("decisions")) else { continue };
            for decision in decisions.and_then(Value::as_array).into_iter().flatten() {
                note(&mut found, &entry.entry.actor, child, decision);
            }
        }
    }
    for ((actor, reason, category), found) in found {
        if let Some(service) = services.iter_mut().find(|s| s.id == actor) {
            service.withheld.push(row(reason, category, found, cast));
        }
    }
    Ok(())
}

fn note(found: &mut BTreeMap<Key, Found>, actor: &str, child: ChildId, decision: &Value) {
    let text = |name: &str| decision.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields = decision.get("withheld").and_then(Value::as_array).into_iter().flatten();
    let fields: Vec<String> = fields.filter_map(Value::as_str).map(str::to_owned).collect();
    if fields.is_empty() {
        return;
    }
    let entry = found.entry((actor.to_owned(), text("reason"), text("category"))).or_default();
    entry.times += 1;
    entry.children.push(child);
    entry.fields.extend(fields);
}

fn row(reason: String, category: String, found: Found, cast: &Cast) -> Withheld {
    let mut children: Vec<&'static str> = found.children.into_iter().map(|c| cast.name(c)).collect();
    let mut fields = found.fields;
    for list in [&mut fields] {
        list.sort();
        list.dedup();
    }
    children.sort_unstable();
    children.dedup();
    Withheld { reason, category, children, fields, times: found.times }
}
