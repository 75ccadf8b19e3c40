//! Why a barnekoordinator holds or does not.

use super::{Steps, list, on};
use crate::answer::{BkState, DutyState, HolderKind};
use crate::asked::Answers;
use crate::bk::appointment::{Appointment, Cause, End};
use crate::bk::substitute::Acting;
use crate::case::Case;
use crate::people::Presence;
use crate::replay::Picture;

pub(super) fn explain(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    match case.bk.valid() {
        Some(valid) => standing(picture, valid, steps),
        None => not_standing(picture, steps),
    }
    unauthorised(case, steps);
    if let Some((mark, person)) = case.bk.too_old {
        let text = format!("Oppnevningen av {person} er datert på eller etter 18-årsdagen og gjelder ikke.");
        steps.passed_over("R-13", text, [mark]);
    }
    if let Some((_, mark)) = case.bk.youth.filter(|_| case.youth_objects()) {
        let text = "Ungdommen har fylt 16 år og motsetter seg barnekoordinator. Synet er registrert.";
        if case.is_blocked_by_youth() {
            steps.applied("R-26", text, [mark]);
        } else {
            steps.passed_over("R-26", text, [mark]);
        }
    }
}

fn standing(picture: &Picture<'_>, valid: &Appointment<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    let Some(start) = &valid.start else { return };
    let text = format!(
        "{} er gyldig oppnevnt barnekoordinator fra {}, etter ønske fra {}.",
        valid.person,
        on(start.mark.at),
        list(&start.asked)
    );
    steps.applied("R-11", text, [valid.mark, start.mark]);
    let others = case.bk.appointments.iter().filter(|a| a.start.is_some() && a.person != valid.person);
    let others: Vec<_> = others.map(|a| a.mark).collect();
    if !others.is_empty() {
        steps.passed_over("R-03", "Flere oppnevninger står; den siste gjelder.", others);
    }
    presence(picture, valid, steps);
    if picture.outcome.state == DutyState::Held {
        steps.applied("R-03", "Barnekoordinatoren går foran beslutninger, avtaler og meldinger.", [valid.mark]);
    }
}

fn presence(picture: &Picture<'_>, valid: &Appointment<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    let away = match case.presence(valid.person, picture.day) {
        Presence::Present => return,
        Presence::Absent { from, until: Some(until), .. } => {
            format!("{} er borte fra {} til {}", valid.person, on(from), on(until))
        }
        Presence::Absent { from, until: None, .. } => {
            format!("{} er borte fra {}, ukjent hvor lenge", valid.person, on(from))
        }
        Presence::Gone { from } => format!("{} har sluttet fra {}", valid.person, on(from)),
    };
    match case.acting_for(valid.person, picture.day) {
        Some(Acting::Principal) => steps.passed_over("R-14", format!("{away}. Fraværet er kort; rollen står."), []),
        Some(Acting::Substitute(s)) => {
            steps.applied("R-15", format!("{away}. {} er stedfortreder.", s.person), [s.mark]);
        }
        None => vacant(picture, &away, steps),
    }
}

fn vacant(picture: &Picture<'_>, away: &str, steps: &mut Steps<'_, '_>) {
    let text = format!("{away}, og ingen stedfortreder er på plass. Kommunen har plikten selv.");
    steps.applied("R-14", text, []);
    if let Some(acting) = picture.outcome.acting {
        steps.applied("R-14", format!("{acting} tar oppgaven så lenge rollen er ledig."), []);
    }
}

fn not_standing(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let case = &picture.case;
    if let Some(end) = &case.bk.ended {
        ended(case, end, steps);
    }
    let appointed: Vec<_> = case.bk.waiting().map(|a| a.mark).into_iter().collect();
    let asked = list(&case.asked_now());
    let text = match case.bk_state(picture.day) {
        BkState::AwaitingWish => format!("Barnekoordinator venter på ønske fra alle som må ønske det: {asked}."),
        BkState::AwaitingAppointment => "Vilkårene er oppfylt og ønsket gitt, men ingen er oppnevnt.".into(),
        BkState::Declined if case.wish_answers() == Answers::Refused => {
            format!("Barnekoordinator er ikke ønsket av alle som må ønske det: {asked}.")
        }
        BkState::Declined => "Ungdommens innvending stanser oppnevningen.".into(),
        _ => return,
    };
    let wishes = case.bk.wishes.values().map(|(_, mark)| *mark);
    let conditions = case.bk.conditions.map(|(_, mark)| mark);
    steps.passed_over("R-11", text, wishes.chain(conditions).chain(appointed));
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
        steps.applied("R-16", text, []);
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
