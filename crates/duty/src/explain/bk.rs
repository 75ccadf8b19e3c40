//! Why a barnekoordinator holds or does not.

use samhold_model::fact::YouthView;

use super::{Steps, on, passed, role, wishes};
use crate::answer::{BkState, HolderKind};
use crate::asked::Answers;
use crate::bk::appointment::{Cause, End};
use crate::case::Case;
use crate::holder::past::Fate;
use crate::replay::Picture;

pub(super) fn explain<'w>(picture: &Picture<'w>, steps: &mut Steps<'_, 'w>) {
    let case = &picture.case;
    match case.bk.valid() {
        Some(valid) => {
            role::explain(picture, valid, steps);
            wishes::another_waits(case, steps);
        }
        None => not_standing(picture, steps),
    }
    wishes::differ(picture, steps);
    passed::empty(picture, "R-03", steps);
    unauthorised(case, steps);
    for mark in case.bk.for_siblings.iter().copied() {
        let text = "En oppnevning i familien gjelder andre barn, ikke dette.";
        steps.passed_over("R-19", text, [mark]);
    }
    if let Some((mark, person)) = case.bk.too_old {
        let text = format!("Oppnevningen av {person} er datert på eller etter 18-årsdagen og gjelder ikke.");
        steps.passed_over("R-13", text, [mark]);
    }
    youth(case, steps);
}

/// a youth's own view is recorded; what it does is the municipality's choice.
fn youth(case: &Case<'_>, steps: &mut Steps<'_, '_>) {
    match case.bk.youth {
        Some((YouthView::Objects, mark)) if case.is_blocked_by_youth() => {
            let text = "Ungdommen har fylt 16 år og motsetter seg barnekoordinator. Det stanser oppnevningen her.";
            steps.applied("R-26", text, [mark]);
        }
        Some((YouthView::Objects, mark)) => {
            let text = "Ungdommen har fylt 16 år og motsetter seg barnekoordinator. Synet er registrert, men endrer ikke \
                hvem som samordner.";
            steps.passed_over("R-26", text, [mark]);
        }
        Some((YouthView::Supports, mark)) => {
            steps.applied("R-26", "Ungdommen har fylt 16 år og ønsker barnekoordinator. Synet er registrert.", [mark]);
        }
        None => {}
    }
}

fn not_standing(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    if let Some(end) = &case.bk.ended {
        ended(case, end, steps);
    }
    let answers = case.wish_answers();
    match case.bk_state(picture.day) {
        BkState::AwaitingWish => wishes::awaited(case, Answers::Missing, steps),
        BkState::AwaitingAppointment => wishes::awaited(case, Answers::Given, steps),
        BkState::Declined if answers == Answers::Refused => wishes::awaited(case, answers, steps),
        BkState::Declined => {
            let view = case.bk.youth.map(|(_, mark)| mark);
            steps.passed_over("R-11", "Ungdommens innvending stanser oppnevningen.", view);
        }
        // An appointment without authority has no effect: what was missing without it is still missing.
        BkState::Unconfirmed if case.bk.conditions_met() => wishes::awaited(case, answers, steps),
        _ => {}
    }
}

fn ended(case: &Case<'_>, end: &End<'_>, steps: &mut Steps<'_, '_>) {
    let day = on(end.mark.at);
    let (rule, why) = match end.cause {
        Cause::Age => ("R-13", "barnet fylte 18 år"),
        Cause::Registered(_) => ("R-16", "oppnevningen ble avsluttet"),
        Cause::WishesWithdrawn => ("R-11", "ønsket ble trukket"),
        Cause::YouthObjects => ("R-26", "ungdommen motsatte seg"),
    };
    steps.applied(rule, format!("Rollen som barnekoordinator ({}) tok slutt {day}: {why}.", end.person), end.fact());
    if !case.world.rules.config.revive_previous_on_bk_end {
        let text = format!("Det som ble besluttet, avtalt eller meldt før {day}, gjelder ikke lenger.");
        let forgotten = case.named.past.iter().filter(|p| p.fate == Fate::Forgotten).map(|p| p.mark);
        steps.applied("R-16", text, forgotten);
    }
}

fn unauthorised(case: &Case<'_>, steps: &mut Steps<'_, '_>) {
    let marks: Vec<_> = case.bk.unconfirmed.iter().map(|(mark, _)| *mark).collect();
    if !marks.is_empty() {
        let text = "Oppnevningen kommer fra en enhet som ikke kan oppnevne, og har ingen virkning.";
        steps.passed_over("R-12", text, marks);
    }
    if let Some(mark) = case.bk.unauthorised_substitute {
        let text = "Stedfortrederen er utpekt av en enhet som ikke kan gjøre det, og gjelder ikke.";
        steps.passed_over("R-12", text, [mark]);
    }
}

/// Whether a barnekoordinator or a substitute holds.
pub(super) fn holds(picture: &Picture<'_>) -> bool {
    matches!(picture.outcome.kind, HolderKind::Barnekoordinator | HolderKind::BarnekoordinatorSubstitute)
}
