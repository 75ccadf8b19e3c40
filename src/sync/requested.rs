//! Consents that were asked for in a consent register: what the register is asked about, and for which child.
//!
//! Must never let a register be asked about anybody else, nor count a request that was voided.

use samhold_adapter_api::Requested;
use samhold_model::{ChildId, FactBody, MunicipalityNo, SystemName};
use samhold_store::StoreError;

use super::dossier::{Dossier, rows_of};
use super::engine::Engine;

const PAGE: i64 = 500;

/// Everything that was asked for in the register `system`, one entry for each request, by the facts known today.
///
/// # Errors
/// When the store fails.
pub(super) async fn requested(engine: &Engine, system: &SystemName) -> Result<Vec<Requested>, StoreError> {
    let scheme = format!("local:{system}");
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = engine.store.named(&scheme, after, PAGE).await?;
        let Some((last, ..)) = page.last() else { return Ok(all) };
        after = Some(*last);
        for (_, child, id) in &page {
            all.extend(of_child(engine, system, *child, &id.value.0).await?);
        }
    }
}

/// The same about these children alone; about all when nothing is found of these.
///
/// # Errors
/// When the store fails.
pub(super) async fn requested_about(
    engine: &Engine,
    system: &SystemName,
    children: &[ChildId],
) -> Result<Vec<Requested>, StoreError> {
    let scheme = format!("local:{system}");
    let mut all = Vec::new();
    for child in children {
        let named = engine.store.identifiers_of(*child).await?.into_iter().filter(|id| id.scheme == scheme);
        for id in named {
            all.extend(of_child(engine, system, *child, &id.value.0).await?);
        }
    }
    // Nothing would be taken for a request that nobody asks about any more.
    if all.is_empty() { requested(engine, system).await } else { Ok(all) }
}

/// The latest words for one request. A child whose facts cannot be read is asked about no more.
async fn of_child(
    engine: &Engine,
    system: &SystemName,
    child: ChildId,
    request: &str,
) -> Result<Option<Requested>, StoreError> {
    let live = engine.live();
    let served = live.system(system.as_str()).map(|s| s.municipalities.clone()).unwrap_or_default();
    let survivor = engine.store.survivor_of(child).await?;
    for municipality in served {
        let rows = rows_of(engine.store.as_ref(), survivor, &MunicipalityNo::new(municipality)).await?;
        let dossier = Dossier::new(survivor, &rows, engine.clock.today());
        if let Some(body) = dossier.asked_for(system.as_str(), request) {
            return Ok(words(body, child));
        }
    }
    Ok(None)
}

fn words(body: &FactBody, child: ChildId) -> Option<Requested> {
    let FactBody::ConsentRequested { request, categories, recipients, purposes, .. } = body else { return None };
    Some(Requested {
        request: request.clone(),
        child_id: child.to_string(),
        categories: categories.clone(),
        recipients: recipients.clone(),
        purposes: purposes.clone(),
    })
}
