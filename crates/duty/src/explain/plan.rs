//! How the individuell plan stands.

use super::Steps;
use crate::answer::PlanState;
use crate::replay::Picture;

pub(super) fn explain(picture: &Picture<'_>, steps: &mut Steps<'_, '_>) {
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
    if let Some(unfit) = case.plan.unfit_main {
        let text = format!("{} kan ikke ha hovedansvaret for individuell plan.", unfit.service);
        steps.passed_over("R-21", text, [unfit.mark]);
    }
}
