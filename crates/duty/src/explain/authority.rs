//! Who decided or appointed, and why they could.

use samhold_model::FactBody;

use super::{Steps, on};
use crate::known::Mark;

/// the one who decided at `mark` had authority on that date.
pub(super) fn decided(steps: &mut Steps<'_, '_>, mark: Mark) {
    let (Some(FactBody::HolderDecided { by, .. }) | Some(FactBody::IpMainDecided { by, .. })) = steps.body(mark) else {
        return;
    };
    let case = steps.case;
    let by_role = case.world.rules.config.decision_authorities.iter().any(|unit| unit == by);
    let (who, date) = (capital(steps.unit(by)), on(mark.at));
    match case.world.delegations.grant(by, mark.at, case.returned).filter(|_| !by_role) {
        Some(grant) => {
            let text = format!("{who} hadde delegert myndighet {date}, gitt {}.", on(grant.at));
            steps.applied("R-10", text, [grant, mark]);
        }
        None => steps.applied("R-10", format!("{who} hadde myndighet til å beslutte {date}."), [mark]),
    }
}

/// who appointed at `mark` may do so.
pub(super) fn appointed(steps: &mut Steps<'_, '_>, mark: Mark) {
    if let Some(FactBody::BkAppointed { by, .. }) = steps.body(mark) {
        let text = format!("{} kan oppnevne barnekoordinator.", capital(steps.unit(by)));
        steps.applied("R-12", text, [mark]);
    }
}

/// With a capital letter, as a sentence begins.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
