//! The dates on which an answer can differ from the day before.
//!
//! Turning points are replayed one by one; deadlines only add alerts and what reasons rest on. It may name a date on which nothing happens,
//! and must never leave out one on which something does.

use std::collections::BTreeSet;

use samhold_model::dates::{add_days, birthday};
use samhold_model::{Date, Fact, FactBody};

use crate::Family;
use crate::case::World;

/// Dates on which state or holder can change: every fact and every end it states, every change of the law and of the level
/// of a service, and the birthdays that count.
pub(crate) fn turning_points(world: &World<'_>) -> BTreeSet<Date> {
    let config = &world.rules.config;
    let mut dates: BTreeSet<Date> = world.services.dates().collect();
    dates.extend(world.history.facts.iter().flat_map(stated_dates));
    dates.extend(world.rules.law.duty_dates());
    dates.extend(world.services.names().flat_map(|service| config.service_levels.dates(service)));
    dates.extend(config.statutory_suspension.iter().flat_map(|s| [Some(s.from), s.to]).flatten());
    dates.extend(birthdays(world, &[16, 18]));
    dates
}

fn stated_dates(fact: &Fact) -> impl Iterator<Item = Date> + use<> {
    let end = match &fact.body {
        FactBody::HolderDecided { valid_to, .. } => *valid_to,
        FactBody::PersonAbsent { expected_until, .. } => *expected_until,
        FactBody::SubstituteAppointed { until, .. } => *until,
        _ => None,
    };
    [Some(fact.at), end].into_iter().flatten()
}

/// Birthdays by every date that may turn out to be the one to count from.
fn birthdays(world: &World<'_>, ages: &[i16]) -> Vec<Date> {
    let Family { birth_date, due_date, .. } = world.family;
    let registered = world.history.facts.iter().filter(|f| matches!(f.body, FactBody::Born { .. })).map(|f| f.at);
    let anchors: Vec<Date> = registered.chain(*birth_date).chain(*due_date).collect();
    let leap = world.rules.config.feb29_birthday;
    anchors.iter().flat_map(|born| ages.iter().map(move |age| birthday(*born, *age, leap)).chain([*born])).collect()
}

/// Dates on which an alert can come or go, or a reason rest on something else, though nothing else changes. `reference` is the fixed date that late
/// facts are measured against, or none when that is the day asked for.
pub(crate) fn deadlines(world: &World<'_>, turning: &BTreeSet<Date>, reference: Option<Date>) -> BTreeSet<Date> {
    let settings = &world.rules.config;
    let overdue = [settings.no_holder_grace_days, settings.dispute_decision_days];
    let ahead = [settings.transition_warning_days, settings.substitute_warning_days, settings.age_limit_warning_days];
    let mut dates: BTreeSet<Date> = world.rules.law.ground_dates().collect();
    for point in turning {
        dates.extend(overdue.iter().map(|days| add_days(*point, days.saturating_add(1))));
        dates.extend(ahead.iter().map(|days| add_days(*point, days.saturating_neg())));
    }
    for late in &world.history.late {
        dates.insert(late.from);
        if reference.is_none() {
            dates.insert(late.recorded_at);
            dates.insert(add_days(late.recorded_at, settings.late_event_days.saturating_add(1)));
        }
    }
    dates
}
