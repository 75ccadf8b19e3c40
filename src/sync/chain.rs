//! Chains of versions: a source that says which sending came before lets us see that one is missing.
//!
//! A sending whose predecessor never came is not applied; the source must send it again. Source: SSB Barnevern 4,
//! `Barnevern@ForrigeId` is `@Id` of the former submission for that case.

use samhold_model::{Instant, SystemName};
use samhold_store::{Cursor, Store, StoreError};

/// One sending in its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Which unit is chained.
    pub of: String,
    /// This sending.
    pub id: String,
    /// The sending before, when it says so.
    pub previous: Option<String>,
}

/// Whether this sending follows the last one received, is the same again, or is the first we see.
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

/// Notes this sending as the last one.
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
