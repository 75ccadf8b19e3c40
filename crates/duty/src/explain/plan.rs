//! How the individuell plan stands.

use super::{Steps, on};
use crate::answer::PlanState;
use crate::replay::Picture;

pub(super) fn explain(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    stands(picture, steps);
    amiss(picture, steps);
}

fn stands(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let (case, day) = (&picture.case, picture.day);
    let state = case.plan_state(day);
    let (applied, text) = match state {
        PlanState::None => return,
        PlanState::AwaitingConsent => (false, "Individuell plan venter på samtykke.".to_owned()),
        PlanState::Refused => (false, "Samtykke til individuell plan er nektet eller trukket.".to_owned()),
        PlanState::Unassigned => (true, "Ingen tjeneste har hovedansvaret for individuell plan.".to_owned()),
        PlanState::Disputed => (true, "Tjenestene er uenige om hovedansvaret for individuell plan.".to_owned()),
        PlanState::Ended => (true, "Individuell plan er avsluttet.".to_owned()),
        PlanState::Assigned => {
            let main = case.plan_main(day).unwrap_or_default();
            (true, format!("{main} har hovedansvaret for individuell plan."))
        }
    };
    if applied {
        steps.applied("R-21", text, case.plan.marks());
    } else {
        steps.passed_over("R-21", text, case.plan.marks());
    }
}

/// What somebody should look at, whatever the state.
fn amiss(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
    let (case, day) = (&picture.case, picture.day);
    if let Some(mark) = case.plan.unauthorised_decision {
        let text =
            format!("Den som besluttet hovedansvaret {}, hadde ikke myndighet. Det har ingen virkning.", on(mark.at));
        steps.passed_over("R-10", text, [mark]);
    }
    if case.plan.is_duplicated() {
        let started = case.plan.started.iter().map(|(mark, _)| *mark);
        steps.passed_over("R-21", "Mer enn én plan er i gang. Barnet skal ha bare én.", started);
    }
    if case.plan_lacks_consent(day) {
        let started = case.plan.started.iter().map(|(mark, _)| *mark);
        steps.passed_over("R-21", "Planarbeid er i gang uten samtykket som kreves.", started);
    }
    if let Some(unfit) = case.plan.unfit_main {
        let text = format!("{} kan ikke ha hovedansvaret for individuell plan.", unfit.service);
        steps.passed_over("R-21", text, [unfit.mark]);
    }
}
