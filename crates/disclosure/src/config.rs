//! The municipality's judgement calls on sharing: the `share:` keys, each with its default.
//!
//! A setting may narrow what the law lets out; none may widen the floor.

use serde::{Deserialize, Serialize};

/// Whose consent counts when several have foreldreansvar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardianRule {
    /// All of them.
    #[default]
    All,
    /// Any of them.
    Any,
}

/// Who consents to child-welfare data from the 15th birthday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BvlFrom15 {
    /// The child and the guardians.
    #[default]
    ChildAndGuardians,
    /// The child alone.
    Child,
    /// The guardians alone.
    Guardians,
}

impl BvlFrom15 {
    /// As the setting writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ChildAndGuardians => "child_and_guardians",
            Self::Child => "child",
            Self::Guardians => "guardians",
        }
    }
}

/// What happens for a strengt fortrolig child.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrictMode {
    /// Only allow-listed recipients, without location.
    #[default]
    AllowList,
    /// Nothing automatic to anyone.
    Manual,
}

/// The `share` settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Share {
    /// A consent without an end counts this many days.
    pub consent_max_days: i64,
    /// Renewal task this many days before a consent stops counting.
    pub consent_renewal_warning_days: i64,
    /// Whose consent counts.
    pub guardian_rule: GuardianRule,
    /// Child-welfare data from 15.
    pub bvl_consent_from_15: BvlFrom15,
    /// From which age the child consents to social-service data.
    pub sotjl_consent_age: i16,
    /// Private kindergartens and schools count as public bodies.
    pub private_providers_count_as_organs: bool,
    /// Addresses are forwarded.
    pub forward_addresses: bool,
    /// Education matters of a 15 to 17 year old are pushed to guardians.
    pub guardian_push_education_15_17: bool,
    /// Strengt fortrolig.
    pub strict_protection_mode: StrictMode,
    /// Service kinds whose name as holder would reveal a sensitive relation.
    pub sensitive_holder_kinds: Vec<String>,
    /// Fields that tell where a child is.
    pub location_fields: Vec<String>,
    /// NAV relation goes out without consent.
    pub nav_relation_without_consent: bool,
}

impl Default for Share {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|w| (*w).to_owned()).collect();
        Self {
            consent_max_days: 365,
            consent_renewal_warning_days: 90,
            guardian_rule: GuardianRule::All,
            bvl_consent_from_15: BvlFrom15::ChildAndGuardians,
            sotjl_consent_age: 18,
            private_providers_count_as_organs: false,
            forward_addresses: false,
            guardian_push_education_15_17: false,
            strict_protection_mode: StrictMode::AllowList,
            sensitive_holder_kinds: words(&["barnevern", "krisesenter", "familievern"]),
            location_fields: words(&[
                "service_unit",
                "office_address",
                "municipality",
                "school_name",
                "kindergarten_name",
                "address",
                "phone",
            ]),
            nav_relation_without_consent: false,
        }
    }
}
