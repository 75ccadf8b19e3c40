//! Since when the cause of each alert holds, and when it falls due.
//!
//! A function of the facts and the settings: on every day that an alert stands it has the same dates. Must never count
//! from the day on which somebody looked.

use std::collections::{BTreeMap, BTreeSet};

use samhold_model::Date;
use samhold_model::dates::add_days;

use super::late_since;
use crate::answer::{Alert, AlertDates};
use crate::bk::substitute::{Acting, Substitute};
use crate::people::Presence;
use crate::replay::Picture;

/// The dates of the alerts raised.
pub(crate) fn dates(picture: &Picture<'_>, raised: &BTreeSet<Alert>, reference: Date) -> BTreeMap<Alert, AlertDates> {
    let of = |alert: Alert| {
        let due = due(picture, alert);
        let begun = begun(picture, alert, due, reference);
        let since = begun.or_else(|| picture.alert_since.get(&alert).copied())?;
        Some((alert, AlertDates { since, due }))
    };
    raised.iter().copied().filter_map(of).collect()
}

/// The day that is coming, or the end of the municipality's own time limit.
fn due(picture: &Picture<'_>, alert: Alert) -> Option<Date> {
    let (case, day) = (&picture.case, picture.day);
    let settings = &case.world.rules.config;
    let within = |days: i64| picture.state_since.map(|since| add_days(since, days));
    match alert {
        Alert::NoHolderDesignated | Alert::NoHolderOverdue => within(settings.no_holder_grace_days),
        Alert::DisputeOpen | Alert::DisputeOverdue => within(settings.dispute_decision_days),
        Alert::BkAgeLimitSoon => case.life.turns(18),
        Alert::BkAbsentShort => away(picture).1,
        Alert::SubstituteExpiresSoon => substitute(picture)?.until,
        Alert::TransitionUpcoming => case.world.services.known_end(picture.outcome.reference?, day),
        _ => None,
    }
}

/// Where the day on which it is raised is not the day on which its cause began.
fn begun(picture: &Picture<'_>, alert: Alert, due: Option<Date>, reference: Date) -> Option<Date> {
    let settings = &picture.case.world.rules.config;
    let ahead = |days: i64, first: Option<Date>| Some(add_days(due?, days.saturating_neg())).max(first);
    match alert {
        Alert::NoHolderDesignated | Alert::NoHolderOverdue | Alert::DisputeOpen | Alert::DisputeOverdue => {
            picture.state_since
        }
        Alert::BkVacant => picture.case.vacant_from,
        Alert::BkAbsentShort => away(picture).0,
        Alert::BkAgeLimitSoon => ahead(settings.age_limit_warning_days, valid_start(picture)),
        Alert::SubstituteExpiresSoon => {
            ahead(settings.substitute_warning_days, substitute(picture).map(|substitute| substitute.mark.at))
        }
        Alert::TransitionUpcoming => ahead(settings.transition_warning_days, picture.since),
        Alert::LateEvent => late_since(picture, reference),
        _ => None,
    }
}

fn valid_start(picture: &Picture<'_>) -> Option<Date> {
    Some(picture.case.bk.valid()?.start.as_ref()?.mark.at)
}

/// First day of the barnekoordinator's absence, and the first day back where it is known.
fn away(picture: &Picture<'_>) -> (Option<Date>, Option<Date>) {
    let Some(valid) = picture.case.bk.valid() else { return (None, None) };
    match picture.case.presence(valid.person, picture.day) {
        Presence::Absent { from, until, .. } => (Some(from), until),
        Presence::Gone { from } => (Some(from), None),
        Presence::Present => (None, None),
    }
}

fn substitute<'w>(picture: &Picture<'w>) -> Option<Substitute<'w>> {
    let valid = picture.case.bk.valid()?;
    match picture.case.acting_for(valid.person, picture.day)? {
        Acting::Substitute(substitute) => Some(substitute),
        Acting::Principal => None,
    }
}
