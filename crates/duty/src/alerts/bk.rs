//! Alerts of the barnekoordinator track.

use std::collections::BTreeSet;

use samhold_model::Date;
use samhold_model::dates::add_days;

use super::raise;
use crate::answer::{Alert, BkState};
use crate::asked::Answers;
use crate::bk::substitute::Acting;
use crate::case::Case;
use crate::people::Presence;
use crate::replay::Picture;

pub(super) fn raise_all(picture: &Picture<'_>, raised: &mut BTreeSet<Alert>) {
    let (case, day) = (&picture.case, picture.day);
    let state = case.bk_state(day);
    wishes(case, state, day, raised);
    role(case, state, day, raised);
    let unauthorised = !case.bk.unconfirmed.is_empty() || case.bk.unauthorised_substitute.is_some();
    raise(raised, Alert::BkSourceNotAuthorised, unauthorised);
    let unappointed = state == BkState::AwaitingAppointment || asks_in_vain(case, state, Answers::Given);
    raise(raised, Alert::BkAwaitingAppointment, unappointed);
    raise(raised, Alert::BkTooOld, case.bk.too_old.is_some());
    raise(raised, Alert::BkEndedAt18, case.bk.ended_at_18 && case.need.exists());
    raise(raised, Alert::YouthObjects, case.youth_objects() && !case.is_adult(day));
}

/// An appointment without authority has no effect: what was missing without it is still missing.
fn asks_in_vain(case: &Case<'_>, state: BkState, answers: Answers) -> bool {
    state == BkState::Unconfirmed && case.bk.conditions_met() && case.wish_answers() == answers
}

fn wishes(case: &Case<'_>, state: BkState, day: Date, raised: &mut BTreeSet<Alert>) {
    let answers = case.wish_answers();
    let waiting = case.bk.waiting().is_some();
    let in_vain = asks_in_vain(case, state, Answers::Missing);
    let missing = state == BkState::AwaitingWish || in_vain || (waiting && answers == Answers::Missing);
    let missing = missing && state != BkState::Declined;
    raise(raised, Alert::BkAwaitingWish, missing);
    raise(raised, Alert::BkAppointedWithoutWish, waiting && answers != Answers::Given);
    raise(raised, Alert::GuardianDisagreement, case.guardians_disagree(day));
}

fn role(case: &Case<'_>, state: BkState, day: Date, raised: &mut BTreeSet<Alert>) {
    let Some(valid) = case.bk.valid() else { return };
    let settings = &case.world.rules.config;
    raise(raised, Alert::BkVacant, state == BkState::Vacant);
    let away = matches!(case.presence(valid.person, day), Presence::Absent { long: false, .. });
    raise(raised, Alert::BkAbsentShort, away);
    let others = case.bk.appointments.iter().any(|a| a.start.is_some() && a.person != valid.person);
    raise(raised, Alert::BkDuplicate, others);
    let soon = case.life.turns(18).is_some_and(|turns| is_near(turns, settings.age_limit_warning_days, day));
    raise(raised, Alert::BkAgeLimitSoon, soon);
    if let Some(Acting::Substitute(substitute)) = case.acting_for(valid.person, day) {
        let near = substitute.until.is_some_and(|until| is_near(until, settings.substitute_warning_days, day));
        raise(raised, Alert::SubstituteExpiresSoon, near);
    }
}

/// Within so many days before `date`.
fn is_near(date: Date, days: i64, day: Date) -> bool {
    add_days(date, days.saturating_neg()) <= day && day < date
}
