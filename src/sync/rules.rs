//! The rules an answer was made under, as they are kept with it: law, settings and program, once for each fingerprint.
//!
//! Must never hold anything about a person.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use samhold_duty::config::ServiceLevels;
use samhold_duty::{Reconcile, Rules};
use samhold_model::Law;
use samhold_store::StoredRules;
use serde::{Deserialize, Serialize};

/// What decides an answer besides facts and dates.
#[derive(Deserialize, Serialize)]
struct Kept {
    /// Version of the program: the rules themselves are its code.
    program: String,
    law: Law,
    reconcile: Reconcile,
    /// Levels of single services, which are no setting of `reconcile`.
    #[serde(default)]
    service_levels: ServiceLevels,
}

/// The form in which rules are kept.
#[must_use]
pub fn kept(rules: &Rules) -> StoredRules {
    let kept = Kept {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        law: rules.law.clone(),
        reconcile: rules.config.clone(),
        service_levels: rules.config.service_levels.clone(),
    };
    let text = serde_json::to_string(&kept).unwrap_or_default();
    StoredRules { fingerprint: hex::encode(digest(&SHA256, text.as_bytes())), text }
}

/// Kept rules read again, with the version of the program that kept them; `None` when they cannot be read any more.
#[must_use]
pub fn read(text: &str) -> Option<(Rules, String)> {
    let kept: Kept = serde_json::from_str(text).ok()?;
    let config = Reconcile { service_levels: kept.service_levels, ..kept.reconcile };
    Some((Rules { law: kept.law, config }, kept.program))
}

/// The kept form for each municipality, made once for as long as the settings live.
#[derive(Debug, Default)]
pub struct KeptRules(Mutex<HashMap<String, StoredRules>>);

impl KeptRules {
    /// The kept form of the rules of a municipality.
    pub fn of(&self, municipality: &str, rules: &Rules) -> StoredRules {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.entry(municipality.to_owned()).or_insert_with(|| kept(rules)).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use samhold_model::Date;
    use samhold_model::fact::Level;

    #[test]
    fn kept_rules_are_read_as_they_were_and_another_setting_is_another_fingerprint() {
        let rules = Rules { law: Law::bundled(), config: Reconcile::default() };
        let first = kept(&rules);
        let (again, program) = read(&first.text).unwrap();
        assert_eq!((kept(&again), program.as_str()), (first.clone(), env!("CARGO_PKG_VERSION")));
        let config = Reconcile { no_holder_grace_days: 15, ..Reconcile::default() };
        assert_ne!(kept(&Rules { config, ..rules.clone() }).fingerprint, first.fingerprint);
        assert!(read("{}").is_none());
    }

    #[test]
    fn the_levels_of_single_services_are_kept_with_the_rules() {
        let mut config = Reconcile::default();
        config.service_levels.set("vgs", Date::MIN, Level::Kommunal);
        config.service_levels.set("vgs", jiff::civil::date(2027, 1, 1), Level::Fylkeskommunal);
        let kept = kept(&Rules { law: Law::bundled(), config: config.clone() });
        assert_eq!(read(&kept.text).map(|(rules, _)| rules.config), Some(config));
    }
}
