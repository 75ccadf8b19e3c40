//! Which fields are so sensitive that a consent from a register is confirmed before they leave.
//!
//! Sensitive is what lies under the secrecy of child welfare, shelters, family counselling, health personnel and social
//! services, what an individual plan says (health data, GDPR art. 9), and what tells of a relation to such a service. When in
//! doubt it is. Must never be taken as leave to send anything: that is decided by disclosure alone.

use samhold_disclosure::Parcel;
use serde_json::Value;

use crate::sync::dossier::Dossier;
use crate::sync::engine::Live;

/// Laws of secrecy, as categories name them: bvl § 13-1, krisesenterlova § 5, familievernkontorloven § 5, hpl § 21,
/// sosialtjenesteloven § 44.
const REGIMES: [&str; 5] = ["bvl", "kril", "fvkl", "hpl", "sotjl"];
/// What a plan says of the child's needs is about health, though the plan itself stands in the law on services.
const ABOUT_HEALTH: [&str; 2] = ["plan_goals", "plan_full"];
/// Acts of services whose name tells why the child is there; NAV's state part and the hospitals have no clause of their own.
const ACTS: [&str; 6] = ["bvl", "kril", "fvkl", "sotjl", "navl", "sphl"];
/// The contact point is always the koordinerende enhet's.
const NEUTRAL: [&str; 2] = ["coordination_exists", "contact_point"];

/// What there is to look at.
pub(super) struct Sensitive<'a> {
    pub(super) live: &'a Live,
    /// Number of the municipality that sends.
    pub(super) municipality: &'a str,
    pub(super) dossier: &'a Dossier,
}

impl Sensitive<'_> {
    /// Whether this field of an item is.
    pub(super) fn is(&self, item: &Parcel, field: &str) -> bool {
        self.category(&item.category)
            || item.about_person.is_some()
            || item.tags.contains_key(field)
            || self.tells_the_holder(item, field)
            || self.names_a_service(field)
            || item.fields.get(field).and_then(Value::as_str).is_some_and(|text| self.names_a_service(text))
    }

    fn category(&self, category: &str) -> bool {
        let regime = self.live.loaded.law.regime_on(category, self.dossier.today);
        ABOUT_HEALTH.contains(&category) || regime.is_none_or(|law| REGIMES.contains(&law))
    }

    fn tells_the_holder(&self, item: &Parcel, field: &str) -> bool {
        let of_a_holder = ["holder_service", "coordinator_contact"].contains(&item.category.as_str());
        of_a_holder && !NEUTRAL.contains(&field) && item.holder_kind.as_deref().is_none_or(|kind| self.kind(kind))
    }

    /// A service by its id or name; of one that is only known from the facts the name is the id.
    fn names_a_service(&self, text: &str) -> bool {
        let services = &self.live.loaded.services;
        let listed = services.iter().filter(|service| service.id == text || service.name == text);
        let mut kinds = listed.map(|service| service.kind.clone()).chain(self.dossier.kind_of(text));
        kinds.any(|kind| self.kind(&kind))
    }

    fn kind(&self, kind: &str) -> bool {
        let law = &self.live.loaded.law;
        let Some(row) = law.service_kind_on(kind, self.dossier.today) else { return true };
        let chosen = self.live.share_rules(self.municipality).rules.config.sensitive_holder_kinds;
        row.act.is_some_and(|act| ACTS.contains(&act)) || chosen.iter().any(|k| k == kind)
    }
}
