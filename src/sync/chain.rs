//! Chains of versions: a source that says which version came before lets us see that one is missing.
//!
//! A version whose predecessor never came is not applied; the source must send it again. Source: SSB Barnevern 4,
//! `Barnevern@ForrigeId` is `@Id` of the former submission for that case.

use samhold_mapping::tree::{Limits, Node, Tree};
use samhold_model::{Instant, SystemName};
use samhold_store::{Cursor, Store, StoreError};

/// One version in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which chain.
    pub of: String,
    /// This version.
    pub id: String,
    /// The version before, when it says so.
    pub previous: Option<String>,
}

/// Formats that chain their versions: mapping id, root element, unit, version, version before.
const CHAINED: &[(&str, &str, &[&str], &str, &str)] =
    &[("ssb-barnevern-4", "Barnevern", &["Sak", "@Id"], "@Id", "@ForrigeId")];

/// The link of a document, when its format has chains.
#[must_use]
pub fn link(mapping: &str, body: &[u8]) -> Option<Link> {
    let (_, root, unit, id, previous) = CHAINED.iter().find(|(name, ..)| *name == mapping)?;
    let tree = Tree::xml(body, &Limits::default()).ok()?;
    let root = tree.root.member(root)?;
    let text = |node: &Node, name: &str| node.member(name).and_then(|n| n.scalar().map(str::to_owned));
    let mut here = root;
    let (last, path) = unit.split_last()?;
    for part in path {
        here = here.member(part)?;
    }
    Some(Link { of: text(here, last)?, id: text(root, id)?, previous: text(root, previous) })
}

/// Whether this version follows the last one received, or is the first we see.
///
/// # Errors
/// When the store fails.
pub async fn follows(store: &dyn Store, system: &SystemName, link: &Link) -> Result<bool, StoreError> {
    let last = store.cursor(system, &name(link)).await?;
    Ok(match (last, &link.previous) {
        (None, _) => true,
        (Some(last), Some(previous)) => last == *previous || last == link.id,
        (Some(last), None) => last == link.id,
    })
}

/// Notes this version as the last one.
///
/// # Errors
/// When the store fails.
pub async fn advance(store: &dyn Store, system: &SystemName, link: &Link, now: Instant) -> Result<(), StoreError> {
    let cursor = Cursor { system: system.clone(), name: name(link), value: link.id.clone() };
    store.accept(Vec::new(), Some(cursor), now).await.map(|_| ())
}

fn name(link: &Link) -> String {
    format!("chain:{}", link.of)
}
