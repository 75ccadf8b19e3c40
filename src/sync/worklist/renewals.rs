//! The line of consents that stop counting: of what, since when and by which day, worked out as it is read.
//!
//! Nothing of it is stored: a consent that came, or a setting that changed, is told at once.

use samhold_model::Date;
use samhold_model::dates::days_between;
use samhold_store::{Store, StoreError};

use super::Item;
use crate::config::Loaded;
use crate::sync::dossier::Dossier;
use crate::sync::renewal::Renewal;

/// Puts words and dates into a line.
pub(super) async fn tell(store: &dyn Store, loaded: &Loaded, today: Date, item: &mut Item) -> Result<(), StoreError> {
    let number = item.municipality.as_str();
    let dossier = Dossier::of_store(store, loaded, (item.child, &item.municipality), today).await?;
    let answer = samhold_duty::answer(&dossier.family(), &dossier.facts, today, None, &loaded.duty_rules(number));
    let rules = loaded.share_rules(number).rules;
    let renewal = Renewal::due(&dossier, &answer, &rules);
    if let Some((since, due)) = renewal.since().zip(renewal.first()) {
        item.since = since;
        item.days = days_between(since, today);
        item.due = Some(due);
        item.days_left = Some(days_between(today, due));
        item.text = renewal.text(&rules).into();
    }
    Ok(())
}
