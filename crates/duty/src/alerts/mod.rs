//! What a person should look at (4.1 Alerts).
//!
//! After death or the end of a pregnancy nothing is raised at all, so that nobody is contacted.

mod bk;
mod duty;
mod plan;

use std::collections::BTreeSet;

use samhold_model::Date;

use crate::answer::Alert;
use crate::config::Suspension;
use crate::known::is_late;
use crate::replay::Picture;

/// Every alert of a picture. Late facts are measured against `reference`, the state of knowledge asked for.
pub(crate) fn alerts(picture: &Picture<'_>, reference: Date) -> BTreeSet<Alert> {
    let mut raised = BTreeSet::new();
    let terminal = picture.case.terminal;
    if terminal.is_some_and(|t| t.is_silent()) {
        return raised;
    }
    raise(&mut raised, Alert::LateEvent, has_late_fact(picture, reference));
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

fn has_late_fact(picture: &Picture<'_>, reference: Date) -> bool {
    let world = picture.case.world;
    let days = world.rules.config.late_event_days;
    world.history.late.iter().any(|late| is_late(late, picture.day, reference, days))
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
