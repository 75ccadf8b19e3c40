//! What a person should look at (4.1 Alerts).
//!
//! After death or the end of a pregnancy nothing is raised at all, so that nobody is contacted.

mod bk;
pub(crate) mod dates;
mod duty;
mod plan;

pub(crate) use duty::MASKED_KIND;

use std::collections::BTreeSet;

use samhold_model::Date;

use crate::answer::Alert;
use crate::config::Suspension;
use crate::known::is_late;
use crate::replay::Picture;

/// Every alert of a picture. Late facts are measured against `reference`, the state of knowledge asked for.
pub(crate) fn alerts(picture: &Picture<'_>, reference: Date) -> BTreeSet<Alert> {
    let mut raised = standing(picture);
    let silent = picture.case.terminal.is_some_and(|t| t.is_silent());
    raise(&mut raised, Alert::LateEvent, !silent && late_since(picture, reference).is_some());
    raised
}

/// Those that follow from the case itself, whatever is asked about what was known when.
pub(crate) fn standing(picture: &Picture<'_>) -> BTreeSet<Alert> {
    let mut raised = BTreeSet::new();
    let terminal = picture.case.terminal;
    if terminal.is_some_and(|t| t.is_silent()) {
        return raised;
    }
    raise(&mut raised, Alert::BeforeLaw, !picture.case.before_law.is_empty());
    if terminal.is_some() {
        raised.insert(Alert::MovedOut);
        return raised;
    }
    duty::raise_all(picture, &mut raised);
    bk::raise_all(picture, &mut raised);
    plan::raise_all(picture, &mut raised);
    if is_suspended(picture) {
        raised.retain(|alert| !demands_what_is_suspended(*alert));
    }
    raised
}

fn raise(raised: &mut BTreeSet<Alert>, alert: Alert, when: bool) {
    if when {
        raised.insert(alert);
    }
}

/// The day on which the first of the late facts that are still pointed out became known.
fn late_since(picture: &Picture<'_>, reference: Date) -> Option<Date> {
    let world = picture.case.world;
    let days = world.rules.config.late_event_days;
    let late = world.history.late.iter().filter(|late| is_late(late, picture.day, reference, days));
    late.map(|late| late.recorded_at).min()
}

/// hol 7-2 b: a regulation has suspended plan, koordinator and barnekoordinator.
fn is_suspended(picture: &Picture<'_>) -> bool {
    let inside = |s: &Suspension| s.from <= picture.day && s.to.is_none_or(|to| picture.day < to);
    picture.case.world.rules.config.statutory_suspension.iter().any(inside)
}

/// Alerts that ask the municipality for something it need not do while the duty to do it is suspended.
fn demands_what_is_suspended(alert: Alert) -> bool {
    use Alert as A;
    matches!(
        alert,
        A::BkAwaitingWish
            | A::BkAppointedWithoutWish
            | A::BkAwaitingAppointment
            | A::BkVacant
            | A::IpAwaitingConsent
            | A::IpWithoutConsent
            | A::IpMainUnassigned
            | A::IpMainDisputed
            | A::IpMainNotEligible
    )
}
