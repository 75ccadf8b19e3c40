//! The municipality's judgement calls on reconciliation: the `reconcile:` keys, each with its default.
//!
//! Must never hold a rule of law: what no setting may change is in the rules themselves.

use std::collections::BTreeMap;

use samhold_model::Date;
use samhold_model::dates::LeapBirthday;
use samhold_model::fact::Level;
use serde::{Deserialize, Serialize};

/// The `reconcile` settings. Sources of each in the rule table of the documentation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reconcile {
    /// Kommunenummer of the municipality that answers.
    pub municipality: String,
    /// Units that may appoint a barnekoordinator and name substitutes (compared with `by`).
    pub appointment_authorities: Vec<String>,
    /// Roles that may decide without a delegation.
    pub decision_authorities: Vec<String>,
    /// All with foreldreansvar must wish a barnekoordinator (barnelova § 30).
    pub require_all_guardians: bool,
    /// Absence of this many days or more, or of unknown end, vacates the role.
    pub long_absence_days: i64,
    /// Days without a named holder before it is overdue.
    pub no_holder_grace_days: i64,
    /// Days a dispute may stand before it is overdue.
    pub dispute_decision_days: i64,
    /// Warning ahead of the 18th birthday.
    pub age_limit_warning_days: i64,
    /// Warning ahead of the holding service's known end.
    pub transition_warning_days: i64,
    /// Warning ahead of a substitute's end.
    pub substitute_warning_days: i64,
    /// How long a late fact is pointed out.
    pub late_event_days: i64,
    /// A municipal ordinary koordinator's service holds.
    pub ordinary_coordinator_counts: bool,
    /// A single unopposed claim holds.
    pub single_claim_is_enough: bool,
    /// Older decisions and agreements come back when a barnekoordinator's role ends.
    pub revive_previous_on_bk_end: bool,
    /// A youth's objection blocks the appointment.
    pub youth_objection_blocks_bk: bool,
    /// One of several guardians withdrawing ends a valid appointment.
    pub single_withdrawal_ends_bk: bool,
    /// Birthday of those born on 29 February.
    pub feb29_birthday: LeapBirthday,
    /// Periods suspended by regulation (hol § 7-2 b).
    pub statutory_suspension: Vec<Suspension>,
    /// Levels of single services, from the register of services; no key of the `reconcile` settings.
    #[serde(skip)]
    pub service_levels: ServiceLevels,
}

/// The legal level of single services where it is not that of their kind, with dates (Oslo's upper secondary schools are
/// municipal: opplæringslova § 28-2). Counts when the fact that a service has started says no level itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceLevels {
    by_service: BTreeMap<String, BTreeMap<Date, Level>>,
}

impl ServiceLevels {
    /// From `from` on the service is of this level, until a later date says otherwise.
    pub fn set(&mut self, service: &str, from: Date, level: Level) {
        self.by_service.entry(service.to_owned()).or_default().insert(from, level);
    }

    /// Its own level on a day, if it has one.
    #[must_use]
    pub fn on(&self, service: &str, day: Date) -> Option<Level> {
        self.by_service.get(service)?.range(..=day).next_back().map(|(_, level)| *level)
    }

    /// The dates on which its level changes.
    pub fn dates(&self, service: &str) -> impl Iterator<Item = Date> + '_ {
        self.by_service.get(service).into_iter().flat_map(BTreeMap::keys).copied()
    }
}

/// A period [from, to) in which individuell plan, koordinator and barnekoordinator are suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// First day.
    pub from: Date,
    /// First day no longer; open when missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Date>,
}

impl Default for Reconcile {
    fn default() -> Self {
        Self {
            municipality: "9901".into(),
            appointment_authorities: vec!["koordinerende_enhet".into()],
            decision_authorities: vec!["kommunedirektor".into()],
            require_all_guardians: true,
            long_absence_days: 28,
            no_holder_grace_days: 14,
            dispute_decision_days: 14,
            age_limit_warning_days: 180,
            transition_warning_days: 90,
            substitute_warning_days: 14,
            late_event_days: 7,
            ordinary_coordinator_counts: true,
            single_claim_is_enough: true,
            revive_previous_on_bk_end: false,
            youth_objection_blocks_bk: false,
            single_withdrawal_ends_bk: false,
            feb29_birthday: LeapBirthday::Mar1,
            statutory_suspension: Vec::new(),
            service_levels: ServiceLevels::default(),
        }
    }
}
