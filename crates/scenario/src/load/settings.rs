//! `config` of a scenario: overrides of the municipality's settings, on top of the defaults.
//!
//! Must never hold a default: those are with the rules they belong to. A test keeps the keys equal to theirs.

use samhold_disclosure::config::{BvlFrom15, GuardianRule, StrictMode};
use samhold_model::dates::LeapBirthday;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::reader::Reader;
use crate::shape::{Key, Shape, may, must};
use crate::text::Node;
use crate::words::words_of;

const TEXTS: Shape = Shape::List(&Shape::Text);

/// The `reconcile` keys.
pub(super) const RECONCILE: &[Key] = &[
    may("municipality", Shape::Name),
    may("appointment_authorities", TEXTS),
    may("decision_authorities", TEXTS),
    may("require_all_guardians", Shape::Bool),
    may("long_absence_days", Shape::Whole),
    may("no_holder_grace_days", Shape::Whole),
    may("dispute_decision_days", Shape::Whole),
    may("age_limit_warning_days", Shape::Whole),
    may("transition_warning_days", Shape::Whole),
    may("substitute_warning_days", Shape::Whole),
    may("late_event_days", Shape::Whole),
    may("ordinary_coordinator_counts", Shape::Bool),
    may("single_claim_is_enough", Shape::Bool),
    may("revive_previous_on_bk_end", Shape::Bool),
    may("youth_objection_blocks_bk", Shape::Bool),
    may("single_withdrawal_ends_bk", Shape::Bool),
    may("feb29_birthday", Shape::Word(words_of::<LeapBirthday>)),
    may("statutory_suspension", Shape::List(&Shape::Table(SUSPENSION))),
];

const SUSPENSION: &[Key] = &[must("from", Shape::Date), may("to", Shape::Date)];

/// The `share` keys.
pub(super) const SHARE: &[Key] = &[
    may("consent_max_days", Shape::Whole),
    may("consent_renewal_warning_days", Shape::Whole),
    may("guardian_rule", Shape::Word(words_of::<GuardianRule>)),
    may("bvl_consent_from_15", Shape::Word(words_of::<BvlFrom15>)),
    may("sotjl_consent_age", Shape::Whole),
    may("private_providers_count_as_organs", Shape::Bool),
    may("forward_addresses", Shape::Bool),
    may("guardian_push_education_15_17", Shape::Bool),
    may("strict_protection_mode", Shape::Word(words_of::<StrictMode>)),
    may("sensitive_holder_kinds", TEXTS),
    may("location_fields", TEXTS),
    may("nav_relation_without_consent", Shape::Bool),
];

/// The settings with what `read` overrides. `node` is the scenario, for the place of a slip.
pub(super) fn settings<T: DeserializeOwned + Default>(
    reader: &mut Reader<'_>,
    node: &Node,
    read: &Map<String, Value>,
) -> T {
    let Some(given) = read.get("config") else { return T::default() };
    into(reader, node.get("config").unwrap_or(node), "config", given.clone()).unwrap_or_default()
}

/// The typed value of what was read. The shapes leave little to go wrong here, such as a number out of range.
pub(super) fn into<T: DeserializeOwned>(reader: &mut Reader<'_>, node: &Node, place: &str, read: Value) -> Option<T> {
    match serde_json::from_value(read) {
        Ok(typed) => Some(typed),
        Err(e) => {
            reader.report(
                node.span.clone(),
                &format!("`{place}` cannot be used: {e}"),
                "values that can be used",
                None,
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shape::names;
    use samhold_disclosure::Share;
    use samhold_duty::Reconcile;
    use serde::Serialize;

    fn keys_of(settings: impl Serialize) -> Vec<String> {
        serde_json::to_value(settings).unwrap().as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn every_setting_can_be_overridden_and_no_other() {
        assert_eq!(names(RECONCILE), keys_of(Reconcile::default()));
        assert_eq!(names(SHARE), keys_of(Share::default()));
    }
}
